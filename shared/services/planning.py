"""Timelines of orders: the catalogue's facts and the legs' actuals, handed to the Time-Chain (flow 6.2-1)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.domain.catalogue import Product, ProductKind, Vendor
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.orders import Order, OrderLeg
from shared.domain.places import Place
from shared.domain.scout import AlternativeQuery
from shared.domain.timechain import (
    ConflictAnalysis,
    Courier,
    DeliveryRequest,
    Leg,
    LegKind,
    Offer,
    Plan,
    PlannedItem,
    Stop,
    Timeline,
    TravelModel,
    WayOutKind,
    compute,
    simulate_addition,
    simulate_items,
    ways_out,
)
from shared.errors import Infeasible
from shared.ports.clock import Clock
from shared.services.catalogue import CatalogueService
from shared.settings import Settings

RIDE = "passengers"
"""Capability of a service that takes the customer from the door to the next booking."""
HOT_SHOT = "hot-shot"


class Journey(Model):
    """What an order's legs amount to: goods that are delivered and bookings that are kept."""

    goods: DeliveryRequest | None
    bookings: tuple[Leg, ...]

    def plan(self, deadline: datetime | None, zone: str) -> Plan:
        """The graph of all legs."""
        delivered = self.goods.plan().legs if self.goods else ()
        return Plan(legs=(*delivered, *self.bookings), deadline=deadline, zone=zone)


class ShownWayOut(Model):
    """A way out of an order that would be late, as the customer is offered it."""

    kind: WayOutKind
    description: str
    new_arrival: datetime
    deliver_by: datetime | None
    cost_difference: Money | None


