"""What a customer's sentence asks of a placed order (flow 1.6-1 step 1)."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from shared.domain.intents import ChangeAction, ThreadContext, resolve
from shared.domain.model import Model
from shared.domain.orders import Order, OrderLeg
from shared.errors import Infeasible, InvalidInput

_WORD = re.compile(r"[a-z]+")
NEGOTIABLE = frozenset({ChangeAction.REPLACE})


class ChangeWish(Model):
    """One leg shall become something else. `wanted` is also what a recovery would search for."""

    leg: OrderLeg
    wanted: str
    instead_of: str


def read_change(order: Order, text: str, *, leg_id: str | None, now: datetime) -> ChangeWish:
    """Understand a change request on `order`.

    Raises InvalidInput (code `needs_clarification`, one question as detail) when it is not clear what shall
    become what, Infeasible (`change_not_supported`) for changes that are not negotiated.
    """
    thread = ThreadContext(active_order_id=order.id)
    intent = resolve(text, now=now, zone=ZoneInfo(order.zone), thread=thread)
    change = intent.change
    if change is None or not change.wanted:
        question = intent.clarifying_question or "What would you like instead?"
        raise InvalidInput(question, field="text", code="needs_clarification")
    if change.action not in NEGOTIABLE:
        raise Infeasible(
            f"A placed order cannot be changed by '{change.action}' this way; what can be asked for is "
            "something else instead of an item.",
            field="text",
            code="change_not_supported",
        )
    leg = order.leg(leg_id) if leg_id else _meant(order, change.instead_of or change.target or change.wanted)
    return ChangeWish(leg=leg, wanted=change.wanted, instead_of=change.instead_of or leg.name)


def _meant(order: Order, words: str) -> OrderLeg:
    """Return the one live leg that `words` fit best."""
    legs = order.live_legs()
    if len(legs) == 1:
        return legs[0]
    scores = [len(_stems(words) & _stems(leg.name)) for leg in legs]
    best = max(scores, default=0)
    fitting = [leg for leg, score in zip(legs, scores, strict=True) if score == best and best > 0]
    if len(fitting) != 1:
        names = ", ".join(leg.name for leg in legs)
        raise InvalidInput(f"Which item shall change: {names}?", field="leg_id", code="needs_clarification")
    return fitting[0]


def _stems(text: str) -> set[str]:
    return {word.removesuffix("s") for word in _WORD.findall(text.lower())}
