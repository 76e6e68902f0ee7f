"""Orders of the web shop whose goods were bought, for tests of what happens to their parcels."""

from datetime import datetime, timedelta
from typing import Any

from shared.domain.operations import buying
from shared.domain.operations.parcels import Sight, seen
from shared.domain.operations.purchases import Movement, PurchaseLine, Tracking
from shared.domain.operations.shop_orders import ShopOrder
from shared.domain.status import PurchaseStatus, ShopOrderStatus
from tests.shop_orders import MONDAY, paid, usd

FIRST, AGAIN = "sho_1001-p1", "sho_1001-p2"
NUMBER = Tracking(number="YT1", carrier="YunExpress", url="https://track.example/YT1")


def after(**span: float) -> datetime:
    """An instant so long after the order was paid."""
    return MONDAY + timedelta(**span)


def seen_at(at: datetime, text: str = "Sorted", place: str = "Shenzhen") -> Movement:
    return Movement(at=at, text=text, place=place)


def bought(*prices: int, parcels: int = 1, **more: Any) -> ShopOrder:
    """A paid order, bought of `acme` in so many parcels; the last has all lines that are left."""
    order = paid(*(prices or (2500,)), **more)
    ids = [line.id for line in order.sold.lines]
    for n in range(parcels):
        mine = ids[n:] if n == parcels - 1 else ids[n : n + 1]
        lines = [PurchaseLine(line_id=id, supplier_sku=f"ali-{id}", quantity=1) for id in mine]
        order, purchase = buying.planned(order, lines, supplier_id="acme", cost=usd(1250), at=MONDAY)
        order, _, _ = buying.bought(
            order, purchase.id, supplier_order_id=f"ali_{n + 1}", cost=usd(1250), at=MONDAY
        )
    return order.moved(ShopOrderStatus.ORDERED)


def says(
    order: ShopOrder, status: PurchaseStatus, *, at: datetime, purchase: str = FIRST, **more: Any
) -> ShopOrder:
    """The order after its supplier said so."""
    if status is not PurchaseStatus.PLACED and status is not PurchaseStatus.CANCELLED:
        more.setdefault("tracking", NUMBER)
    return seen(order, purchase, Sight(status=status, **more), at=at)[0]


def sent(order: ShopOrder | None = None, *, at: datetime | None = None, purchase: str = FIRST) -> ShopOrder:
    """An order whose parcel is on its way."""
    return says(order or bought(), PurchaseStatus.SHIPPED, at=at or after(days=2), purchase=purchase)
