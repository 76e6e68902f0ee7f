"""The store port: documents with Cosmos DB semantics, because that is what production is.

A document lives in a container under a partition key and an id, unique together. Every write changes its
etag. A batch is atomic within one partition. Reading across partitions is possible only through the change
feed, so hot paths are point reads or single-partition queries.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from shared.errors import Conflict

Scalar = str | int | float | bool | None
Body = Mapping[str, Any]

MAX_BATCH = 100
"""Operations in one transactional batch (the Cosmos DB limit)."""


@dataclass(frozen=True, slots=True)
class Document:
    """A stored document. `body` is JSON."""

    partition: str
    id: str
    body: Body
    etag: str


@dataclass(frozen=True, slots=True)
class Change(Document):
    """A document as the change feed shows it; `version` orders the changes of its partition."""

    version: int


@dataclass(frozen=True, slots=True)
class Create:
    """Write a document that must not exist yet. `ttl` is in seconds."""

    id: str
    body: Body
    ttl: int | None = None


@dataclass(frozen=True, slots=True)
class Upsert:
    """Write a document whether or not it exists."""

    id: str
    body: Body
    ttl: int | None = None


@dataclass(frozen=True, slots=True)
class Replace:
    """Overwrite an existing document, only while its etag is `if_match` when that is given."""

    id: str
    body: Body
    if_match: str | None = None
    ttl: int | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove an existing document, only while its etag is `if_match` when that is given."""

    id: str
    if_match: str | None = None


Operation = Create | Upsert | Replace | Delete


@dataclass(frozen=True, slots=True)
class Where:
    """One condition on a top-level field of the body; all conditions of a query must hold."""

    field: str
    op: Literal["==", "!=", "<", "<=", ">", ">="]
    value: Scalar


@dataclass(frozen=True, slots=True)
class Query:
    """A query within one partition. `order_by` is a field, descending with a leading '-'; then by id."""

    where: Sequence[Where] = ()
    order_by: str | None = None
    limit: int = 100
    continuation: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a query; `continuation` is None on the last."""

    documents: Sequence[Document] = field(default_factory=tuple)
    continuation: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """One page of a change feed, and the opaque `cursor` from which the next goes on."""

    documents: Sequence[Change]
    cursor: str | None


class AlreadyExists(Conflict):
    """A Create met an existing document (Cosmos 409)."""

    code = "already_exists"


class PreconditionFailed(Conflict):
    """An etag did not match: someone else wrote in between (Cosmos 412)."""

    code = "precondition_failed"


class Missing(Conflict):
    """A Replace or Delete met no document (Cosmos 404)."""

    code = "missing"


class Store(Protocol):
    """Documents in containers. Containers need no declaration in the embedded default."""

    async def read(self, container: str, partition: str, id: str) -> Document | None:
        """Return one document, or None when it does not exist or its TTL ran out."""
        ...

    async def query(self, container: str, partition: str, query: Query) -> Page:
        """Return one page of a single-partition query. Raises InvalidInput for no continuation of ours."""
        ...

    async def batch(self, container: str, partition: str, operations: Sequence[Operation]) -> None:
        """Apply up to MAX_BATCH operations, all or none.

        Raises AlreadyExists, PreconditionFailed or Missing for the first operation that cannot be applied.
        """
        ...

    async def changes(self, container: str, after: str | None = None, limit: int = 1000) -> Feed:
        """Return the latest version of documents changed since the cursor `after`; None: since ever.

        The change feed: deletions and overwritten versions do not appear; every partition does. A partition's
        changes come in the order of their versions, those of several partitions in any. Fewer documents than
        `limit` were all that there was; more are there when a batch would have been split. Every change
        appears once after a cursor: who stores the cursor with what came of it counts nothing twice.
        Raises InvalidInput for no cursor of ours.
        """
        ...

    async def close(self) -> None:
        """Release connections."""
        ...


async def follow(
    store: Store, container: str, after: str | None, *, limit: int = 1000
) -> AsyncIterator[Feed]:
    """Walk the change feed from `after` to its end, page by page; nothing when nothing has changed."""
    while True:
        feed = await store.changes(container, after, limit)
        if feed.documents:
            yield feed
        if len(feed.documents) < limit:
            return
        after = feed.cursor


async def every(store: Store, container: str, partition: str, query: Query) -> AsyncIterator[Document]:
    """Walk all pages of a single-partition query."""
    while True:
        page = await store.query(container, partition, query)
        for document in page.documents:
            yield document
        if page.continuation is None:
            return
        query = Query(query.where, query.order_by, query.limit, page.continuation)
