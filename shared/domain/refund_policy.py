"""The refund policy: one table, edited by an admin, first fitting row first (MODULES: decisions; M16).

Amounts are in minor units of the platform's currency; of an order in another one, no row with an amount fits.
What no row fits is for a person.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from shared.domain.aggregate import Aggregate
from shared.domain.disputes import Bearer, Proposal, RefundReason, Verdict
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.orders import OrderLeg
from shared.domain.status import LegStatus


class PolicyAction(StrEnum):
    """What a row does: refund by itself, ask a person, or ask a person and propose how to decide."""

    REFUND = "refund"
    ESCALATE = "escalate"
    PROPOSE = "propose"


class RefundRule(Model):
    """One row. Without reasons it is about all of them; `over` and `under` are both exclusive."""

    reasons: tuple[RefundReason, ...] = Field(default=(), max_length=len(RefundReason))
    over: int | None = Field(default=None, ge=0)
    under: int | None = Field(default=None, ge=1)
    action: PolicyAction
    propose: Verdict | None = None
    percent: int | None = Field(default=None, ge=1, le=99)
    at_cost_of: Bearer = Bearer.VENDOR

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.action is PolicyAction.PROPOSE) != (self.propose is not None):
            raise ValueError("a row that proposes, and only such a row, says which decision")
        if (self.propose is Verdict.SPLIT) != (self.percent is not None):
            raise ValueError("a split, and only a split, has a percent")
        if self.over is not None and self.under is not None and self.under <= self.over + 1:
            raise ValueError("no amount is over and under these")
        return self

    def fits(self, reason: RefundReason, amount: Money, *, currency: str) -> bool:
        """Say whether the row is about such a request."""
        if self.reasons and reason not in self.reasons:
            return False
        if self.over is None and self.under is None:
            return True
        return (
            amount.currency == currency
            and (self.over is None or amount.minor > self.over)
            and (self.under is None or amount.minor < self.under)
        )

    def proposal(self, leg: OrderLeg, reason: RefundReason) -> Proposal | None:
        """What a person is proposed, also where it would be refunded at once if that were possible."""
        verdict = Verdict.APPROVE if self.action is PolicyAction.REFUND else self.propose
        if verdict is None:
            return None
        bearer = Bearer.PLATFORM if is_fault_of_ai(leg, reason) else self.at_cost_of
        return Proposal(verdict=verdict, percent=self.percent, at_cost_of=bearer)


_RIGHT = (RefundReason.DAMAGED, RefundReason.MISSING, RefundReason.WRONG_ITEM)
DEFAULT_RULES = (
    RefundRule(reasons=(RefundReason.DAMAGED,), under=2000, action=PolicyAction.REFUND),
    RefundRule(over=5000, action=PolicyAction.ESCALATE),
    RefundRule(reasons=_RIGHT, action=PolicyAction.PROPOSE, propose=Verdict.APPROVE),
    RefundRule(reasons=(RefundReason.CHANGED_MIND,), action=PolicyAction.PROPOSE, propose=Verdict.DENY),
    RefundRule(action=PolicyAction.PROPOSE, propose=Verdict.SPLIT, percent=50),
)
"""Damaged, less than $20: refunded at once. More than $50: a person. All else: a person, with a proposal."""


class RefundPolicy(Aggregate):
    """The table as it stands. `revision` is its version; 0 is the default, which nobody has edited."""

    rules: tuple[RefundRule, ...] = Field(min_length=1, max_length=50)
    currency: str
    edited_by: str = ""

    def rule_for(self, reason: RefundReason, amount: Money) -> RefundRule:
        """The first row that fits; a person's decision where none does."""
        return first_fitting(self.rules, reason, amount, currency=self.currency)


def first_fitting(
    rules: Sequence[RefundRule], reason: RefundReason, amount: Money, *, currency: str
) -> RefundRule:
    """Find the row for a request."""
    fitting = (rule for rule in rules if rule.fits(reason, amount, currency=currency))
    return next(fitting, RefundRule(action=PolicyAction.ESCALATE))


def is_handed_over(leg: OrderLeg) -> bool:
    """Whether the vendor has let it go: before that nothing can be damaged, and nobody has earned it."""
    return leg.status is LegStatus.COMPLETED or leg.delivered is not None


def is_fault_of_ai(leg: OrderLeg, reason: RefundReason) -> bool:
    """Whether the platform answers for it: USO itself chose this item in a recovery, and wrongly (M16)."""
    return reason is RefundReason.WRONG_ITEM and leg.recovery_id is not None
