"""Chargebacks: a customer's bank takes a payment back, and may return it (ops-x4, CHARGEBACK_CREATED).

The provider's news is only a reason to look: every look asks how the claim stands, so news may come twice, in
any order, or not at all.
"""

import contextlib
from datetime import datetime

from shared.domain.disputes import BANK, BankClaim, Dispute, Origin, bank_case_id, seen_at_bank, with_bank
from shared.domain.events import Event, EventType
from shared.domain.negotiations import EscalationReason
from shared.domain.operations.facts import ChargebackCreated
from shared.domain.status import DisputeStatus
from shared.ports.events import CloudEvent
from shared.ports.payments import NewsKind, PaymentProvider, ProviderDispute, ProviderNews
from shared.ports.store import AlreadyExists
from shared.services.disputes.cases import Cases
from shared.services.disputes.sales import Sales, Sold
from shared.services.escalations import EscalationService
from shared.services.kinds import DISPUTES
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
        sales: Sales,
        escalations: EscalationService,
    ) -> None:
        self._records = records
        self._cases = cases
        self._provider = provider
        self._sales = sales
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
        sold = await self._sold(claim, group)
        if sold is None:
            await self._report(claim, f"took {claim.amount} of payment {claim.payment_id} back")
            return None
        if not claim.takes_money:
            await self._report(claim, f"asks about payment {claim.payment_id} of order {sold.order_id}")
            return None
        dispute_id = bank_case_id(sold.order_id, claim.id)
        if await self._records.find(DISPUTES, dispute_id) is None:
            sale = self._sales.of(sold.order_id)
            await sale.bank_took(sold.order_id, claim.amount, reference=claim.id, by=dispute_id)
            await self._open(_case(sold, claim, dispute_id, now=self._records.now()), claim)
        return await self.note(dispute_id, claim, wakes=True)

    async def hear_delivery(self, event: CloudEvent) -> None:
        """Something was said about a delivery: perhaps the evidence is complete now."""
        order_id = event.data["order_id"]
        if await self._sales.of(order_id).is_complete(order_id):
            for dispute in await self._cases.open_at_bank(order_id):
                await self._records.update(DISPUTES, dispute.id, _completed)

    async def _sold(self, claim: ProviderDispute, group: str) -> Sold | None:
        """The order that a payment paid for, by the payment's group; it must know of the payment itself."""
        payment = await self._provider.payment(claim.payment_id)
        for order_id in dict.fromkeys((payment.group, group)):
            sold = await self._sales.of(order_id).sold(order_id, claim.payment_id) if order_id else None
            if sold is not None:
                return sold
        return None

    async def _open(self, dispute: Dispute, claim: ProviderDispute) -> None:
        event = ChargebackCreated(
            dispute_id=dispute.id,
            order_id=dispute.order_id,
            payment_id=claim.payment_id,
            amount_minor=claim.amount.minor,
            currency=claim.amount.currency,
        ).event()
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


def _case(sold: Sold, claim: ProviderDispute, dispute_id: str, *, now: datetime) -> Dispute:
    return Dispute(
        id=dispute_id,
        created_at=now,
        updated_at=now,
        order_id=sold.order_id,
        customer_id=sold.customer_id,
        vendor_ids=sold.vendor_ids,
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
