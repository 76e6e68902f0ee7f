"""A town of some vendors, one customer and a payment provider, in memory, with whatever is to fail."""

import asyncio
import itertools
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from shared.adapters.simulated_payments.records import id_of
from shared.adapters.sqlite_store import SqliteStore
from shared.bootstrap import App, bootstrap
from shared.chosen_adapters import Ports
from shared.domain.catalogue import Channel, ChannelKind, Product, Vendor
from shared.domain.checkouts import Item
from shared.domain.escalations import Escalation
from shared.domain.ledger import AccountKind, Book, Entry
from shared.domain.money import Money
from shared.domain.orders import Order, OrderLeg, RefundDue
from shared.domain.places import BusinessHours, GeoPoint, Place
from shared.errors import NotFound, Unavailable
from shared.ports.channels import PartnerMessage
from shared.ports.payments import Payment
from shared.services.carts import Line
from shared.services.checkouts import Wish
from shared.services.orders import OrderRequest
from shared.settings import Settings
from tests.clocks import HandClock
from tests.feeds import whole_feed
from tests.saga.faults import Faults, FaultyPayments, FaultyVendors
from tests.saga.small_host import SmallHost, Step

HOME = Place(address="500 Congress Ave, Austin", point=GeoPoint(latitude=30.2672, longitude=-97.7431))
CUSTOMER, THREAD = "alice", "thr-town"
ZONE = "America/Chicago"
STOCK = 1_000
EVERY_DAY = BusinessHours.model_validate({"opens": "00:00", "closes": "23:59:59", "days": list(range(7))})


class QuietChannel:
    """A channel that keeps what was sent; whoever is in `silent` cannot be reached."""

    def __init__(self) -> None:
        self.sent: list[PartnerMessage] = []
        self.silent: set[str] = set()

    async def send(self, vendor: Vendor, message: PartnerMessage) -> None:
        if vendor.id in self.silent:
            raise Unavailable(f"{vendor.name} cannot be reached.")
        self.sent.append(message)


