"""What stores share that page by the last row: field names that go into a statement, and continuations."""

import json
import re

from shared.errors import InvalidInput
from shared.ports.store import Scalar

_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def field_name(field: str) -> str:
    """Return `field`, which may stand in a statement. Raises InvalidInput for what is no name."""
    if not _FIELD.fullmatch(field):
        raise InvalidInput(f"'{field}' is not a field name.")
    return field


def continuation(key: Scalar, id: str) -> str:
    """Return what asks for the rows after the one with sort key `key` and `id`."""
    return json.dumps([key, id])


def last_row(continuation: str) -> tuple[Scalar, str]:
    """Read a page's end, which came back from a client. Raises InvalidInput."""
    try:
        key, id = json.loads(continuation)
    except (ValueError, TypeError):
        raise InvalidInput("This is no continuation of a list.", field="continuation") from None
    if not isinstance(id, str) or not isinstance(key, Scalar):
        raise InvalidInput("This is no continuation of a list.", field="continuation")
    return key, id
