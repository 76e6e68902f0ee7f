"""The admin's doors to the web shop's orders and what they bring (flow ops-1)."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from shared.domain.instants import Day
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.operations.money import Profit, profit_of
from shared.domain.operations.purchases import Purchase
from shared.domain.operations.shop import ShippingAddress, ShopLine
from shared.domain.operations.shop_orders import Ask, ShopOrder, ShopRefund
from shared.domain.status import ShopOrderStatus
from shared.services.ledger.projection import utc_day
from shared.services.operations.overview import DayProfit, OrderPage
from triggers.web.answer import Reply
from triggers.web.call import Call

ShopOrderId = Annotated[str, Field(pattern=r"^sho_[a-z0-9_]{1,40}$")]


class DayQuery(Model):
    """Which day (UTC); today when none is given."""

    day: Day | None = None


class OrdersQuery(DayQuery):
    """Which orders of it."""

    status: ShopOrderStatus | None = None
    limit: int = Field(default=50, ge=1, le=200)
    continuation: str | None = Field(default=None, max_length=200)


class QuestionView(Model):
    """What the customer was asked; the link's secret is theirs alone."""

    ask: Ask
    asked_at: datetime
    until: datetime
    reminders: int
    answer: str
    answered_at: datetime | None


class ShopOrderView(Model):
    """An order with its purchases, parcels, questions, refunds and profit."""

    id: str
    shop_order_id: str
    number: str
    customer_email: str
    status: ShopOrderStatus
    outcome: str
    address: ShippingAddress
    lines: tuple[ShopLine, ...]
    total: Money
    purchases: tuple[Purchase, ...]
    questions: tuple[QuestionView, ...]
    refunds: tuple[ShopRefund, ...]
    profit: Profit


class ProfitView(Model):
    """What the orders of a day have brought, read from their books; one line per currency."""

    days: tuple[DayProfit, ...]


async def list_orders(call: Call, query: OrdersQuery) -> Reply[OrderPage]:
    """List the orders that were paid on a day, newest first."""
    page = await call.app.operations.overview.orders(
        query.day or utc_day(call.now),
        status=query.status,
        limit=query.limit,
        continuation=query.continuation,
    )
    return Reply(page)


async def get_order(call: Call, shop_order_id: ShopOrderId) -> Reply[ShopOrderView]:
    """Show one order."""
    return Reply(_view(await call.app.operations.overview.order(shop_order_id)))


async def get_profit(call: Call, query: DayQuery) -> Reply[ProfitView]:
    """Sum up what a day's orders have brought so far."""
    days = await call.app.operations.overview.profit(query.day or utc_day(call.now))
    return Reply(ProfitView(days=tuple(days)))


def _view(order: ShopOrder) -> ShopOrderView:
    return ShopOrderView(
        id=order.id,
        shop_order_id=order.sold.shop_order_id,
        number=order.sold.number,
        customer_email=order.sold.customer.email,
        status=order.status,
        outcome=order.outcome,
        address=order.sold.address,
        lines=order.sold.lines,
        total=order.sold.total,
        purchases=order.purchases,
        questions=tuple(
            QuestionView(**question.model_dump(include=set(QuestionView.model_fields)))
            for question in order.questions
        ),
        refunds=order.refunds,
        profit=profit_of(order),
    )