class Town:
    """The app over an in-memory store, its small host, and everything that may fail."""

    def __init__(
        self, folder: Path, store: Callable[[SqliteStore], Any] | None = None, **settings: Any
    ) -> None:
        self.numbers = itertools.count()
        self.clock = HandClock()
        self.faults = Faults()
        self.channel = QuietChannel()
        self.host = SmallHost(self.clock)
        self.memory = SqliteStore(Path(":memory:"), self.clock)
        self.app: App = bootstrap(
            Settings(data_dir=folder, **settings),
            Ports(
                clock=self.clock,
                store=store(self.memory) if store else self.memory,
                bus=self.host,
                payments=FaultyPayments(lambda: self.app.payment_rehearsal, self.faults),  # type: ignore[arg-type]
                vendors=FaultyVendors(lambda: self.vendors, self.faults),
                channels={ChannelKind.API: self.channel},
            ),
        )
        self.vendors: Any = self.app.inventory
        self.host.app = self.app
        self.host.wrap = self._step

    async def _step(self, name: str, step: Step, given: Any) -> Any:
        """A step fails as a call does."""
        return await self.faults.through(name, "", "", lambda: step(given, self.app), lambda: None)

    async def open_shops(self, count: int) -> list[str]:
        """Vendors `v1` to `v{count}`, each with a product that costs a few odd cents more than the last."""
        for n in range(1, count + 1):
            await self.app.catalogue.put_vendor(
                Vendor(
                    id=f"v{n}",
                    name=f"Vendor {n}",
                    business_type="florist",
                    place=HOME,
                    hours=EVERY_DAY,
                    channel=Channel(kind=ChannelKind.API),
                )
            )
            await self.app.catalogue.put_product(
                Product(id=f"p{n}", vendor_id=f"v{n}", name=f"Thing {n}", price=Money(minor=1000 + 7 * n))
            )
            await self.app.inventory.set_quantity(f"p{n}", STOCK)
        await self.app.threads.open(THREAD, customer_id=CUSTOMER)
        return [f"p{n}" for n in range(1, count + 1)]

    async def place(self, products: Iterable[str | Line], *, key: str, **more: Any) -> Order:
        """Order one of each, or as many as its line says; nothing has happened yet."""
        return await self.app.orders.place(
            OrderRequest(
                customer_id=CUSTOMER,
                thread_id=THREAD,
                lines=tuple(each if isinstance(each, Line) else Line(item_id=each) for each in products),
                deliver_to=HOME,
                deliver_by=self.clock.now() + timedelta(days=20),
                zone=ZONE,
                key=key,
                **more,
            )
        )

    async def quoted(self, products: Iterable[str], *, key: str) -> str:
        """The id of an open checkout of one of each."""
        checkout = await self.app.checkouts.open(
            Wish(
                customer_id=CUSTOMER,
                thread_id=THREAD,
                items=tuple(Item(id=id) for id in products),
                deliver_to=HOME,
                deliver_by=self.clock.now() + timedelta(days=20),
                zone=ZONE,
                key=key,
            )
        )
        return checkout.id

    # --- what there is ---------------------------------------------------------------------------

    async def order(self, order_id: str) -> Order:
        """An order as it stands."""
        return await self.app.orders.get(order_id)

    async def payment(self, order_id: str) -> Payment | None:
        """What the provider says of an order's one payment."""
        try:
            return await self.app.payment_rehearsal.payment(id_of("pi", f"{order_id}:charge"))  # type: ignore[attr-defined]
        except NotFound:
            return None

    async def entries(self, order_id: str) -> list[Entry]:
        """The ledger's entries of an order, as they stand in the store."""
        documents = await whole_feed(self.memory, "orders")
        return [
            Entry.model_validate(each.body["entry"])
            for each in documents
            if each.partition == order_id and each.body.get("kind") == "entry"
        ]

    async def quantities(self, products: Iterable[str]) -> dict[str, int]:
        """How many there are, held ones included."""
        return {id: int((await self._stock(id))["quantity"]) for id in products}

    async def goods_of(self, leg: OrderLeg) -> str:
        """What the vendor keeps for a leg: `sold`, `held` or `nothing`."""
        held = (await self._stock(leg.product_id))["reservations"].get(leg.id)
        return "nothing" if held is None else "sold" if held["confirmed"] else "held"

    async def _stock(self, product_id: str) -> Mapping[str, Any]:
        document = await self.memory.read("inventory", product_id, "stock")
        assert document is not None
        return document.body

    async def escalations(self, order_id: str) -> list[Escalation]:
        """What was put before a person about an order."""
        return [each for each in await self.app.escalations.queue() if each.order_id == order_id]

    async def must_add_up(self, order_id: str) -> Order:
        """The order, its book and its stored entries say the same; return the order."""
        order = await self.order(order_id)
        order.verify()
        book = Book(currency=order.currency())
        for entry in await self.entries(order_id):
            book = book.posted(entry)
        assert book.turnover == order.book.turnover, "the book is the sum of the entries that are stored"
        with_bank = order.book.balance(AccountKind.CHARGEBACK, order.id)
        assert order.paid() == order.book.balance(AccountKind.PROVIDER_BALANCE) + with_bank
        owed = sum(due.amount.minor for due in unsent(order))
        assert order.book.balance(AccountKind.REFUNDS, order.id).minor == owed
        return order

    async def kept(self, order_id: str) -> int:
        """What the provider has of an order's payment, in cents."""
        payment = await self.payment(order_id)
        return payment.captured - payment.refunded if payment else 0


def unsent(order: Order) -> list[RefundDue]:
    """What is owed back and has not gone out."""
    return [due for due in order.refunds if not due.sent]


async def gathered(*wanted: Any) -> list[Any]:
    """The answers of all, errors included."""
    return list(await asyncio.gather(*wanted, return_exceptions=True))
