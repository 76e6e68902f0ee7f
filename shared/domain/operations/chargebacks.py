"""A bank takes the payment of a shop order back: its money, and what is not bought any more (flow ops-x4)."""

from datetime import datetime

from shared.domain.events import Event, EventType
from shared.domain.ledger import AccountKind, Entry, Posting, credit, debit
from shared.domain.money import Money
from shared.domain.operations.buying import STANDING
from shared.domain.operations.shop_orders import ShopOrder, ShopRefund
from shared.domain.status import PurchaseStatus, ShopOrderStatus

UNSENT = frozenset(
    {
        ShopOrderStatus.OPEN,
        ShopOrderStatus.AWAITING_ADDRESS,
        ShopOrderStatus.AWAITING_CHOICE,
        ShopOrderStatus.WAITING_FOR_STOCK,
    }
)
TAKEN_BACK = "the customer's bank took the payment back"
Booked = tuple[ShopOrder, list[Event], list[Entry]]


def bank_took(order: ShopOrder, amount: Money, *, reference: str, by: str, at: datetime) -> Booked:
    """The money is the bank's until it decides; an order of which nothing was bought ends here."""
    postings = (
        debit(AccountKind.CHARGEBACK, order.id, amount),
        credit(AccountKind.PROVIDER_BALANCE, "", amount, reference=reference),
    )
    after, entry = _posted(order, f"{by}:took", at, postings, "chargeback opened")
    if after.status not in UNSENT or _is_bought(after):
        return after, [], [entry]
    about: dict[str, str | int | float | bool | None] = {"order_id": order.id}
    woken = Event(type=EventType.SHOP_ORDER_ANSWERED, data=about | {"turn": order.turn})
    closed = Event(type=EventType.SHOP_ORDER_CLOSED, data=about)
    return after.moved(ShopOrderStatus.CANCELLED, outcome=TAKEN_BACK), [woken, closed], [entry]


def bank_returned(order: ShopOrder, amount: Money, *, reference: str, by: str, at: datetime) -> Booked:
    """The bank gave it back. For goods that were not bought because of it, the customer has it now."""
    postings = (
        debit(AccountKind.PROVIDER_BALANCE, "", amount, reference=reference),
        credit(AccountKind.CHARGEBACK, order.id, amount),
    )
    after, entry = _posted(order, f"{by}:returned", at, postings, "chargeback won")
    left = after.refundable()
    if after.status is not ShopOrderStatus.CANCELLED or after.sold.cancelled or _is_bought(after):
        return after, [], [entry]
    if not left.minor:
        return after, [], [entry]
    back = ShopRefund(
        key=f"{by}-refund", amount=left, reason="it was not sent to you", automatic=True, asked_at=at
    )
    after, events = after.refunding(back)
    return after, events, [entry]


def bank_kept(order: ShopOrder, amount: Money, *, reference: str, by: str, at: datetime) -> Booked:
    """The bank kept it: what was sold is worth less, and nothing of it is given back a second time.

    What was given back before can bring the sale below the claim; the rest is the platform's loss.
    """
    sales = order.book.balance(AccountKind.SHOP_SALES, order.id)
    covered = Money(minor=max(min(amount.minor, sales.minor), 0), currency=amount.currency)
    postings = [credit(AccountKind.CHARGEBACK, order.id, amount)]
    if covered.minor:
        postings.append(debit(AccountKind.SHOP_SALES, order.id, covered))
    if covered != amount:
        postings.append(debit(AccountKind.GOODWILL, "", amount - covered))
    after, entry = _posted(order, f"{by}:kept", at, tuple(postings), "chargeback lost")
    gone = ShopRefund(
        key=f"{by}-bank",
        amount=amount,
        reason="the customer's bank gave it back",
        automatic=True,
        asked_at=at,
        refund_id=reference,
        sent_at=at,
    )
    return after.model_copy(update={"refunds": (*after.refunds, gone)}), [], [entry]


def _is_bought(order: ShopOrder) -> bool:
    """Whether anything is on its way, or about to be, or was."""
    return any(each.status in STANDING or each.status is PurchaseStatus.LOST for each in order.purchases)


def _posted(
    order: ShopOrder, key: str, at: datetime, postings: tuple[Posting, ...], reason: str
) -> tuple[ShopOrder, Entry]:
    currency = order.sold.total.currency
    entry = Entry(key=key, at=at, currency=currency, postings=postings, reason=reason, order_id=order.id)
    return order.posted(entry), entry
