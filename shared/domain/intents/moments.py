"""Days and clock times as pieces of a sentence, before they become a deadline."""

from datetime import date, datetime, time
from typing import NamedTuple

from shared.domain.conditions import WEEK, Weekday
from shared.domain.intents.tokens import Kind, Token

WEEKDAY_WORDS = {day.value: day for day in WEEK} | {
    "mon": Weekday.MONDAY, "tue": Weekday.TUESDAY, "tues": Weekday.TUESDAY, "weds": Weekday.WEDNESDAY,
    "thu": Weekday.THURSDAY, "thur": Weekday.THURSDAY, "thurs": Weekday.THURSDAY, "fri": Weekday.FRIDAY,
    "sat": Weekday.SATURDAY, "sun": Weekday.SUNDAY, "wed": Weekday.WEDNESDAY,
}  # fmt: skip

MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
         "september sep sept", "october oct", "november nov", "december dec"), start=1)
    for name in names.split()
}  # fmt: skip

NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40,
    "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "couple": 2,
    "few": 3,
}  # fmt: skip

ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12,
}  # fmt: skip

PARTS_OF_DAY = {
    "morning": (time(8), time(12)), "afternoon": (time(12), time(17)), "evening": (time(17), time(21)),
    "night": (time(18), time(23, 59)), "lunchtime": (time(11, 30), time(13, 30)),
    "dinnertime": (time(17, 30), time(20)), "breakfast time": (time(7), time(9, 30)),
}  # fmt: skip

LAST_MINUTE = time(23, 59)


class Days(NamedTuple):
    """Local days `first..last` said by tokens `[start, end)`."""

    first: date
    last: date
    start: int
    end: int
    weekday: Weekday | None = None
    vague: bool = False
    """Two people could mean different days by it ("next Friday")."""
    instant: datetime | None = None
    """An exact moment in itself ("in 3 hours"), aware."""


class Clock(NamedTuple):
    """A local time, or a window when `until` is set, said by tokens `[start, end)`."""

    at: time
    until: time | None
    start: int
    end: int
    bare: bool = False
    """Half of the day not said ("at 8")."""


def number_at(tokens: list[Token], at: int) -> int | None:
    """The whole number at a token, in digits or words up to a hundred."""
    if not 0 <= at < len(tokens):
        return None
    value = tokens[at].number
    if value is not None:
        return int(value)
    return NUMBERS.get(tokens[at].word)


def word_at(tokens: list[Token], at: int) -> str:
    """The word at a token, empty outside the sentence."""
    return tokens[at].word if 0 <= at < len(tokens) else ""


def is_digit(tokens: list[Token], at: int) -> bool:
    """Whether a token is a number in digits."""
    return 0 <= at < len(tokens) and tokens[at].kind is Kind.NUMBER
