"""From an order's items to a plan (flow 6.2-1 steps 1 and 2): prepare, customise, bring together, deliver.

Leg ids come from meaning: `{item}:prepare`, `{item}:customize-1`, `{item}:travel`, `{item}:deliver`, where
the item is the first one that a trip carries, and `hub:assemble`, `hub:deliver`. An item that keeps its id
when its vendor changes keeps its legs' ids too, so that the two timelines compare leg by leg.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from pydantic import AwareDatetime, Field, model_validator

from shared.domain.catalogue import Product, ProductKind, Vendor
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.places import BusinessHours, GeoPoint, Place
from shared.domain.timechain.model import Leg, LegKind, Plan, Within
from shared.domain.timechain.travel import Routing, TravelModel


class Courier(Model):
    """Who carries. `speed_pct` scales driving times (70: a hot-shot); handling is loading and giving over."""

    id: str = "courier"
    name: str = "Courier"
    reliability: float = Field(default=0.95, ge=0, le=1)
    handling_minutes: int = Field(default=10, ge=0)
    speed_pct: int = Field(default=100, ge=1)
    cost: Money | None = None
    """Per trip; None when it is part of the price."""

    def minutes(self, origin: GeoPoint, destination: GeoPoint, *, routing: Routing) -> int:
        """Return whole minutes from door to door, handling included."""
        driving = routing.minutes(origin, destination)
        return self.handling_minutes - (-driving * self.speed_pct // 100)


class Hub(Model):
    """Where items of several vendors are assembled."""

    id: str
    name: str
    place: Place
    minutes: int = Field(default=30, ge=0)
    hours: BusinessHours | None = None
    reliability: float = Field(default=0.95, ge=0, le=1)
    started_at: AwareDatetime | None = None
    done_at: AwareDatetime | None = None
    picked_up_at: AwareDatetime | None = None
    """When the courier left the hub."""


class Customization(Model):
    """Work on an item, at its own vendor or at another. `paused` while its proof waits (M8)."""

    name: str
    vendor: Vendor
    minutes: int = Field(ge=0)
    started_at: AwareDatetime | None = None
    done_at: AwareDatetime | None = None
    paused: bool = False
    worked_minutes: int = Field(default=0, ge=0)


class PlannedItem(Model):
    """One order leg with its actuals. `ready_at` is the vendor's word, which replaces the lead time."""

    leg_id: str
    product: Product
    vendor: Vendor
    quantity: int = Field(default=1, ge=1)
    customizations: tuple[Customization, ...] = ()
    ready_at: AwareDatetime | None = None
    started_at: AwareDatetime | None = None
    done_at: AwareDatetime | None = None
    paused: bool = False
    worked_minutes: int = Field(default=0, ge=0)
    picked_up_at: AwareDatetime | None = None
    delivered_at: AwareDatetime | None = None

    @property
    def price(self) -> Money:
        """What all of it costs."""
        return self.product.price * self.quantity

    @property
    def last_vendor(self) -> Vendor:
        """Where it is when it is ready to go."""
        return self.customizations[-1].vendor if self.customizations else self.vendor


