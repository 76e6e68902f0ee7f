"""What an affiliate earns: its wish, the platform's limits, and the terms of an order's legs (M21).

A commission is a wish of the affiliate; the platform's maximum bounds it, whenever it was agreed. A fixed one
is per order: it is shared out over the legs that the affiliate brought, in proportion to their prices and to
the minor unit, and is never more than the maximum share of them. One in another currency than the order's
earns nothing: the platform changes no money.
"""

from collections.abc import Sequence

from shared.domain.affiliates.models import Commission, CommissionType
from shared.domain.ledger import Terms
from shared.domain.model import Model
from shared.domain.money import Money, apportioned, share_of


class Limits(Model):
    """The most that any affiliate earns: basis points of an order's value, minor units per order."""

    max_bps: int
    max_fixed: int
    currency: str


class Referral(Model):
    """Who brought a customer to which products, and what they earn for it."""

    affiliate_id: str
    link_id: str
    commission: Commission
    product_ids: frozenset[str]


def clamped(wish: Commission, limits: Limits) -> Commission:
    """Return the commission within the limits, without the half that its type does not use."""
    if wish.type is CommissionType.CPA:
        fixed = min(wish.fixed_minor, limits.max_fixed)
        return Commission(type=wish.type, fixed_minor=fixed, currency=limits.currency)
    return Commission(type=wish.type, rate_bps=min(wish.rate_bps, limits.max_bps), currency=limits.currency)


def referred(
    terms: Sequence[Terms],
    prices: Sequence[Money],
    *,
    covered: Sequence[bool],
    referral: Referral,
    limits: Limits,
) -> list[Terms]:
    """Add the commission to the terms of the legs that the referral covers."""
    commission = clamped(referral.commission, limits)
    who = {"affiliate_id": referral.affiliate_id, "link_id": referral.link_id}
    if commission.type is CommissionType.CPE:
        earns: list[dict[str, object]] = [{"commission_bps": commission.rate_bps} for _ in terms]
    else:
        earns = _fixed(commission, prices, covered=covered, limits=limits)
    return [
        each.model_copy(update={**who, **earned}) if brought else each
        for each, earned, brought in zip(terms, earns, covered, strict=True)
    ]


def renewed(old: Terms, fee_bps: int, *, price: Money) -> Terms:
    """The terms of a leg that takes another's place: its own fee, and the commission that was agreed.

    A fixed commission stays what it was, as far as the new price carries it.
    """
    update: dict[str, object] = {"fee_bps": fee_bps}
    if old.commission_minor:
        update |= {"commission_minor": min(old.commission_minor, price.minor), "commission_of": price.minor}
    return old.model_copy(update=update)


def _fixed(
    commission: Commission, prices: Sequence[Money], *, covered: Sequence[bool], limits: Limits
) -> list[dict[str, object]]:
    weights = [price.minor if brought else 0 for price, brought in zip(prices, covered, strict=True)]
    value = Money(minor=sum(weights), currency=prices[0].currency)
    if value.minor == 0 or value.currency != commission.currency:
        return [{} for _ in prices]
    whole = min(commission.fixed_minor, share_of(value, limits.max_bps).minor)
    parts = apportioned(Money(minor=whole, currency=value.currency), weights)
    return [
        {"commission_minor": part.minor, "commission_of": price.minor} if part.minor else {}
        for part, price in zip(parts, prices, strict=True)
    ]
