"""Danger from a product: who reported it, and when its advertising stops (flow ops-6).

Two different customers within a week are enough; the same one twice is one. Reports from before somebody let
the campaigns run again do not count towards the next stop.
"""

import hashlib
from datetime import datetime, timedelta

from pydantic import Field

from shared.domain.aggregate import Aggregate
from shared.domain.events import Event, EventType
from shared.domain.model import Model
from shared.domain.operations.facts import CampaignPaused

MOST_REPORTS = 200
ENGINE = "engine"
"""Who stopped the campaigns, where it was no person."""


class DangerReport(Model):
    """One message that speaks of danger. `key` is the message's, `customer` who wrote it."""

    key: str
    customer: str
    at: datetime


class Freeze(Model):
    """Campaigns stopped. `campaigns` are those that ran; None until they are paused."""

    number: int
    by: str
    at: datetime
    reports: int
    campaigns: tuple[str, ...] | None = None


class SafetyCase(Aggregate):
    """What is known of one product."""

    product_id: str = Field(max_length=64)
    reports: tuple[DangerReport, ...] = ()
    """The latest, oldest first."""
    freeze: Freeze | None = None
    """The stop that stands."""
    freezes: int = 0
    """How many there ever were."""
    resumed_at: datetime | None = None
    resumed_because: str = Field(default="", max_length=500)


class Limits(Model):
    """How many different customers within which time stop the campaigns (`shared.settings`)."""

    customers: int = Field(ge=1)
    window: timedelta


def case_id(product_id: str) -> str:
    """Our id of what is known of a product."""
    return f"safe_{hashlib.sha256(product_id.encode()).hexdigest()[:20]}"


def counted(case: SafetyCase, *, at: datetime, window: timedelta) -> int:
    """How many different customers reported danger lately."""
    since = at - window if case.resumed_at is None else max(at - window, case.resumed_at)
    return len({each.customer for each in case.reports if since < each.at <= at})


def reported(case: SafetyCase, report: DangerReport, limits: Limits) -> tuple[SafetyCase, list[Event]]:
    """Note a report, once per message; enough of them stop the campaigns, which one freeze does."""
    if any(each.key == report.key for each in case.reports):
        return case, []
    reports = sorted((*case.reports, report), key=lambda each: each.at)[-MOST_REPORTS:]
    after = case.model_copy(update={"reports": tuple(reports)})
    enough = max(counted(after, at=each.at, window=limits.window) for each in reports) >= limits.customers
    if after.freeze is not None or not enough:
        return after, []
    return frozen(after, by=ENGINE, at=report.at)


def frozen(case: SafetyCase, *, by: str, at: datetime) -> tuple[SafetyCase, list[Event]]:
    """Order the stop, which its own plan carries out; one that stands stays as it is."""
    if case.freeze is not None:
        return case, []
    number = case.freezes + 1
    customers = len({each.customer for each in case.reports})
    freeze = Freeze(number=number, by=by, at=at, reports=customers)
    data: dict[str, str | int] = {"case_id": case.id, "number": number}
    return case.model_copy(update={"freeze": freeze, "freezes": number}), [
        Event(type=EventType.FREEZE_DUE, data={**data})
    ]


def paused(case: SafetyCase, number: int, campaigns: tuple[str, ...]) -> tuple[SafetyCase, list[Event]]:
    """Note which campaigns were stopped, and tell everyone, once per freeze."""
    freeze = case.freeze
    if freeze is None or freeze.number != number or freeze.campaigns is not None:
        return case, []
    after = case.model_copy(update={"freeze": freeze.model_copy(update={"campaigns": campaigns})})
    if not campaigns:
        return after, []
    fact = CampaignPaused(product_id=case.product_id, campaigns=" ".join(campaigns), reports=freeze.reports)
    return after, [fact.event()]


def resumed(case: SafetyCase, *, because: str, at: datetime) -> SafetyCase:
    """Let the campaigns run again; what was reported so far is dealt with."""
    return case.model_copy(update={"freeze": None, "resumed_at": at, "resumed_because": because})
