"""A shop, suppliers and a mailbox that fail as they are told, and who follows parcels there."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from shared.domain.operations import money
from shared.domain.operations.purchases import Movement, PurchaseLine, Tracking
from shared.domain.operations.shop_orders import ShopOrder
from shared.errors import NotFound, Unavailable
from shared.ports.mail import Mail
from shared.ports.shop import FulfilmentRequest
from shared.ports.suppliers import SupplierOrder, SupplierOrderRequest, SupplierOrderState
from shared.services.kinds import SHOP_ORDERS
from shared.services.operations.parcels import ParcelLook, Parcels
from shared.services.operations.purchasing import Purchasing
from shared.services.operations.replacements import Bargain, Instead, Replacements
from shared.services.records import Stored
from shared.settings import Settings
from tests.books import Books
from tests.parcels import FIRST, bought
from tests.shop_orders import usd

T = TypeVar("T")
ORDER = "sho_1001"


@dataclass
class Outside:
    """Something out there: `away`, nothing happens; `loses` answers, though it happened; or it `refuses`."""

    away: bool = False
    loses: int = 0
    refuses: Exception | None = None

    def asked(self, act: Callable[[], T]) -> T:
        if self.away:
            raise Unavailable("nobody there")
        if self.refuses is not None:
            raise self.refuses
        result = act()
        if self.loses:
            self.loses -= 1
            raise Unavailable("the answer was lost")
        return result


@dataclass
class FakeShop(Outside):
    fulfilled: dict[str, FulfilmentRequest] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    """What its customers see, by fulfilment."""
    retracked: dict[str, str] = field(default_factory=dict)

    async def fulfil(self, request: FulfilmentRequest) -> str:
        return self.asked(lambda: self._fulfil(request))

    async def retrack(self, key: str, fulfilment_id: str, tracking: Tracking) -> None:
        self.asked(lambda: self._retrack(key, fulfilment_id, tracking))

    def _fulfil(self, request: FulfilmentRequest) -> str:
        self.fulfilled.setdefault(request.key, request)
        id = f"f{list(self.fulfilled).index(request.key) + 1}"
        self.numbers.setdefault(id, request.tracking.number)
        return id

    def _retrack(self, key: str, fulfilment_id: str, tracking: Tracking) -> None:
        if fulfilment_id not in self.numbers:
            raise NotFound("fulfilment", fulfilment_id)
        if key not in self.retracked:
            self.retracked[key] = self.numbers[fulfilment_id] = tracking.number


@dataclass
class FakeMailer(Outside):
    sent: dict[str, Mail] = field(default_factory=dict)

    def message_id(self, key: str) -> str:
        return f"<{key}@example.com>"

    async def send(self, mail: Mail) -> None:
        self.asked(lambda: self.sent.setdefault(mail.key, mail))

    def subjects(self) -> list[str]:
        return [mail.subject for mail in self.sent.values()]


@dataclass
class FakeSupplier(Outside):
    """Every order by our key; `calls_off` says whether an order can still be called off."""

    id: str = "acme"
    orders: dict[str, SupplierOrder] = field(default_factory=dict)
    calls_off: bool = True
    places: int = 0

    async def place(self, request: SupplierOrderRequest) -> SupplierOrder:
        return self.asked(lambda: self._place(request))

    async def find(self, key: str) -> SupplierOrder | None:
        return self.asked(lambda: self.orders.get(key))

    async def order(self, supplier_order_id: str) -> SupplierOrder:
        return self.asked(lambda: self._order(supplier_order_id))

    async def cancel(self, key: str, supplier_order_id: str) -> bool:
        return self.asked(lambda: self._cancel(supplier_order_id))

    def _place(self, request: SupplierOrderRequest) -> SupplierOrder:
        if request.key not in self.orders:
            self.places += 1
            self.orders[request.key] = SupplierOrder(
                id=f"{self.id}_{self.places}",
                key=request.key,
                state=SupplierOrderState.PLACED,
                cost=request.max_cost,
            )
        return self.orders[request.key]

    def _order(self, id: str) -> SupplierOrder:
        for order in self.orders.values():
            if order.id == id:
                return order
        raise NotFound("order", id)

    def _cancel(self, id: str) -> bool:
        order = self._order(id)
        if self.calls_off and order.state is SupplierOrderState.PLACED:
            self.orders[order.key] = order.model_copy(update={"state": SupplierOrderState.CANCELLED})
        return self.calls_off

    def says(self, key: str, state: str, *movements: Movement, number: str = "YT1") -> None:
        """From now on an order is there."""
        tracking = Tracking(number=number, carrier="YunExpress", url=f"https://track.example/{number}")
        sent = state in {"shipped", "delivered"}
        self.orders[key] = self.orders[key].model_copy(
            update={
                "state": SupplierOrderState(state),
                "tracking": tracking if sent else None,
                "movements": movements,
            }
        )


@dataclass
class FakeSuppliers:
    all: dict[str, FakeSupplier]

    def of(self, supplier_id: str) -> FakeSupplier:
        if supplier_id not in self.all:
            raise NotFound("supplier", supplier_id)
        return self.all[supplier_id]


@dataclass
class FakeChoosing:
    """Sells everything for $14 at whoever is `ready`, in this order."""

    ready: list[str] = field(default_factory=lambda: ["acme", "cj"])
    asked: list[frozenset[str]] = field(default_factory=list)

    async def again(
        self, order: ShopOrder, line_ids: Collection[str], *, without: Collection[str], patient: bool
    ) -> Bargain | None:
        self.asked.append(frozenset(without))
        able = [each for each in self.ready if each not in without]
        if not able:
            return None
        lines = tuple(
            PurchaseLine(line_id=id, supplier_sku=f"{able[0]}-{id}", quantity=1) for id in sorted(line_ids)
        )
        return Bargain(supplier_id=able[0], lines=lines, cost=usd(1400))


class ParcelWorld:
    """An order that was bought of `acme`, and those who follow its parcel."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.shop, self.mail, self.choosing = FakeShop(), FakeMailer(), FakeChoosing()
        self.acme, self.cj = FakeSupplier(), FakeSupplier(id="cj")
        suppliers: Any = FakeSuppliers({"acme": self.acme, "cj": self.cj})
        records, escalations = books.app.records, books.app.escalations
        shop, mail, choosing = self._typed()
        self.parcels = Parcels(records, suppliers, shop, mail, escalations, Settings())
        self.purchasing = Purchasing(records, suppliers)
        self.replacements = Replacements(records, suppliers, choosing, self.parcels)
        self.turns: dict[str, int] = {}

    def _typed(self) -> tuple[Any, Any, Any]:
        return self.shop, self.mail, self.choosing

    async def arrange(self, *prices: int, parcels: int = 1) -> None:
        """Store the order, as it is when everything was bought."""
        order = bought(*prices, parcels=parcels)
        at = order.created_at
        entries = [money.sale(order, at=at), *(money.goods(order, p, at=at) for p in order.purchases)]
        await self.books.app.records.commit(Stored(SHOP_ORDERS, order), entries=entries)
        for purchase in order.purchases:
            self.acme.orders[purchase.id] = SupplierOrder(
                id=purchase.supplier_order_id,
                key=purchase.id,
                state=SupplierOrderState.PLACED,
                cost=purchase.cost,
            )

    async def order(self) -> ShopOrder:
        return (await self.books.app.records.get(SHOP_ORDERS, ORDER)).value

    async def look(self, purchase_id: str = FIRST) -> ParcelLook:
        """One look of the plan."""
        self.turns[purchase_id] = self.turns.get(purchase_id, 0) + 1
        return await self.parcels.look(ORDER, purchase_id, self.turns[purchase_id])

    async def follow(self, purchase_id: str = FIRST) -> ParcelLook:
        """What the plan does between two waits, every step of it twice."""
        for _ in range(5):
            look = await self.look(purchase_id)
            if look.tell:
                await self.told(purchase_id)
            if look.action != "replace":
                return look
            await self.replaced(purchase_id)
        raise AssertionError("it goes round in circles")

    async def told(self, purchase_id: str = FIRST) -> None:
        for step in (self.parcels.show, self.parcels.tell):
            for _ in range(2):
                await step(ORDER, purchase_id)

    async def replaced(self, purchase_id: str = FIRST) -> Instead:
        """Decide, buy and tell, as the plan does."""
        for _ in range(5):
            instead = await self.replacements.decide(ORDER, purchase_id)
            if instead.action != "reship":
                break
            await self.purchasing.place(ORDER, instead.purchase_id)
        if instead.action == "tell":
            for _ in range(2):
                await self.replacements.tell(ORDER, purchase_id)
        return instead

    def announced(self, type_: str) -> int:
        """How often an event of this name was announced."""
        return len(self.books.bus.of(type_))

    async def tasks(self) -> Sequence[str]:
        """What a person has to do."""
        return [each.subject for each in await self.books.app.escalations.queue()]

    async def no_harm(self) -> None:
        """The books balance."""
        assert (await self.books.app.projection.trial_balance()).balanced
