"""How a document of the port lies in Cosmos DB.

The body is kept apart from what the service and we add, so no field of a body can be taken for one of theirs.
`key` is the id as the app knows it and orders by; `place` is the operation's number in its batch, because
documents of one batch share their log sequence number.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from shared.errors import InvalidInput, TooLarge
from shared.ports.store import Change, Create, Delete, Document, Operation, Replace

MAX_ITEM = 2 * 1024 * 1024
"""Bytes of one item, and of a batch."""
MAX_KEY = 1023
"""Bytes of an item's id."""
MAX_PARTITION = 2048
"""Bytes of a partition key's value."""
_PLAIN = re.compile(r"[A-Za-z0-9_.:@|,+=\-]")
_LONG_NUMBER = re.compile(r"[0-9]{16}")
_EXACT = 2**53
_ENVELOPE = 100 * 512
"""Bytes that the frame of a full batch may take, generously."""

Item = Mapping[str, Any]


def item_id(key: str) -> str:
    """Return the id under which `key` is stored; different keys have different ids.

    Cosmos DB takes no '/', '\\\\', '?' or '#' in an id and advises against all but ASCII: such bytes become
    `~` and two hexadecimal digits. What gets too long is told by its SHA-256; no plain id begins with `~~`.
    """
    encoded = "".join(c if _PLAIN.fullmatch(c) else _escaped(c) for c in key) or "~"
    if len(encoded) <= MAX_KEY:
        return encoded
    return "~~" + hashlib.sha256(key.encode()).hexdigest()


def _escaped(character: str) -> str:
    return "".join(f"~{byte:02x}" for byte in character.encode())


def batch_of(partition: str, operations: Sequence[Operation]) -> list[tuple[Any, ...]]:
    """Return what the SDK takes. Raises TooLarge, InvalidInput, and ValueError or TypeError for no JSON."""
    if len(partition.encode()) > MAX_PARTITION:
        raise InvalidInput(f"A partition's name has at most {MAX_PARTITION} bytes.")
    formed: list[tuple[Any, ...]] = []
    size = 0
    for place, operation in enumerate(operations):
        id = item_id(operation.id)
        if isinstance(operation, Delete):
            formed.append(("delete", (id,), _condition(operation.if_match)))
            continue
        item = _item(partition, id, operation, place)
        size += _checked_size(item)
        if isinstance(operation, Replace):
            formed.append(("replace", (id, item), _condition(operation.if_match)))
        else:
            formed.append(("create" if isinstance(operation, Create) else "upsert", (item,), {}))
    if size > MAX_ITEM - _ENVELOPE and len(operations) > 1:
        raise TooLarge(MAX_ITEM - _ENVELOPE)
    return formed


def document_of(item: Item) -> Document:
    """Return the document that a point read or a query has found."""
    return Document(item["partition"], item["key"], item["body"], item["_etag"])


def change_of(item: Item) -> Change:
    """Return the document that the change feed shows."""
    return Change(item["partition"], item["key"], item["body"], item["_etag"], version=version_of(item))


def version_of(item: Item) -> int:
    """Return what orders the changes of one partition: the transaction, then the place in its batch."""
    return int(item["_lsn"]) * 100 + int(item["place"])


def _item(partition: str, id: str, operation: Any, place: int) -> dict[str, Any]:
    item = {
        "id": id,
        "partition": partition,
        "key": operation.id,
        "place": place,
        "body": operation.body,
    }
    return item if operation.ttl is None else {**item, "ttl": operation.ttl}


def _condition(etag: str | None) -> dict[str, str]:
    return {} if etag is None else {"if_match_etag": etag}


def _checked_size(item: Item) -> int:
    text = json.dumps(item, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    size = len(text.encode())
    if size > MAX_ITEM:
        raise TooLarge(MAX_ITEM)
    if _LONG_NUMBER.search(text):
        _check_numbers(item["body"])
    return size


def _check_numbers(value: Any) -> None:
    """Refuse what the service, which knows doubles only, would silently change."""
    if isinstance(value, int) and abs(value) > _EXACT:
        raise InvalidInput(f"{value} is larger than what is stored exactly.")
    if isinstance(value, Mapping):
        for inner in value.values():
            _check_numbers(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _check_numbers(inner)
