"""The simulator over the embedded store, with a clock moved by hand and an intake that writes down."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from shared.adapters.simulator_channel import SimulatorChannel
from shared.adapters.sqlite_store import SqliteStore
from shared.domain.catalogue import Vendor
from shared.domain.money import Money
from shared.domain.places import GeoPoint, Place
from shared.domain.simulator.partners import PartnerProfile, SimulatedPartner
from shared.domain.simulator.requests import SimulatedRequest
from shared.errors import UsoError
from shared.ports.channels import PartnerMessage
from shared.ports.events import CloudEvent
from shared.services.catalogue import CatalogueService
from shared.services.inventory import InventoryService
from shared.services.outbox import Outbox
from shared.services.partners import IncomingReply
from shared.services.records import Records
from shared.services.simulator.deliveries import Delivered, DeliverReply
from shared.services.simulator.desk import SimulatorDesk
from shared.services.simulator.kinds import requests_of
from shared.services.simulator.service import simulator
from shared.settings import Settings
from tests.clocks import HandClock

NOW = datetime(2026, 5, 4, 15, 0, tzinfo=UTC)
SHOP = PartnerProfile(
    name="Flower Shop",
    business_type="florist",
    place=Place(address="1 Main St", point=GeoPoint(latitude=30.27, longitude=-97.74)),
)


@dataclass
class RecordingBus:
    events: list[CloudEvent] = field(default_factory=list)

    async def publish(self, events: list[CloudEvent]) -> None:
        self.events.extend(events)


@dataclass
class RecordingIntake:
    """Takes each reply id once, as the platform does."""

    replies: dict[str, IncomingReply] = field(default_factory=dict)
    calls: int = 0
    fails_with: UsoError | None = None

    async def receive(self, incoming: IncomingReply) -> str:
        self.calls += 1
        if self.fails_with is not None:
            raise self.fails_with
        return "applied" if self.replies.setdefault(incoming.id, incoming) is incoming else "duplicate"

    def texts(self) -> list[str]:
        return [reply.text for reply in self.replies.values()]


class World:
    """Everything a test of the simulator talks to."""

    def __init__(self, folder: Path) -> None:
        self.clock = HandClock(NOW)
        self.bus = RecordingBus()
        self.intake = RecordingIntake()
        self.store = SqliteStore(folder / "uso.sqlite", self.clock)
        self.records = Records(self.store, Outbox(self.store, self.bus), self.clock)
        settings = Settings()
        self.inventory = InventoryService(self.store, self.clock)
        self.catalogue = CatalogueService(self.store, self.clock, settings, inventory=self.inventory)
        self.channel = SimulatorChannel(SimulatorDesk(self.records, self.store))
        self.simulator = simulator(
            self.records,
            self.store,
            catalogue=self.catalogue,
            inventory=self.inventory,
            intake=self.intake,
            settings=settings,
        )

    async def partner(self, id: str = "shop") -> SimulatedPartner:
        return await self.simulator.partners.create(SHOP, id=id)

    async def send(self, message: PartnerMessage, *, to: str | Vendor = "shop") -> SimulatedRequest:
        """Send through the channel, as the platform does, and return what the simulator made of it."""
        vendor = self.catalogue.vendor(to) if isinstance(to, str) else to
        await self.channel.send(vendor, message)
        return await self.request(message.id, of=vendor.id)

    async def request(self, message_id: str, *, of: str = "shop") -> SimulatedRequest:
        return (await self.records.get(requests_of(of), message_id)).value

    async def deliver(self, message_id: str, *, of: str = "shop") -> Delivered:
        step = DeliverReply(partner_id=of, message_id=message_id)
        return await self.simulator.deliveries.deliver(step)

    def due(self) -> list[tuple[str, str]]:
        """Return partner and message of every announced reply."""
        return [(e.data["partner_id"], e.data["message_id"]) for e in self.bus.events]


def order(leg: str = "ord_1-l1", *, item: str = "Red Flowers", **fields: object) -> PartnerMessage:
    """A new order, as the platform words it."""
    return PartnerMessage.model_validate(
        {
            "id": f"{leg}:order",
            "reference": leg,
            "kind": "order",
            "order_id": leg.partition("-")[0],
            "leg_id": leg,
            "text": f"New order: 1 x {item}. Can you fulfil it? [Yes] [No]",
            "item": item,
            "order_value": Money(minor=50_00),
            **fields,
        }
    )


def change(round_: int = 1, *, item: str = "pink flowers", **fields: object) -> PartnerMessage:
    """A change request of one round, as the platform words it."""
    return PartnerMessage.model_validate(
        {
            "id": f"ord_1-n1.{round_}:ask",
            "reference": f"ord_1-n1.{round_}",
            "kind": "change_request",
            "order_id": "ord_1",
            "leg_id": "ord_1-l1",
            "text": f"Customer requested change: {item} instead of Red Flowers. Can you fulfill?",
            "item": item,
            "order_value": Money(minor=50_00),
            **fields,
        }
    )
