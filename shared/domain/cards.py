"""The cards that USO shows where a person would look (Adaptive Cards 1.5).

Each function takes values that are ready to be shown, and knows nothing of how they came about.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from shared.domain.attribution import Attribution
from shared.domain.card_elements import (
    Action,
    Colour,
    Element,
    card,
    column,
    column_set,
    container,
    execute,
    fact_set,
    image,
    link,
    plain,
    safe_url,
    submit,
    text_block,
)
from shared.domain.catalogue import Product
from shared.domain.model import Model
from shared.domain.money import Money

TOP = 5
MAX_LINES = 20
_MARKS: Mapping[bool | None, tuple[str, Colour]] = {
    True: ("\u2713", "good"),
    False: ("\u2717", "attention"),
    None: ("?", "warning"),
}


class Listed(Model):
    """Something offered: a product or a bundle. `choose` is sent back when it is picked."""

    name: str
    price: Money
    vendor: str
    image_url: str = ""
    why: str = ""
    choose: dict[str, Any] = Field(default_factory=dict)


class Step(Model):
    """One line of a timeline, times already in the customer's zone and words."""

    name: str
    when: str
    late: bool = False


class Side(Model):
    """One of two timelines that are compared."""

    title: str
    steps: tuple[Step, ...]
    arrival: str
    price: Money | None = None


class ConditionLine(Model):
    """A condition as the customer said it, whether it holds now (None: not known yet), and why."""

    words: str
    holds: bool | None
    why: str = ""


class LedgerLine(Model):
    """A line of the progress ledger."""

    when: str
    text: str
    done: bool = True


def listed(product: Product, *, vendor: str, why: str = "") -> Listed:
    """Offer a product of the catalogue."""
    return Listed(
        name=product.name,
        price=product.price,
        vendor=vendor,
        image_url=product.image_url,
        why=why,
        choose={"product_id": product.id},
    )


def message_card(title: str, text: str, *, facts: Sequence[tuple[str, str]] = ()) -> Element:
    """Something that USO says, with the facts behind it."""
    return card([*_heading(title, text), *_facts(facts)], fallback=_said(title, text))


def product_list_card(title: str, items: Sequence[Listed]) -> Element:
    """The best five offers, each with picture, price, vendor and a button."""
    shown = items[:TOP]
    body = [text_block(title, size="large", weight="bolder", heading=True), *map(_product_row, shown)]
    names = ", ".join(f"{item.name} at {item.price} from {item.vendor}" for item in shown)
    actions = [submit(f"Choose {place}", item.choose) for place, item in enumerate(shown, 1) if item.choose]
    return card(body, fallback=_said(title, names or "Nothing found."), actions=actions)


def approval_card(
    title: str,
    text: str,
    *,
    approve: Mapping[str, Any],
    reject: Mapping[str, Any],
    facts: Sequence[tuple[str, str]] = (),
    sources: Sequence[Attribution] = (),
    before_and_after: tuple[Side, Side] | None = None,
    labels: tuple[str, str] = ("Approve", "Reject"),
    image_url: str = "",
) -> Element:
    """A question to be answered yes or no; the answer comes back as verb and data."""
    body = [*_heading(title, text), *_facts(facts), *map(_source, sources)]
    if safe_url(image_url):
        body.append(image(image_url, alt=text, size="large"))
    if before_and_after is not None:
        body.append(_compared(*before_and_after))
    actions: list[Action] = [
        execute(labels[0], "approve", approve, style="positive"),
        execute(labels[1], "reject", reject, style="destructive"),
    ]
    return card(body, fallback=_said(title, text), actions=actions)


def timeline_card(title: str, text: str, *, before: Side, after: Side) -> Element:
    """Two timelines side by side, what is late in red."""
    fallback = _said(title, f"{text} {before.title}: {before.arrival}. {after.title}: {after.arrival}.")
    return card([*_heading(title, text), _compared(before, after)], fallback=fallback)


def logic_map_card(
    title: str,
    *,
    condition: str,
    action: str,
    lines: Sequence[ConditionLine],
    waiting: str = "",
    sources: Sequence[Attribution] = (),
) -> Element:
    """The IF/THEN map of a standing intent, each condition with its live state (flow 1.4-2)."""
    rule = container(
        [
            column_set([_label("IF"), column([text_block(condition)])]),
            column_set([_label("THEN"), column([text_block(action)])]),
        ],
        style="emphasis",
    )
    body = [text_block(title, size="large", weight="bolder", heading=True), rule]
    body += [_condition_row(line) for line in lines[:MAX_LINES]]
    body += [text_block(waiting, subtle=True)] if waiting else []
    body += map(_source, sources)
    return card(body, fallback=_said(title, f"If {condition}, then {action}. {waiting}"))


def ledger_card(title: str, lines: Sequence[LedgerLine], *, sources: Sequence[Attribution] = ()) -> Element:
    """What was done and what comes next, latest last (M14)."""
    shown = lines[-MAX_LINES:]
    body = [text_block(title, size="large", weight="bolder", heading=True), *map(_ledger_row, shown)]
    body += map(_source, sources)
    return card(body, fallback=_said(title, shown[-1].text if shown else "Nothing has happened yet."))


def _heading(title: str, text: str) -> list[Element]:
    return [text_block(title, size="large", weight="bolder", heading=True), text_block(text)]


def _facts(facts: Sequence[tuple[str, str]]) -> list[Element]:
    return [fact_set(facts)] if facts else []


def _said(title: str, text: str) -> str:
    return f"{title}: {text}".strip()


def _product_row(item: Listed) -> Element:
    about = [text_block(item.name, weight="bolder"), text_block(f"{item.price} \u00b7 {item.vendor}")]
    about += [text_block(item.why, subtle=True)] if item.why else []
    columns = [column(about)]
    if safe_url(item.image_url):
        columns.insert(0, column([image(item.image_url, alt=item.name, size="medium")], width="auto"))
    return column_set(columns, separator=True)


def _compared(before: Side, after: Side) -> Element:
    return column_set([_side(before), _side(after)], separator=True)


def _side(side: Side) -> Element:
    items = [text_block(side.title, weight="bolder")]
    items += [
        text_block(f"{step.when} {step.name}", colour="attention" if step.late else "default")
        for step in side.steps[:MAX_LINES]
    ]
    items.append(text_block(f"Arrives {side.arrival}", weight="bolder"))
    if side.price is not None:
        items.append(text_block(str(side.price)))
    return column(items)


def _label(word: str) -> Element:
    return column([text_block(word, weight="bolder", colour="accent")], width="auto")


def _condition_row(line: ConditionLine) -> Element:
    mark, colour = _MARKS[line.holds]
    words = [text_block(line.words), *([text_block(line.why, subtle=True)] if line.why else [])]
    return column_set(
        [column([text_block(mark, weight="bolder", colour=colour)], width="auto"), column(words)]
    )


def _source(named: Attribution) -> Element:
    """Whose data the card shows, with the links that its licence wants."""
    who, licence = link(named.who, named.url), link(named.licence, named.licence_url)
    words = f"{plain(named.what)} by {who}, {licence}, {plain(named.changes)}"
    return text_block(words, size="small", subtle=True, markdown=True)


def _ledger_row(line: LedgerLine) -> Element:
    mark, colour = _MARKS[True] if line.done else ("\u2026", "accent")
    return column_set(
        [
            column([text_block(mark, colour=colour)], width="auto"),
            column([text_block(line.text), text_block(line.when, size="small", subtle=True)]),
        ]
    )
