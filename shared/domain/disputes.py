"""Disputes: somebody says that they should have their money back (flows 5.5-2, ops-x4; M16, M18).

A customer says so to us, of one leg, and a person decides; or their bank says so, of a whole payment, and the
bank decides. What the refund policy settles by itself, and what an admin refunds, is kept as a case too.
"""

import hashlib
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from shared.domain.aggregate import Aggregate
from shared.domain.evidence import Evidence, Response
from shared.domain.model import Model
from shared.domain.money import Money, apportioned
from shared.domain.status import DisputeState, DisputeStatus, move
from shared.errors import Conflict

POLICY, BANK = "policy", "bank"
"""Who decided, where it was no person."""
CLOSED_BY_BANK = frozenset({DisputeState.WON, DisputeState.LOST})
_AT_THE_BANK = tuple(DisputeState)


class Origin(StrEnum):
    """Who opened the case."""

    CUSTOMER = "customer"
    DELIVERY = "delivery"
    """A delivery that was refused, or kept in part."""
    ADMIN = "admin"
    BANK = "bank"


class RefundReason(StrEnum):
    """What is wrong with what was delivered, or not."""

    DAMAGED = "damaged"
    MISSING = "missing"
    LATE = "late"
    WRONG_ITEM = "wrong_item"
    CHANGED_MIND = "changed_mind"
    OTHER = "other"


class Verdict(StrEnum):
    """How a case is decided (flow 5.5-2 step 3): the customer is right, is not, or in part."""

    APPROVE = "approve"
    DENY = "deny"
    SPLIT = "split"


class Bearer(StrEnum):
    """At whose cost money goes back: the vendor's, or the platform's own (M16: errors of the AI)."""

    VENDOR = "vendor"
    PLATFORM = "platform"


class Proposal(Model):
    """What the refund policy would decide; a person may."""

    verdict: Verdict
    percent: int | None = None
    at_cost_of: Bearer = Bearer.VENDOR


class Ruling(Model):
    """What was decided: `amount` goes back. `note` is the reason that customer and vendor are told."""

    verdict: Verdict
    amount: Money
    at_cost_of: Bearer = Bearer.VENDOR
    by: str
    at: datetime
    note: str = Field(default="", max_length=2000)
    percent: int | None = None

    def says(self, other: "Ruling") -> bool:
        """Say whether this is the same decision."""
        return (self.verdict, self.percent, self.at_cost_of) == (
            other.verdict,
            other.percent,
            other.at_cost_of,
        )


class BankClaim(Model):
    """A chargeback as far as we followed it. `id` is the provider's; `due_by` is the bank's last moment."""

    id: str
    payment_id: str
    fee: Money
    reason: str
    state: DisputeState
    due_by: datetime
    turn: int = 0
    """Counts the looks of the plan that defends it; a wake-up is for the look after this."""
    complete: bool = False
    """Everything that could speak for us is there."""
    staged: Evidence | None = None
    """The evidence of the latest look: stored before it is sent, and sent again as it is."""
    submitted: Evidence | None = None
    """The evidence that goes to the bank, once."""
    submitted_at: datetime | None = None

    @property
    def is_closed(self) -> bool:
        """Whether the bank has decided."""
        return self.state in CLOSED_BY_BANK


