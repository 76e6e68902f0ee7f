"""Chargebacks: a customer's bank takes a payment back, and may return it (ops-x4, CHARGEBACK_CREATED).

The provider's news is only a reason to look: every look asks how the claim stands, so news may come twice, in
any order, or not at all.
"""

import contextlib
from collections.abc import Sequence
from datetime import datetime

from shared.domain.disputes import BANK, BankClaim, Dispute, Origin, bank_case_id, seen_at_bank, with_bank
from shared.domain.events import Event, EventType
from shared.domain.evidence import is_complete
from shared.domain.negotiations import EscalationReason
from shared.domain.orders import Order
from shared.domain.status import DisputeStatus
from shared.ports.events import CloudEvent
from shared.ports.payments import NewsKind, PaymentProvider, ProviderDispute, ProviderNews
from shared.ports.store import AlreadyExists
from shared.services.disputes.cases import Cases
from shared.services.escalations import EscalationService
from shared.services.funds import FundsService
from shared.services.kinds import DISPUTES, ORDERS
from shared.services.records import Records, Stored

Told = tuple[Dispute, list[Event]]
ABOUT_DISPUTES = frozenset({NewsKind.DISPUTE_OPENED, NewsKind.DISPUTE_CHANGED})


class Chargebacks:
    """Follows what banks claim."""

    def __init__(
        self,
        records: Records,
        cases: Cases,
        provider: PaymentProvider,
        funds: FundsService,
        escalations: EscalationService,
    ) -> None:
        self._records = records
        self._cases = cases
        self._provider = provider
        self._funds = funds
        self._escalations = escalations

    async def hear(self, event: CloudEvent) -> None:
        """The provider tells something about a dispute."""
        news = ProviderNews.model_validate(event.data)
        if news.kind in ABOUT_DISPUTES:
            await self.look(news.object_id, group=news.group)

    async def look(self, provider_id: str, *, group: str = "") -> Dispute | None:
        """Ask how a claim stands, and follow it; None for what only a person can follow.

        That is a payment that nobody here knows, and an inquiry: money that was not taken is not booked.

        `group` is the order that the news names, if it does.
        """
        claim = await self._provider.dispute(provider_id)
        order = await self._order_of(claim, group)
        if order is None:
            await self._report(claim, f"took {claim.amount} of payment {claim.payment_id} back")
            return None
        if not claim.takes_money:
            await self._report(claim, f"asks about payment {claim.payment_id} of order {order.id}")
            return None
        dispute_id = bank_case_id(order.id, claim.id)
        if await self._records.find(DISPUTES, dispute_id) is None:
            await self._funds.bank_took(order.id, claim.amount, reference=claim.id, by=dispute_id)
            await self._open(_case(order, claim, dispute_id, now=self._records.now()))
        return await self.note(dispute_id, claim, wakes=True)

    async def hear_delivery(self, event: CloudEvent) -> None:
        """Something was said about a delivery: perhaps the evidence is complete now."""
        order = (await self._records.get(ORDERS, event.data["order_id"])).value
        if is_complete(order):
            for dispute in await self._cases.open_at_bank(order.id):
                await self._records.update(DISPUTES, dispute.id, _completed)

    async def _order_of(self, claim: ProviderDispute, group: str) -> Order | None:
        """The order that a payment paid for, by the payment's group; it must know of the payment itself."""
        payment = await self._provider.payment(claim.payment_id)
        for order_id in dict.fromkeys((payment.group, group)):
            found = await self._records.find(ORDERS, order_id) if order_id else None
            if found is not None and claim.payment_id in _payments_of(found.value):
                return found.value
        return None

    async def _open(self, dispute: Dispute) -> None:
        created = {"dispute_id": dispute.id, "order_id": dispute.order_id}
        event = Event(type=EventType.CHARGEBACK_CREATED, data={**created})
        with contextlib.suppress(AlreadyExists):  # told twice at once
            await self._records.commit(Stored(DISPUTES, dispute), events=[event])

    async def note(self, dispute_id: str, claim: ProviderDispute, *, wakes: bool = False) -> Dispute:
        """Write down how a claim stands by now; with `wakes`, wake its plan if that is news."""

        def change(dispute: Dispute) -> Told:
            after = seen_at_bank(dispute, claim.state, claim.due_by)
            return after, [changed_event(after)] if wakes and after is not dispute else []

        return await self._records.update(DISPUTES, dispute_id, change)

    async def _report(self, claim: ProviderDispute, what: str) -> None:
        await self._escalations.raise_alarm(
            subject=f"chargeback-{claim.id}"[:100],
            reason=EscalationReason.CHARGEBACK,
            summary=f"A bank {what} ({claim.reason}). Evidence is due by {claim.due_by:%d %B %Y, %H:%M} UTC.",
        )


def changed_event(dispute: Dispute) -> Event:
    """Wake the plan that defends a case: something happened since its latest look."""
    turn = dispute.bank.turn if dispute.bank else 0
    data: dict[str, str | int | bool | None] = {"dispute_id": dispute.id, "order_id": dispute.order_id}
    return Event(type=EventType.CHARGEBACK_CHANGED, data=data | {"turn": turn})


def _completed(dispute: Dispute) -> Told:
    if dispute.bank is None or dispute.bank.complete or not dispute.is_open:
        return dispute, []
    after = with_bank(dispute, complete=True)
    return after, [changed_event(after)]


def _payments_of(order: Order) -> Sequence[str]:
    received = [movement.receipt_id for movement in order.movements if movement.amount.minor > 0]
    return [id for id in (order.paying.payment_id, *received) if id]


def _case(order: Order, claim: ProviderDispute, dispute_id: str, *, now: datetime) -> Dispute:
    return Dispute(
        id=dispute_id,
        created_at=now,
        updated_at=now,
        order_id=order.id,
        customer_id=order.customer_id,
        vendor_ids=tuple(dict.fromkeys(leg.vendor_id for leg in order.planned_legs())),
        origin=Origin.BANK,
        filed_by=BANK,
        text=f"The customer's bank says: {claim.reason}"[:2000],
        amount=claim.amount,
        status=DisputeStatus.OPEN,
        answer_by=claim.due_by.replace(microsecond=0),
        bank=BankClaim(
            id=claim.id,
            payment_id=claim.payment_id,
            fee=claim.fee,
            reason=claim.reason[:200],
            state=claim.state,
            due_by=claim.due_by,
        ),
    )
