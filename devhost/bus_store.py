"""The durable memory of the local Service Bus: what each queue and subscription holds."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from devhost.database import open_database
from devhost.messages import Message, Properties, from_json, to_json

_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, entity TEXT NOT NULL, body BLOB NOT NULL,
    properties TEXT NOT NULL, message_id TEXT NOT NULL, session_id TEXT, enqueued REAL NOT NULL,
    visible REAL NOT NULL, expires REAL, delivery_count INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'active', dead_reason TEXT, dead_description TEXT
);
CREATE INDEX IF NOT EXISTS messages_ready ON messages (entity, state, visible, sequence);
CREATE INDEX IF NOT EXISTS messages_expiring ON messages (expires) WHERE expires IS NOT NULL;
CREATE TABLE IF NOT EXISTS seen (
    entity TEXT NOT NULL, message_id TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (entity, message_id)
);
CREATE INDEX IF NOT EXISTS seen_at ON seen (at);
"""

ACTIVE, LOCKED, DEAD = "active", "locked", "dead"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many messages a queue or subscription holds."""

    active: int = 0
    scheduled: int = 0
    dead: int = 0


class BusStore:
    """Messages on SQLite. Instants are kept as seconds since the epoch, so that they compare in SQL."""

    def __init__(self, path: Path) -> None:
        self._database = open_database(path, _SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything inside happen, or nothing."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def release_all(self) -> None:
        """Free what a process that is gone had locked."""
        self._database.execute("UPDATE messages SET state = ? WHERE state = ?", (ACTIVE, LOCKED))

    def is_duplicate(self, entity: str, message_id: str, now: datetime, window: timedelta) -> bool:
        """Say whether the id was seen within the window; note it if not."""
        oldest = (now - window).timestamp()
        self._database.execute("DELETE FROM seen WHERE at < ?", (oldest,))
        cursor = self._database.execute(
            "INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (entity, message_id, now.timestamp())
        )
        return cursor.rowcount == 0

    def add(self, entity: str, body: bytes, properties: Properties, now: datetime) -> int:
        """Append a message; return its sequence number."""
        enqueued = max(properties.scheduled_enqueue_time or now, now)
        life = properties.time_to_live
        row = self._database.execute(
            "INSERT INTO messages"
            " (entity, body, properties, message_id, session_id, enqueued, visible, expires)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING sequence",
            (
                entity,
                body,
                to_json(properties),
                properties.message_id,
                properties.session_id,
                enqueued.timestamp(),
                enqueued.timestamp(),
                None if life is None else (enqueued + life).timestamp(),
            ),
        ).fetchone()
        return int(row["sequence"])

    def drop_expired(self, now: datetime) -> None:
        """Forget messages whose time to live has passed."""
        self._database.execute(
            "DELETE FROM messages WHERE state = ? AND expires IS NOT NULL AND expires <= ?",
            (ACTIVE, now.timestamp()),
        )

    def lock_next(
        self, entity: str, now: datetime, limit: int, busy_sessions: Sequence[str] | None
    ) -> list[Message]:
        """Lock up to `limit` messages in order and count the delivery.

        With `busy_sessions` the messages are all of one session that is not busy.
        """
        rows = self._ready(entity, now, limit, busy_sessions)
        if rows:
            marks = ",".join("?" * len(rows))
            self._database.execute(
                f"UPDATE messages SET state = ?, delivery_count = delivery_count + 1"  # noqa: S608 - marks only
                f" WHERE sequence IN ({marks})",
                (LOCKED, *(row["sequence"] for row in rows)),
            )
        return [_message(row, extra_delivery=1) for row in rows]

    def _ready(
        self, entity: str, now: datetime, limit: int, busy_sessions: Sequence[str] | None
    ) -> list[sqlite3.Row]:
        base = "FROM messages WHERE entity = ? AND state = 'active' AND visible <= ?"
        arguments: list[object] = [entity, now.timestamp()]
        if busy_sessions is not None:
            marks = ",".join("?" * len(busy_sessions))
            first = self._database.execute(
                f"SELECT session_id {base} AND session_id NOT IN ({marks}) ORDER BY sequence LIMIT 1",
                (*arguments, *busy_sessions),
            ).fetchone()
            if first is None:
                return []
            base += " AND session_id = ?"
            arguments.append(first["session_id"])
        return self._database.execute(
            f"SELECT * {base} ORDER BY sequence LIMIT ?",
            (*arguments, limit),
        ).fetchall()

    def complete(self, messages: Sequence[Message]) -> None:
        """Remove messages that were handled."""
        self._each("DELETE FROM messages WHERE sequence = ?", messages)

    def abandon(self, messages: Sequence[Message]) -> None:
        """Put messages back at once."""
        self._each("UPDATE messages SET state = 'active' WHERE sequence = ?", messages)

    def _each(self, statement: str, messages: Sequence[Message]) -> None:
        with self.transaction():
            self._database.executemany(statement, [(message.sequence,) for message in messages])

    def bury(self, sequence: int, reason: str, description: str) -> None:
        """Move a message to its dead-letter queue."""
        self._database.execute(
            "UPDATE messages SET state = ?, dead_reason = ?, dead_description = ? WHERE sequence = ?",
            (DEAD, reason, description, sequence),
        )

    def dead(self, entity: str | None = None, limit: int = 500) -> list[Message]:
        """List dead letters, oldest first."""
        rows = self._database.execute(
            "SELECT * FROM messages WHERE state = :state AND (:entity IS NULL OR entity = :entity)"
            " ORDER BY sequence LIMIT :limit",
            {"state": DEAD, "entity": entity, "limit": limit},
        )
        return [_message(row) for row in rows]

    def revive(self, sequence: int, now: datetime) -> bool:
        """Give a dead letter a fresh start; False when there is none of that number."""
        cursor = self._database.execute(
            "UPDATE messages SET state = 'active', delivery_count = 0, visible = ?, expires = NULL,"
            " dead_reason = NULL, dead_description = NULL WHERE sequence = ? AND state = 'dead'",
            (now.timestamp(), sequence),
        )
        return cursor.rowcount == 1

    def next_visible(self, now: datetime) -> float | None:
        """Return when the next scheduled message appears."""
        row = self._database.execute(
            "SELECT MIN(visible) AS due FROM messages WHERE state = 'active' AND visible > ?",
            (now.timestamp(),),
        ).fetchone()
        return None if row["due"] is None else float(row["due"])

    def counts(self, now: datetime) -> dict[str, Counts]:
        """Return how many messages each entity holds."""
        rows = self._database.execute(
            "SELECT entity, SUM(state <> 'dead' AND visible <= :now) AS active,"
            " SUM(state <> 'dead' AND visible > :now) AS scheduled, SUM(state = 'dead') AS dead"
            " FROM messages GROUP BY entity",
            {"now": now.timestamp()},
        )
        return {row["entity"]: Counts(row["active"], row["scheduled"], row["dead"]) for row in rows}


def _message(row: sqlite3.Row, extra_delivery: int = 0) -> Message:
    enqueued = datetime.fromtimestamp(0, tz=UTC) + timedelta(seconds=row["enqueued"])
    return Message(
        sequence=row["sequence"],
        entity=row["entity"],
        body=bytes(row["body"]),
        properties=from_json(row["properties"]),
        enqueued=enqueued,
        delivery_count=row["delivery_count"] + extra_delivery,
        dead_reason=row["dead_reason"],
        dead_description=row["dead_description"],
    )