class DeliveryRequest(Model):
    """All that a delivery's plan is made from; a way out changes one thing and plans again."""

    items: tuple[PlannedItem, ...] = Field(min_length=1)
    deliver_to: GeoPoint
    deadline: AwareDatetime | None = None
    courier: Courier = Field(default_factory=Courier)
    hub: Hub | None = None
    zone: str = "America/Chicago"
    destination_name: str = ""

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        ids = [item.leg_id for item in self.items]
        if len(set(ids)) < len(ids):
            raise ValueError("every item has its own leg_id")
        return self

    @property
    def carried(self) -> tuple[PlannedItem, ...]:
        """The items that travel; a courier bought beside goods is no freight itself."""
        goods = tuple(item for item in self.items if item.product.kind is not ProductKind.DELIVERY)
        return goods or self.items

    @property
    def loads(self) -> tuple[tuple[PlannedItem, ...], ...]:
        """The items by the vendor they leave from, in the order of their first item."""
        loads: dict[str, list[PlannedItem]] = {}
        for item in self.carried:
            loads.setdefault(item.last_vendor.id, []).append(item)
        return tuple(tuple(load) for load in loads.values())

    @property
    def cost(self) -> Money:
        """Goods and trips together."""
        goods = Money.total((item.price for item in self.items), self.items[0].product.price.currency)
        trips = len(self.loads) + (1 if self.uses_hub else 0)
        return goods + self.courier.cost * trips if self.courier.cost else goods

    @property
    def uses_hub(self) -> bool:
        """A hub assembles only what comes from several vendors."""
        return self.hub is not None and len(self.loads) > 1

    def plan(self, routing: Routing | None = None) -> Plan:
        """Return the graph of legs."""
        legs = _Legs(self, routing or TravelModel()).build()
        return Plan(legs=tuple(legs), deadline=self.deadline, zone=self.zone)


def plan_delivery(
    items: Sequence[PlannedItem],
    *,
    deliver_to: GeoPoint,
    deadline: datetime | None,
    courier: Courier | None = None,
    hub: Hub | None = None,
    routing: Routing | None = None,
    zone: str = "America/Chicago",
    destination_name: str = "",
) -> Plan:
    """Return the plan that brings `items` to `deliver_to` by `deadline`.

    One vendor: prepare, deliver. Several with a hub: each travels there, is assembled, goes out together.
    Several without: one chain per vendor; the arrivals are synchronised at the door.
    """
    request = DeliveryRequest(
        items=tuple(items),
        deliver_to=deliver_to,
        deadline=deadline,
        courier=courier or Courier(),
        hub=hub,
        zone=zone,
        destination_name=destination_name,
    )
    return request.plan(routing)


