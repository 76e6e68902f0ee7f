"""The Time-Chain Resolver (M5): an exact critical path over the legs of an order, without I/O or clock.

Here: plans, timelines, buffers, conflict simulation, ways out, the late-delivery ladder. Not here: forecasts
(a service turns them into `Conditions`), storage, words for the customer beyond a reason.
"""

from shared.domain.timechain.buffers import BufferPolicy, Conditions, RushHour
from shared.domain.timechain.compare import LegChange, LegFate, TimelineChange, Verdict, compare
from shared.domain.timechain.compute import compute
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
from shared.domain.timechain.timeline import (
    BreakingLeg,
    Meeting,
    SynchronisedArrival,
    Timeline,
    TimelineLeg,
)
from shared.domain.timechain.travel import Routing, TravelModel

__all__ = [
    "BreakingLeg",
    "BufferPolicy",
    "Conditions",
    "Courier",
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
    "Plan",
    "PlannedItem",
    "Routing",
    "RushHour",
    "SynchronisedArrival",
    "Timeline",
    "TimelineChange",
    "TimelineLeg",
    "TravelModel",
    "Verdict",
    "Within",
    "compare",
    "compute",
    "lateness",
    "plan_delivery",
    "synchronised",
]
