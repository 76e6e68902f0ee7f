"""Reading times of day."""

from datetime import time

from shared.domain.intents.moments import (
    LAST_MINUTE,
    PARTS_OF_DAY,
    WEEKDAY_WORDS,
    Clock,
    is_digit,
    number_at,
    word_at,
)
from shared.domain.intents.tokens import Token

_PREPOSITIONS = {
    "at",
    "by",
    "around",
    "before",
    "after",
    "until",
    "till",
    "@",
    "about",
    "to",
    "and",
    "between",
    "from",
}


def read_clock(tokens: list[Token], at: int) -> Clock | None:
    """Read a time of day that begins at token `at`."""
    word = word_at(tokens, at)
    if word in {"noon", "midday"}:
        return Clock(time(12), None, at, at + 1)
    if word == "midnight":
        return Clock(LAST_MINUTE, None, at, at + 1)
    if word == "tonight":
        return Clock(time(17), LAST_MINUTE, at, at + 1)
    if word in {"eod", "cob"} or (
        word == "end" and [word_at(tokens, at + 1), word_at(tokens, at + 2)] == ["of", "day"]
    ):
        return Clock(time(17), None, at, at + (1 if word in {"eod", "cob"} else 3))
    if tokens[at].root in PARTS_OF_DAY:
        part = PARTS_OF_DAY[tokens[at].root]
        return Clock(part[0], part[1], at, at + 1)
    return _spelled_clock(tokens, at)


def _spelled_clock(tokens: list[Token], at: int) -> Clock | None:
    hour = number_at(tokens, at) if tokens[at].word not in {"a", "an", "one", "couple", "few"} else None
    if hour is None or not 0 <= hour <= 24 or "." in tokens[at].word:
        return None
    minute, end, bare = 0, at + 1, False
    if word_at(tokens, end) == ":" and is_digit(tokens, end + 1) and tokens[end + 1].glued:
        minute, end = number_at(tokens, end + 1) or 0, end + 2
    colon = end > at + 1
    half, end = _meridiem(tokens, end)
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    elif word_at(tokens, end) in {"o'clock", "oclock"}:
        end, hour = end + 1, _likely_hour(hour)
    elif not colon:
        if (
            word_at(tokens, at - 1) not in _PREPOSITIONS
            or not 1 <= hour <= 12
            or not _stands_alone(tokens, end)
        ):
            return None
        bare, hour = True, _likely_hour(hour)
    elif hour < 8 and not tokens[at].word.startswith("0"):
        hour = _likely_hour(hour)
    if minute > 59 or hour > 23:
        return None
    return Clock(time(hour, minute), None, at, end, bare)


def _likely_hour(hour: int) -> int:
    """A bare "at 5" is in the afternoon, "at 9" in the morning."""
    return hour + 12 if 1 <= hour <= 7 else hour % 24


def _meridiem(tokens: list[Token], at: int) -> tuple[str, int]:
    word = word_at(tokens, at)
    if word in {"am", "pm"}:
        return word[0], at + 1
    if word in {"a", "p"} and word_at(tokens, at + 1) == "." and word_at(tokens, at + 2) == "m":
        return word, at + (4 if word_at(tokens, at + 3) == "." else 3)
    return "", at


_AFTER_BARE_HOUR = {
    "", ",", ".", "!", "?", ";", "on", "tomorrow", "today", "tonight", "and", "or", "in", "for", "at",
    "to", "this",
    "next", "sharp", "please", "with", "-", "from", "if", "when", "but", "so", "because", "near", "by", "of",
}  # fmt: skip


def _stands_alone(tokens: list[Token], at: int) -> bool:
    word = word_at(tokens, at)
    return word in _AFTER_BARE_HOUR or word in WEEKDAY_WORDS
