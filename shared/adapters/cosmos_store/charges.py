"""What the operations of this process have cost: request units as the service says, by container and kind."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

CHARGE = "x-ms-request-charge"


class Charges:
    """Counts requests and request units. A server that names no charge costs nothing here."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str]] = Counter()
        """Answers by (container, kind), where kind is read, query, batch or feed."""
        self.units: dict[tuple[str, str], float] = {}
        """Request units by the same."""

    @property
    def total(self) -> float:
        """Request units altogether."""
        return sum(self.units.values())

    def count(self, container: str, kind: str, headers: Mapping[str, Any] | None) -> None:
        """Count one answer."""
        place = (container, kind)
        self.requests[place] += 1
        self.units[place] = self.units.get(place, 0.0) + float((headers or {}).get(CHARGE) or 0)
