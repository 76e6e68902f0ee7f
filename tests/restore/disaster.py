"""What a disaster and the restore after it leave, where state and outside are in one database: embedded."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

OUTSIDE = (
    *("payments", "shop_simulator", "supplier_simulator", "mailbox", "outside_simulator"),
    *("simulator", "weather"),
)
"""The memory of those whom the app deals with: no disaster of ours makes them forget."""
FORGOTTEN = """
    container IN ('relay', 'external_events', 'vectors')
    OR (container, partition) IN (('ledger_views', 'totals'), ('operations_views', 'progress'))
"""
"""How far bus, plans and views of before were: step 1 of the runbook."""


def restore(backup: Path, present: Path, restored: Path) -> None:
    """Make `restored`: state of `backup`, empty hub and bus, time and world outside of `present`."""
    (restored / "devhost").mkdir(parents=True)
    shutil.copy(present / "devhost" / "clock", restored / "devhost" / "clock")
    shutil.copytree(backup / "uso", restored / "uso")
    outside = f"container IN {OUTSIDE}"
    with closing(sqlite3.connect(restored / "uso" / "uso.sqlite")) as db:
        db.execute("ATTACH ? AS present", [str(present / "uso" / "uso.sqlite")])
        with db:
            db.execute(f"DELETE FROM documents WHERE {FORGOTTEN} OR {outside}")
            db.execute(f"INSERT INTO documents SELECT * FROM present.documents WHERE {outside}")
            db.execute("UPDATE sequence SET last = (SELECT last FROM present.sequence)")
