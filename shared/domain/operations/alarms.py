"""Calls to a person about a ticket: how loud, how often, and what was sent (flow ops-6)."""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field

from shared.domain.aggregate import Aggregate
from shared.domain.model import Model

ROUNDS_OF_HIGH = 3
LATER_ROUNDS, LATER_PAUSE = 24, timedelta(hours=6)
"""After so many calls that nobody answers, the next ones are this far apart."""


class AlertLevel(StrEnum):
    """How loud."""

    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"


class Sent(Model):
    """What became of one call by one channel."""

    channel: str
    round: int
    at: datetime
    delivered: bool


class Alarm(Aggregate):
    """The calls about one message of a ticket. `id` is that of their plan."""

    ticket_id: str
    message: int
    level: AlertLevel
    reason: str
    product_id: str = ""
    sent: tuple[Sent, ...] = Field(default=(), max_length=2000)
    over: str = ""
    """Why nobody is called any more: `taken`, `enough`."""


def alarm_id(ticket_id: str, message: int) -> str:
    """Our id of the calls about a message, which is also that of their plan."""
    return f"{ticket_id}-alarm-m{message}"


def with_round(alarm: Alarm, sent: list[Sent]) -> Alarm:
    """Note a round of calls; the same round again replaces what became of it."""
    rounds = {each.round for each in sent}
    kept = [each for each in alarm.sent if each.round not in rounds]
    return alarm.model_copy(update={"sent": (*kept, *sent)[-2000:]})


def pause_after(level: AlertLevel, round_: int, *, first: timedelta, longest: timedelta) -> timedelta | None:
    """How long to wait for somebody to take it before the next round; None: there is none.

    Danger calls until somebody takes it; what is merely urgent three times, the rest once.
    """
    if level is AlertLevel.NORMAL or (level is AlertLevel.HIGH and round_ >= ROUNDS_OF_HIGH):
        return None
    if level is AlertLevel.HIGH:
        return longest
    return LATER_PAUSE if round_ > LATER_ROUNDS else min(first * 2 ** min(round_ - 1, 20), longest)
