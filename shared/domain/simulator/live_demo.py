"""The live demo of autonomous recovery in one click: two florists and how they answer (5.4-2 step 3)."""

from datetime import time

from shared.domain.catalogue import Product, ProductKind
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.places import BusinessHours, GeoPoint, Place
from shared.domain.simulator.asks import RequestType
from shared.domain.simulator.outcomes import Outcome, Step, Verdict
from shared.domain.simulator.partners import PartnerProfile
from shared.domain.simulator.presets import ScenarioType
from shared.domain.simulator.scenarios import Script
from shared.domain.simulator.triggers import AllOf, Always, ProductContains, RequestIs, Trigger

SHOP_A, SHOP_B = "demo-flower-shop-a", "demo-flower-shop-b"
RED, PINK = "demo-red-flowers", "demo-pink-flowers"
NO_PINK = "No, we don't have pink flowers available"
HAS_PINK = "Yes, I have pink flowers available!"
QUANTITY = 10
_NORTH, _EAST = 0.028, 0.009
"""Shop B lies this many degrees from shop A: some two miles."""
_HAND_TIED = frozenset({"gift-note", "hand-tied"})
"""What a replacement must offer as well: recovery then finds shop B, whoever else sells pink flowers."""
_ALWAYS_OPEN = (time(0), time(23, 59, 59), frozenset(range(7)))


class DemoShop(Model):
    """One partner of the demo with what it sells and how it answers, by scenario id."""

    id: str
    profile: PartnerProfile
    product: Product
    quantity: int
    scripts: dict[str, Script]


def live_demo(centre: GeoPoint, *, zone: str, delay_seconds: int = 0) -> tuple[DemoShop, DemoShop]:
    """Return the demo around `centre`; the partners answer after `delay_seconds`.

    Shop A takes orders for red flowers and declines any change to pink; shop B takes everything.
    """
    pink_change = AllOf(
        of=(RequestIs(any_of=(RequestType.CHANGE_REQUEST,)), ProductContains(text="pink")),
    )
    east = centre.longitude + _EAST
    beyond = GeoPoint(
        latitude=min(centre.latitude + _NORTH, 90.0), longitude=east - 360 if east > 180 else east
    )
    no_pink = Outcome(verdict=Verdict.REJECT, text=NO_PINK, delay_seconds=delay_seconds)
    takes_it = Outcome(verdict=Verdict.ACCEPT, delay_seconds=delay_seconds)
    has_pink = Outcome(verdict=Verdict.ACCEPT, text=HAS_PINK, delay_seconds=delay_seconds)
    shop_a = DemoShop(
        id=SHOP_A,
        profile=_florist("Flower Shop A", "100 Congress Ave", centre, zone, trust=90),
        product=_flowers(RED, SHOP_A, "red", 50_00),
        quantity=QUANTITY,
        scripts={
            "demo-a-declines-pink": _script("Shop A declines pink", SHOP_A, no_pink, pink_change, 10),
            "demo-a-takes-orders": _script("Shop A takes the rest", SHOP_A, takes_it, Always(), 100),
        },
    )
    shop_b = DemoShop(
        id=SHOP_B,
        profile=_florist("Flower Shop B", "2900 Guadalupe St", beyond, zone, trust=98),
        product=_flowers(PINK, SHOP_B, "pink", 55_00),
        quantity=QUANTITY,
        scripts={"demo-b-has-pink": _script("Shop B has pink", SHOP_B, has_pink, Always(), 100)},
    )
    return shop_a, shop_b


def _florist(name: str, address: str, point: GeoPoint, zone: str, *, trust: int) -> PartnerProfile:
    opens, closes, days = _ALWAYS_OPEN
    return PartnerProfile(
        name=name,
        business_type="florist",
        place=Place(address=address, point=point),
        trust_score=trust,
        reliability=0.95,
        hours=BusinessHours(opens=opens, closes=closes, days=days, zone=zone),
    )


def _flowers(id: str, vendor_id: str, colour: str, price_minor: int) -> Product:
    return Product(
        id=id,
        vendor_id=vendor_id,
        name=f"{colour.title()} Flowers",
        description=f"A hand-tied bouquet of {colour} flowers.",
        kind=ProductKind.PRODUCT,
        category="flowers",
        price=Money(minor=price_minor),
        tags=frozenset({"flowers", "bouquet", colour}),
        colours=frozenset({colour}),
        capabilities=_HAND_TIED,
        lead_minutes=30,
        quality=0.8,
    )


def _script(name: str, partner_id: str, outcome: Outcome, trigger: Trigger, priority: int) -> Script:
    kind = ScenarioType.REJECTION if outcome.verdict is Verdict.REJECT else ScenarioType.ACCEPTANCE
    return Script(
        name=name,
        type=kind,
        priority=priority,
        partner_ids=(partner_id,),
        trigger=trigger,
        steps=(Step(outcomes=(outcome,)),),
    )
