"""The scenario types, and the ready rule behind each: what plays when an admin writes no steps (M25)."""

from collections.abc import Mapping
from enum import StrEnum

from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.simulator.outcomes import Alternative, Outcome, Step, Verdict
from shared.domain.simulator.triggers import Always, OrderValue, Trigger


class ScenarioType(StrEnum):
    """What a scenario plays; all but counter-offer and custom come with a ready rule."""

    REJECTION = "rejection"
    UNAVAILABLE = "unavailable"
    SLOW = "slow"
    COUNTER_OFFER = "counter_offer"
    PRICE_NEGOTIATION = "price_negotiation"
    CONDITIONAL = "conditional"
    ACCEPTANCE = "acceptance"
    CUSTOM = "custom"


class Rule(Model):
    """IF `trigger` THEN `steps` ELSE `otherwise`; an empty branch leaves the request to the next scenario."""

    trigger: Trigger = Always()
    steps: tuple[Step, ...] = ()
    otherwise: tuple[Step, ...] = ()


SLOW_SECONDS = 600
DEARER_PERCENT = 10
CONDITIONAL_OVER = Money(minor=100_00)
_ACCEPT = Step(outcomes=(Outcome(verdict=Verdict.ACCEPT),))
_REJECT = Step(outcomes=(Outcome(verdict=Verdict.REJECT),))
_SOLD_OUT = Outcome(verdict=Verdict.REJECT, text="Sorry, {requested_item} is out of stock.")
_LATE = Outcome(verdict=Verdict.ACCEPT, delay_seconds=SLOW_SECONDS)
_DEARER = Outcome(
    verdict=Verdict.COUNTER_OFFER,
    text="We can do {requested_item}, but it would cost {price_change}.",
    alternatives=(Alternative(percent=DEARER_PERCENT),),
)

PRESETS: Mapping[ScenarioType, Rule] = {
    ScenarioType.REJECTION: Rule(steps=(_REJECT,)),
    ScenarioType.UNAVAILABLE: Rule(steps=(Step(outcomes=(_SOLD_OUT,)),)),
    ScenarioType.SLOW: Rule(steps=(Step(outcomes=(_LATE,)),)),
    ScenarioType.PRICE_NEGOTIATION: Rule(steps=(Step(outcomes=(_DEARER,)),)),
    ScenarioType.CONDITIONAL: Rule(
        trigger=OrderValue(over=CONDITIONAL_OVER), steps=(_ACCEPT,), otherwise=(_REJECT,)
    ),
    ScenarioType.ACCEPTANCE: Rule(steps=(_ACCEPT,)),
}
