"""How the embedded world of the operations engine is rehearsed: a shop, suppliers, a mailbox.

Only embedded adapters can do this. What is rehearsed happens by the app's clock, and nothing by chance.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pydantic import Field

from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.operations.purchases import Tracking
from shared.domain.operations.shop import ShippingAddress, ShopSnapshot
from shared.ports.alerts import Alert
from shared.ports.mail import Mail
from shared.ports.shop import ShopNews
from shared.ports.suppliers import SupplierLine, SupplierOrder


class SignedDelivery(Model):
    """A webhook as its sender would send it, signed now. `headers` and `body` are sent as they are."""

    id: str
    headers: dict[str, str]
    body: str


# --- the shop ---------------------------------------------------------------------------------------


class Wanted(Model):
    """A line of a new order."""

    sku: str = Field(min_length=1, max_length=100)
    quantity: int = Field(default=1, ge=1, le=100)


class NewOrder(Model):
    """What a customer buys at the shop; prices are the shop's own. `shipping` is in minor units."""

    email: str = Field(pattern=r"^[^@\s]{1,64}@[^@\s]{1,180}$")
    name: str = Field(max_length=300)
    address: ShippingAddress
    lines: tuple[Wanted, ...] = Field(min_length=1, max_length=20)
    shipping: int = Field(default=0, ge=0, le=100_000)


class Fulfilment(Model):
    """Lines that are on their way."""

    id: str
    key: str
    lines: tuple[tuple[str, int], ...]
    tracking: Tracking


class GivenBack(Model):
    """Money that went back."""

    id: str
    key: str
    amount: Money
    line_id: str
    reason: str
    payment_refund_id: str


class SoldOrder(Model):
    """An order with all that was done to it at the shop."""

    order: ShopSnapshot
    fulfilments: tuple[Fulfilment, ...] = ()
    refunds: tuple[GivenBack, ...] = ()
    cancelled_because: str = ""


class ShopTroubles(Model):
    """What goes wrong at the shop."""

    away_until: datetime | None = None
    lost_answers: int = Field(default=0, ge=0, le=1000)
    """How many of the next effects happen without anybody hearing so."""
    keeps_news: bool = False
    """Nothing is told by itself; the news are there to be sent by hand."""


class ShopRehearsal(Protocol):
    """The embedded shop. What changes there returns the news of it, None when nothing changed."""

    async def sell(self, wanted: NewOrder) -> tuple[ShopSnapshot, ShopNews]:
        """Let a customer buy and pay. Raises InvalidInput for what is not sold, PaymentDeclined."""
        ...

    async def sold(self, shop_order_id: str) -> SoldOrder:
        """Return an order as the shop has it. Raises NotFound."""
        ...

    async def readdressed(self, shop_order_id: str, address: ShippingAddress) -> ShopNews | None:
        """Let someone correct an address."""
        ...

    async def cancelled(self, shop_order_id: str, *, reason: str) -> ShopNews | None:
        """Let someone cancel an order."""
        ...

    async def trouble(self, troubles: ShopTroubles) -> None:
        """From now on, let these go wrong."""
        ...

    async def keeps_news(self) -> bool:
        """Say whether news are sent by hand only."""
        ...

    async def deliveries(self) -> Sequence[SignedDelivery]:
        """Return every webhook that there ever was, oldest first."""
        ...


# --- suppliers --------------------------------------------------------------------------------------


class Stock(Model):
    """One thing on sale. Amounts are minor units; `shipping` is of a whole order, `days` to the door."""

    supplier_sku: str = Field(pattern=r"^[A-Za-z0-9-]{1,40}$")
    price: int = Field(ge=0, le=10**9)
    shipping: int = Field(ge=0, le=10**9)
    stock: int = Field(ge=0, le=10**9)
    days: int = Field(ge=1, le=365)


class SupplierTroubles(Model):
    """What goes wrong at a supplier."""

    away_until: datetime | None = None
    lost_answers: int = Field(default=0, ge=0, le=1000)
    """How many of the next orders are taken without anybody hearing so."""
    refuses_addresses: bool = False
    holds_orders: bool = False
    """New orders are taken, and never sent."""


class Fate(StrEnum):
    """What becomes of an order."""

    SHIP = "ship"
    """It leaves now."""
    STAND_STILL = "stand_still"
    """Nobody sees it any more."""
    MOVE_ON = "move_on"
    """It is seen again."""
    DELIVER = "deliver"
    """It arrives now."""
    CALL_OFF = "call_off"
    """The supplier calls it off."""


class TakenOrder(Model):
    """An order as its supplier has it, with what was ordered."""

    lines: tuple[SupplierLine, ...]
    placed_at: datetime
    order: SupplierOrder


class SuppliersRehearsal(Protocol):
    """The embedded suppliers. All raise NotFound for an unknown one."""

    async def put_stock(self, supplier_id: str, stock: Stock) -> None:
        """Put something on sale, or change it."""
        ...

    async def trouble(self, supplier_id: str, troubles: SupplierTroubles) -> None:
        """From now on, let these go wrong."""
        ...

    async def taken(self, supplier_id: str) -> Sequence[TakenOrder]:
        """Return everything that was ordered, oldest first."""
        ...

    async def decide(self, supplier_id: str, supplier_order_id: str, fate: Fate) -> TakenOrder:
        """Decide what becomes of an order. Raises NotFound."""
        ...

    async def deliveries(self, supplier_id: str) -> Sequence[SignedDelivery]:
        """Return every webhook that it has to send. Raises NotFound for one that does not push."""
        ...


# --- the mailbox ------------------------------------------------------------------------------------


class Letter(Model):
    """A letter that was sent, and when."""

    message_id: str
    at: datetime
    mail: Mail


class Mailbox(Protocol):
    """The embedded mail server's memory."""

    async def letters(self, to: str) -> Sequence[Letter]:
        """Return what an address got, oldest first."""
        ...


# --- alerts and ads ---------------------------------------------------------------------------------


class HeardAlert(Model):
    """A call that reached somebody."""

    channel: str
    at: datetime
    alert: Alert


class OutsideTroubles(Model):
    """What goes wrong on the way to people and to the ad platform."""

    silent_channels: tuple[str, ...] = Field(default=(), max_length=10)
    """Channels that do not get through: `push`, `sms`, `slack`."""
    ads_away_until: datetime | None = None


class OutsideRehearsal(Protocol):
    """Embedded alert channels and ad platform."""

    async def heard(self) -> Sequence[HeardAlert]:
        """Return every call that got through, oldest first."""
        ...

    async def trouble(self, troubles: OutsideTroubles) -> None:
        """From now on, let these go wrong."""
        ...
