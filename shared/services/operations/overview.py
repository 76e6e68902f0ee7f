"""All orders of the web shop at a glance, day by day: derived from the orders' change feed.

A row is written again whenever its order has changed, and never over that of a later revision, so a crash or
a second process at the same work makes no difference. One partition a day (UTC, of the payment).
"""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime

from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.operations.money import Profit, profit_of
from shared.domain.operations.shop_orders import ShopOrder
from shared.domain.status import ShopOrderStatus
from shared.ports.store import (
    AlreadyExists,
    Body,
    Create,
    Document,
    PreconditionFailed,
    Query,
    Replace,
    Store,
    Upsert,
    Where,
    every,
    follow,
)
from shared.services.kinds import SHOP_ORDERS
from shared.services.ledger.projection import utc_day
from shared.services.records import Records

VIEWS = "operations_views"
_PROGRESS = "progress"
_REVISION = "revision"
_PAGE = 1000


class OrderRow(Model):
    """One order, in short."""

    id: str
    number: str
    customer: str
    status: ShopOrderStatus
    outcome: str
    paid_at: datetime
    total: Money
    profit: Profit


class OrderPage(Model):
    """A page of orders; `continuation` asks for the next one, null on the last."""

    orders: tuple[OrderRow, ...]
    continuation: str | None


class DayProfit(Model):
    """What the orders that were paid on a day (UTC) have brought so far, in one currency."""

    day: date
    currency: str
    orders: int
    sales: Money
    cost_of_goods: Money
    profit: Money


class ShopOverview:
    """Lists orders and sums up days."""

    def __init__(self, store: Store, records: Records) -> None:
        self._store = store
        self._records = records

    async def order(self, order_id: str) -> ShopOrder:
        """Return one order. Raises NotFound."""
        return (await self._records.get(SHOP_ORDERS, order_id)).value

    async def orders(
        self,
        day: date,
        *,
        status: ShopOrderStatus | None = None,
        limit: int = 100,
        continuation: str | None = None,
    ) -> OrderPage:
        """List the orders of a day, newest first."""
        await self._catch_up()
        where = [Where("status", "==", status.value)] if status else []
        query = Query(where, order_by="-paid_at", limit=limit, continuation=continuation)
        page = await self._store.query(VIEWS, _partition(day), query)
        return OrderPage(
            orders=tuple(_row(document) for document in page.documents), continuation=page.continuation
        )

    async def profit(self, day: date) -> Sequence[DayProfit]:
        """Sum a day up, one line per currency."""
        await self._catch_up()
        sums: dict[str, list[Profit]] = {}
        async for row in self._rows(day):
            sums.setdefault(row.total.currency, []).append(row.profit)
        return [_summed(day, currency, sums[currency]) for currency in sorted(sums)]

    async def _rows(self, day: date) -> AsyncIterator[OrderRow]:
        async for document in every(self._store, VIEWS, _partition(day), Query(limit=_PAGE)):
            yield _row(document)

    async def _catch_up(self) -> None:
        progress = await self._store.read(VIEWS, _PROGRESS, SHOP_ORDERS.container)
        cursor = progress.body["cursor"] if progress else None
        async for feed in follow(self._store, SHOP_ORDERS.container, cursor, limit=_PAGE):
            for document in feed.documents:
                if document.id == document.partition:  # the order itself, not what lies beside it
                    await self._note(ShopOrder.model_validate(document.body))
            read = Upsert(SHOP_ORDERS.container, {"cursor": feed.cursor})
            await self._store.batch(VIEWS, _PROGRESS, [read])

    async def _note(self, order: ShopOrder) -> None:
        row = OrderRow(
            id=order.id,
            number=order.sold.number,
            customer=order.sold.customer.email,
            status=order.status,
            outcome=order.outcome,
            paid_at=order.sold.paid_at,
            total=order.sold.total,
            profit=profit_of(order),
        )
        body = {**row.model_dump(mode="json"), _REVISION: order.revision}
        while not await self._put(_partition(utc_day(row.paid_at)), row.id, body):
            pass  # another process wrote the row meanwhile: which is newer?

    async def _put(self, partition: str, id: str, body: Body) -> bool:
        """Write a row over an older one; say whether nothing came in between."""
        known = await self._store.read(VIEWS, partition, id)
        if known is not None and known.body[_REVISION] >= body[_REVISION]:
            return True
        write = Create(id, body) if known is None else Replace(id, body, if_match=known.etag)
        try:
            await self._store.batch(VIEWS, partition, [write])
        except (AlreadyExists, PreconditionFailed):
            return False
        return True


def _partition(day: date) -> str:
    return f"orders:{day.isoformat()}"


def _row(document: Document) -> OrderRow:
    return OrderRow.model_validate({name: document.body[name] for name in OrderRow.model_fields})


def _summed(day: date, currency: str, profits: Sequence[Profit]) -> DayProfit:
    return DayProfit(
        day=day,
        currency=currency,
        orders=len(profits),
        sales=Money.total((each.sales for each in profits), currency),
        cost_of_goods=Money.total((each.cost_of_goods for each in profits), currency),
        profit=Money.total((each.profit for each in profits), currency),
    )
