"""When affiliates are paid (2.6-3 step 3): on Mondays or on the first of a month, as the day begins."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.domain.affiliates.models import PayoutSchedule
from shared.domain.aggregate import Aggregate


class AffiliatePayout(Aggregate):
    """Money that went to an affiliate."""

    affiliate_id: str
    payout_id: str
    minor: int
    currency: str
    at: datetime


class Notice(Aggregate):
    """Something that an affiliate is told, in its feed."""

    affiliate_id: str
    at: datetime
    rank: str
    """By what the feed is sorted: the instant, and of one instant what came first."""
    about: str
    text: str
    order_id: str = ""


def rank_of(at: datetime, *, source: str, number: int) -> str:
    """Where a notice stands in its feed, given the number that it has among those of its source."""
    return f"{at.astimezone(ZoneInfo('UTC')):%Y-%m-%dT%H:%M:%S.%f}~{source}{number:09}"


def next_payout(schedule: PayoutSchedule, after: datetime, zone: str) -> datetime:
    """Return the first payout after an instant, in UTC."""
    here = ZoneInfo(zone)
    day = after.astimezone(here).date()
    if schedule is PayoutSchedule.WEEKLY:
        day += timedelta(days=7 - day.weekday())
    else:
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return datetime.combine(day, time(), here).astimezone(ZoneInfo("UTC"))