class PlanningService:
    """Computes timelines; keeps nothing."""

    def __init__(self, catalogue: CatalogueService, clock: Clock, settings: Settings) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self._settings = settings

    def now(self) -> datetime:
        """The instant that timelines begin at."""
        return self._clock.now()

    async def timeline(
        self, legs: Sequence[OrderLeg], deliver_to: Place, deliver_by: datetime, *, express: bool = False
    ) -> Timeline:
        """Compute when everything arrives if all goes on from now; `express` is by hot-shot courier."""
        journey = self._journey(legs, deliver_to, deliver_by)
        if express and journey.goods is not None:
            goods = journey.goods.model_copy(update={"courier": self._hot_shot()})
            journey = journey.model_copy(update={"goods": goods})
        return compute(journey.plan(deliver_by, self._settings.home_zone), start=self._clock.now())

    async def ways_out(
        self, legs: Sequence[OrderLeg], deliver_to: Place, deliver_by: datetime
    ) -> list[ShownWayOut]:
        """What would be in time instead, best first (flow 1.2-1 step 10)."""
        goods = self._journey(legs, deliver_to, deliver_by).goods
        if goods is None:
            return []
        offers = {item.leg_id: await self._offers(item, deliver_to) for item in goods.items}
        found = ways_out(goods, start=self._clock.now(), offers=offers, couriers=[self._hot_shot()])
        return [
            ShownWayOut(
                kind=way.kind,
                description=way.description,
                new_arrival=way.new_arrival,
                deliver_by=way.deadline,
                cost_difference=way.cost_difference,
            )
            for way in found[: self._settings.max_candidates]
        ]

    async def simulate(
        self, order: Order, product: Product, vendor: Vendor, quantity: int
    ) -> ConflictAnalysis:
        """Say what adding a product to a running order would do; nothing changes (1.2-1 step 8).

        A ride still to come fetches it on the way; otherwise it is one more delivery.
        """
        journey = self._journey(order.live_legs(), order.deliver_to, order.deliver_by)
        rides = _rides(journey)
        threshold, courier, now = self._settings.conflict_threshold, self._hot_shot(), self._clock.now()
        if rides:
            stop = Stop(
                leg_id="addition",
                item=product.name,
                point=vendor.place.point,
                place_name=vendor.name,
                lead_minutes=product.lead_minutes,
                hours=vendor.hours,
                vendor_id=vendor.id,
                reliability=vendor.reliability,
            )
            plan = journey.plan(order.deliver_by, self._settings.home_zone)
            return simulate_addition(plan, stop, start=now, threshold=threshold, courier=courier)
        if journey.goods is None:
            raise Infeasible(f"No delivery or ride is left that {product.name} could come with.")
        added = PlannedItem(leg_id="addition", product=product, vendor=vendor, quantity=quantity)
        return simulate_items(journey.goods, [added], start=now, threshold=threshold, courier=courier)

    def has_rides(self, order: Order) -> bool:
        """Whether a ride is still to come, on which an addition would have to be fetched."""
        journey = self._journey(order.live_legs(), order.deliver_to, order.deliver_by)
        return _rides(journey) != []

    def _journey(self, legs: Sequence[OrderLeg], deliver_to: Place, deliver_by: datetime) -> Journey:
        booked = [leg for leg in legs if leg.at is not None]
        goods = [self._item(leg) for leg in legs if leg.at is None]
        request = (
            DeliveryRequest(
                items=tuple(goods),
                deliver_to=deliver_to.point,
                deadline=deliver_by,
                zone=self._settings.home_zone,
                destination_name=deliver_to.address,
            )
            if goods
            else None
        )
        return Journey(goods=request, bookings=tuple(self._bookings(booked, deliver_to)))

    def _item(self, leg: OrderLeg) -> PlannedItem:
        """A leg as the Time-Chain wants it, under the slot that the customer knows."""
        return PlannedItem(
            leg_id=leg.slot,
            product=self._catalogue.known_product(leg.product_id),
            vendor=self._catalogue.known_vendor(leg.vendor_id),
            quantity=leg.quantity,
            started_at=leg.started_at,
            done_at=leg.ready_at,
        )

    def _bookings(self, legs: Sequence[OrderLeg], home: Place) -> list[Leg]:
        """Bookings in the order of their times; a ride leads from the door to the booking after it."""
        ordered = sorted(legs, key=lambda leg: (leg.at is None, leg.at))
        vendors = {leg.id: self._catalogue.known_vendor(leg.vendor_id) for leg in ordered}
        result: list[Leg] = []
        for n, leg in enumerate(ordered):
            product, vendor = self._catalogue.known_product(leg.product_id), vendors[leg.id]
            following = ordered[n + 1 :]
            after = (result[-1].id,) if result else ()
            common = {
                "id": f"{leg.slot}:prepare",
                "name": leg.name,
                "items": (leg.slot,),
                "vendor_id": vendor.id,
                "reliability": vendor.reliability,
                "fixed_start": leg.at,
                "after": after,
            }
            if RIDE in product.capabilities and following:
                target = vendors[following[0].id]
                result.append(
                    Leg(
                        **common,
                        kind=LegKind.TRAVEL,
                        minutes=TravelModel().minutes(home.point, target.place.point),
                        origin=home.point,
                        destination=target.place.point,
                        destination_name=target.name,
                    )
                )
            else:
                result.append(
                    Leg(
                        **common,
                        kind=LegKind.SERVICE,
                        minutes=product.lead_minutes,
                        destination=vendor.place.point,
                        destination_name=vendor.name,
                    )
                )
        return result

    async def _offers(self, item: PlannedItem, deliver_to: Place) -> list[Offer]:
        if item.product.kind is ProductKind.DELIVERY:
            return []
        query = AlternativeQuery(
            original=item.product,
            quantity=item.quantity,
            deliver_to=deliver_to.point,
            price_window_pct=self._settings.price_window_pct,
            exclude_vendor_ids=frozenset({item.vendor.id}),
            limit=self._settings.max_candidates,
        )
        found = await self._catalogue.alternatives(query)
        return [Offer(product=each.product, vendor=each.vendor) for each in found.found]

    def _hot_shot(self) -> Courier:
        cost = Money(minor=self._settings.courier_cost, currency=self._settings.currency)
        return Courier(id=HOT_SHOT, name="Hot-shot courier", speed_pct=70, cost=cost)


def _rides(journey: Journey) -> list[Leg]:
    return [leg for leg in journey.bookings if leg.kind is LegKind.TRAVEL and leg.pending]


def starts_at(order: Order, leg_id: str) -> datetime:
    """The latest instant at which the vendor must begin this leg; what "2 hours away" is counted to (M24)."""
    return order.timeline.leg(f"{order.leg(leg_id).slot}:prepare").latest_start


def is_urgent(order: Order, leg_id: str, *, now: datetime, within: timedelta) -> bool:
    """Whether the vendor must begin this leg within that time (flow 6.6-2 step 1)."""
    return starts_at(order, leg_id) - now <= within


def why_late(timeline: Timeline) -> str:
    """The reason why a timeline breaks its deadline, in words."""
    return timeline.breaking_leg.reason if timeline.breaking_leg else f"{timeline.late_minutes} minutes late"
