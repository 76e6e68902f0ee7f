"""The Time-Chain Resolver (M5): an exact critical path over the legs of an order, without I/O or clock.

Here: plans, timelines, buffers, conflict simulation, ways out, the late-delivery ladder. Not here: forecasts
(a service turns them into `Conditions`), storage, words for the customer beyond a reason.
"""

from shared.domain.timechain.buffers import BufferPolicy, Conditions, RushHour
from shared.domain.timechain.compare import LegChange, LegFate, TimelineChange, Verdict, compare
from shared.domain.timechain.compute import compute
from shared.domain.timechain.conflict import (
    Conflict,
    ConflictAnalysis,
    CourierAlternative,
    Suggestion,
    SuggestionType,
    conflict_json_ld,
)
from shared.domain.timechain.delivery import (
    Courier,
    Customization,
    DeliveryRequest,
    Hub,
    PlannedItem,
    plan_delivery,
)
from shared.domain.timechain.lateness import LatenessLevel, LatenessPolicy, lateness
from shared.domain.timechain.meetings import synchronised
from shared.domain.timechain.model import InvalidPlan, Leg, LegKind, Plan, Within
from shared.domain.timechain.simulation import simulate_addition, simulate_items
from shared.domain.timechain.stops import Stop
from shared.domain.timechain.timeline import (
    BreakingLeg,
    Meeting,
    SynchronisedArrival,
    Timeline,
    TimelineLeg,
)
from shared.domain.timechain.travel import Routing, TravelModel
from shared.domain.timechain.ways_out import Offer, WayOut, WayOutKind, earliest_deadline, ways_out
from shared.domain.timechain.words import instant_in_words, minutes_in_words

__all__ = [
    "BreakingLeg",
    "BufferPolicy",
    "Conditions",
    "Conflict",
    "ConflictAnalysis",
    "Courier",
    "CourierAlternative",
    "Customization",
    "DeliveryRequest",
    "Hub",
    "InvalidPlan",
    "LatenessLevel",
    "LatenessPolicy",
    "Leg",
    "LegChange",
    "LegFate",
    "LegKind",
    "Meeting",
    "Offer",
    "Plan",
    "PlannedItem",
    "Routing",
    "RushHour",
    "Stop",
    "Suggestion",
    "SuggestionType",
    "SynchronisedArrival",
    "Timeline",
    "TimelineChange",
    "TimelineLeg",
    "TravelModel",
    "Verdict",
    "WayOut",
    "WayOutKind",
    "Within",
    "compare",
    "compute",
    "conflict_json_ld",
    "earliest_deadline",
    "instant_in_words",
    "lateness",
    "minutes_in_words",
    "plan_delivery",
    "simulate_addition",
    "simulate_items",
    "synchronised",
    "ways_out",
]
