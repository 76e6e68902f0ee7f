"""A worker's pay for each verified scan (M16, flow 3.2-4 step 4): booked in the order, paid out at once."""

from datetime import datetime

from shared.domain.events import Event, EventType
from shared.domain.ledger import AccountKind, Entry, credit, debit
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.orders import Order, delivery_owner
from shared.domain.status import OrderStatus
from shared.errors import Conflict
from shared.ports.store import AlreadyExists, Store
from shared.services.kinds import ORDERS
from shared.services.records import Change, Records


class ScanPayment(Model):
    """What a worker has earned with one task of an order."""

    key: str
    order_id: str
    task: str
    worker_id: str
    amount: Money


class GigPayments:
    """Pays for scans."""

    def __init__(self, records: Records, store: Store) -> None:
        self._records = records
        self._store = store

    async def pay_scan(
        self, order_id: str, task_key: str, worker_id: str, amount: int, currency: str
    ) -> ScanPayment:
        """Credit a worker for one task, once: out of the held delivery fee as far as it goes.

        `amount` is in minor units. Raises NotFound, and Conflict when the task was paid to someone else, the
        order is not paid for, or it is in another currency.
        """
        payment = ScanPayment(
            key=f"{order_id}:{task_key}:scan",
            order_id=order_id,
            task=task_key,
            worker_id=worker_id,
            amount=Money(minor=amount, currency=currency),
        )
        if (known := await self._known(payment)) is not None:
            return known
        now = self._records.now()

        def change(order: Order) -> Change[Order]:
            _must_be_on_its_way(order, currency)
            entry = scan_entry(order, payment, at=now)
            event = Event(
                type=EventType.GIG_PAID,
                data={
                    "order_id": order.id,
                    "task": task_key,
                    "worker_id": worker_id,
                    "minor": amount,
                    "currency": currency,
                },
            )
            after = order.model_copy(update={"book": order.book.posted(entry)})
            return Change(after, [event], [entry])

        try:
            await self._records.apply(ORDERS, order_id, change)
        except AlreadyExists:
            return await self._known(payment) or payment
        return payment

    async def _known(self, payment: ScanPayment) -> ScanPayment | None:
        """Return what was paid for the task before. Raises Conflict when someone else got it."""
        id = f"entry:{payment.key}"
        document = await self._store.read(ORDERS.container, payment.order_id, id)
        if document is None:
            return None
        entry = Entry.model_validate(document.body["entry"])
        earned = next(p for p in entry.postings if p.account.kind is AccountKind.GIG_WALLET)
        if earned.account.owner != payment.worker_id:
            raise Conflict(f"{payment.task} was paid to someone else already.", code="already_paid")
        amount = Money(minor=earned.credit, currency=entry.currency)
        return payment.model_copy(update={"amount": amount})


def _must_be_on_its_way(order: Order, currency: str) -> None:
    if not order.is_paid or order.status in {OrderStatus.PENDING, OrderStatus.CANCELLED}:
        raise Conflict(f"The order is {order.status}; nothing of it is on its way.", code="not_open")
    if order.currency() != currency:
        raise Conflict(f"The order is in {order.currency()}, a scan's pay in {currency}.", code="currency")


def scan_entry(order: Order, payment: ScanPayment, *, at: datetime) -> Entry:
    """Book a scan: out of the held delivery fee, and beyond that at the platform's own cost."""
    fee = order.book.balance(AccountKind.HELD, delivery_owner(order.id))
    from_fee = Money(minor=min(fee.minor, payment.amount.minor), currency=payment.amount.currency)
    rest = payment.amount - from_fee
    postings = [credit(AccountKind.GIG_WALLET, payment.worker_id, payment.amount)]
    if from_fee.minor:
        postings.append(debit(AccountKind.HELD, delivery_owner(order.id), from_fee))
    if rest.minor:
        postings.append(debit(AccountKind.COST_OF_GOODS, "", rest))
    return Entry(
        key=payment.key,
        at=at,
        currency=payment.amount.currency,
        postings=tuple(postings),
        reason=f"scan of {payment.task}",
        order_id=order.id,
    )
