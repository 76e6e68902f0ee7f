"""Amounts of money and what they bound."""

from typing import NamedTuple

from shared.domain.intents.models import Budget
from shared.domain.intents.moments import number_at, word_at
from shared.domain.intents.tokens import Kind, Token

_SYMBOLS = {"$": "USD", "\u20ac": "EUR", "\u00a3": "GBP"}
_CURRENCIES = {
    "dollar": "USD", "buck": "USD", "usd": "USD", "euro": "EUR", "eur": "EUR", "gbp": "GBP", "quid": "GBP",
    "cent": "USD", "usd$": "USD",
}  # fmt: skip
_WHOLE = {"hundred": 100, "grand": 1000, "k": 1000, "thousand": 1000}
_MAX_MINOR = 10**11

_UPPER = {
    "under",
    "below",
    "max",
    "maximum",
    "within",
    "most",
    "upto",
    "cheaper",
    "less",
    "beneath",
    "exceed",
}
_LOWER = {"over", "above", "minimum", "least", "exceeding"}
_ROUGH = {"around", "about", "roughly", "approximately", "approx", "~", "near", "circa", "ish"}
_BUDGET = {"budget", "spend", "spending", "limit", "cap", "afford"}
_LINKS = {
    "of",
    "is",
    "a",
    "the",
    "to",
    "than",
    "at",
    "up",
    "for",
    "my",
    "s",
    "only",
    "=",
    ":",
    "by",
    "on",
    "total",
    "just",
}


class Amount(NamedTuple):
    """`minor` units said by tokens `[start, end)`; `bare` when no currency was said."""

    minor: int
    currency: str
    start: int
    end: int
    bare: bool = False


class Money(NamedTuple):
    """A budget and the tokens `[start, end)` that say it."""

    budget: Budget
    start: int
    end: int


def read_amount(tokens: list[Token], at: int) -> Amount | None:
    """Read "$50", "1,200 dollars", "fifty bucks", "2k" or a bare number at token `at`."""
    symbol = _SYMBOLS.get(tokens[at].word)
    cursor = at + 1 if symbol else at
    value = _value(tokens, cursor)
    if value is None:
        return None
    cursor += 1
    while cursor < len(tokens) and tokens[cursor].word in _WHOLE and cursor < at + 4:
        value *= _WHOLE[tokens[cursor].word]
        cursor += 1
    currency = _CURRENCIES.get(tokens[cursor].root) if cursor < len(tokens) else None
    cents = currency is not None and word_at(tokens, cursor).startswith("cent")
    if (currency and not symbol) or (currency and word_at(tokens, cursor) in {"usd", "eur", "gbp"}):
        cursor += 1
    minor = round(value * (1 if cents else 100))
    if minor > _MAX_MINOR:
        return None
    return Amount(minor, symbol or currency or "USD", at, cursor, bare=not (symbol or currency))


def _value(tokens: list[Token], at: int) -> float | None:
    if at >= len(tokens):
        return None
    exact = tokens[at].number
    return exact if exact is not None else number_at(tokens, at)


def cue(tokens: list[Token], start: int) -> tuple[str, int]:
    """What the words before an amount make of it (`max`, `min`, `rough`, `budget`, nothing), from where."""
    at, found, low = start - 1, "", False
    while at >= max(0, start - 5):
        word = tokens[at].word
        if word in _BUDGET:
            return found or "budget", at
        if word in {"more", "over", "above"} and word_at(tokens, at - 1) in {"no", "not", "nothing", "never"}:
            return "max", at - 1
        if word == "more":
            return "min", at
        if word in _UPPER:
            return "max", at - (1 if word_at(tokens, at - 1) in {"at", "the"} else 0)
        if word in _LOWER:
            return "min", at - (1 if word_at(tokens, at - 1) == "at" else 0)
        if word == "up" and not low:
            return "max", at
        if word in _ROUGH:
            found = "rough"
        elif word not in _LINKS:
            break
        at -= 1
    return found, start


def read_budget(tokens: list[Token], closed: list[bool]) -> list[Money]:
    """Find the money limits of a sentence outside `closed` tokens."""
    found: list[Money] = []
    at = 0
    while at < len(tokens):
        money = None if closed[at] else _limit(tokens, at, closed)
        if money:
            found.append(money)
        at = money.end if money else at + 1
    return found


def _limit(tokens: list[Token], at: int, closed: list[bool]) -> Money | None:
    first = read_amount(tokens, at)
    if first is None or any(closed[at : first.end]):
        return None
    ranged = _range(tokens, first)
    if ranged and not any(closed[at : ranged.end]):
        return ranged
    how, start = cue(tokens, at)
    if first.bare and (how not in {"max", "budget", "min"} or not _ends_there(tokens, first.end)):
        return None
    if first.bare and tokens[at].kind is Kind.WORD:
        return None
    if first.bare and word_at(tokens, start) == "within":
        return None
    end = first.end
    after = (word_at(tokens, end), word_at(tokens, end + 1))
    if after in {("or", "less"), ("or", "under"), ("or", "below"), ("at", "most"), ("or", "cheaper")}:
        how, end = "max", end + 2
    elif after in {("or", "more"), ("and", "up")}:
        how, end = "min", end + 2
    elif after[0] in {"max", "maximum", "tops"}:
        how, end = "max", end + 1
    elif after[0] == "ish" or after == ("or", "so"):
        how, end = "rough", end + (1 if after[0] == "ish" else 2)
    return Money(_budget(how, first), start, end)


def _budget(how: str, amount: Amount) -> Budget:
    if how == "min":
        return Budget(min_minor=amount.minor, currency=amount.currency)
    if how == "rough":
        tolerant = amount.minor * 115 // 100
        return Budget(max_minor=tolerant, currency=amount.currency, approximate=True)
    return Budget(max_minor=amount.minor, currency=amount.currency)


def _range(tokens: list[Token], low: Amount) -> Money | None:
    if word_at(tokens, low.end) not in {"-", "to", "and", "\u2013"} or low.end + 1 >= len(tokens):
        return None
    opener = word_at(tokens, low.start - 1)
    if word_at(tokens, low.end) == "and" and opener != "between":
        return None
    high = read_amount(tokens, low.end + 1)
    if high is None or (low.bare and high.bare) or high.minor < low.minor:
        return None
    currency = high.currency if low.bare else low.currency
    start = low.start - 1 if opener in {"between", "from"} else low.start
    return Money(Budget(min_minor=low.minor, max_minor=high.minor, currency=currency), start, high.end)


_OPEN = {
    "", ",", ".", "!", "?", ";", "for", "by", "on", "please", "in", "and", "with", "total", "each", "to",
    "or", "max",
    "if", "at", "but", "delivered", "tops",
}  # fmt: skip


def _ends_there(tokens: list[Token], at: int) -> bool:
    """Whether a bare number is not the count of something that follows."""
    return word_at(tokens, at) in _OPEN
