"""The labelled sentences and how well the resolver does on them.

`work` was looked at while the rules were written; `measure` was written without running it and is only
ever counted. A measured sentence that someone looks at to mend a rule moves to `work`; a new one takes its
place.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from shared.domain.conditions import describe
from shared.domain.intents import IntentKind, ResolvedIntent, ShownItem, ThreadContext, resolve
from shared.domain.intents.second_reading import may_be_asked

ZONE = ZoneInfo("America/Chicago")
NOW = datetime(2026, 5, 4, 10, 0, tzinfo=ZONE)  # a Monday
SHOWN = (
    ShownItem(id="r1", name="Red Roses", position=1, price_minor=5000),
    ShownItem(id="r2", name="White Lily Bouquet", position=2, price_minor=6500),
    ShownItem(id="r3", name="Pink Peony Box", position=3, price_minor=8000),
)
_SEEN = {"last_results": SHOWN, "last_query": "flowers", "last_intent": IntentKind.DISCOVER}
THREADS: dict[str | None, ThreadContext | None] = {
    None: None,
    "shown": ThreadContext(**_SEEN),
    "chosen": ThreadContext(**_SEEN, selected_item_id="r2"),
    "ordered": ThreadContext(active_order_id="o1"),
    "asked": ThreadContext(active_order_id="o1", pending_approval="Swap to pink flowers of Vendor B?"),
}


def load(part: str) -> list[dict[str, Any]]:
    rows = json.loads(Path(__file__).with_name("sentences.json").read_text(encoding="utf-8"))
    return [row for row in rows if row["part"] == part]


def resolved(row: dict[str, Any]) -> ResolvedIntent:
    return resolve(row["text"], now=NOW, zone=ZONE, thread=THREADS[row.get("thread")])


def _deadline(r: ResolvedIntent) -> str | None:
    return f"{r.deadline.kind} {r.deadline.instant.astimezone(ZONE):%Y-%m-%dT%H:%M}" if r.deadline else None


def _change(r: ResolvedIntent, wanted: str) -> str:
    if r.change is None:
        return ""
    return f"{r.change.action}:{r.change.wanted}" if ":" in wanted else r.change.action


READERS: dict[str, Callable[[ResolvedIntent, Any], Any]] = {
    "kind": lambda r, _: r.kind,
    "deadline": lambda r, _: _deadline(r),
    "budget": lambda r, _: [r.budget.min_minor, r.budget.max_minor] if r.budget else None,
    "quantity": lambda r, _: r.quantity,
    "guests": lambda r, _: r.guests,
    "recipient": lambda r, _: r.recipient,
    "occasion": lambda r, _: r.occasion,
    "place": lambda r, _: [r.place.name, r.place.relation] if r.place else None,
    "colours": lambda r, _: list(r.colours),
    "needs": lambda r, want: [w for w in want if w in {f"{n.kind}:{n.category}" for n in r.needs}],
    "conditions": lambda r, _: describe(r.conditions) if r.conditions else None,
    "change": _change,
    "refers_to": lambda r, _: r.refers_to.id if r.refers_to else None,
    "sure": lambda r, _: not r.needs_review,
}


def mistakes(row: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Expected and actual of every labelled field that is wrong."""
    r = resolved(row)
    pairs = {f: (row[f], READERS[f](r, row[f])) for f in READERS if f in row}
    return {field: (want, got) for field, (want, got) in pairs.items() if want != got}


@dataclass(frozen=True)
class Accuracy:
    """Shares 0..1 over one part of the sentences."""

    sentences: int
    kind: float
    fields: float
    whole: float
    sure: float
    """Where the rules act without asking."""
    sure_kind: float
    """Of these, how many kinds are right."""
    modelled: float
    """Where a language model would be asked."""
    by_field: dict[str, float]


def accuracy(part: str) -> Accuracy:
    """Figures for a bench: right kinds, right labelled fields, sentences with nothing wrong."""
    rows = load(part)
    wrong = [mistakes(row) for row in rows]
    asked = {f: sum(f in row for row in rows) for f in READERS}
    missed = {f: sum(f in w for w in wrong) for f in READERS}
    read = [resolved(row) for row in rows]
    sure = ["kind" not in w for w, r in zip(wrong, read, strict=True) if not r.needs_review]
    return Accuracy(
        sentences=len(rows),
        kind=1 - missed["kind"] / len(rows),
        fields=1 - sum(missed.values()) / sum(asked.values()),
        whole=sum(not w for w in wrong) / len(rows),
        sure=len(sure) / len(rows),
        sure_kind=sum(sure) / len(sure),
        modelled=sum(may_be_asked(r, row["text"]) for r, row in zip(read, rows, strict=True)) / len(rows),
        by_field={f: round(1 - missed[f] / asked[f], 3) for f in READERS if asked[f]},
    )


if __name__ == "__main__":
    for name in ("work", "measure"):
        print(name, accuracy(name))
