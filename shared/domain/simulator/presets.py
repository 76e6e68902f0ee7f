"""The ready answers behind each scenario type, and the usual words of each verdict (M25)."""

from collections.abc import Mapping

from shared.domain.money import Money
from shared.domain.simulator.scenarios import Alternative, Outcome, ScenarioType, Step, Verdict
from shared.domain.simulator.triggers import OrderValue, Trigger

USUAL_TEXT: Mapping[Verdict, str] = {
    Verdict.ACCEPT: "Yes, we can do {requested_item}.",
    Verdict.REJECT: "No, we don't have {requested_item} available.",
    Verdict.COUNTER_OFFER: (
        "We don't have {requested_item}, but we can offer {alternative}; it would cost {price_change}."
    ),
    Verdict.SILENCE: "",
}
ACCEPTS = Step(outcomes=(Outcome(verdict=Verdict.ACCEPT),))
REJECTS = Step(outcomes=(Outcome(verdict=Verdict.REJECT),))
SLOW_SECONDS = 600
DEARER_PERCENT = 10
CONDITIONAL_OVER = Money(minor=100_00)

_STEPS: Mapping[ScenarioType, tuple[Step, ...]] = {
    ScenarioType.REJECTION: (REJECTS,),
    ScenarioType.UNAVAILABLE: (
        Step(outcomes=(Outcome(verdict=Verdict.REJECT, text="Sorry, {requested_item} is out of stock."),)),
    ),
    ScenarioType.SLOW: (Step(outcomes=(Outcome(verdict=Verdict.ACCEPT, delay_seconds=SLOW_SECONDS),)),),
    ScenarioType.PRICE_NEGOTIATION: (
        Step(
            outcomes=(
                Outcome(
                    verdict=Verdict.COUNTER_OFFER,
                    text="We can do {requested_item}, but it would cost {price_change}.",
                    alternatives=(Alternative(percent=DEARER_PERCENT),),
                ),
            )
        ),
    ),
    ScenarioType.CONDITIONAL: (ACCEPTS,),
    ScenarioType.ACCEPTANCE: (ACCEPTS,),
}


def steps_of(type_: ScenarioType) -> tuple[Step, ...]:
    """Return the ready steps of a type; a counter-offer and a custom scenario have none."""
    return _STEPS.get(type_, ())


def trigger_of(type_: ScenarioType) -> Trigger | None:
    """Return the ready trigger of a type, or None where it is `always`."""
    return OrderValue(over=CONDITIONAL_OVER) if type_ is ScenarioType.CONDITIONAL else None


def otherwise_of(type_: ScenarioType) -> tuple[Step, ...]:
    """Return what a ready conditional scenario answers below its bound."""
    return (REJECTS,) if type_ is ScenarioType.CONDITIONAL else ()
