"""What a customer may see of an order whose bundle keeps its vendors to itself (flow 1.2-1 step 6)."""

from shared.domain.catalogue import Visibility
from shared.domain.orders import Order
from shared.domain.timechain import LegKind, Timeline

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
