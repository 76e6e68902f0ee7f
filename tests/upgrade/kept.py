"""The state of an app that waits, kept as text: every database of a data folder as the SQL that makes it.

Left out and made anew are secrets, the keys of the host and of the local issuer, and what belongs to a
process: who owns the folder.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

RELEASES = Path(__file__).parent / "releases"
CLOCK = Path("devhost/clock")
DATABASES = ("uso/uso", "devhost/bus", "devhost/durable", "devhost/timers")


def keep(data: Path, folder: Path) -> None:
    """Write the databases of `data`, and the instant on its clock, into `folder`."""
    for name in DATABASES:
        kept = folder / f"{name}.sql"
        kept.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(data / f"{name}.sqlite")) as db:
            kept.write_text("\n".join(db.iterdump()) + "\n", encoding="utf-8")
    (folder / CLOCK).write_text((data / CLOCK).read_text(encoding="ascii"), encoding="ascii")


def put_back(folder: Path, data: Path) -> None:
    """Make the databases and the clock of `data` from what `keep` wrote."""
    for name in DATABASES:
        database = data / f"{name}.sqlite"
        database.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(database)) as db:
            db.executescript((folder / f"{name}.sql").read_text(encoding="utf-8"))
    (data / CLOCK).write_text((folder / CLOCK).read_text(encoding="ascii"), encoding="ascii")
