"""What stays of a bundle's price: the Margin Optimizer (M20, M22).

The margin is what is left for the platform when every vendor earns as much as by selling its part alone, and
every affiliate its commission. With the price at the sum of the parts that is the platform's fee; what the
bundle costs less than its parts comes off it, what it costs more comes on top.

An order prices each leg at its share of the bundle's price, so that a discount is really carried by the
vendors, in proportion: `vendor_earns` beside `vendor_earns_alone` says what each one gives.
"""

from collections.abc import Sequence

from shared.domain.affiliates.rates import Limits, Referral, referred
from shared.domain.ledger import Terms, split
from shared.domain.model import Model
from shared.domain.money import Money, apportioned

FARTHEST = 100
"""A price that would have to be this many times the sum of the parts is no suggestion."""


class Part(Model):
    """A product of a bundle: its own price, the platform's rate, and the affiliate that its vendor is."""

    product_id: str
    name: str
    vendor_id: str
    vendor_name: str
    list_price: Money
    fee_bps: int
    referral: Referral | None = None


class Item(Model):
    """One part's share of the bundle, and who gets what of it."""

    product_id: str
    name: str
    vendor_id: str
    vendor_name: str
    list_price: Money
    price: Money
    fee_bps: int
    platform_fee: Money
    commission: Money
    vendor_earns: Money
    vendor_earns_alone: Money


class Margin(Model):
    """Where a bundle's price goes. The percentage is of the price, to two digits; None of nothing."""

    total_bundle_price: Money
    sum_of_parts: Money
    total_commissions: Money
    platform_fee: Money
    total_margin: Money
    margin_percentage: float | None
    breakdown: tuple[Item, ...]


def margin(price: Money, parts: Sequence[Part], limits: Limits) -> Margin:
    """Reckon a bundle of `parts` at `price`."""
    alone = [each.list_price for each in parts]
    prices = apportioned(price, [each.minor for each in alone])
    shares = [split(p, t) for p, t in zip(prices, _terms(parts, prices, limits), strict=True)]
    lone = [split(p, t) for p, t in zip(alone, _terms(parts, alone, limits), strict=True)]
    items = tuple(
        Item(
            **part.model_dump(exclude={"referral"}),
            price=share.total(),
            platform_fee=share.fee,
            commission=share.commission,
            vendor_earns=share.vendor,
            vendor_earns_alone=own.vendor,
        )
        for part, share, own in zip(parts, shares, lone, strict=True)
    )
    commissions = Money.total((item.commission for item in items), price.currency)
    left = price - commissions - Money.total((item.vendor_earns_alone for item in items), price.currency)
    return Margin(
        total_bundle_price=price,
        sum_of_parts=Money.total(alone, price.currency),
        total_commissions=commissions,
        platform_fee=Money.total((item.platform_fee for item in items), price.currency),
        total_margin=left,
        margin_percentage=round(left.minor * 100 / price.minor, 2) if price.minor else None,
        breakdown=items,
    )


def suggested_price(parts: Sequence[Part], limits: Limits, *, target_bps: int) -> Money | None:
    """The lowest price at which `target_bps` of it stay; None when no reasonable price does that."""
    currency = parts[0].list_price.currency
    whole = sum(part.list_price.minor for part in parts)

    def reaches(minor: int) -> bool:
        left = margin(Money(minor=minor, currency=currency), parts, limits).total_margin
        return left.minor * 10_000 >= target_bps * minor

    low, high = 0, whole
    while not reaches(high) or high == 0:
        low, high = high, max(1, high * 2)
        if high > FARTHEST * whole:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reaches(middle) else (middle, high)
    return Money(minor=high, currency=currency)


def _terms(parts: Sequence[Part], prices: Sequence[Money], limits: Limits) -> list[Terms]:
    terms = [Terms(fee_bps=part.fee_bps) for part in parts]
    for referral in {part.referral.affiliate_id: part.referral for part in parts if part.referral}.values():
        covered = [
            part.referral is not None and part.referral.affiliate_id == referral.affiliate_id
            for part in parts
        ]
        terms = referred(terms, prices, covered=covered, referral=referral, limits=limits)
    return terms
