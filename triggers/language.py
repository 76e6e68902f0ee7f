"""The door to the language model's calls, for admins: what for, how they ended, what they cost; no words."""

from pydantic import Field

from shared.domain.instants import Day
from shared.domain.model import Model
from shared.services.language_calls import CallsOfDay
from triggers.web.answer import Reply
from triggers.web.call import Call


class DayQuery(Model):
    """Which day, today (UTC) unless said otherwise, and how many of its calls."""

    day: Day | None = None
    limit: int = Field(default=50, ge=1, le=500)


async def calls_of_day(call: Call, query: DayQuery) -> Reply[CallsOfDay]:
    """Show a day's calls, the latest first, and what they cost together."""
    return Reply(await call.app.language_calls.of_day(query.day, limit=query.limit))
