"""A paid order of the web shop, for tests that need one without a shop."""

from datetime import UTC, datetime

from shared.domain.money import Money
from shared.domain.operations import money
from shared.domain.operations.shop import (
    FinancialStatus,
    ShippingAddress,
    ShopCustomer,
    ShopLine,
    ShopSnapshot,
)
from shared.domain.operations.shop_orders import ShopOrder, ShopRefund

MONDAY = datetime(2026, 5, 4, 14, tzinfo=UTC)
AUSTIN = ShippingAddress(
    name="Jane Doe",
    line1="500 Congress Ave",
    city="Austin",
    region="TX",
    postal_code="78701",
    country="US",
)


def usd(minor: int) -> Money:
    return Money(minor=minor, currency="USD")


def snapshot(*prices: int, shipping: int = 500, payment_id: str = "pi_1") -> ShopSnapshot:
    """An order of one unit for each of `prices`, in cents."""
    return ShopSnapshot(
        shop_order_id="1001",
        number="#1001",
        customer=ShopCustomer(id="c1", email="jane@example.com", name="Jane Doe"),
        address=AUSTIN,
        lines=tuple(
            ShopLine(
                id=f"l{n}", product_id=f"p{n}", sku=f"SKU-{n}", title=f"Thing {n}", quantity=1, total=usd(p)
            )
            for n, p in enumerate(prices, 1)
        ),
        shipping=usd(shipping),
        total=usd(sum(prices) + shipping),
        payment_id=payment_id,
        financial_status=FinancialStatus.PAID,
        paid_at=MONDAY,
        updated_at=MONDAY,
    )


def paid(*prices: int, shipping: int = 500, payment_id: str = "pi_1") -> ShopOrder:
    """The same, taken in: its sale is in its book."""
    order = ShopOrder(
        id="sho_1001",
        created_at=MONDAY,
        updated_at=MONDAY,
        sold=snapshot(*prices, shipping=shipping, payment_id=payment_id),
    )
    return order.posted(money.sale(order, at=MONDAY))


def back(key: str, minor: int, *, line_id: str = "") -> ShopRefund:
    """Money that is to go back."""
    return ShopRefund(key=key, line_id=line_id, amount=usd(minor), reason="damaged", asked_at=MONDAY)
