"""The SQLite file: the only truth about instances, messages, activities and entities."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from devhost.durable.models import TERMINAL, Activity, EntityOp, History, Instance, Message, Parent

Row = tuple[Any, ...]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS instance (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, version TEXT NOT NULL, execution TEXT NOT NULL,
    status TEXT NOT NULL, input TEXT, output TEXT, custom_status TEXT,
    created INTEGER NOT NULL, updated INTEGER NOT NULL,
    parent TEXT, parent_execution TEXT, parent_task INTEGER
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS instance_by_creation ON instance (created, id);
CREATE INDEX IF NOT EXISTS instance_by_status ON instance (status);
CREATE TABLE IF NOT EXISTS history (
    instance TEXT NOT NULL, episode INTEGER NOT NULL, events TEXT NOT NULL, PRIMARY KEY (instance, episode)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS inbox (
    seq INTEGER PRIMARY KEY, instance TEXT NOT NULL, execution TEXT, due INTEGER, event TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS inbox_by_instance ON inbox (instance);
CREATE TABLE IF NOT EXISTS activity (
    seq INTEGER PRIMARY KEY, instance TEXT NOT NULL, execution TEXT NOT NULL, task_id INTEGER NOT NULL,
    name TEXT NOT NULL, input TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS entity (
    id TEXT PRIMARY KEY, state TEXT, touched INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entity_op (
    seq INTEGER PRIMARY KEY, entity TEXT NOT NULL, due INTEGER, name TEXT NOT NULL, input TEXT,
    reply_to TEXT, reply_execution TEXT, request_id TEXT
);
"""

_COLUMNS = (
    "id, name, version, execution, status, input, output, custom_status, created, updated, "
    "parent, parent_execution, parent_task"
)
_TERMINAL_SQL = ", ".join(f"'{status}'" for status in sorted(TERMINAL))


