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
    about: str
    text: str
    order_id: str = ""


def next_payout(schedule: PayoutSchedule, after: datetime, zone: str) -> datetime:
    """Return the first payout after an instant, in UTC."""
    here = ZoneInfo(zone)
    day = after.astimezone(here).date()
    if schedule is PayoutSchedule.WEEKLY:
        day += timedelta(days=7 - day.weekday())
    else:
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return datetime.combine(day, time(), here).astimezone(ZoneInfo("UTC"))
