"""Triage: who writes, about which order, and what they want (flow ops-3)."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from shared.domain.events import Event
from shared.domain.ids import owner_of
from shared.domain.money import Money
from shared.domain.operations.facts import TicketTriaged
from shared.domain.operations.quoting import unseen
from shared.domain.operations.reading import Reading
from shared.domain.operations.second_opinion import checked
from shared.domain.operations.shop import ShopCustomer, ShopSnapshot
from shared.domain.operations.shop_orders import shop_order_key
from shared.domain.operations.support_case import (
    MAX_ORDERS,
    OrderFacts,
    SupportCase,
    Tier,
    line_meant,
    order_facts,
    order_meant,
    priority_of,
    product_meant,
    tier_of,
)
from shared.domain.operations.support_replies import is_thanks
from shared.domain.operations.tickets import Sender, Ticket, Triage
from shared.domain.status import TicketStatus
from shared.errors import Unavailable
from shared.ports.shop import Shop
from shared.ports.support import SupportReader
from shared.services.kinds import SHOP_ORDERS, TICKETS
from shared.services.operations.tickets import TicketService
from shared.services.records import Records
from shared.services.results import StepResult
from shared.settings import Settings

Found = dict[str, Any]
"""Fields of a case."""
Reads = Callable[[str], Reading]
LOOKED_AT = 20
"""Orders of a customer that are asked for; of these the ones that matter are kept."""
A_DAY = timedelta(days=1)
WITH_PERSON = frozenset({TicketStatus.ESCALATED, TicketStatus.TAKEN})


class Triaged(StepResult):
    """`code` is `triaged`, or why nothing follows: `superseded`, `with_person`, `answered`.

    `looks_again`: somebody is in danger, and the shop could not say from which product.
    """

    looks_again: bool = False


class TriageService:
    """Reads messages in their context. Rules read; a model, where there is one, is a second opinion."""

    def __init__(
        self,
        records: Records,
        tickets: TicketService,
        shop: Shop,
        settings: Settings,
        *,
        read: Reads,
        reader: SupportReader | None = None,
    ) -> None:
        self._records = records
        self._tickets = tickets
        self._shop = shop
        self._settings = settings
        self._read = read
        self._reader = reader

    async def triage(self, ticket_id: str, message: int, *, alone: bool = False) -> Triaged:
        """Find out what a message is about, together with those before it that are unanswered.

        Danger waits for nobody: with the shop away it is triaged without its orders, and so is everything
        when `alone`. Raises Unavailable.
        """
        ticket = await self._tickets.get(ticket_id)
        if (why := _left_alone(ticket, message)) is not None:
            return why
        case = await self._case(ticket, message, alone=alone)
        if not case.reading.is_danger and ticket.latest > message:
            return Triaged(code="superseded")
        triage = Triage(message=message, case=case, at=self._records.now())

        def change(current: Ticket) -> tuple[Ticket, Sequence[Event]]:
            known = current.triage(message)
            return (current, []) if known else (current.with_triage(triage), [_triaged(current, triage)])

        after = await self._records.update(TICKETS, ticket_id, change)
        return _result(after, after.triage(message) or triage)

    async def complete(self, ticket_id: str, message: int) -> str:
        """Ask the shop again about a message that was triaged without it; return the product, if it is known.

        Raises Unavailable.
        """
        ticket = await self._tickets.get(ticket_id)
        known = ticket.triage(message)
        if known is None or known.case.complete:
            return known.case.product_id if known else ""
        found = await self._found(ticket, ticket.message(message).text, known.case.reading)
        case = known.case.model_copy(update=found)

        def change(current: Ticket) -> tuple[Ticket, Sequence[Event]]:
            triage = current.triage(message) or known
            return current.with_triage(triage.model_copy(update={"case": case})), []

        await self._records.update(TICKETS, ticket_id, change)
        return case.product_id

    async def _case(self, ticket: Ticket, message: int, *, alone: bool) -> SupportCase:
        messages = ticket.unanswered(message)
        text = ticket.words(message)
        reading, by_model = await self._reading(text, hidden=_hidden(ticket, message))
        found: Found = {"complete": False}
        if not alone:
            try:
                found = await self._found(ticket, text, reading)
            except Unavailable:
                if not reading.is_danger:
                    raise
        history = await self._tickets.of_customer(owner_of(ticket.id))
        tier = Tier(found.get("tier", Tier.UNKNOWN))
        return SupportCase.model_validate(
            {
                "reading": reading,
                "by_model": by_model,
                "priority": priority_of(reading, tier, high_anger=self._settings.high_priority_anger),
                "authenticated": bool(messages) and all(each.authenticated for each in messages),
                "thanks": is_thanks("\n".join(each.text for each in messages)),
                "past_tickets": len(history) - 1,
                "answers_today": self._answers(history),
                **found,
            }
        )

    async def _reading(self, text: str, *, hidden: str) -> tuple[Reading, bool]:
        rules = self._read(text)
        if hidden and (behind := self._read(hidden)).is_danger:
            rules = rules.model_copy(
                update={"intent": behind.intent, "dangers": (*rules.dangers, *behind.dangers)[:20]}
            )
        if self._reader is None or rules.is_danger:  # danger waits for nobody's second opinion
            return rules, False
        try:
            return checked(rules, await self._reader.read(text))
        except Unavailable:
            return rules, False

    async def _found(self, ticket: Ticket, text: str, reading: Reading) -> Found:
        """What the shop and our books know of this customer and what they may mean."""
        if not ticket.email:
            return {"complete": True}
        customer = await self._shop.customer(ticket.email)
        sold = await self._shop.orders_of(ticket.email, limit=LOOKED_AT)
        theirs = [each for each in sold if each.customer.email.strip().lower() == ticket.email]
        named = [each for each in theirs if each.number.lstrip("#") in reading.order_numbers]
        kept = [*named, *(each for each in theirs if each not in named)][:MAX_ORDERS]
        orders = [await self._order(each) for each in kept]
        about = order_meant(reading, orders)
        order = next((each for each in orders if each.id == about), None)
        return {
            "complete": True,
            **self._who(customer),
            "orders": tuple(orders),
            "about": about,
            "line": line_meant(text, order),
            "product_id": product_meant(text, orders, about),
        }

    def _who(self, customer: ShopCustomer | None) -> Found:
        vip = Money(minor=self._settings.vip_spent, currency=self._settings.currency)
        found: Found = {"tier": tier_of(customer, vip_spent=vip)}
        return found | ({"name": customer.name, "spent": customer.spent} if customer else {})

    async def _order(self, sold: ShopSnapshot) -> OrderFacts:
        ours = await self._records.find(SHOP_ORDERS, shop_order_key(sold.shop_order_id))
        return order_facts(sold, ours.value if ours else None)

    def _answers(self, history: Sequence[Ticket]) -> int:
        since = self._records.now() - A_DAY
        said = (each for ticket in history for each in ticket.messages)
        return sum(each.sender is Sender.AGENT and each.at > since for each in said)


def _left_alone(ticket: Ticket, message: int) -> Triaged | None:
    known = ticket.triage(message)
    if known is not None:
        return _result(ticket, known)
    return Triaged(code="answered") if message <= ticket.answered else None


def _result(ticket: Ticket, triage: Triage) -> Triaged:
    with_person = ticket.status in WITH_PERSON and triage.decision is None
    if with_person and not triage.case.reading.is_danger:
        return Triaged(code="with_person")
    case = triage.case
    return Triaged(code="triaged", looks_again=case.reading.is_danger and not case.complete)


def _hidden(ticket: Ticket, message: int) -> str:
    """What stands among quoted mails and was never said before."""
    known = "\n".join(each.text for each in ticket.messages)
    return "\n".join(unseen(each.quoted, known) for each in ticket.unanswered(message) if each.quoted)


def _triaged(ticket: Ticket, triage: Triage) -> Event:
    reading = triage.case.reading
    return TicketTriaged(
        ticket_id=ticket.id,
        message=triage.message,
        intent=reading.intent.value,
        sentiment=reading.sentiment,
        priority=triage.case.priority.value,
        anger=reading.anger,
    ).event()
