"""Drawing on a mandate: reserve, settle, release, give back (flow 1.3-2). Each is idempotent per key.

Decisions where the flow is silent:

* Only reserving asks whether the mandate allows it. What was reserved may be settled after the mandate was
  revoked or has expired: the order was agreed while it stood.
* The limit per order is about all of an order's draws together, refunds taken off; a dearer replacement draws
  under a key of its own and is no further use.
* A refund restores the budget, not the use. A release restores both.
* Releasing a key that was never reserved closes it: a reservation that arrives after its own undo is refused.
* Where payees or categories are limited, an order that names none of its own is outside the limit.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from shared.domain.mandates.mandate import Draw, Mandate, MandateStatus, Spending
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.status import DrawStatus, move
from shared.errors import Conflict, MandateRefused


class Reason(StrEnum):
    """Why a mandate does not cover something; the `reason` of the problem answer."""

    REVOKED = "revoked"
    KEY_REVOKED = "key_revoked"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    WRONG_AGENT = "wrong_agent"
    WRONG_CURRENCY = "wrong_currency"
    WRONG_PAYEE = "wrong_payee"
    WRONG_CATEGORY = "wrong_category"
    OVER_PER_ORDER = "over_per_order"
    OVER_TOTAL = "over_total"
    USES_UP = "uses_up"


_WORDS = {
    Reason.REVOKED: "it was revoked",
    Reason.KEY_REVOKED: "the key that signed it was revoked",
    Reason.NOT_YET_VALID: "it is not valid yet",
    Reason.EXPIRED: "it has expired",
    Reason.WRONG_AGENT: "it is made out to another agent",
    Reason.WRONG_CURRENCY: "it is in another currency",
    # not which one: a bundle may hide its vendors from the customer
    Reason.WRONG_PAYEE: "it does not allow every vendor of this order",
    Reason.WRONG_CATEGORY: "it does not allow every category of this order",
    Reason.OVER_PER_ORDER: "this is more than it allows for one order",
    Reason.OVER_TOTAL: "this is more than is left of it",
    Reason.USES_UP: "it was used as often as it allows",
}


class Ask(Model):
    """What an order wants to draw, in the platform's own numbers: `amount` under `key`, for whom and what."""

    key: str = Field(min_length=1, max_length=200)
    agent: str
    amount: Money
    payees: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


def refused(reason: Reason) -> MandateRefused:
    """The error that says why a mandate does not cover something."""
    return MandateRefused(reason, f"The mandate does not cover this: {_WORDS[reason]}.")


def reserve(mandate: Mandate, spending: Spending, ask: Ask, *, now: datetime, key_is_live: bool) -> Spending:
    """Hold the amount for an order. The same key again is the same reservation, however things stand by now.

    Raises MandateRefused; Conflict when the key stands for another amount or was released.
    """
    if ask.agent != mandate.terms.agent:
        raise refused(Reason.WRONG_AGENT)
    if ask.amount.currency != mandate.terms.limits.currency:
        raise refused(Reason.WRONG_CURRENCY)
    minor = _minor(mandate, ask.amount)
    known = spending.draws.get(ask.key)
    if known is not None:
        return _repeated(spending, ask.key, known, minor)
    for reason in _refusals(mandate, spending, ask, now=now, key_is_live=key_is_live):
        raise refused(reason)
    return _with(spending, ask.key, Draw(amount=minor))


def settle(mandate: Mandate, spending: Spending, key: str, amount: Money) -> Spending:
    """Spend what was reserved, or less; the rest is free again.

    Raises Conflict when nothing is reserved under the key, it was settled otherwise, or `amount` is more.
    """
    minor = _minor(mandate, amount)
    known = spending.draws.get(key)
    if known is None:
        raise Conflict(f"Nothing is reserved under '{key}'.", code="nothing_reserved")
    if known.status is DrawStatus.SETTLED and known.settled == minor:
        return spending
    if minor > known.amount:
        raise Conflict(f"'{key}' has reserved less than is to be spent.", code="over_reserved")
    status = move("draw on a mandate", known.status, DrawStatus.SETTLED)
    return _with(spending, key, known.model_copy(update={"status": status, "settled": minor}))


def release(spending: Spending, key: str) -> Spending:
    """Free what is reserved; a key that never reserved never will. Raises IllegalMove for what is spent."""
    known = spending.draws.get(key)
    if known is None:
        return _with(spending, key, Draw(amount=0, status=DrawStatus.RELEASED))
    if known.status is DrawStatus.RELEASED:
        return spending
    status = move("draw on a mandate", known.status, DrawStatus.RELEASED)
    return _with(spending, key, known.model_copy(update={"status": status}))


def give_back(mandate: Mandate, spending: Spending, key: str, amount: Money) -> Spending:
    """Restore the budget by a refund; `key` is the refund's own and begins with its order's id.

    Raises Conflict when the key stands for another amount, or the order has not spent as much (yet).
    """
    minor = _minor(mandate, amount)
    known = spending.given_back.get(key)
    if known is not None:
        if known != minor:
            raise Conflict(f"'{key}' already stands for another refund.", code="key_reused")
        return spending
    if spending.returned + minor > spending.settled:
        raise Conflict("The order has not spent as much of the mandate.", code="over_settled")
    return spending.model_copy(update={"given_back": {**spending.given_back, key: minor}})


def _refusals(
    mandate: Mandate, spending: Spending, ask: Ask, *, now: datetime, key_is_live: bool
) -> Iterator[Reason]:
    limits = mandate.terms.limits
    status = mandate.status(now, key_is_live=key_is_live)
    if status is not MandateStatus.ACTIVE:
        yield Reason.KEY_REVOKED if mandate.revoked_at is None and not key_is_live else Reason(status.value)
    if not _within(ask.payees, limits.payees):
        yield Reason.WRONG_PAYEE
    if not _within(ask.categories, limits.categories):
        yield Reason.WRONG_CATEGORY
    drawn = spending.reserved + spending.settled - spending.returned
    if limits.per_order is not None and drawn + ask.amount.minor > limits.per_order:
        yield Reason.OVER_PER_ORDER
    if ask.amount.minor > mandate.left:
        yield Reason.OVER_TOTAL
    if limits.uses is not None and not spending.is_use and mandate.used >= limits.uses:
        yield Reason.USES_UP


def _within(named: Sequence[str], allowed: Sequence[str] | None) -> bool:
    return allowed is None or (len(named) > 0 and set(named) <= set(allowed))


def _repeated(spending: Spending, key: str, known: Draw, minor: int) -> Spending:
    if known.status is DrawStatus.RELEASED:
        raise Conflict(f"What '{key}' reserved was released.", code="reservation_released")
    if known.amount != minor:
        raise Conflict(f"'{key}' already stands for another amount.", code="key_reused")
    return spending


def _minor(mandate: Mandate, amount: Money) -> int:
    if amount.currency != mandate.terms.limits.currency:
        raise Conflict("The mandate is in another currency.", code="wrong_currency")
    if amount.minor < 0:
        raise ValueError("an amount drawn on a mandate is never negative")
    return amount.minor


def _with(spending: Spending, key: str, draw: Draw) -> Spending:
    return spending.model_copy(update={"draws": {**spending.draws, key: draw}})
