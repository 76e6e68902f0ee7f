"""The embedded store: the contract of `shared.ports.store` on one SQLite file.

Calls run on the event loop's thread: a point read takes microseconds, far less than handing it to another.
WAL with synchronous=NORMAL survives the death of the process at any instant.
"""

import json
import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shared.adapters.paging import continuation, field_name, last_row
from shared.errors import InvalidInput
from shared.ports.clock import Clock
from shared.ports.store import (
    MAX_BATCH,
    AlreadyExists,
    Body,
    Change,
    Create,
    Delete,
    Document,
    Feed,
    Missing,
    Operation,
    Page,
    PreconditionFailed,
    Query,
    Replace,
    Upsert,
    Where,
)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
  container TEXT NOT NULL, partition TEXT NOT NULL, id TEXT NOT NULL,
  body TEXT NOT NULL, version INTEGER NOT NULL, expires_at REAL,
  PRIMARY KEY (container, partition, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS feed ON documents (container, version);
CREATE TABLE IF NOT EXISTS sequence (last INTEGER NOT NULL);
INSERT INTO sequence SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM sequence);
"""
_CURSOR = re.compile(r"[0-9]{1,18}")
_COLUMNS = "partition, id, body, version"


class SqliteStore:
    """`shared.ports.store.Store` on the file at `path`; a document's etag is its version."""

    def __init__(self, path: Path, clock: Clock) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._clock = clock
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)

    async def read(self, container: str, partition: str, id: str) -> Document | None:
        """Return one document, or None when it does not exist or its TTL ran out."""
        return self._read(container, partition, id)

    async def query(self, container: str, partition: str, query: Query) -> Page:
        """Return one page of a single-partition query; the continuation is the last row's key."""
        clauses = ["container = ?", "partition = ?", "(expires_at IS NULL OR expires_at > ?)"]
        values: list[Any] = [container, partition, self._now()]
        for where in query.where:
            clause, bound = _condition(where)
            clauses.append(clause)
            values += bound
        order, key, after, bound = _ordering(query)
        clauses += after
        values += bound
        rows = self._db.execute(
            f"SELECT {_COLUMNS}, {key} FROM documents WHERE {' AND '.join(clauses)} ORDER BY {order} LIMIT ?",  # noqa: S608 - field names are checked, values bound
            [*values, query.limit + 1],
        ).fetchall()
        shown = rows[: query.limit]
        more = len(rows) > query.limit
        return Page(
            [_document(row) for row in shown],
            continuation(shown[-1][4], shown[-1][1]) if more else None,
        )

    async def batch(self, container: str, partition: str, operations: Sequence[Operation]) -> None:
        """Apply the operations in one transaction, all or none."""
        if len(operations) > MAX_BATCH:
            raise InvalidInput(f"A batch holds at most {MAX_BATCH} operations.")
        self._db.execute("BEGIN IMMEDIATE")
        try:
            for operation in operations:
                self._apply(container, partition, operation)
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    async def changes(self, container: str, after: str | None = None, limit: int = 1000) -> Feed:
        """Return documents of `container` changed since `after`, the oldest change first."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM documents WHERE container = ? AND version > ?"  # noqa: S608 - constants
            " AND (expires_at IS NULL OR expires_at > ?) ORDER BY version LIMIT ?",
            (container, _version(after), self._now(), limit),
        )
        documents = [_change(row) for row in rows]
        return Feed(documents, str(documents[-1].version) if documents else after)

    async def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _read(self, container: str, partition: str, id: str) -> Document | None:
        row = self._db.execute(
            f"SELECT {_COLUMNS}, expires_at FROM documents"  # noqa: S608 - constants
            " WHERE container = ? AND partition = ? AND id = ?",
            (container, partition, id),
        ).fetchone()
        if row is None or (row[4] is not None and row[4] <= self._now()):
            return None
        return _document(row)

    def _apply(self, container: str, partition: str, operation: Operation) -> None:
        current = self._read(container, partition, operation.id)
        label = f"{container}/{partition}/{operation.id}"
        if isinstance(operation, Create) and current is not None:
            raise AlreadyExists(f"{label} exists already.")
        if isinstance(operation, Replace | Delete):
            if current is None:
                raise Missing(f"{label} does not exist.")
            if operation.if_match is not None and operation.if_match != current.etag:
                raise PreconditionFailed(f"{label} was changed in between.")
        if isinstance(operation, Delete):
            self._db.execute(
                "DELETE FROM documents WHERE container = ? AND partition = ? AND id = ?",
                (container, partition, operation.id),
            )
            return
        self._write(container, partition, operation)

    def _write(self, container: str, partition: str, operation: Create | Upsert | Replace) -> None:
        (version,) = self._db.execute("UPDATE sequence SET last = last + 1 RETURNING last").fetchone()
        expires_at = None if operation.ttl is None else self._now() + operation.ttl
        self._db.execute(
            "INSERT OR REPLACE INTO documents (container, partition, id, body, version, expires_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (container, partition, operation.id, _dump(operation.body), version, expires_at),
        )


def _dump(body: Body) -> str:
    return json.dumps(body, separators=(",", ":"), allow_nan=False)


def _document(row: Sequence[Any]) -> Document:
    return Document(partition=row[0], id=row[1], body=json.loads(row[2]), etag=str(row[3]))


def _change(row: Sequence[Any]) -> Change:
    return Change(row[0], row[1], json.loads(row[2]), str(row[3]), version=int(row[3]))


def _version(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not _CURSOR.fullmatch(cursor):
        raise InvalidInput("This is no cursor of a change feed.", field="after")
    return int(cursor)


def _path(field: str) -> str:
    return f"json_extract(body, '$.{field_name(field)}')"


def _condition(where: Where) -> tuple[str, list[Any]]:
    path = _path(where.field)
    if where.value is None:
        return (f"{path} IS NULL", []) if where.op == "==" else (f"{path} IS NOT NULL", [])
    return f"{path} {'=' if where.op == '==' else where.op} ?", [where.value]


def _ordering(query: Query) -> tuple[str, str, list[str], list[Any]]:
    """Return ORDER BY, the sort key, and the clauses and values that continue after the last page."""
    last = last_row(query.continuation) if query.continuation else None
    if query.order_by is None:
        return "id", "id", (["id > ?"] if last else []), ([last[1]] if last else [])
    descending = query.order_by.startswith("-")
    key = _path(query.order_by.removeprefix("-"))
    clauses, values = [f"{key} IS NOT NULL"], []
    if last:
        clauses.append(f"({key} {'<' if descending else '>'} ? OR ({key} = ? AND id > ?))")
        values = [last[0], last[0], last[1]]
    return f"{key} {'DESC' if descending else 'ASC'}, id", key, clauses, values
