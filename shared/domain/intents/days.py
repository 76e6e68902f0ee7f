"""Reading days: weekdays, dates, spans, holidays."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta

from shared.domain.conditions import WEEK
from shared.domain.intents.moments import MONTHS, NUMBERS, WEEKDAY_WORDS, Days, is_digit, number_at, word_at
from shared.domain.intents.tokens import Token

_SHY_DAYS = {"mon", "sat", "sun", "wed"}
"""Abbreviations that are words of their own; days only after a preposition."""


def read_days(tokens: list[Token], at: int, now: datetime) -> Days | None:
    """Read a day expression that begins at token `at`; `now` is local and aware. Never raises."""
    try:
        for reader in _DAY_READERS:
            if found := reader(tokens, at, now):
                return found
    except (OverflowError, ValueError):  # beyond the calendar: nobody means that
        return None
    return None


def _fixed(tokens: list[Token], at: int, now: datetime) -> Days | None:
    today, word = now.date(), word_at(tokens, at)
    if word in {"today", "tonight"}:
        return Days(today, today, at, at + 1)
    if word in {"tomorrow", "tmrw", "tmr", "tomorrow's"}:
        return Days(today + timedelta(1), today + timedelta(1), at, at + 1)
    if word == "day" and [word_at(tokens, at + 1), word_at(tokens, at + 2)] == ["after", "tomorrow"]:
        return Days(today + timedelta(2), today + timedelta(2), at, at + 3)
    return None


def _weekday(tokens: list[Token], at: int, now: datetime) -> Days | None:
    day = WEEKDAY_WORDS.get(tokens[at].root)
    if day is None:
        return None
    before = word_at(tokens, at - 1)
    if tokens[at].root in _SHY_DAYS and before not in {
        "on",
        "by",
        "this",
        "next",
        "before",
        "until",
        "or",
        "and",
    }:
        return None
    today = now.date()
    ahead = (WEEK.index(day) - today.weekday()) % 7
    start, vague = at, False
    skip = at - 2 if before in _BETWEEN_NEXT else at - 1
    if word_at(tokens, skip) == "next":
        start = skip
        if skip == at - 1:  # "next sunny Thursday" is the first such Thursday, "next Thursday" next week's
            next_monday = today + timedelta(7 - today.weekday())
            soonest = today + timedelta(ahead or 7)
            target = next_monday + timedelta(WEEK.index(day))
            return Days(target, target, start, at + 1, day, vague=soonest != target)
    elif word_at(tokens, skip) in {"this", "coming", "upcoming"}:
        start = skip
    target = today + timedelta(ahead)
    end = at + 1
    if word_at(tokens, at + 1) == "week" or (
        word_at(tokens, at + 1) == "after" and word_at(tokens, at + 2) == "next"
    ):
        target, end, vague = (
            target + timedelta(7),
            at + (2 if word_at(tokens, at + 1) == "week" else 3),
            False,
        )
    return Days(target, target, start, end, day, vague)


_BETWEEN_NEXT = {
    "sunny", "clear", "dry", "rainy", "warm", "nice", "snowy", "cloudy", "cool", "cold", "hot", "free",
    "available",
}  # fmt: skip

_UNITS = {
    "minute": "m",
    "min": "m",
    "hour": "h",
    "hr": "h",
    "day": "d",
    "week": "w",
    "month": "mo",
    "night": "d",
}


def _span(tokens: list[Token], at: int, now: datetime) -> Days | None:
    """Read "in two weeks", "within 3 hours", "in the next few days", "two days from now"."""
    word = word_at(tokens, at)
    opened = word in {"in", "within"}
    cursor = at + 1 if opened else at
    if opened and word_at(tokens, cursor) == "the":
        cursor += 1
    if opened and word_at(tokens, cursor) == "next":
        cursor += 1
    half = word_at(tokens, cursor) == "half" and word_at(tokens, cursor + 1) in {"a", "an"}
    if half:
        cursor += 1
    count = number_at(tokens, cursor)
    if count is None or count > 5000:
        return None
    cursor += 1
    if word_at(tokens, cursor) in {"couple", "few", "more", "of", "short", "business", "working"}:
        if word_at(tokens, cursor) in NUMBERS:
            count = NUMBERS[word_at(tokens, cursor)]
        cursor += 1
        if word_at(tokens, cursor) == "of":
            cursor += 1
    unit = _UNITS.get(tokens[cursor].root) if cursor < len(tokens) else None
    if unit is None:
        return None
    end = cursor + 1
    later = word_at(tokens, end) == "from" and word_at(tokens, end + 1) in {"now", "today"}
    if not opened and not later and word_at(tokens, end) != "from":
        return None
    base = now
    if later:
        end += 2
    elif word_at(tokens, end) == "from" and end + 1 < len(tokens):
        anchor = _fixed(tokens, end + 1, now) or _weekday(tokens, end + 1, now)
        if anchor is None:
            return None
        base, end = datetime.combine(anchor.first, now.timetz()), anchor.end
    return _after(base, count, unit, half, at, end)


def _after(base: datetime, count: int, unit: str, half: bool, at: int, end: int) -> Days:
    if unit in {"m", "h"}:
        minutes = count * (60 if unit == "h" else 1) // (2 if half else 1)
        zone = base.tzinfo
        moment = datetime.fromtimestamp(base.timestamp() + minutes * 60, zone)
        return Days(moment.date(), moment.date(), at, end, instant=moment)
    if unit == "mo":
        months = base.month - 1 + count
        year, month = base.year + months // 12, months % 12 + 1
        day = date(year, month, min(base.day, monthrange(year, month)[1]))
    else:
        day = base.date() + timedelta(count * (7 if unit == "w" else 1))
    return Days(day, day, at, end)


def _week_or_month(tokens: list[Token], at: int, now: datetime) -> Days | None:
    """Read "this weekend", "next week", "end of the month"."""
    word, today = word_at(tokens, at), now.date()
    if word in {"end", "eom", "eow"}:
        return _end_of(tokens, at, today)
    noun_at = at + 1 if word in {"this", "next", "the", "coming"} else at
    if noun_at == at + 1 and word_at(tokens, noun_at) == "coming":
        noun_at += 1
    noun = tokens[noun_at].root if noun_at < len(tokens) else ""
    further = 1 if word == "next" else 0
    monday = today - timedelta(today.weekday())
    if noun == "weekend":
        saturday = monday + timedelta(5 + 7 * further)
        return Days(max(saturday, today), saturday + timedelta(1), at, noun_at + 1)
    if noun == "week" and word in {"this", "next"}:
        first = monday + timedelta(7 * further)
        return Days(max(first, today), first + timedelta(6), at, noun_at + 1)
    if noun == "month" and word in {"this", "next"}:
        months = today.month - 1 + further
        return _month_days(today.year + months // 12, months % 12 + 1, today, at, noun_at + 1)
    return None


def _month_days(year: int, month: int, today: date, at: int, end: int) -> Days:
    first, last = date(year, month, 1), date(year, month, monthrange(year, month)[1])
    return Days(max(first, today) if last >= today else first, last, at, end)


def _end_of(tokens: list[Token], at: int, today: date) -> Days | None:
    short = {"eom": "month", "eow": "week"}.get(word_at(tokens, at))
    end = at + 1
    if short is None:
        if word_at(tokens, end) == "of":
            end += 1
        if word_at(tokens, end) in {"the", "this"}:
            end += 1
        short = word_at(tokens, end)
        end += 1
    if short == "month":
        day = date(today.year, today.month, monthrange(today.year, today.month)[1])
    elif short == "week":
        day = today + timedelta((4 - today.weekday()) % 7)
    elif short == "year":
        day = date(today.year, 12, 31)
    elif short == "day":
        day = today
    elif short in MONTHS:
        number = MONTHS[short]
        year = today.year + (number < today.month)
        day = date(year, number, monthrange(year, number)[1])
    else:
        return None
    return Days(day, day, at, end)


def _month_day(tokens: list[Token], at: int, now: datetime) -> Days | None:
    """Read "May 7", "May 7th, 2027", "7 May", "the 7th of May", "in May"."""
    today, month = now.date(), MONTHS.get(tokens[at].word)
    if month is not None:
        day = number_at(tokens, at + 1) if is_digit(tokens, at + 1) else None
        if day is not None and 1 <= day <= 31:
            end = at + 3 if word_at(tokens, at + 2) in _TH and tokens[at + 2].glued else at + 2
            return _dated(tokens, month, day, at, end, today)
        if word_at(tokens, at - 1) in {"in", "early", "late", "mid", "during", "this", "next", "of"} and (
            month not in {3, 5} or tokens[at].capital or word_at(tokens, at - 1) in {"in", "of"}
        ):
            year = today.year + (month < today.month)
            return _month_days(year, month, today, at, at + 1)
        return None
    if not is_digit(tokens, at):
        return None
    end = at + 2 if word_at(tokens, at + 1) in _TH and tokens[at + 1].glued else at + 1
    if word_at(tokens, end) == "of":
        end += 1
    month = MONTHS.get(word_at(tokens, end))
    day = number_at(tokens, at)
    if month is None or day is None or not 1 <= day <= 31:
        return None
    return _dated(tokens, month, day, at, end + 1, today)


_TH = {"st", "nd", "rd", "th"}


def _dated(tokens: list[Token], month: int, day: int, at: int, end: int, today: date) -> Days:
    """Add the year: the one said, else the next in which the day still lies ahead."""
    year_at = end + 1 if word_at(tokens, end) == "," else end
    year = number_at(tokens, year_at) if is_digit(tokens, year_at) else None
    if year is not None and 2000 <= year <= 2100 and len(tokens[year_at].word) == 4:
        found = date(year, month, day)
        return Days(found, found, at, year_at + 1)
    for year in range(today.year, today.year + 9):  # eight years at most until the next 29 February
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return Days(found, found, at, end)
    raise ValueError("no such day")


def _numeric(tokens: list[Token], at: int, now: datetime) -> Days | None:
    """Read 2026-05-07, 5/7 and 5/7/2026 (month first, as in the United States)."""
    if not is_digit(tokens, at) or not is_digit(tokens, at + 2):
        return None
    mark, a, b = word_at(tokens, at + 1), number_at(tokens, at), number_at(tokens, at + 2)
    if a is None or b is None or not tokens[at + 1].glued or not tokens[at + 2].glued:
        return None
    third = (
        number_at(tokens, at + 4) if word_at(tokens, at + 3) == mark and is_digit(tokens, at + 4) else None
    )
    if mark == "-" and third is not None and 2000 <= a <= 2100:
        found = date(a, b, third)
        return Days(found, found, at, at + 5)
    if mark != "/" or not (1 <= a <= 12 and 1 <= b <= 31):
        return None
    if third is None:
        return _dated([], a, b, at, at + 3, now.date())
    found = date(third + 2000 if third < 100 else third, a, b)
    return Days(found, found, at, at + 5)


_ORDINAL_FOLLOWERS = {
    "birthday", "anniversary", "street", "st", "ave", "avenue", "floor", "grade", "one", "option",
    "item", "class",
    "communion", "wedding", "hand", "time", "choice", "choices", "bouquet", "cake", "grader", "graders",
    "century",
}  # fmt: skip


def _day_of_month(tokens: list[Token], at: int, now: datetime) -> Days | None:
    """Read "the 14th", "on the 1st"."""
    if not is_digit(tokens, at) or word_at(tokens, at + 1) not in _TH or not tokens[at + 1].glued:
        return None
    if word_at(tokens, at - 1) not in {"the", "on", "by", "until", "before", "or", "and"}:
        return None
    day, today = number_at(tokens, at), now.date()
    if day is None or not 1 <= day <= 31 or word_at(tokens, at + 2) in _ORDINAL_FOLLOWERS:
        return None
    year, month = today.year, today.month
    for _ in range(12):
        if day <= monthrange(year, month)[1] and date(year, month, day) >= today:
            found = date(year, month, day)
            return Days(found, found, at, at + 2)
        year, month = year + month // 12, month % 12 + 1
    return None


def _holiday(tokens: list[Token], at: int, now: datetime) -> Days | None:
    for roots, rule in _HOLIDAYS:
        if tokens[at].root == roots[0] or tokens[at].word == roots[0]:
            if [t.root for t in tokens[at : at + len(roots)]] != list(roots):
                continue
            today = now.date()
            found = rule(today.year)
            if found < today:
                found = rule(today.year + 1)
            return Days(found, found, at, at + len(roots))
    return None


def _nth(month: int, weekday: int, nth: int) -> Callable[[int], date]:
    def rule(year: int) -> date:
        first = date(year, month, 1)
        return first + timedelta((weekday - first.weekday()) % 7 + 7 * (nth - 1))

    return rule


def _on(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _easter(year: int) -> date:
    """Return Easter Sunday (Gauss, in the form of Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (a + 11 * h) // 319
    r = (2 * e + 2 * i - k - h + m + 32) % 7
    month = (h - m + r + 90) // 25
    return date(year, month, (h - m + r + month + 19) % 32)


_HOLIDAYS: tuple[tuple[tuple[str, ...], Callable[[int], date]], ...] = (
    (("mother", "day"), _nth(5, 6, 2)),
    (("father", "day"), _nth(6, 6, 3)),
    (("valentine", "day"), _on(2, 14)),
    (("valentine",), _on(2, 14)),
    (("christmas", "eve"), _on(12, 24)),
    (("christmas",), _on(12, 25)),
    (("xmas",), _on(12, 25)),
    (("thanksgiving",), _nth(11, 3, 4)),
    (("halloween",), _on(10, 31)),
    (("new", "year", "eve"), _on(12, 31)),
    (("new", "year"), _on(1, 1)),
    (("easter",), _easter),
    (("labor", "day"), _nth(9, 0, 1)),
    (("4", "th", "of", "july"), _on(7, 4)),
)

_DAY_READERS = (_fixed, _weekday, _numeric, _holiday, _month_day, _span, _week_or_month, _day_of_month)
