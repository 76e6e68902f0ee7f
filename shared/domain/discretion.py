"""What a customer may see of an order whose bundle keeps its vendors to itself (flow 1.2-1 step 6)."""

import re

from shared.domain.catalogue import Visibility
from shared.domain.orders import Order
from shared.domain.timechain import ConflictAnalysis, LegKind, Plan, Timeline, TimelineChange, compare

_KIND_IN_WORDS = {
    LegKind.PREPARE: "Preparation",
    LegKind.CUSTOMIZE: "Customization",
    LegKind.TRAVEL: "On the way",
    LegKind.DELIVER: "Delivery",
    LegKind.ASSEMBLE: "Assembly",
}


def visible_timeline(order: Order, timeline: Timeline | None = None) -> Timeline:
    """Return the order's timeline, or another one for it, without what names a vendor."""
    shown = timeline or order.timeline
    if order.visibility is Visibility.TRANSPARENT:
        return shown
    legs = tuple(
        leg.model_copy(update={"name": _KIND_IN_WORDS.get(leg.kind, "Appointment"), "vendor_id": None})
        for leg in shown.legs
    )
    breaking = shown.breaking_leg
    if breaking is not None:
        said = f"It is {breaking.late_minutes} minutes late."
        breaking = breaking.model_copy(update={"name": "A part of it", "reason": said})
    return shown.model_copy(update={"legs": legs, "breaking_leg": breaking})


def discreet(order: Order, text: str, *others: str) -> str:
    """Return words of the order's vendors, or about them, without their names and those of `others`."""
    if order.visibility is Visibility.TRANSPARENT:
        return text
    names = {leg.vendor_name for leg in order.legs} | set(others)
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(re.escape(name), "the vendor", text, flags=re.IGNORECASE)
    return text


def visible_change(order: Order, before: Timeline, after: Timeline) -> TimelineChange:
    """Compare two timelines of the order as its customer may see them."""
    return compare(visible_timeline(order, before), visible_timeline(order, after))


def visible_analysis(order: Order, analysis: ConflictAnalysis) -> ConflictAnalysis:
    """Return what an addition would do to the order, without what names the vendors that it has already."""
    if order.visibility is Visibility.TRANSPARENT:
        return analysis
    conflicts = tuple(
        conflict.model_copy(update={"leg_name": _KIND_IN_WORDS[LegKind.DELIVER]})
        for conflict in analysis.conflicts
    )
    change = analysis.change.model_copy(update={"legs": ()})
    suggestions = tuple(
        each.model_copy(update={"message": discreet(order, each.message)}) for each in analysis.suggestions
    )
    return analysis.model_copy(
        update={
            "message": discreet(order, analysis.message),
            "conflicts": conflicts,
            "suggestions": suggestions,
            "change": change,
            "plan": _without_places(analysis.plan),
        }
    )


def _without_places(plan: Plan) -> Plan:
    nowhere = {"vendor_id": None, "hours": None, "origin": None, "destination": None, "destination_name": ""}
    legs = tuple(
        leg.model_copy(update={"name": _KIND_IN_WORDS.get(leg.kind, "Appointment"), **nowhere})
        for leg in plan.legs
    )
    return plan.model_copy(update={"legs": legs})