class Store:
    """One connection, held exclusively, and the statements of the engine. Writes go into `transaction`."""

    def __init__(self, path: Path, *, after_commit: Callable[[int], None] | None = None) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._after_commit = after_commit
        self.commits = 0
        self._db = sqlite3.connect(path, isolation_level=None, cached_statements=512, timeout=1)
        # EXCLUSIVE spares the shared memory file and keeps a second host off the same data.
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_SCHEMA)
        self._next_seq = self._largest_seq() + 1

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def next_seq(self) -> int:
        """Hand out the number of the next message, activity or operation; they share one order."""
        seq = self._next_seq
        self._next_seq += 1
        return seq

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what the block writes, or none of it."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
        self.commits += 1
        if self._after_commit is not None:
            self._after_commit(self.commits)

    def _largest_seq(self) -> int:
        tables = ("inbox", "activity", "entity_op")
        found = [self._db.execute(f"SELECT max(seq) FROM {table}").fetchone()[0] for table in tables]  # noqa: S608
        return max(seq or 0 for seq in found)

    # --- instances ---

    def put_instance(self, instance: Instance) -> None:
        """Insert the instance or replace the one of that id."""
        parent = instance.parent
        self._db.execute(
            "INSERT OR REPLACE INTO instance VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                instance.id,
                instance.name,
                instance.version,
                instance.execution,
                instance.status,
                instance.input,
                instance.output,
                instance.custom_status,
                instance.created,
                instance.updated,
                parent.instance if parent else None,
                parent.execution if parent else None,
                parent.task_id if parent else None,
            ),
        )

    def update_instance(self, instance: Instance) -> None:
        """Write what an episode changes."""
        self._db.execute(
            "UPDATE instance SET execution = ?, status = ?, input = ?, output = ?, custom_status = ?, "
            "updated = ? WHERE id = ?",
            (
                instance.execution,
                instance.status,
                instance.input,
                instance.output,
                instance.custom_status,
                instance.updated,
                instance.id,
            ),
        )

    def get_instance(self, instance_id: str) -> Instance | None:
        """Read one instance, without its history."""
        row = self._db.execute(f"SELECT {_COLUMNS} FROM instance WHERE id = ?", (instance_id,)).fetchone()  # noqa: S608
        return None if row is None else _instance(row)

    def unfinished_instances(self) -> Iterator[Instance]:
        """Read the instances that have not ended, without their histories."""
        sql = f"SELECT {_COLUMNS} FROM instance WHERE status NOT IN ({_TERMINAL_SQL})"  # noqa: S608
        return map(_instance, self._db.execute(sql))

    def select_instances(self, where: str, params: Iterable[Any], limit: int) -> list[Instance]:
        """Read instances in order of creation. `where` is SQL of the caller's own making."""
        sql = f"SELECT {_COLUMNS} FROM instance WHERE {where} ORDER BY created, id LIMIT ?"  # noqa: S608
        return [_instance(row) for row in self._db.execute(sql, (*params, limit))]

    def latest_instances(self, limit: int) -> list[Instance]:
        """Read the instances created last, newest first."""
        sql = f"SELECT {_COLUMNS} FROM instance ORDER BY created DESC, id DESC LIMIT ?"  # noqa: S608
        return [_instance(row) for row in self._db.execute(sql, (limit,))]

    def count_by_status(self) -> dict[str, int]:
        """Count the instances in each status."""
        return dict(self._db.execute("SELECT status, count(*) FROM instance GROUP BY status"))

    def forget_instance(self, instance_id: str) -> None:
        """Delete everything about an instance."""
        self._db.execute("DELETE FROM instance WHERE id = ?", (instance_id,))
        self._db.execute("DELETE FROM inbox WHERE instance = ?", (instance_id,))
        self.delete_history(instance_id)

    # --- history ---

    def add_episode(self, instance_id: str, episode: int, events: str) -> None:
        """Append the events of one episode, texts joined by commas."""
        self._db.execute("INSERT INTO history VALUES (?, ?, ?)", (instance_id, episode, events))

    def delete_history(self, instance_id: str) -> None:
        """Delete the history, as when an instance continues as new."""
        self._db.execute("DELETE FROM history WHERE instance = ?", (instance_id,))

    def get_history(self, instance_id: str) -> History:
        """Read the history of the current generation."""
        sql = "SELECT events FROM history WHERE instance = ? ORDER BY episode"
        rows = self._db.execute(sql, (instance_id,)).fetchall()
        events = [event for (text,) in rows for event in json.loads(f"[{text}]")]
        return History(events=events, texts=[text for (text,) in rows], episodes=len(rows))

    # --- inbox ---

    def add_messages(self, messages: Iterable[Message]) -> None:
        """Insert inbox rows."""
        rows = [(m.seq, m.instance, m.execution, m.due, m.text) for m in messages]
        self._db.executemany("INSERT INTO inbox VALUES (?, ?, ?, ?, ?)", rows)

    def delete_messages(self, messages: Iterable[Message]) -> None:
        """Delete inbox rows."""
        self._db.executemany("DELETE FROM inbox WHERE seq = ?", [(m.seq,) for m in messages])

    def delete_inbox(self, instance_id: str) -> None:
        """Delete every inbox row of an instance, due or not."""
        self._db.execute("DELETE FROM inbox WHERE instance = ?", (instance_id,))

    def messages(self) -> Iterator[Message]:
        """Read the whole inbox in order."""
        for seq, instance, execution, due, text in self._db.execute("SELECT * FROM inbox ORDER BY seq"):
            yield Message(seq, instance, execution, due, json.loads(text), text)

    # --- activities ---

    def add_activities(self, activities: Iterable[Activity]) -> None:
        """Insert activity rows."""
        rows = [(a.seq, a.instance, a.execution, a.task_id, a.name, a.input) for a in activities]
        self._db.executemany("INSERT INTO activity VALUES (?, ?, ?, ?, ?, ?)", rows)

    def delete_activities(self, activities: Iterable[Activity]) -> None:
        """Delete activity rows."""
        self._db.executemany("DELETE FROM activity WHERE seq = ?", [(a.seq,) for a in activities])

    def activities(self) -> Iterator[Activity]:
        """Read the activities that have not completed, in order."""
        return (Activity(*row) for row in self._db.execute("SELECT * FROM activity ORDER BY seq"))

    # --- entities ---

    def get_entity(self, entity_id: str) -> tuple[bool, str | None]:
        """Say whether the entity exists, and read its state."""
        row = self._db.execute("SELECT state FROM entity WHERE id = ?", (entity_id,)).fetchone()
        return (False, None) if row is None else (True, row[0])

    def put_entity(self, entity_id: str, state: str | None, touched: int) -> None:
        """Write the state of an entity."""
        self._db.execute("INSERT OR REPLACE INTO entity VALUES (?, ?, ?)", (entity_id, state, touched))

    def delete_entity(self, entity_id: str) -> None:
        """Delete an entity."""
        self._db.execute("DELETE FROM entity WHERE id = ?", (entity_id,))

    def select_entities(self, prefix: str, after: str, limit: int) -> list[Row]:
        """Read (id, state, touched) of the entities whose id begins with `prefix`, in order of id."""
        sql = (
            "SELECT id, state, touched FROM entity WHERE id > ? AND substr(id, 1, ?) = ? ORDER BY id LIMIT ?"
        )
        return self._db.execute(sql, (after, len(prefix), prefix, limit)).fetchall()

    def add_entity_ops(self, ops: Iterable[EntityOp]) -> None:
        """Insert entity operations."""
        rows = [
            (o.seq, o.entity, o.due, o.name, o.input, o.reply_to, o.reply_execution, o.request_id)
            for o in ops
        ]
        self._db.executemany("INSERT INTO entity_op VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def delete_entity_ops(self, ops: Iterable[EntityOp]) -> None:
        """Delete entity operations."""
        self._db.executemany("DELETE FROM entity_op WHERE seq = ?", [(o.seq,) for o in ops])

    def entity_ops(self) -> Iterator[EntityOp]:
        """Read the entity operations that wait, in order."""
        return (EntityOp(*row) for row in self._db.execute("SELECT * FROM entity_op ORDER BY seq"))


def _instance(row: Row) -> Instance:
    parent, parent_execution, parent_task = row[10:]
    link = None if parent is None else Parent(parent, parent_execution, parent_task)
    values = [*row[:10], link]
    return Instance(*values)
