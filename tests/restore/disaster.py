"""What a disaster and the restore after it leave, for the embedded app: where everything is in one database."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

OUTSIDE = (
    *("payments", "shop_simulator", "supplier_simulator", "mailbox", "outside_simulator"),
    *("simulator", "weather"),
)
"""The memory of those whom the app deals with: no disaster of ours makes them forget."""
EMPTIED = ("relay", "external_events")
"""What says how far the plans and the bus of before were: the runbook has it deleted."""


def restore(backup: Path, present: Path, restored: Path) -> None:
    """Make `restored`: the state of `backup`, an empty hub and bus, time and the world outside of `present`."""
    (restored / "devhost").mkdir(parents=True)
    shutil.copy(present / "devhost" / "clock", restored / "devhost" / "clock")
    shutil.copytree(backup / "uso", restored / "uso")
    outside, emptied = _listed(OUTSIDE), _listed(EMPTIED)
    with closing(sqlite3.connect(restored / "uso" / "uso.sqlite")) as db:
        db.execute("ATTACH ? AS present", [str(present / "uso" / "uso.sqlite")])
        with db:
            db.execute(f"DELETE FROM documents WHERE container IN ({outside}, {emptied})")
            db.execute(
                f"INSERT INTO documents SELECT * FROM present.documents WHERE container IN ({outside})"
            )
            db.execute("UPDATE sequence SET last = (SELECT last FROM present.sequence)")


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)
