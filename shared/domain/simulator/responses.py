"""Which scenario answers a request, and how: the first that fires, by priority (5.4-1 step 5)."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from shared.domain.catalogue import Vendor
from shared.domain.model import Model
from shared.domain.simulator.asks import ANSWERABLE, Ask
from shared.domain.simulator.outcomes import Alternative, Outcome, Step, Verdict
from shared.domain.simulator.scenarios import ResponseMode, Scenario
from shared.domain.simulator.templates import price_words, render, values_for
from shared.domain.simulator.triggers import LeafFinding, describe, findings, holds

USUAL_ACCEPTANCE = Outcome(verdict=Verdict.ACCEPT)
"""What a partner without a scenario says."""
_BUTTONS = {Verdict.ACCEPT: "accept", Verdict.REJECT: "decline"}


class PlannedResponse(Model):
    """An answer that is sent at `due` (UTC). No scenario: the usual acceptance."""

    type: Literal["planned"] = "planned"
    verdict: Verdict
    text: str
    button: str | None = None
    due: datetime
    scenario_id: str | None = None
    step: int = 0


class ManualResponse(Model):
    """A person answers; `suggestions` are the scenario's texts, filled in for this request."""

    type: Literal["manual"] = "manual"
    scenario_id: str
    suggestions: tuple[str, ...] = ()


class NoResponse(Model):
    """Nobody answers: the request asks nothing, or the scenario keeps silent."""

    type: Literal["none"] = "none"
    scenario_id: str | None = None


Response = PlannedResponse | ManualResponse | NoResponse


class Preview(Model):
    """How one scenario would treat a sample request (5.4-6 step 3)."""

    condition: str
    fires: bool
    findings: tuple[LeafFinding, ...]
    possible: tuple["PossibleAnswer", ...]
    response: Response


class PossibleAnswer(Model):
    """One outcome of the step that would play, with its chance in whole percent."""

    verdict: Verdict
    text: str
    chance_percent: int
    delay_seconds: int


def respond(
    vendor: Vendor, scenarios: Iterable[Scenario], ask: Ask, *, now: datetime, history: Sequence[str] = ()
) -> Response:
    """Decide the answer to `ask` at `now`, from the scenarios that play for the vendor.

    `history` names the scenario of each earlier answer in the conversation: a scenario that answered twice
    is at its third step; its last step repeats. Without a scenario that fires, the partner accepts.
    """
    if ask.type not in ANSWERABLE:
        return NoResponse()
    for scenario in in_order(scenarios):
        if not scenario.plays_for(vendor.id):
            continue
        response = _played(scenario, vendor, ask, now=now, history=history)
        if response is not None:
            return response
    return PlannedResponse(verdict=Verdict.ACCEPT, text=text_of(USUAL_ACCEPTANCE, ask, vendor), due=now)


def preview(
    scenario: Scenario, vendor: Vendor, ask: Ask, *, now: datetime, history: Sequence[str] = ()
) -> Preview:
    """Show what `scenario` alone would do with `ask`, whether or not it is active or assigned."""
    rule = scenario.script.rule
    fires = holds(rule.trigger, ask, now=now, zone=vendor.hours.zone)
    steps = rule.steps if fires else rule.otherwise
    step = _step(steps, history.count(scenario.id))[1] if steps else None
    return Preview(
        condition=describe(rule.trigger),
        fires=fires,
        findings=findings(rule.trigger, ask, now=now, zone=vendor.hours.zone),
        possible=_possible(step, ask, vendor) if step else (),
        response=_played(scenario, vendor, ask, now=now, history=history) or NoResponse(),
    )


def draw(outcomes: Sequence[Outcome], *, seed: str, ask_id: str) -> Outcome:
    """Pick an outcome by weight. The same seed and request id always give the same one."""
    digest = hashlib.sha256(f"{seed}\n{ask_id}".encode()).digest()
    ticket = int.from_bytes(digest[:8]) % sum(outcome.weight for outcome in outcomes)
    for outcome in outcomes:
        ticket -= outcome.weight
        if ticket < 0:
            return outcome
    raise AssertionError("a ticket is smaller than the sum of the weights")


def text_of(outcome: Outcome, ask: Ask, vendor: Vendor) -> str:
    """Write the outcome's answer to `ask` in the vendor's name."""
    items = tuple(alternative.item or ask.item or "that" for alternative in outcome.alternatives)
    change = _price_words(outcome.alternatives[0], ask) if outcome.alternatives else ""
    return render(outcome.template, values_for(ask, vendor, alternatives=items, price_change=change))


def _price_words(alternative: Alternative, ask: Ask) -> str:
    amount = alternative.change_for(ask.order_value)
    if alternative.percent and amount is None:
        return f"{abs(alternative.percent)} % {'more' if alternative.percent > 0 else 'less'}"
    return price_words(amount)


def in_order(scenarios: Iterable[Scenario]) -> list[Scenario]:
    """Sort scenarios as they are tried: smaller priority first, then by id."""
    return sorted(scenarios, key=lambda scenario: (scenario.script.priority, scenario.id))


def _played(
    scenario: Scenario, vendor: Vendor, ask: Ask, *, now: datetime, history: Sequence[str]
) -> Response | None:
    rule = scenario.script.rule
    fires = holds(rule.trigger, ask, now=now, zone=vendor.hours.zone)
    steps = rule.steps if fires else rule.otherwise
    if scenario.script.response is ResponseMode.MANUAL:
        texts = (text_of(outcome, ask, vendor) for step in steps for outcome in step.outcomes)
        suggestions = tuple(dict.fromkeys(filter(None, texts)))
        return ManualResponse(scenario_id=scenario.id, suggestions=suggestions) if fires or steps else None
    if not steps:
        return None
    index, step = _step(steps, history.count(scenario.id))
    outcome = draw(step.outcomes, seed=scenario.seed, ask_id=ask.id)
    if outcome.verdict is Verdict.SILENCE:
        return NoResponse(scenario_id=scenario.id)
    return PlannedResponse(
        verdict=outcome.verdict,
        text=text_of(outcome, ask, vendor),
        button=_BUTTONS.get(outcome.verdict) if outcome.press_button else None,
        due=now + timedelta(seconds=outcome.delay_seconds),
        scenario_id=scenario.id,
        step=index,
    )


def _step(steps: Sequence[Step], played: int) -> tuple[int, Step]:
    index = min(played, len(steps) - 1)
    return index, steps[index]


def _possible(step: Step, ask: Ask, vendor: Vendor) -> tuple[PossibleAnswer, ...]:
    total = sum(outcome.weight for outcome in step.outcomes)
    return tuple(
        PossibleAnswer(
            verdict=outcome.verdict,
            text=text_of(outcome, ask, vendor),
            chance_percent=round(100 * outcome.weight / total),
            delay_seconds=outcome.delay_seconds,
        )
        for outcome in step.outcomes
    )
