"""Payments of the platform's own orders, taken back by banks: many vendors' money is at stake (ops-x4)."""

from shared.domain.disputes import BankClaim, Dispute
from shared.domain.evidence import Evidence, Told, gathered, is_complete
from shared.domain.money import Money
from shared.domain.orders import DeliveryOutcome, Order
from shared.domain.status import DisputeStatus, HoldStatus
from shared.services.disputes.cases import Cases
from shared.services.disputes.sales import Sold
from shared.services.funds import FundsService
from shared.services.kinds import ORDERS
from shared.services.records import Records
from shared.services.threads import ThreadService

ABOUT_CASES = ("uso.dispute.", "uso.chargeback.", "uso.CHARGEBACK_")
"""What a customer was told of disputes is no part of what happened to their order."""


class OrderSales:
    """`Sale` for orders."""

    def __init__(self, records: Records, cases: Cases, funds: FundsService, threads: ThreadService) -> None:
        self._records = records
        self._cases = cases
        self._funds = funds
        self._threads = threads

    async def sold(self, order_id: str, payment_id: str) -> Sold | None:
        """Return the order that a payment paid for."""
        found = await self._records.find(ORDERS, order_id)
        if found is None or payment_id not in _payments_of(found.value):
            return None
        order = found.value
        return Sold(
            order_id=order.id,
            customer_id=order.customer_id,
            vendor_ids=tuple(dict.fromkeys(leg.vendor_id for leg in order.planned_legs())),
        )

    async def evidence(self, dispute: Dispute) -> Evidence:
        """Gather the order's course, what its customer was told and what its vendors say."""
        order = (await self._records.get(ORDERS, dispute.order_id)).value
        updates = await self._threads.updates(order.thread_id)
        told = [
            Told(at=each.at, text=each.narrative)
            for each in updates
            if each.subject.startswith(order.id) and not each.type.startswith(ABOUT_CASES)
        ]
        return gathered(order, told, dispute.responses)

    async def is_complete(self, order_id: str) -> bool:
        """Say whether of every part it is known how its delivery went."""
        return is_complete((await self._records.get(ORDERS, order_id)).value)

    async def bank_took(self, order_id: str, amount: Money, *, reference: str, by: str) -> None:
        """Book it, and freeze whatever is still held."""
        await self._funds.bank_took(order_id, amount, reference=reference, by=by)

    async def bank_returned(self, dispute: Dispute) -> None:
        """Book it as won. What was accepted, or decided about, while it was frozen is paid now."""
        order = await self._funds.bank_returned(
            dispute.order_id, dispute.amount, reference=_claim(dispute).id, by=dispute.id
        )
        cases = await self._cases.of_order(order.id)
        judged = {case.leg_id for case in cases if case.status is DisputeStatus.RESOLVED and not case.at_once}
        for leg in order.legs:
            if leg.hold is not HoldStatus.HELD or leg.delivered is None:
                continue
            if leg.delivered.outcome is DeliveryOutcome.ACCEPTED or leg.id in judged:
                await self._funds.release(leg.id, key=f"{leg.id}:release:{dispute.id}")

    async def bank_kept(self, dispute: Dispute) -> None:
        """Book it as lost: the legs pay for it as far as they can."""
        await self._funds.bank_kept(
            dispute.order_id, dispute.amount, payment_id=_claim(dispute).payment_id, by=dispute.id
        )


def _claim(dispute: Dispute) -> BankClaim:
    if dispute.bank is None:
        raise ValueError(f"{dispute.id} is no bank's")
    return dispute.bank


def _payments_of(order: Order) -> frozenset[str]:
    received = (movement.receipt_id for movement in order.movements if movement.amount.minor > 0)
    return frozenset({order.paying.payment_id, *received}) - {""}
