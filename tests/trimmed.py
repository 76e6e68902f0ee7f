"""A small street: the shipped catalogue without most of its shops, for what starts often or is kept."""

import sqlite3
from contextlib import closing
from pathlib import Path

KEPT_SHOPS = (
    *("demo-flower-shop-a", "demo-flower-shop-b", "rosewood-florals"),
    *("violet-crown-couriers", "bat-bridge-bikes"),
)


def trim(data: Path) -> None:
    """Leave a few vendors in the catalogue of a data folder."""
    with closing(sqlite3.connect(data / "uso" / "uso.sqlite")) as db, db:
        shops = ", ".join(f"'{shop}'" for shop in KEPT_SHOPS)
        where = f"container = 'catalogue' AND id LIKE 'product:%' AND partition NOT IN ({shops})"
        gone = f"SELECT substr(id, 9) FROM documents WHERE {where}"
        db.execute(f"DELETE FROM documents WHERE container = 'inventory' AND partition IN ({gone})")
        db.execute(
            f"DELETE FROM documents WHERE {where} OR (container = 'catalogue' AND partition = 'bundles')"
        )