class _Legs:
    """Builds the legs of one request."""

    def __init__(self, request: DeliveryRequest, routing: Routing) -> None:
        self._request = request
        self._routing = routing

    def build(self) -> list[Leg]:
        legs: list[Leg] = []
        arrivals: list[str] = []
        for load in self._request.loads:
            ready: list[str] = []
            for item in load:
                work = self._work(item)
                legs += work
                ready.append(work[-1].id)
            trip = self._trip(load, after=ready)
            legs.append(trip)
            arrivals.append(trip.id)
        if self._request.uses_hub and self._request.hub:
            legs += self._assembly(self._request.hub, after=arrivals)
        return legs

    def _work(self, item: PlannedItem) -> list[Leg]:
        legs = [self._prepare(item)]
        at = item.vendor
        for number, custom in enumerate(item.customizations, start=1):
            if custom.vendor.id != at.id:
                legs.append(self._to_customizer(item, custom, at=at, number=number, after=legs[-1].id))
            legs.append(_customize(item, custom, number=number, after=legs[-1].id))
            at = custom.vendor
        return legs

    def _prepare(self, item: PlannedItem) -> Leg:
        promised = item.ready_at is not None
        return Leg(
            id=f"{item.leg_id}:prepare",
            name=f"{item.product.name} at {item.vendor.name}",
            kind=LegKind.PREPARE,
            minutes=0 if promised else item.product.lead_minutes,
            items=(item.leg_id,),
            vendor_id=item.vendor.id,
            hours=None if promised else item.vendor.hours,
            not_before=item.ready_at,
            started_at=item.started_at if not promised else None,
            done_at=item.done_at,
            paused=item.paused,
            worked_minutes=item.worked_minutes,
            reliability=item.vendor.reliability,
            destination=item.vendor.place.point,
            destination_name=item.vendor.name,
        )

    def _to_customizer(
        self, item: PlannedItem, custom: Customization, *, at: Vendor, number: int, after: str
    ) -> Leg:
        return self._way(
            f"{item.leg_id}:travel-{number}",
            kind=LegKind.TRAVEL,
            at=at,
            to=custom.vendor.place.point,
            to_name=custom.vendor.name,
            items=(item.leg_id,),
            after=(after,),
            done_at=custom.started_at or custom.done_at,
        )

    def _trip(self, load: Sequence[PlannedItem], *, after: Sequence[str]) -> Leg:
        hub = self._request.hub if self._request.uses_hub else None
        picked = [item.picked_up_at for item in load if item.picked_up_at]
        # With a hub, arriving there is not recorded per item: the assembly's own times tell.
        ended = [hub.started_at or hub.done_at if hub else item.delivered_at for item in load]
        done = [at for at in ended if at]
        return self._way(
            f"{load[0].leg_id}:{'travel' if hub else 'deliver'}",
            kind=LegKind.TRAVEL if hub else LegKind.DELIVER,
            at=load[0].last_vendor,
            to=hub.place.point if hub else self._request.deliver_to,
            to_name=hub.name if hub else self._request.destination_name,
            items=tuple(item.leg_id for item in load),
            after=tuple(after),
            started_at=min(picked) if len(picked) == len(load) else None,
            done_at=max(done) if len(done) == len(load) else None,
        )

    def _way(
        self,
        id: str,
        *,
        kind: LegKind,
        at: Vendor,
        to: GeoPoint,
        to_name: str,
        items: tuple[str, ...],
        after: tuple[str, ...],
        started_at: datetime | None = None,
        done_at: datetime | None = None,
    ) -> Leg:
        courier = self._request.courier
        return Leg(
            id=id,
            name=f"Delivery from {at.name}" if kind is LegKind.DELIVER else f"{at.name} to {to_name}",
            kind=kind,
            minutes=courier.minutes(at.place.point, to, routing=self._routing),
            after=after,
            items=items,
            vendor_id=courier.id,
            hours=at.hours,
            within=Within.BEGIN,
            started_at=started_at,
            done_at=done_at,
            reliability=courier.reliability,
            origin=at.place.point,
            destination=to,
            destination_name=to_name,
        )

    def _assembly(self, hub: Hub, *, after: Sequence[str]) -> list[Leg]:
        request, courier = self._request, self._request.courier
        items = tuple(item.leg_id for item in request.carried)
        delivered = [item.delivered_at for item in request.carried if item.delivered_at]
        assemble = Leg(
            id="hub:assemble",
            name=f"Assembly at {hub.name}",
            kind=LegKind.ASSEMBLE,
            minutes=hub.minutes,
            after=tuple(after),
            items=items,
            vendor_id=hub.id,
            hours=hub.hours,
            started_at=hub.started_at,
            done_at=hub.done_at,
            reliability=hub.reliability,
            destination=hub.place.point,
            destination_name=hub.name,
        )
        deliver = Leg(
            id="hub:deliver",
            name=f"Delivery from {hub.name}",
            kind=LegKind.DELIVER,
            minutes=courier.minutes(hub.place.point, request.deliver_to, routing=self._routing),
            after=(assemble.id,),
            items=items,
            vendor_id=courier.id,
            hours=hub.hours,
            within=Within.BEGIN,
            started_at=hub.picked_up_at,
            done_at=max(delivered) if len(delivered) == len(items) else None,
            reliability=courier.reliability,
            origin=hub.place.point,
            destination=request.deliver_to,
            destination_name=request.destination_name,
        )
        return [assemble, deliver]


def _customize(item: PlannedItem, custom: Customization, *, number: int, after: str) -> Leg:
    return Leg(
        id=f"{item.leg_id}:customize-{number}",
        name=f"{custom.name} at {custom.vendor.name}",
        kind=LegKind.CUSTOMIZE,
        minutes=custom.minutes,
        after=(after,),
        items=(item.leg_id,),
        vendor_id=custom.vendor.id,
        hours=custom.vendor.hours,
        started_at=custom.started_at,
        done_at=custom.done_at,
        paused=custom.paused,
        worked_minutes=custom.worked_minutes,
        reliability=custom.vendor.reliability,
        destination=custom.vendor.place.point,
        destination_name=custom.vendor.name,
    )
