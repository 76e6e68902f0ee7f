"""Two timelines side by side (flow 6.3-1 steps 4 and 5): what recovery tells the customer."""

from enum import StrEnum

from pydantic import AwareDatetime

from shared.domain.model import Model
from shared.domain.timechain.minutes import minute_from
from shared.domain.timechain.timeline import Timeline, TimelineLeg
from shared.domain.timechain.words import minutes_in_words


class Verdict(StrEnum):
    """Which of the three stories to tell (M6)."""

    LATER = "later"
    EARLIER = "earlier"
    UNCHANGED = "unchanged"


class LegFate(StrEnum):
    """What became of a leg."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    KEPT = "kept"


class LegChange(Model):
    """One leg in both timelines, None where it has no part. `delay_minutes` moves its end, + is later."""

    leg_id: str
    name: str
    fate: LegFate
    before: TimelineLeg | None
    after: TimelineLeg | None
    delay_minutes: int | None


class TimelineChange(Model):
    """How a timeline changed. `delay_minutes` moves the arrival: positive is later, negative earlier."""

    delay_minutes: int
    verdict: Verdict
    arrival_before: AwareDatetime
    arrival_after: AwareDatetime
    still_feasible: bool
    legs: tuple[LegChange, ...]

    def in_words(self) -> str:
        """Return 'a 5-minute delay', '1 hour 5 minutes later', '10 minutes earlier' or 'no change'."""
        if self.verdict is Verdict.UNCHANGED:
            return "no change"
        minutes = abs(self.delay_minutes)
        if self.verdict is Verdict.EARLIER:
            return f"{minutes_in_words(minutes)} earlier"
        if minutes < 60:
            return f"{'an' if minutes in _AN else 'a'} {minutes}-minute delay"
        return f"{minutes_in_words(minutes)} later"


_AN = frozenset({8, 11, 18})


def compare(before: Timeline, after: Timeline) -> TimelineChange:
    """Return what changed between two timelines, leg by leg in the order of the new one."""
    delay = _delay(before.arrival, after.arrival)
    old = {leg.leg_id: leg for leg in before.legs}
    new = {leg.leg_id for leg in after.legs}
    changes = [_change(old.get(leg.leg_id), leg) for leg in after.legs]
    changes += [_change(leg, None) for leg in before.legs if leg.leg_id not in new]
    return TimelineChange(
        delay_minutes=delay,
        verdict=Verdict.LATER if delay > 0 else Verdict.EARLIER if delay < 0 else Verdict.UNCHANGED,
        arrival_before=before.arrival,
        arrival_after=after.arrival,
        still_feasible=after.is_feasible,
        legs=tuple(changes),
    )


def _change(before: TimelineLeg | None, after: TimelineLeg | None) -> LegChange:
    shown = after or before
    assert shown is not None, "a change has at least one side"  # noqa: S101
    delay: int | None = None
    if before is None:
        fate = LegFate.ADDED
    elif after is None:
        fate = LegFate.REMOVED
    else:
        delay = _delay(before.finishes_at, after.finishes_at)
        same = delay == 0 and before.starts_at == after.starts_at and before.vendor_id == after.vendor_id
        fate = LegFate.KEPT if same else LegFate.MOVED
    return LegChange(
        leg_id=shown.leg_id, name=shown.name, fate=fate, before=before, after=after, delay_minutes=delay
    )


def _delay(before: AwareDatetime, after: AwareDatetime) -> int:
    return minute_from(after) - minute_from(before)