class Dispute(Aggregate):
    """One case. `amount` is what is at stake; a bank's case is about a payment and has no leg."""

    order_id: str
    customer_id: str
    leg_id: str = ""
    vendor_ids: tuple[str, ...]
    origin: Origin
    filed_by: str
    reason: RefundReason = RefundReason.OTHER
    text: str = Field(default="", max_length=2000)
    photo_urls: tuple[str, ...] = ()
    amount: Money
    status: DisputeStatus = DisputeStatus.OPEN
    answer_by: datetime
    """By when it should be decided (M16: 48 hours); for a bank's, by when it must have our evidence."""
    overdue: bool = False
    """A person was told that it waits for too long."""
    proposal: Proposal | None = None
    responses: tuple[Response, ...] = ()
    ruling: Ruling | None = None
    at_once: bool = False
    """Decided when it was filed, by the policy or an admin: nothing was frozen for it."""
    bank: BankClaim | None = None
    key: str | None = None
    """The filer's idempotency key."""
    digest: str = ""
    """Fingerprint of what was filed, so that the same said again is the same case."""

    def moved(self, target: DisputeStatus, **update: object) -> "Dispute":
        """Return the case in `target`. Raises IllegalMove."""
        return self.model_copy(update={"status": move("dispute", self.status, target), **update})

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to decide."""
        return self.status in {DisputeStatus.OPEN, DisputeStatus.UNDER_REVIEW}

    def response_of(self, vendor_id: str) -> Response | None:
        """What a vendor said."""
        return next((each for each in self.responses if each.vendor_id == vendor_id), None)


def case_id(leg_id: str, number: int) -> str:
    """The id of a leg's n-th case. Only one can be made under it, so a leg never has two open ones."""
    return f"{leg_id}-d{number}"


def bank_case_id(order_id: str, provider_id: str) -> str:
    """The id of a bank's case, the same however often and in whatever order its news comes."""
    return f"{order_id}-b{hashlib.sha256(provider_id.encode()).hexdigest()[:16]}"


def part_of(amount: Money, percent: int) -> Money:
    """A share of an amount, to the cent; half a cent goes to the customer."""
    return apportioned(amount, [percent, 100 - percent])[0]


def answered(dispute: Dispute, response: Response) -> Dispute:
    """A vendor says its side, once, while nothing is decided. Raises Conflict."""
    known = dispute.response_of(response.vendor_id)
    if known is not None:
        if (known.text, known.photo_urls) == (response.text, response.photo_urls):
            return dispute
        raise Conflict("You have answered this already.", code="already_answered")
    if not dispute.is_open:
        raise Conflict("This is decided already.", code="closed")
    return dispute.model_copy(update={"responses": (*dispute.responses, response)})


def decided(dispute: Dispute, ruling: Ruling) -> Dispute:
    """Decide a case, once; the same decision again changes nothing. Raises Conflict."""
    if dispute.ruling is not None:
        if dispute.ruling.says(ruling):
            return dispute
        raise Conflict(f"It was decided already: {dispute.ruling.verdict}.", code="already_decided")
    if dispute.bank is not None and ruling.by != BANK:
        raise Conflict("The customer's bank decides this.", code="bank_decides")
    return dispute.moved(DisputeStatus.DECIDED, ruling=ruling)


def reopened(dispute: Dispute) -> Dispute:
    """The decision could not be carried out: somebody has to decide anew."""
    return dispute.moved(DisputeStatus.OPEN, ruling=None, at_once=False)


def seen_at_bank(dispute: Dispute, state: DisputeState, due_by: datetime) -> Dispute:
    """Note how the claim stands with the bank; an older view never overwrites a newer one."""
    bank = dispute.bank
    if bank is None:
        raise ValueError(f"{dispute.id} is no bank's")
    older = _AT_THE_BANK.index(state) < _AT_THE_BANK.index(bank.state)
    if older or bank.is_closed or (state, due_by) == (bank.state, bank.due_by):
        return dispute
    after = with_bank(dispute, state=state, due_by=due_by)
    if state is DisputeState.UNDER_REVIEW and after.status is DisputeStatus.OPEN:
        return after.moved(DisputeStatus.UNDER_REVIEW)
    return after


def with_bank(dispute: Dispute, **update: object) -> Dispute:
    """Change what is known of a bank's claim."""
    if dispute.bank is None:
        raise ValueError(f"{dispute.id} is no bank's")
    return dispute.model_copy(update={"bank": dispute.bank.model_copy(update=update)})
