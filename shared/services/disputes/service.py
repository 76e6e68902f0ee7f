"""Refund requests and disputes: filed by customers, answered by vendors, decided by policy or a person."""

import contextlib
import hashlib
from collections.abc import Sequence

from pydantic import Field

from shared.domain.disputes import (
    POLICY,
    Bearer,
    Dispute,
    Origin,
    Proposal,
    RefundReason,
    Ruling,
    Verdict,
    answered,
    case_id,
    part_of,
)
from shared.domain.events import Event, EventType
from shared.domain.evidence import Response
from shared.domain.ids import owner_of
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.order_money import claimable, is_charged_back
from shared.domain.orders import DeliveryOutcome, Order, OrderLeg
from shared.domain.refund_policy import PolicyAction, is_handed_over
from shared.domain.status import DisputeStatus
from shared.errors import Conflict, InvalidInput, NotFound, Unavailable
from shared.ports.events import CloudEvent
from shared.ports.store import AlreadyExists
from shared.services.deliveries import DeliveryService
from shared.services.disputes.allowances import Allowances
from shared.services.disputes.cases import Cases
from shared.services.disputes.policy import RefundPolicyService
from shared.services.disputes.settlement import Settlement, decided_event
from shared.services.funds import FundsService
from shared.services.kinds import DISPUTES, ORDERS
from shared.services.records import MAX_RACES, Records, Stored, decision_key
from shared.settings import Settings


class Filing(Model):
    """What is filed about a leg, by whom. `percent` and `at_cost_of` are an admin's, who refunds at once.

    `ask_person` leaves the policy out: the customer wants a dispute.
    """

    order_id: str
    leg_id: str
    origin: Origin
    by: str
    reason: RefundReason
    text: str = ""
    photo_urls: tuple[str, ...] = ()
    percent: int | None = Field(default=None, ge=1, le=100)
    at_cost_of: Bearer | None = None
    ask_person: bool = False
    key: str | None = None

    def digest(self) -> str:
        """Fingerprint of what is said, whoever says it."""
        said = self.model_dump_json(exclude={"by", "key", "ask_person"})
        return hashlib.sha256(said.encode()).hexdigest()


