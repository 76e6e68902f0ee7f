"""The statement of an order, for its customer: what was booked, and that it adds up."""

from datetime import datetime

from shared.domain.cards import message_card
from shared.domain.catalogue import Visibility
from shared.domain.ledger import AccountKind
from shared.domain.ledger.statement import OrderStatement, StatementEntry
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.orders import Order
from triggers.access import must_see
from triggers.inputs import OrderId
from triggers.web.answer import Reply
from triggers.web.call import Call

_ANONYMOUS = frozenset({AccountKind.AFFILIATE_COMMISSION, AccountKind.GIG_WALLET})
"""Who gets a share of an order is no business of its customer; how much is part of its sum."""
_CUSTOMERS_OWN = frozenset(
    {AccountKind.PROVIDER_BALANCE, AccountKind.CREDITS, AccountKind.REFUNDS, AccountKind.CHARGEBACK}
)
"""What the customer of an order sees anyway: what they paid and what came back."""


class LineView(Model):
    """One posting. `balance` is what the account then held of this order; null where that is not shown."""

    account: str
    debit: int
    credit: int
    balance: Money | None
    reference: str


class EntryView(Model):
    """One booking: its debits equal its credits."""

    key: str
    at: datetime
    reason: str
    reverses: str
    lines: tuple[LineView, ...]


class StatementView(Model):
    """What was booked for an order, oldest first.

    Held = released + refunded + fees + remaining. Where a bundle keeps its parts to itself, so does its
    statement: what was released, and to whom, is null.
    """

    order_id: str
    currency: str
    entries: tuple[EntryView, ...]
    held: Money
    refunded: Money
    released: Money | None
    fees: Money | None
    remaining: Money | None
    debits: int | None
    credits: int | None
    balanced: bool


async def order_statement(call: Call, order_id: OrderId) -> Reply[StatementView]:
    """Show an order's books to its customer or an admin."""
    order = await call.app.orders.get(order_id)
    must_see(call.caller, order.customer_id, what="order", id=order_id)
    statement = await call.app.statements.statement_of_order(order_id)
    view = _view(order, statement)
    facts = [("Held", str(view.held)), ("Refunded", str(view.refunded))]
    told = "Everything adds up." if view.balanced else "This does not add up; we are looking into it."
    return Reply(view, adaptive_card=message_card("Statement of your order", told, facts=facts))


def _view(order: Order, statement: OrderStatement) -> StatementView:
    summary, is_open = statement.summary, order.visibility is Visibility.TRANSPARENT
    if is_open:
        entries = tuple(_entry(entry) for entry in statement.entries)
    else:
        entries = tuple(_discreet(entry) for entry in statement.entries if _is_customers(entry))
    return StatementView(
        order_id=order.id,
        currency=statement.currency,
        entries=entries,
        held=summary.held,
        refunded=summary.refunded,
        released=summary.released if is_open else None,
        fees=summary.fees if is_open else None,
        remaining=summary.remaining if is_open else None,
        debits=statement.debits if is_open else None,
        credits=statement.credits if is_open else None,
        balanced=statement.balanced and statement.complete,
    )


def _entry(entry: StatementEntry) -> EntryView:
    return EntryView(
        **entry.model_dump(include={"key", "reason", "reverses"}),
        at=entry.at,
        lines=tuple(
            LineView(
                account=line.account.kind if line.account.kind in _ANONYMOUS else line.account.id,
                **line.model_dump(include={"debit", "credit", "balance", "reference"}),
            )
            for line in entry.lines
        ),
    )


def _is_customers(entry: StatementEntry) -> bool:
    return any(line.account.kind in _CUSTOMERS_OWN for line in entry.lines)


def _discreet(entry: StatementEntry) -> EntryView:
    """Show an entry with one line for all that concerns the order's parts."""
    shown = [line for line in entry.lines if line.account.kind in _CUSTOMERS_OWN]
    others = [line for line in entry.lines if line.account.kind not in _CUSTOMERS_OWN]
    lines = [_line(line.account.kind, line.debit, line.credit, line.reference) for line in shown]
    net = sum(line.debit - line.credit for line in others)
    if net:
        lines.append(_line(AccountKind.HELD, max(net, 0), max(-net, 0)))
    return EntryView(key=entry.key, at=entry.at, reason="", reverses=entry.reverses, lines=tuple(lines))


def _line(kind: AccountKind, debit: int, credit: int, reference: str = "") -> LineView:
    return LineView(account=kind, debit=debit, credit=credit, balance=None, reference=reference)
