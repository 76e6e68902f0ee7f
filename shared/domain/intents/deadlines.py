"""From days and clock times to one deadline in the customer's time zone."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from shared.domain.intents.clocks import read_clock
from shared.domain.intents.days import read_days
from shared.domain.intents.models import Deadline, DeadlineKind
from shared.domain.intents.moments import LAST_MINUTE, WEEKDAY_WORDS, Clock, Days, number_at, word_at
from shared.domain.intents.tokens import Kind, Token

_BY = {"by", "before", "until", "till", "within", "than", "due", "til"}
_AFTER = {"after", "from", "starting", "since"}
_JOINTS = {"or", "and", ",", "to", "-", "through", "until", "\u2013", "/"}
_SKIPPED = {"the", "this", "early", "late", "sometime", "on", "my", "noon", "next", "a", "around", "about"}


@dataclass
class Times:
    """Everything said about time, in the order of the sentence."""

    days: list[Days] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)


def scan(tokens: list[Token], now: datetime, closed: list[bool]) -> Times:
    """Find all day and clock expressions outside `closed` tokens; `now` is local and aware."""
    times = Times()
    at = 0
    while at < len(tokens):
        if closed[at] or tokens[at].kind is Kind.MARK:
            at += 1
            continue
        days, clock = read_days(tokens, at, now), read_clock(tokens, at)
        if days and not any(closed[days.start : days.end]) and not _is_title(tokens, days):
            times.days.append(days)
        elif days:
            at = days.end + 2  # the two words that make the day a title
            continue
        if clock and any(closed[clock.start : clock.end]):
            clock = None
        if clock:
            times.clocks.append(_with_range(tokens, clock, times.clocks))
        at = max(at + 1, days.end if days else 0, clock.end if clock else 0)
    return times


def _is_title(tokens: list[Token], days: Days) -> bool:
    """Whether a bare day name opens a title ("Saturday Night Fever cake") instead of naming a day."""
    if days.weekday is None or days.end - days.start > 1:
        return False
    before = word_at(tokens, days.start - 1)
    if before in _BY | _AFTER | {
        "on",
        "for",
        "this",
        "next",
        "every",
        "or",
        "and",
        "sunny",
        "dry",
        "rainy",
        "home",
    }:
        return False
    following = [t for t in tokens[days.end : days.end + 2] if t.kind is Kind.WORD]
    named = len(following) == 2 and all(t.capital for t in following)
    return named or word_at(tokens, days.end + 1) == "themed" or word_at(tokens, days.end) == "themed"


def _with_range(tokens: list[Token], clock: Clock, earlier: list[Clock]) -> Clock:
    """Join "2 to 4 pm", "between 2 and 4 pm", "2-4pm" into one window; consumes the earlier half."""
    if clock.until is not None or word_at(tokens, clock.start - 1) not in {
        "to",
        "-",
        "and",
        "\u2013",
        "until",
    }:
        return clock
    if earlier and earlier[-1].end == clock.start - 1 and earlier[-1].until is None:
        before = earlier[-1]
        if before.at < clock.at:
            earlier.pop()
            return Clock(before.at, clock.at, before.start, clock.end)
        return clock
    hour = number_at(tokens, clock.start - 2)
    if hour is None or not 1 <= hour <= 12 or tokens[clock.start - 2].kind is not Kind.NUMBER:
        return clock
    for candidate in (hour % 12 + 12, hour % 12):
        if candidate < clock.at.hour and candidate + 12 > clock.at.hour:
            return Clock(time(candidate), clock.at, clock.start - 2, clock.end)
    return clock


def prefix(tokens: list[Token], start: int) -> str:
    """The preposition in front of a time expression: `by`, `after`, `before`, or nothing of that sort."""
    at = start - 1
    while at >= 0 and (tokens[at].word in _SKIPPED or tokens[at].word in WEEKDAY_WORDS):
        at -= 1
    word = word_at(tokens, at)
    if word == "before" and word_at(tokens, at - 1) == "not":
        return "after"
    if word in {"by", "than", "due", "within"}:
        return "by"
    if word in {"before", "until", "till", "til"}:
        return "before"
    return "after" if word in _AFTER else ""


@dataclass(frozen=True)
class Reading:
    """The deadline with what makes it doubtful."""

    deadline: Deadline | None
    first: int = 0
    last: int = 0
    """Tokens `[first, last)` span the whole expression."""
    vague: bool = False
    conflicting: bool = False
    past: bool = False


def read_deadline(text: str, tokens: list[Token], times: Times, now: datetime) -> Reading:
    """Choose and join what was said about time into one deadline; `now` is local and aware."""
    group, conflicting = _chosen_days(tokens, times.days)
    clock = _chosen_clock(tokens, times.clocks)
    if not group and clock is None:
        return Reading(None)
    spans = [(d.start, d.end) for d in group] + ([(clock.start, clock.end)] if clock else [])
    first, last = min(s for s, _ in spans), max(e for _, e in spans)
    starts = [s for s, _ in spans]
    how = next((p for s in starts if (p := prefix(tokens, s))), "")
    words = text[tokens[first].start : tokens[last - 1].end]
    try:
        deadline = _build(group, clock, how, now, words)
    except (OverflowError, ValueError):
        return Reading(None)
    vague = any(d.vague for d in group)
    return Reading(deadline, first, last, vague, conflicting, past=deadline.instant < now.astimezone(UTC))


def _chosen_days(tokens: list[Token], days: list[Days]) -> tuple[list[Days], bool]:
    if not days:
        return [], False
    groups: list[list[Days]] = [[days[0]]]
    for before, after in pairwise(days):
        between = {t.word for t in tokens[before.end : after.start]}
        if before.end == after.start or between <= _JOINTS | {"the", "on", "by"}:
            groups[-1].append(after)
        else:
            groups.append([after])
    bound = [g for g in groups if prefix(tokens, g[0].start) in {"by", "before"}]
    chosen = (bound or groups)[0]
    others = [g for g in groups if g is not chosen and not bound]
    conflicting = any(d.first > chosen[-1].last or d.last < chosen[0].first for g in others for d in g)
    return chosen, conflicting


_LATE = {"dinner", "tonight", "evening", "night"}


def _chosen_clock(tokens: list[Token], clocks: list[Clock]) -> Clock | None:
    """Prefer an exact time to a part of the day; a bare "at 8" of an evening is 20:00."""
    exact = [c for c in clocks if c.until is None or c.end - c.start > 1]
    clock = next(iter(exact or clocks), None)
    if clock and clock.bare and clock.at.hour < 12 and any(t.root in _LATE for t in tokens):
        return clock._replace(at=clock.at.replace(hour=clock.at.hour + 12))
    return clock


def _build(group: list[Days], clock: Clock | None, how: str, now: datetime, words: str) -> Deadline:
    if group and group[0].instant is not None:
        within = words.lower().startswith(("within", "in the next")) or how in {"by", "before"}
        moment = group[0].instant
        kind = DeadlineKind.BY if within else DeadlineKind.AT
        return Deadline(kind=kind, instant=moment.astimezone(UTC), day=moment.date(), words=words)
    first = min((d.first for d in group), default=now.date())
    last = max((d.last for d in group), default=first)
    if len(group) == 2 and _same_day_twice(group):
        last = first
    if clock is None:
        if words.lower().startswith(("end of", "within", "in the next")):
            how = "by"
        return _by_days(first, last, how, now, words)
    end = clock.until or clock.at
    if _utc(last, end, now) <= now.astimezone(UTC):
        if not group:
            first = last = last + timedelta(days=1)
        elif group[0].weekday is not None:
            first, last = first + timedelta(days=7), last + timedelta(days=7)
    starts = _utc(first, clock.at, now)
    if how in {"by", "before"}:
        bound = clock.at if how == "before" else end
        return Deadline(kind=DeadlineKind.BY, instant=_utc(last, bound, now), day=last, words=words)
    if how == "after" and clock.until is None:
        latest = _utc(last, LAST_MINUTE, now)
        return Deadline(kind=DeadlineKind.WINDOW, instant=latest, starts=starts, day=last, words=words)
    if clock.until is None and first == last:
        return Deadline(kind=DeadlineKind.AT, instant=starts, starts=starts, day=last, words=words)
    return Deadline(
        kind=DeadlineKind.WINDOW, instant=_utc(last, end, now), starts=starts, day=last, words=words
    )


def _same_day_twice(group: list[Days]) -> bool:
    """Whether the two expressions are one day said twice ("Thursday, May 7"): the date then decides."""
    return group[0].first == group[1].first


def _by_days(first: date, last: date, how: str, now: datetime, words: str) -> Deadline:
    if how == "before":
        last = max(first - timedelta(days=1), now.date())
    latest = _utc(last, LAST_MINUTE, now)
    if how in {"by", "before"}:
        return Deadline(kind=DeadlineKind.BY, instant=latest, day=last, words=words)
    starts = max(_utc(first, time.min, now), now.astimezone(UTC)) if last >= now.date() else None
    return Deadline(kind=DeadlineKind.WINDOW, instant=latest, starts=starts, day=last, words=words)


def end_of_day(ahead: int, now: datetime, words: str) -> Deadline:
    """The deadline of "same day" (`ahead` 0) and "next day" (1) delivery."""
    day = now.date() + timedelta(days=ahead)
    return Deadline(kind=DeadlineKind.BY, instant=_utc(day, LAST_MINUTE, now), day=day, words=words)


def _utc(day: date, clock: time, now: datetime) -> datetime:
    """The instant of a local wall-clock time; one that a DST change skips moves on by the skipped hour."""
    return datetime.combine(day, clock, now.tzinfo).astimezone(UTC)
