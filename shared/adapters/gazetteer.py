"""The embedded geocoder: places around Austin by name, the most precise name in the address first."""

import csv
import re
from functools import cached_property
from pathlib import Path

from shared.domain.places import GeoPoint, Place

_WORDS = re.compile(r"[a-z0-9]+")


class Gazetteer:
    """`shared.ports.geocoder.Geocoder` over a CSV of `name,latitude,longitude`.

    A street address is placed at the longest name that it contains, which is good to a mile or two.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    async def locate(self, address: str) -> Place | None:
        """Return where `address` is, or None when it names no known place."""
        words = f" {' '.join(_WORDS.findall(address.lower()))} "
        for name, point in self._names:
            if f" {name} " in words:
                return Place(address=address.strip()[:300], point=point)
        return None

    @cached_property
    def _names(self) -> list[tuple[str, GeoPoint]]:
        with self._path.open(encoding="utf-8", newline="") as file:
            rows = [
                (
                    row["name"],
                    GeoPoint(latitude=float(row["latitude"]), longitude=float(row["longitude"])),
                )
                for row in csv.DictReader(file)
            ]
        # a district says more than its town, and a longer name more than a shorter one
        towns = {"austin", "houston", "dallas", "san antonio", "fort worth", "waco"}
        return sorted(rows, key=lambda row: (row[0] in towns, -len(row[0])))
