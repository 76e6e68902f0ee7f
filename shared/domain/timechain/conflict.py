"""What adding something to a running order would do to it (flow 1.2-1 steps 8 and 11, M5)."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime

from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.timechain.compare import TimelineChange
from shared.domain.timechain.model import LegKind, Plan
from shared.domain.timechain.timeline import Timeline
from shared.domain.timechain.words import instant_in_words, minutes_in_words


class SuggestionType(StrEnum):
    """What the customer can choose when an addition makes something late."""

    PROCEED = "proceed"
    SEPARATE_DELIVERY = "separate_delivery"
    LEAVE_OUT = "leave_out"


class Conflict(Model):
    """A leg that the addition makes late for its own deadline, or later than it was."""

    leg_id: str
    leg_name: str
    deadline: AwareDatetime
    new_arrival_time: AwareDatetime
    delay_minutes: int


class CourierAlternative(Model):
    """Sending the addition by itself. `arrives_at` was computed; `in_time` is about the same deadline."""

    type: str = "courier"
    item: str
    delivery_location: str
    estimated_cost: Money | None
    arrives_at: AwareDatetime
    in_time: bool


class Suggestion(Model):
    """One choice, as a sentence, with what it would do."""

    type: SuggestionType
    message: str
    alternative: CourierAlternative | None = None


class ConflictAnalysis(Model):
    """The answer to "what if I add this?". Nothing was changed; `plan` is what proceeding would make of it.

    `time_impact_minutes` is how much later the whole plan ends, `conflicts` the deadlines broken by it, the
    worst first. Suggestions come only when one is broken by more than the threshold.
    """

    item: str
    conflict_detected: bool
    time_impact_minutes: int
    message: str
    conflicts: tuple[Conflict, ...]
    suggestions: tuple[Suggestion, ...]
    change: TimelineChange
    plan: Plan


def conflicts_between(before: Timeline, after: Timeline) -> tuple[Conflict, ...]:
    """Return the deadlines that `after` misses and `before` kept or missed by less, worst first."""
    late_before = {leg.leg_id: leg.late_minutes for leg in before.legs}
    found = [
        Conflict(
            leg_id=leg.leg_id,
            leg_name=leg.name,
            deadline=leg.deadline,
            new_arrival_time=leg.reaches_deadline_at,
            delay_minutes=leg.late_minutes,
        )
        for leg in after.legs
        if leg.late_minutes > late_before.get(leg.leg_id, 0) and leg.deadline and leg.reaches_deadline_at
    ]
    return tuple(sorted(found, key=lambda conflict: -conflict.delay_minutes))


def conflict_sentence(item: str, conflict: Conflict, *, plan: Plan) -> str:
    """Return 'Adding chocolates will make you 15 minutes late for dinner.'"""
    late = f"{minutes_in_words(conflict.delay_minutes)} late"
    kind = plan.leg(conflict.leg_id).kind
    if kind in {LegKind.SERVICE, LegKind.WAIT}:
        return f"Adding {item} will make you {late} for {conflict.leg_name}."
    what = "your delivery" if kind is LegKind.DELIVER else conflict.leg_name
    return f"Adding {item} will make {what} {late}."


def suggestions_for(
    item: str, *, said: str, alternative: CourierAlternative | None, zone: str
) -> Sequence[Suggestion]:
    """Return the choices when the conflict `said` matters: proceed, and by courier or not at all."""
    proceed = Suggestion(type=SuggestionType.PROCEED, message=f"{said} Proceed all the same.")
    if alternative is None:
        leave = Suggestion(type=SuggestionType.LEAVE_OUT, message=f"Leave the {item} out.")
        return proceed, leave
    arrives = instant_in_words(alternative.arrives_at, zone=zone)
    cost = f" for {alternative.estimated_cost}" if alternative.estimated_cost else ""
    separate = Suggestion(
        type=SuggestionType.SEPARATE_DELIVERY,
        message=f"Courier the {item} separately to {alternative.delivery_location}{cost}, there {arrives}.",
        alternative=alternative,
    )
    return separate, proceed


def question(item: str, *, said: str, alternative: CourierAlternative | None) -> str:
    """Return the one message that says the conflict and asks (flow 1.2-1 step 8)."""
    if alternative is None:
        return f"{said} Should I proceed, or leave the {item} out?"
    return (
        f"{said} Should I proceed, or would you like me to courier the {item} separately "
        f"to {alternative.delivery_location}?"
    )


def impact_sentence(item: str, minutes: int) -> str:
    """Return what to say when nothing breaks."""
    if minutes <= 0:
        return f"Adding {item} keeps your timeline as it is."
    return f"Adding {item} takes {minutes_in_words(minutes)} more, and everything stays on time."


def conflict_json_ld(analysis: ConflictAnalysis) -> Mapping[str, Any]:
    """Return the analysis as JSON-LD for agents; `timeImpact` is an ISO 8601 duration such as PT15M."""
    return {
        "@context": ["https://schema.org", {"@vocab": "urn:uso:vocabulary:"}],
        "@type": "ConflictAnalysis",
        "name": f"Adding {analysis.item}",
        "description": analysis.message,
        "conflictDetected": analysis.conflict_detected,
        "timeImpact": _duration(analysis.time_impact_minutes),
        "conflicts": [
            {
                "@type": "Conflict",
                "identifier": conflict.leg_id,
                "name": conflict.leg_name,
                "deadline": conflict.deadline.isoformat(),
                "newArrivalTime": conflict.new_arrival_time.isoformat(),
                "delay": _duration(conflict.delay_minutes),
            }
            for conflict in analysis.conflicts
        ],
        "suggestions": [_suggestion(suggestion) for suggestion in analysis.suggestions],
    }


def _suggestion(suggestion: Suggestion) -> Mapping[str, Any]:
    shown: dict[str, Any] = {
        "@type": "ChooseAction",
        "name": suggestion.type.value,
        "description": suggestion.message,
    }
    if (other := suggestion.alternative) is not None:
        shown["object"] = {
            "@type": "ParcelDelivery",
            "itemShipped": {"@type": "Product", "name": other.item},
            "deliveryAddress": other.delivery_location,
            "expectedArrivalUntil": other.arrives_at.isoformat(),
        }
        if other.estimated_cost:
            shown["priceSpecification"] = {
                "@type": "PriceSpecification",
                "price": f"{other.estimated_cost.minor / 100:.2f}",
                "priceCurrency": other.estimated_cost.currency,
            }
    return shown


def _duration(minutes: int) -> str:
    return f"{'-' if minutes < 0 else ''}PT{abs(minutes)}M"
