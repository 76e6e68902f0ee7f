"""The embedded shop: the whole shop port with its own orders, paid through the embedded payment provider."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path

from pydantic import TypeAdapter

from shared.adapters.shopify.webhooks import EVENT_ID, HMAC, SHOP, TOPIC, ShopifyWebhooks, signature
from shared.adapters.simulated_shop.memory import MAX_RACES, TOPICS, Memory
from shared.adapters.simulated_shop.records import ShopProduct
from shared.adapters.simulated_shop.secret import Secret
from shared.domain.money import Money
from shared.domain.operations.purchases import Tracking
from shared.domain.operations.shop import (
    FinancialStatus,
    ShippingAddress,
    ShopCustomer,
    ShopLine,
    ShopSnapshot,
)
from shared.domain.operations.shop_orders import shop_order_key
from shared.errors import Conflict, InvalidInput, NotFound, Unavailable
from shared.ports.clock import Clock
from shared.ports.payments import AuthoriseRequest, PaymentProvider, RefundRequest
from shared.ports.rehearsals import (
    Fulfilment,
    GivenBack,
    NewOrder,
    ShopTroubles,
    SignedDelivery,
    SoldOrder,
)
from shared.ports.shop import FulfilmentRequest, ShopNews, ShopRefunded, ShopRefundRequest, ShopTopic
from shared.ports.store import Store
from shared.settings import Settings

DOMAIN = "embedded.myshopify.com"
_PRODUCTS = TypeAdapter(list[ShopProduct])
Lines = Sequence[tuple[str, int]]
Change = Callable[[SoldOrder], SoldOrder]


class SimulatedShop:
    """`Shop`, `ShopWebhooks` and `ShopRehearsal`. Without `payments` it is paid elsewhere, and says so."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        settings: Settings,
        *,
        payments: PaymentProvider | None,
        products: Path,
    ) -> None:
        sold = _PRODUCTS.validate_python(json.loads(products.read_text(encoding="utf-8")))
        self.products = {product.sku: product for product in sold}
        self.memory = Memory(store)
        self._clock = clock
        self._payments = payments
        self._currency = settings.currency
        self._secret = Secret(settings.data_dir / "shop" / "webhook.secret")

    # --- the port -----------------------------------------------------------------------------------

    async def order(self, shop_order_id: str) -> ShopSnapshot:
        """Return an order as it is now. Raises NotFound."""
        await self._answering()
        return (await self.memory.get(shop_order_id))[0].order

    async def orders_of(self, email: str, *, limit: int = 20) -> Sequence[ShopSnapshot]:
        """Return a customer's orders, newest first."""
        await self._answering()
        return [record.order async for record in self.memory.orders(email)][:limit]

    async def customer(self, email: str) -> ShopCustomer | None:
        """Return who has bought with this address."""
        orders = await self.orders_of(email, limit=1000)
        if not orders:
            return None
        spent = Money.total((order.total for order in orders if not order.cancelled), self._currency)
        return orders[0].customer.model_copy(update={"orders": len(orders), "spent": spent})

    async def fulfil(self, request: FulfilmentRequest) -> str:
        """Mark lines as sent, once per key. Raises Conflict for what is not there to be sent."""
        await self._answering()
        id = f"ful_{request.shop_order_id}_{request.key}"

        def change(record: SoldOrder) -> SoldOrder:
            if any(each.key == request.key for each in record.fulfilments):
                return record
            if record.order.cancelled:
                raise Conflict("The order is cancelled.", code="order_cancelled")
            _check_unsent(record, request.lines)
            made = Fulfilment(id=id, key=request.key, lines=request.lines, tracking=request.tracking)
            return record.model_copy(update={"fulfilments": (*record.fulfilments, made)})

        await self._changed(request.shop_order_id, change)
        await self._answer_or_lose_it()
        return id

    async def retrack(self, key: str, fulfilment_id: str, tracking: Tracking) -> None:
        """Put a new parcel's number into a fulfilment. Raises NotFound."""
        await self._answering()
        shop_order_id = fulfilment_id.removeprefix("ful_").partition("_")[0]

        def change(record: SoldOrder) -> SoldOrder:
            if fulfilment_id not in {each.id for each in record.fulfilments}:
                raise NotFound("fulfilment", fulfilment_id)
            tracked = tuple(
                each.model_copy(update={"tracking": tracking}) if each.id == fulfilment_id else each
                for each in record.fulfilments
            )
            return record.model_copy(update={"fulfilments": tracked})

        await self._changed(shop_order_id, change)
        await self._answer_or_lose_it()

    async def refund(self, request: ShopRefundRequest) -> ShopRefunded:
        """Give money back, once per key. Raises Conflict for more than is left."""
        await self._answering()
        record, _ = await self.memory.get(request.shop_order_id)
        known = next((each for each in record.refunds if each.key == request.key), None)
        if known is None:
            _check_left(record, request.amount)
            reference = await self._paid_back(record.order, request)
            known = await self._noted(request, reference)
            await self._answer_or_lose_it()
        return ShopRefunded(id=known.id, amount=known.amount, payment_refund_id=known.payment_refund_id)

    async def cancel(self, key: str, shop_order_id: str, *, reason: str) -> None:
        """Close an order; twice changes nothing."""
        await self._answering()
        await self.cancelled(shop_order_id, reason=reason)
        await self._answer_or_lose_it()

    async def set_address(self, key: str, shop_order_id: str, address: ShippingAddress) -> None:
        """Correct where an order goes."""
        await self._answering()
        await self.readdressed(shop_order_id, address)
        await self._answer_or_lose_it()

    # --- what people do at the shop -----------------------------------------------------------------

    async def sell(self, wanted: NewOrder) -> tuple[ShopSnapshot, ShopNews]:
        """Let a customer buy and pay. Raises InvalidInput for what is not sold, PaymentDeclined."""
        lines = tuple(self._line(n, each.sku, each.quantity) for n, each in enumerate(wanted.lines, 1))
        shipping = Money(minor=wanted.shipping, currency=self._currency)
        total = Money.total([*(line.total for line in lines), shipping], self._currency)
        number, now = await self.memory.next_number(), self._clock.now()
        order = ShopSnapshot(
            shop_order_id=number,
            number=f"#{number}",
            customer=ShopCustomer(id=wanted.email.lower(), email=wanted.email.lower(), name=wanted.name),
            address=wanted.address,
            lines=lines,
            shipping=shipping,
            total=total,
            payment_id=await self._paid(number, wanted.email, total),
            financial_status=FinancialStatus.PAID,
            paid_at=now,
            updated_at=now,
        )
        news = await self.memory.write(SoldOrder(order=order), None, topic=ShopTopic.ORDER_PAID)
        if news is None:
            raise Unavailable("The shop is asked by too many at once.")
        return order, news

    async def sold(self, shop_order_id: str) -> SoldOrder:
        """Return an order with all that was done to it. Raises NotFound."""
        return (await self.memory.get(shop_order_id))[0]

    async def trouble(self, troubles: ShopTroubles) -> None:
        """From now on, let these go wrong."""
        await self.memory.put_troubles(troubles)

    async def readdressed(self, shop_order_id: str, address: ShippingAddress) -> ShopNews | None:
        """Let someone correct an address; None when it was that already."""

        def change(record: SoldOrder) -> SoldOrder:
            if record.order.address == address:
                return record
            return record.model_copy(update={"order": record.order.model_copy(update={"address": address})})

        return await self._changed(shop_order_id, change)

    async def cancelled(self, shop_order_id: str, *, reason: str) -> ShopNews | None:
        """Let someone cancel an order; None when it was before."""

        def change(record: SoldOrder) -> SoldOrder:
            if record.order.cancelled:
                return record
            order = record.order.model_copy(update={"cancelled": True})
            return record.model_copy(update={"order": order, "cancelled_because": reason})

        return await self._changed(shop_order_id, change)

    # --- its news -----------------------------------------------------------------------------------

    def read(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> ShopNews | None:
        """Read a delivery of its own, which is Shopify's in form (`shared.ports.shop.ShopWebhooks`)."""
        return ShopifyWebhooks([self._secret.read()], shop=DOMAIN).read(body, headers, now=now)

    async def keeps_news(self) -> bool:
        """Say whether news are sent by hand only."""
        return (await self.memory.troubles()).keeps_news

    async def deliveries(self) -> Sequence[SignedDelivery]:
        """Return every webhook that there ever was, oldest first."""
        news = await self.memory.news()
        return [self._delivery(each) for each in news]

    # --- helpers ------------------------------------------------------------------------------------

    def _delivery(self, news: ShopNews) -> SignedDelivery:
        payload = {"id": int(news.shop_order_id), "updated_at": news.at.isoformat()}
        body = json.dumps(payload)
        headers = {
            HMAC: signature(self._secret.read().encode(), body.encode()),
            TOPIC: TOPICS[news.topic],
            SHOP: DOMAIN,
            EVENT_ID: news.id.rpartition(":")[2],
            "content-type": "application/json",
        }
        return SignedDelivery(id=news.id, headers=headers, body=body)

    async def _answering(self) -> None:
        troubles = await self.memory.troubles()
        if troubles.away_until is not None and self._clock.now() < troubles.away_until:
            raise Unavailable("The shop does not answer.")

    async def _answer_or_lose_it(self) -> None:
        troubles = await self.memory.troubles()
        if troubles.lost_answers:
            fewer: ShopTroubles = troubles.model_copy(update={"lost_answers": troubles.lost_answers - 1})
            await self.memory.put_troubles(fewer)
            raise Unavailable("The shop's answer was lost.")

    async def _changed(self, shop_order_id: str, change: Change) -> ShopNews | None:
        for _ in range(MAX_RACES):
            record, etag = await self.memory.get(shop_order_id)
            after = change(record)
            if after is record:
                return None
            order = after.order.model_copy(update={"updated_at": self._clock.now()})
            after = after.model_copy(update={"order": order})
            news = await self.memory.write(after, etag, topic=ShopTopic.ORDER_CHANGED)
            if news is not None:
                return news
        raise Unavailable("The shop is asked by too many at once.")

    def _line(self, n: int, sku: str, quantity: int) -> ShopLine:
        product = self.products.get(sku)
        if product is None:
            raise InvalidInput(f"The shop does not sell {sku}.", field=f"lines.{n - 1}.sku")
        total = Money(minor=product.price * quantity, currency=self._currency)
        return ShopLine(
            id=f"l{n}",
            product_id=product.product_id,
            sku=sku,
            title=product.title,
            quantity=quantity,
            total=total,
        )

    async def _paid(self, number: str, email: str, total: Money) -> str:
        if self._payments is None:
            return ""
        payment = await self._payments.authorise(
            AuthoriseRequest(
                key=f"shop:{number}:pay",
                customer_id=email.lower(),
                amount=total,
                group=shop_order_key(number),
                description=f"order #{number}",
                capture=True,
            )
        )
        return payment.id

    async def _paid_back(self, order: ShopSnapshot, request: ShopRefundRequest) -> str:
        if self._payments is None or not order.payment_id:
            return ""
        refund = await self._payments.refund(
            RefundRequest(key=f"shop:{request.key}", payment_id=order.payment_id, amount=request.amount)
        )
        return refund.id

    async def _noted(self, request: ShopRefundRequest, reference: str) -> GivenBack:
        given = GivenBack(
            id=f"ref_{request.key}",
            key=request.key,
            amount=request.amount,
            line_id=request.line_id,
            reason=request.reason,
            payment_refund_id=reference,
        )

        def change(record: SoldOrder) -> SoldOrder:
            if any(each.key == request.key for each in record.refunds):
                return record
            refunds = (*record.refunds, given)
            whole = sum(each.amount.minor for each in refunds) >= record.order.total.minor
            status = FinancialStatus.REFUNDED if whole else FinancialStatus.PARTIALLY_REFUNDED
            order = record.order.model_copy(update={"financial_status": status})
            return record.model_copy(update={"order": order, "refunds": refunds})

        await self._changed(request.shop_order_id, change)
        return given


def _check_unsent(record: SoldOrder, wanted: Lines) -> None:
    left = Counter({line.id: line.quantity for line in record.order.lines})
    for id, quantity in chain.from_iterable(each.lines for each in record.fulfilments):
        left[id] -= quantity
    for id, quantity in wanted:
        left[id] -= quantity
        if left[id] < 0:
            raise Conflict(f"Not left to be sent: {id}.", code="nothing_to_fulfil")


def _check_left(record: SoldOrder, wanted: Money) -> None:
    left = record.order.total.minor - sum(each.amount.minor for each in record.refunds)
    if not 0 < wanted.minor <= left:
        raise Conflict(f"{wanted} is more than is left of the order.", code="nothing_left")
