"""What is paid for usage: a table kept as data, with where each price was seen."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.cost.rules import Plan
from tools.cost.usage import UNITS, Usage
from tools.root import ROOT

FILE = ROOT / "tools" / "cost" / "prices.json"
_OF_PLAN = {"executions", "gb_seconds"}
_BACKUP = "cosmos_backup_gb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """`tiers` are [from which quantity of a month, dollars per `per` units]; the first is from 0."""

    unit: str
    per: float
    tiers: Sequence[tuple[float, float]]
    source: str
    evidence: str = ""
    """Where this number was seen; empty when it was not."""

    def of(self, quantity: float) -> float:
        """Return the dollars of a month's quantity, what is free taken off."""
        ends = [*(begin for begin, _ in self.tiers[1:]), float("inf")]
        return sum(
            max(0.0, min(quantity, end) - begin) * dollars / self.per
            for (begin, dollars), end in zip(self.tiers, ends, strict=True)
        )

    def list_price(self, quantity: float) -> float:
        """Return the dollars when the month's free grant has been used up by others."""
        return quantity * next(dollars for _, dollars in self.tiers if dollars > 0) / self.per


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a bill."""

    what: str
    quantity: float
    unit: str
    list_price: float
    price: float
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """A snapshot of a price list."""

    taken: str
    region: str
    currency: str
    of: Mapping[str, Price]

    def bill(self, usage: Usage, plan: Plan) -> list[Line]:
        """Return what a month's usage costs, line by line."""
        quantities = {name: getattr(usage, name) for name in UNITS} | {_BACKUP: usage.cosmos_gb}
        return [
            _line(name, quantity, self.of[f"{plan.name}_{name}" if name in _OF_PLAN else name])
            for name, quantity in quantities.items()
        ]

    def list_price(self, usage: Usage, plan: Plan) -> float:
        """Return what usage costs beside a month whose free grants are used up."""
        return sum(line.list_price for line in self.bill(usage, plan))


def _line(name: str, quantity: float, price: Price) -> Line:
    return Line(
        what=name.replace("_", " ").replace("gb", "GB"),
        quantity=quantity,
        unit=price.unit,
        list_price=price.list_price(quantity),
        price=price.of(quantity),
        verified=bool(price.evidence),
    )


def load(file: Path = FILE) -> Prices:
    """Read a price table. Raises ValueError for one whose tiers are in no order, KeyError for a gap."""
    told: dict[str, Any] = json.loads(file.read_text("utf-8"))
    prices = {name: _price(name, **each) for name, each in told["prices"].items()}
    return Prices(taken=told["taken"], region=told["region"], currency=told["currency"], of=prices)


def _price(name: str, *, tiers: list[list[float]], **more: Any) -> Price:
    begins = [begin for begin, _ in tiers]
    if begins[:1] != [0] or begins != sorted(set(begins)) or all(dollars <= 0 for _, dollars in tiers):
        raise ValueError(f"the tiers of {name} must begin at 0, rise, and cost something at last")
    return Price(tiers=[(begin, dollars) for begin, dollars in tiers], **more)