class DisputeService:
    """Use cases on one case."""

    def __init__(
        self,
        records: Records,
        cases: Cases,
        policy: RefundPolicyService,
        allowances: Allowances,
        funds: FundsService,
        deliveries: DeliveryService,
        settlement: Settlement,
        settings: Settings,
    ) -> None:
        self._records = records
        self._cases = cases
        self._policy = policy
        self._allowances = allowances
        self._funds = funds
        self._deliveries = deliveries
        self._settlement = settlement
        self._settings = settings

    # --- filed --------------------------------------------------------------------------------------

    async def file(self, filing: Filing) -> Dispute:
        """File a case: it is refunded at once where an admin or the policy says so, else a person decides.

        The same filed again is the same case. Raises InvalidInput for a leg that is not the order's, and
        Conflict: `idempotency_key_reused`, `dispute_open` when another case of the leg is open,
        `chargeback_open` while a bank decides, `nothing_to_refund`.
        """
        for _ in range(MAX_RACES):
            known = await self._cases.of_order(filing.order_id)
            if (same := _same(known, filing)) is not None:
                return await self._follow(same)
            order = (await self._records.get(ORDERS, filing.order_id)).value
            dispute = await self._composed(order, filing, known)
            opened = [] if dispute.at_once else [opened_event(dispute)]
            events = [decided_event(dispute)] if dispute.at_once else opened
            try:
                await self._records.commit(Stored(DISPUTES, dispute), events=events)
            except AlreadyExists:  # someone files about the same leg in this moment
                continue
            return await self._follow(dispute)
        raise Unavailable("Too much is filed about this at once; try again.")

    async def open_for_delivery(
        self, order_id: str, leg_id: str, *, photo_urls: Sequence[str] = ()
    ) -> Dispute | None:
        """Open the case of a delivery that was refused or kept in part; None where nothing is to be decided.

        What the customer kept is paid for first. Doing it again changes nothing.
        """
        leg = (await self._records.get(ORDERS, order_id)).value.leg(leg_id)
        if leg.delivered is None or leg.delivered.outcome is DeliveryOutcome.ACCEPTED:
            return None
        if leg.delivered.accepted:
            with contextlib.suppress(Conflict):  # frozen by another dispute, whose end settles it
                await self._deliveries.release(leg_id)
        try:
            return await self.file(
                Filing(
                    order_id=order_id,
                    leg_id=leg_id,
                    origin=Origin.DELIVERY,
                    by=leg.delivered.by,
                    reason=RefundReason.OTHER,
                    text=leg.delivered.text,
                    photo_urls=tuple(photo_urls),
                )
            )
        except Conflict:  # refunded or disputed already: that settles it
            return None

    async def hear_delivery(self, event: CloudEvent) -> None:
        """A customer said what arrived."""
        await self.open_for_delivery(event.data["order_id"], event.data["leg_id"])

    async def hear_opened(self, event: CloudEvent) -> None:
        """A case was opened: its money is frozen, should that have been missed."""
        await self._follow(await self._cases.get(event.data["dispute_id"]))

    async def hear_resolved(self, event: CloudEvent) -> None:
        """A bank has decided: what was refused while it had the money is to be decided now."""
        dispute = await self._cases.get(event.data["dispute_id"])
        if dispute.bank is None:
            return
        found = await self._records.find(ORDERS, dispute.order_id)
        if found is not None:  # what the web shop sold has no legs
            for leg in found.value.live_legs():
                await self.open_for_delivery(dispute.order_id, leg.id)

    async def _follow(self, dispute: Dispute) -> Dispute:
        """Do what a case's status asks for."""
        if dispute.status is DisputeStatus.DECIDED:
            return await self._settlement.carry_out(dispute.id)
        if dispute.is_open and dispute.bank is None:
            await self._funds.freeze(dispute.leg_id, by=dispute.id)
        return dispute

    async def _composed(self, order: Order, filing: Filing, known: Sequence[Dispute]) -> Dispute:
        try:
            leg = order.leg(filing.leg_id)
        except NotFound:
            raise InvalidInput("This order has no such leg.", field="leg_id") from None
        earlier = [each for each in known if each.leg_id == leg.id]
        for each in earlier:
            if each.status is not DisputeStatus.RESOLVED:
                raise Conflict(
                    f"A case about {leg.name} is open already.",
                    code="dispute_open",
                    extensions={"dispute_id": each.id},
                )
        _must_be_ours_to_decide(order)
        amount = claimable(order, leg)
        if amount.minor == 0:
            raise Conflict(f"There is nothing to refund of {leg.name}.", code="nothing_to_refund")
        proposal, ruling = await self._judged(order, leg, filing, amount, earlier)
        now = self._records.now()
        return Dispute(
            id=case_id(leg.id, len(earlier) + 1),
            created_at=now,
            updated_at=now,
            order_id=order.id,
            customer_id=order.customer_id,
            leg_id=leg.id,
            vendor_ids=(leg.vendor_id,),
            origin=filing.origin,
            filed_by=filing.by,
            reason=filing.reason,
            text=filing.text,
            photo_urls=filing.photo_urls,
            amount=amount,
            status=DisputeStatus.DECIDED if ruling else DisputeStatus.OPEN,
            answer_by=(now + self._settings.dispute_answer_within).replace(microsecond=0),
            proposal=proposal,
            ruling=ruling,
            at_once=ruling is not None,
            key=filing.key,
            digest=filing.digest(),
        )

    async def _judged(
        self, order: Order, leg: OrderLeg, filing: Filing, amount: Money, earlier: Sequence[Dispute]
    ) -> tuple[Proposal | None, Ruling | None]:
        """What is proposed to a person, or ruled at once: by the admin who files it, or by the policy."""
        if filing.origin is Origin.ADMIN:
            return None, self._ruled_by_admin(filing, amount)
        rule = (await self._policy.get()).rule_for(filing.reason, amount)
        proposal = rule.proposal(leg, filing.reason)
        if rule.action is not PolicyAction.REFUND or proposal is None or filing.ask_person:
            return proposal, None
        if earlier or not is_handed_over(leg):  # a leg that was decided about is a person's from then on
            return proposal, None
        if not await self._allowances.take(amount, leg_id=leg.id, customer_id=order.customer_id):
            return proposal, None
        return proposal, Ruling(
            verdict=Verdict.APPROVE,
            amount=amount,
            at_cost_of=proposal.at_cost_of,
            by=POLICY,
            at=self._records.now(),
        )

    def _ruled_by_admin(self, filing: Filing, amount: Money) -> Ruling:
        percent = filing.percent or 100
        return Ruling(
            verdict=Verdict.APPROVE if percent == 100 else Verdict.SPLIT,
            percent=None if percent == 100 else percent,
            amount=_some_of(amount, percent),
            at_cost_of=filing.at_cost_of or Bearer.VENDOR,
            by=filing.by,
            at=self._records.now(),
            note=filing.text,
        )

    # --- answered and decided -----------------------------------------------------------------------

    async def respond(
        self, dispute_id: str, vendor_id: str, *, text: str, photo_urls: Sequence[str] = ()
    ) -> Dispute:
        """Take a vendor's side in, once (flow 5.5-2 step 2). Raises NotFound for a stranger, Conflict."""
        await self._cases.of_vendor_only(vendor_id, dispute_id)
        response = Response(
            vendor_id=vendor_id, text=text, photo_urls=tuple(photo_urls), at=self._records.now()
        )
        return await self._records.update(
            DISPUTES, dispute_id, lambda dispute: (answered(dispute, response), [])
        )

    async def decide(
        self,
        dispute_id: str,
        verdict: Verdict,
        *,
        by: str,
        note: str,
        percent: int | None = None,
        at_cost_of: Bearer = Bearer.VENDOR,
        key: str | None = None,
    ) -> Dispute:
        """Decide a case and carry it out (flow 5.5-2 steps 3, 4); the same decision again changes nothing.

        Raises Conflict: `already_decided` for another decision, `bank_decides`, and when the money that would
        go back is not there any more.
        """
        dispute = await self._cases.get(dispute_id)
        ruling = Ruling(
            verdict=verdict,
            percent=percent,
            amount=await self._at_stake(dispute, verdict, percent),
            at_cost_of=at_cost_of,
            by=by,
            at=self._records.now(),
            note=note,
        )
        await self._settlement.decide(dispute_id, ruling, inbox=decision_key(key and f"{dispute_id}:{key}"))
        return await self._settlement.carry_out(dispute_id)

    async def _at_stake(self, dispute: Dispute, verdict: Verdict, percent: int | None) -> Money:
        """What would go back; of what was asked for, what still can."""
        nothing = Money.zero(dispute.amount.currency)
        if verdict is Verdict.DENY or not dispute.is_open or dispute.bank is not None:
            return nothing
        order = (await self._records.get(ORDERS, owner_of(dispute.leg_id))).value
        _must_be_ours_to_decide(order)
        there = claimable(order, order.leg(dispute.leg_id))
        amount = dispute.amount if dispute.amount.minor < there.minor else there
        if amount.minor == 0:
            raise Conflict("There is nothing left to refund.", code="nothing_to_refund")
        return _some_of(amount, percent or 100)


def opened_event(dispute: Dispute) -> Event:
    """Announce that a person has to decide."""
    data: dict[str, str | int | bool | None] = {"dispute_id": dispute.id, "order_id": dispute.order_id}
    return Event(type=EventType.DISPUTE_OPENED, data=data | {"leg_id": dispute.leg_id})


def _same(known: Sequence[Dispute], filing: Filing) -> Dispute | None:
    """The case that this filing made before, known by its key or by its words."""
    digest = filing.digest()
    for each in known:
        if filing.key is not None and (each.key, each.filed_by) == (filing.key, filing.by):
            if each.digest != digest:
                raise Conflict(
                    "This idempotency key was used for another request.", code="idempotency_key_reused"
                )
            return each
    return next((each for each in reversed(known) if each.digest == digest), None)


def _must_be_ours_to_decide(order: Order) -> None:
    if is_charged_back(order):
        raise Conflict("The customer's bank has taken the payment back and decides.", code="chargeback_open")


def _some_of(amount: Money, percent: int) -> Money:
    part = part_of(amount, percent)
    if part.minor == 0:
        raise InvalidInput(f"{percent} % of {amount} is nothing.", field="percent")
    return part
