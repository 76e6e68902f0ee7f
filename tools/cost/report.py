"""How a month is told: to programs, on a terminal, and on the page (`docs/COSTS.md`)."""

import re
from collections.abc import Sequence
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any

from tools.cost import rules
from tools.cost.flow_names import MEANINGS
from tools.cost.month import CLAIM, Business, Waiting
from tools.cost.prices import Line
from tools.cost.reckoning import FlowCost, Reckoned, reckon
from tools.cost.usage import Model
from tools.root import ROOT

PAGE = ROOT / "docs" / "COSTS.md"
WORKED = Business(intents=1000, orders=5000)
"""The month that the page shows."""
_FLOWS = ("flow", "executions", "actions", "store", "RU", "storage", "bus", "outside", "dollars")
_BILL = ("billed", "quantity", "unit", "list price", "to pay")
_WAITING = ("waiting", "its own, at most", "at best", "share of the floor", "claim")
_BLOCK = re.compile(r"(<!-- counted: (\w+) -->\n).*?(\n<!-- end -->)", re.DOTALL)
Rows = list[Sequence[str]]


def as_json(month: Reckoned) -> dict[str, Any]:
    """Return everything as numbers."""
    told = month.prices
    return {
        "plan": month.model.plan.name,
        "business": asdict(month.business),
        "prices": {"taken": told.taken, "region": told.region, "currency": told.currency},
        "flows": {name: asdict(flow) for name, flow in month.flows.items()},
        "month": [asdict(line) for line in month.bill],
        "total": month.total,
        "least": month.least,
        "floor": month.floor,
        "claim": CLAIM,
        "waiting": [asdict(each) | {"verdict": each.verdict} for each in month.waiting],
    }


def as_text(month: Reckoned) -> str:
    """Write it for a terminal."""
    business, told = month.business, month.prices
    units = "as charged" if month.model.charges else "by rule, an estimate"
    return "\n".join(
        [
            f"USO on Azure, {month.model.plan.name} plan, a month of {rules.HOURS} hours: "
            f"{business.intents:,} standing intents begun ({business.waiting:,.0f} wait at any time), "
            f"{business.orders:,} orders, {business.shop_orders:,} shop orders",
            "",
            "Counted in the running app (tools/cost/counts.json), dollars at list price:",
            *_columns(_flows(month)),
            *(f"  {name}: {MEANINGS[name]}" for name in month.flows),
            "",
            f"The month, in {told.currency}, list prices of {told.region}, {told.taken}:",
            *_columns(_bill(month)),
            f"  {_total(month)}",
            f"  request units {units}; ? is a price that was not verified",
            "",
            f"One intent's week beside the specification's claim of ${CLAIM}:",
            *_columns(_waiting(month)),
            "  docs/COSTS.md has the formulas, and what only an invoice can prove",
        ]
    )


def rewritten(page: str) -> str:
    """Return the page with what it shows of counts and bills brought up to date."""
    flex, classic = (reckon(WORKED, Model(plan=rules.PLANS[name])) for name in ("flex", "classic"))
    blocks = {
        "flows": _markdown(_flows(flex)),
        "month": f"{_markdown(_bill(flex))}\n\nOn flex: {_total(flex)}.\nOn classic: {_total(classic)}.",
        "waiting": "\n\n".join(
            f"On {month.model.plan.name}:\n\n{_markdown(_waiting(month))}" for month in (flex, classic)
        ),
    }
    return _BLOCK.sub(lambda found: f"{found[1]}\n{blocks[found[2]]}\n{found[3]}", page)


def write_page(file: Path = PAGE) -> None:
    """Bring the page up to date."""
    file.write_text(rewritten(file.read_text("utf-8")), encoding="utf-8")


def _total(month: Reckoned) -> str:
    return (
        f"{month.total:,.2f} together at most, every execution alone; {month.least:,.2f} if they share their "
        f"seconds; {month.floor:,.2f} of it when nothing happens"
    )


def _flows(month: Reckoned) -> Rows:
    return [_FLOWS, *(_flow(name, flow) for name, flow in month.flows.items())]


def _flow(name: str, flow: FlowCost) -> Sequence[str]:
    *numbers, dollars = astuple(flow)
    return (name, *(f"{number:,.0f}" for number in numbers), f"{dollars:.6f}")


def _bill(month: Reckoned) -> Rows:
    return [_BILL, *(_line(line) for line in month.bill)]


def _line(line: Line) -> Sequence[str]:
    mark = "" if line.verified else " ?"
    quantity = f"{line.quantity:,.0f}" if line.quantity >= 100 else f"{line.quantity:,.3g}"
    return (line.what, quantity, line.unit, f"{line.list_price:,.2f}", f"{line.price:,.2f}{mark}")


def _waiting(month: Reckoned) -> Rows:
    return [_WAITING, *(_waited(each) for each in month.waiting)]


def _waited(each: Waiting) -> Sequence[str]:
    dollars = (f"{each.most:.6f}", f"{each.least:.6f}", f"{each.floor:.6f}")
    return (f"{each.intents:,}", *dollars, each.verdict)


def _columns(rows: Rows) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  " + "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip()
        for row in rows
    ]


def _markdown(rows: Rows) -> str:
    head, *body = rows
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *body))
