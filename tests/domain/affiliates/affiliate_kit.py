"""Affiliates, links and orders to try the rules on."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.domain.affiliates.links import Link, LinkType
from shared.domain.affiliates.models import (
    Affiliate,
    AffiliateKind,
    AffiliateStatus,
    Commission,
    CommissionType,
    Contact,
    ManifestType,
    PayoutSchedule,
    Site,
)
from shared.domain.affiliates.rates import Limits, Referral
from shared.domain.ledger import Book, Terms
from shared.domain.money import Money
from shared.domain.order_money import booked
from shared.domain.orders import Movement, Order, OrderLeg, paid, with_movement
from shared.domain.places import GeoPoint, Place
from shared.domain.timechain import Timeline

NOW = datetime(2026, 5, 4, 14, tzinfo=UTC)
LIMITS = Limits(max_bps=2000, max_fixed=2500, currency="USD")
CPE = Commission(type=CommissionType.CPE, rate_bps=500)


def affiliate(**more: Any) -> Affiliate:
    """A business that is being verified."""
    given: dict[str, Any] = {
        "id": "aff_1",
        "created_at": NOW,
        "updated_at": NOW,
        "owner": "customer:alice",
        "name": "Texas Limo Co",
        "kind": AffiliateKind.BUSINESS,
        "contact": Contact(name="Bo", email="bo@limo.example"),
        "manifest_type": ManifestType.LEGACY,
        "preferred": CPE,
        "agreed": CPE,
        "schedule": PayoutSchedule.WEEKLY,
    }
    return Affiliate(**{**given, **more})


def active(**more: Any) -> Affiliate:
    """One that is verified."""
    return affiliate(status=AffiliateStatus.ACTIVE, tracking_id="trk1", **more)


def link(**more: Any) -> Link:
    """A link for everything."""
    given: dict[str, Any] = {
        "id": "aff_1-k1",
        "created_at": NOW,
        "updated_at": NOW,
        "affiliate_id": "aff_1",
        "type": LinkType.DIRECT,
        "target": Site(url="https://limo.example/", host="limo.example"),
    }
    return Link(**{**given, **more})


def referral(commission: Commission, *product_ids: str) -> Referral:
    """The affiliate brought these products."""
    return Referral(
        affiliate_id="aff_1",
        link_id="aff_1-k1",
        commission=commission,
        product_ids=frozenset(product_ids),
    )


def order(*legs: tuple[int, Terms], currency: str = "USD") -> Order:
    """A paid order of legs with these prices and terms, everything held."""
    place = Place(address="home", point=GeoPoint(latitude=30, longitude=-97))
    parts = tuple(
        OrderLeg(
            id=f"ord_1-l{n}",
            slot=f"ord_1-l{n}",
            product_id=f"p{n}",
            name=f"Thing {n}",
            vendor_id=f"v{n}",
            vendor_name=f"Vendor {n}",
            quantity=1,
            price=Money(minor=minor, currency=currency),
            terms=terms,
        )
        for n, (minor, terms) in enumerate(legs, 1)
    )
    fresh = Order(
        id="ord_1",
        revision=1,
        created_at=NOW,
        updated_at=NOW,
        customer_id="carol",
        thread_id="thr",
        legs=parts,
        deliver_to=place,
        deliver_by=NOW + timedelta(days=1),
        zone="America/Chicago",
        timeline=Timeline.model_construct(arrival=NOW),
        book=Book(currency=currency),
    )
    total = Money(minor=sum(minor for minor, _ in legs), currency=currency)
    came = Movement(key="ord_1:charge", receipt_id="ch_1", amount=total, reason="order")
    after, _ = booked(fresh, paid(with_movement(fresh, came)), key="ord_1:charge", at=NOW)
    return after.model_copy(update={"status": "processing"})
