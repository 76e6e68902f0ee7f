"""`dev.py cost`: a month on Azure, from what the running app was counted to do."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from tools.cost import counted, prices, rules
from tools.cost.counted import Counted
from tools.cost.flow_names import MEANINGS
from tools.cost.month import CLAIM, Business, Waiting, usage_of, waiting
from tools.cost.prices import Line, Prices
from tools.cost.rules import CHARGED, Charges
from tools.cost.usage import Model, outside_calls

MOST = 1_000_000_000


class BadInput(Exception):
    """What was given cannot be reckoned with; the message is for a person."""


def cost(arguments: argparse.Namespace) -> int:
    """Print the bill of a month; 2 when the arguments make no sense."""
    try:
        business = business_of(arguments)
        charges = None if arguments.charges is None else charges_of(arguments.charges)
    except BadInput as error:
        print(f"dev.py cost: {error}", file=sys.stderr)
        return 2
    report = Report(business, Model(plan=rules.PLANS[arguments.plan], charges=charges))
    print(json.dumps(report.as_json(), indent=2) if arguments.json else report.text())
    return 0


def business_of(arguments: argparse.Namespace) -> Business:
    """Check what a month brings. Raises BadInput."""
    weeks = _number("--weeks", arguments.weeks, float)
    if not 0 < weeks <= 13:
        raise BadInput("--weeks must be above 0 and at most 13: nobody waits longer than 90 days")
    return Business(
        intents=_whole("--intents", arguments.intents),
        orders=_whole("--orders", arguments.orders),
        shop_orders=_whole("--shop-orders", arguments.shop_orders),
        weeks=weeks,
    )


def _whole(option: str, text: str) -> int:
    number = int(_number(option, text, int))
    if not 0 <= number <= MOST:
        raise BadInput(f"{option} must be from 0 to {MOST:,}, not {text}")
    return number


def _number(option: str, text: str, kind: type[int] | type[float]) -> float:
    try:
        return kind(text)
    except (ValueError, OverflowError):
        raise BadInput(f"{option} must be a {'whole ' if kind is int else ''}number, not '{text}'") from None


def charges_of(file: Path) -> Charges:
    """Read request units per call, as an account has reported them. Raises BadInput."""
    form = f"an object of request units per call, e.g. {json.dumps(dict.fromkeys(CHARGED, 2.5))}"
    try:
        told = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"--charges: {file} cannot be read as JSON ({type(error).__name__})") from None
    if not isinstance(told, dict) or not told or not set(told) <= set(CHARGED):
        raise BadInput(f"--charges: {file} must be {form}")
    for value in told.values():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST:
            raise BadInput(f"--charges: {file} must be {form}")
    return {kind: float(value) for kind, value in told.items()}


class Report:
    """A month of a business on one plan."""

    def __init__(self, business: Business, model: Model) -> None:
        self._business, self._model = business, model
        self._counts, self._hub = counted.load(), rules.hub()
        self._prices: Prices = prices.load()
        usage = usage_of(business, model, self._counts, self._hub)
        self._bill = self._prices.bill(usage, model.plan)
        idle = usage_of(Business(intents=0, orders=0), model, self._counts, self._hub)
        self._floor = sum(line.price for line in self._prices.bill(idle, model.plan))
        at_best = replace(model, plan=model.plan.at_best)
        usage = usage_of(business, at_best, self._counts, self._hub)
        self._least = sum(line.price for line in self._prices.bill(usage, model.plan))
        self._waiting = waiting(model, self._prices, self._counts, self._hub)

    @property
    def total(self) -> float:
        """Dollars of the month."""
        return sum(line.price for line in self._bill)

    def as_json(self) -> dict[str, Any]:
        """Return everything that the text tells, as numbers."""
        return {
            "plan": self._model.plan.name,
            "business": asdict(self._business),
            "prices": {name: getattr(self._prices, name) for name in ("taken", "region", "currency")},
            "flows": {name: self._flow(each) for name, each in self._counts.items()},
            "month": [asdict(line) for line in self._bill],
            "total": self.total,
            "least": self._least,
            "floor": self._floor,
            "claim": CLAIM,
            "waiting": [asdict(each) | {"verdict": each.verdict} for each in self._waiting],
        }

    def _flow(self, each: Counted) -> dict[str, float]:
        usage = self._model.usage(each)
        return {
            "executions": each.executions,
            "durable_actions": each.durable_actions,
            "store_operations": each.store_operations,
            "request_units": round(usage.request_units, 1),
            "storage_operations": usage.storage_operations,
            "bus_operations": usage.bus_operations,
            "outside_calls": round(outside_calls(each), 1),
            "dollars": self._prices.list_price(usage, self._model.plan),
        }

    def text(self) -> str:
        """Write it for a terminal."""
        business, plan = self._business, self._model.plan
        return "\n".join(
            [
                f"USO on Azure, {plan.name} plan, a month of {rules.HOURS} hours: "
                f"{business.intents:,} standing intents begun "
                f"({business.waiting:,.0f} wait at any time), {business.orders:,} orders, "
                f"{business.shop_orders:,} shop orders",
                "",
                "Counted in the running app (tools/cost/counts.json), dollars at list price:",
                *_table(
                    ("", *_FLOW_HEAD), [(name, *_cells(self._flow(c))) for name, c in self._counts.items()]
                ),
                *(f"  {name}: {MEANINGS[name]}" for name in self._counts),
                "",
                f"The month, in {self._prices.currency}, list prices of {self._prices.region}, "
                f"{self._prices.taken}:",
                *_table(_BILL_HEAD, [_billed(line) for line in self._bill]),
                f"  total {self.total:,.2f}, of which {self._floor:,.2f} when nothing happens; "
                "? is an unverified price",
                f"  compute as if no two executions ever overlapped; total {self._least:,.2f} if all did",
                f"  request units {'as charged' if self._model.charges else 'by rule, an estimate'}",
                "",
                f"One intent's week beside the seed's claim of ${CLAIM}:",
                *_table(_WAITING_HEAD, [_waited(each) for each in self._waiting]),
                "  docs/COSTS.md has the formulas, and what only an invoice can prove",
            ]
        )


_FLOW_HEAD = ("executions", "actions", "store", "RU", "storage", "bus", "outside", "dollars")
_BILL_HEAD = ("", "quantity", "unit", "list price", "to pay")
_WAITING_HEAD = ("waiting", "its own, at most", "at least", "share of the floor", "claim")


def _cells(flow: Mapping[str, float]) -> list[str]:
    *numbers, dollars = flow.values()
    return [*(f"{number:,.0f}" for number in numbers), f"{dollars:.6f}"]


def _billed(line: Line) -> tuple[str, ...]:
    mark = "" if line.verified else " ?"
    quantity = f"{line.quantity:,.0f}" if line.quantity >= 100 else f"{line.quantity:,.3g}"
    return (line.what, quantity, line.unit, f"{line.list_price:,.4f}", f"{line.price:,.4f}{mark}")


def _waited(each: Waiting) -> tuple[str, ...]:
    dollars = (f"{each.most:.6f}", f"{each.least:.6f}", f"{each.floor:.6f}")
    return (f"{each.intents:,}", *dollars, each.verdict)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[n]) for row in (head, *rows)) for n in range(len(head))]
    return [
        "  "
        + "  ".join(
            cell.rjust(width) if n else cell.ljust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (head, *rows)
    ]
