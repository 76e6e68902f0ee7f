"""What is done for a ticket besides answering: refunds, cancellations, answers to an order, addresses.

Each has a key that follows from what it is for, so that doing it again, for this ticket or another, changes
nothing. Money is only asked for here; the plan of refunds sends it.
"""

from typing import Protocol

from shared.domain.events import Event
from shared.domain.model import Model
from shared.domain.operations.answering import address_in
from shared.domain.operations.fulfilling import closed
from shared.domain.operations.gate import Act, ActKind
from shared.domain.operations.shop import ShippingAddress
from shared.domain.operations.shop_orders import WHOLE, ShopOrder, ShopRefund
from shared.domain.operations.support_replies import Done
from shared.domain.status import PurchaseStatus, ShopOrderStatus, can_move
from shared.errors import Conflict, NotFound
from shared.ports.shop import Shop
from shared.services.kinds import SHOP_ORDERS
from shared.services.records import Change, Records

_NOTHING_BOUGHT = frozenset({PurchaseStatus.REFUSED, PurchaseStatus.CANCELLED})

NOT_UNDERSTOOD = Done(ok=False, detail="not understood")


class OrderAnswers(Protocol):
    """Takes what a customer answers to a question about an order."""

    async def by_reply(self, order_id: str, text: str, *, key: str) -> bool:
        """Take the text of a message as an answer, once per `key`; False when it is none."""
        ...


class Words(Model):
    """What was written, oldest first, and the key of the message that something is done for."""

    key: str
    texts: tuple[str, ...]


class TicketActs:
    """Does what was decided. Every method may raise Unavailable; then it is done again."""

    def __init__(self, records: Records, shop: Shop, answers: OrderAnswers) -> None:
        self._records = records
        self._shop = shop
        self._answers = answers

    async def by_itself(self, act: Act, *, words: Words, reason: str = "") -> Done:
        """Do what the gate decided; not ok where the order had moved on meanwhile, or did not understand."""
        try:
            match act.kind:
                case ActKind.REFUND:
                    return await self._refund(act, reason=reason, automatic=True)
                case ActKind.CANCEL:
                    return await self._cancel(act, automatic=True)
                case ActKind.ANSWER:
                    return await self._answer(act.order_id, words)
                case ActKind.CHANGE_ADDRESS:
                    return await self._readdress(act.order_id, words)
        except (Conflict, NotFound) as no:
            return Done(ok=False, detail=no.detail)

    async def by_person(self, act: Act, *, reason: str) -> None:
        """Do what a person chose of what was proposed. Raises Conflict when it cannot be done any more."""
        if act.kind is ActKind.CANCEL:
            await self._cancel(act, automatic=False)
        else:
            await self._refund(act, reason=reason, automatic=False)

    async def want_money_back(self, order_id: str) -> None:
        """Note that the customer asks for their money: a parcel that gets lost is not sent again."""

        def change(order: ShopOrder) -> tuple[ShopOrder, list[Event]]:
            noted = order.money_back_wanted
            return order if noted else order.model_copy(update={"money_back_wanted": True}), []

        await self._records.update(SHOP_ORDERS, order_id, change)

    async def _refund(self, act: Act, *, reason: str, automatic: bool) -> Done:
        now = self._records.now()
        if act.amount is None:
            raise ValueError("a refund has an amount")
        refund = ShopRefund(
            key=act.key,
            line_id=act.line_id,
            amount=act.amount,
            reason=reason[:200],
            automatic=automatic,
            asked_at=now,
        )
        await self._records.apply(SHOP_ORDERS, act.order_id, lambda order: Change(*_refunding(order, refund)))
        return Done()

    async def _cancel(self, act: Act, *, automatic: bool) -> Done:
        now = self._records.now()

        def change(order: ShopOrder) -> Change[ShopOrder]:
            if any(each.key == act.key for each in order.refunds):
                return Change(order)
            if _is_bought(order) or not can_move(order.status, ShopOrderStatus.CANCELLED):
                raise Conflict("It has been bought already.", code="bought_already")
            refund = ShopRefund(
                key=act.key,
                line_id=WHOLE,
                amount=order.refundable(),
                reason="cancelled by the customer",
                automatic=automatic,
                asked_at=now,
            )
            after, events = _refunding(order, refund)
            after, closing = closed(after, outcome="cancelled by the customer", at=now)
            return Change(after, [*events, *closing])

        await self._records.apply(SHOP_ORDERS, act.order_id, change)
        return Done()

    async def _answer(self, order_id: str, words: Words) -> Done:
        """Let the order read what was written, the latest first."""
        for n, text in enumerate(reversed(words.texts)):
            if await self._answers.by_reply(order_id, text, key=f"{words.key}-{n}"):
                return Done()
        return NOT_UNDERSTOOD

    async def _readdress(self, order_id: str, words: Words) -> Done:
        """Send an order elsewhere, while nothing of it is bought; the shop hears of it first."""
        order = (await self._records.get(SHOP_ORDERS, order_id)).value
        if _is_bought(order) or not can_move(order.status, ShopOrderStatus.CANCELLED):
            raise Conflict("It has been bought already.")
        read = (address_in(text, known=order.sold.address) for text in reversed(words.texts))
        address = next((each for each in read if each is not None), None)
        if address is None:
            return Done(ok=False, detail="We could not read a whole address in your message.")
        await self._shop.set_address(f"{words.key}-address", order.sold.shop_order_id, address)

        def change(current: ShopOrder) -> tuple[ShopOrder, list[Event]]:
            if _is_bought(current):
                raise Conflict("It has been bought already.")
            sold = current.sold.model_copy(update={"address": address})
            return (current if sold == current.sold else current.model_copy(update={"sold": sold})), []

        await self._records.update(SHOP_ORDERS, order_id, change)
        return Done(detail=_one_line(address))


def _refunding(order: ShopOrder, refund: ShopRefund) -> tuple[ShopOrder, list[Event]]:
    """Ask for a refund, unless money went back for the same before. Raises Conflict."""
    if any(each.key == refund.key for each in order.refunds):
        return order, []
    if any(refund.line_id == WHOLE or each.line_id in (WHOLE, refund.line_id) for each in order.refunds):
        raise Conflict("Money has been given back for this already.", code="refunded_before")
    return order.refunding(refund)


def _is_bought(order: ShopOrder) -> bool:
    return any(each.status not in _NOTHING_BOUGHT for each in order.purchases)


def _one_line(address: ShippingAddress) -> str:
    parts = (address.name, address.line1, address.line2, address.city, address.region, address.postal_code)
    return ", ".join(part for part in (*parts, address.country) if part)
