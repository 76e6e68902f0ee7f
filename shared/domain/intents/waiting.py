"""Reading the conditions of a standing intent from a sentence (flows 1.2-1 step 2, 6.7-2)."""

import re
from dataclasses import dataclass
from datetime import time
from itertools import pairwise

from shared.domain.conditions import (
    WEEK,
    All,
    Any,
    Calendar,
    Condition,
    Inventory,
    Leaf,
    Price,
    Sky,
    Weather,
    Weekday,
)
from shared.domain.intents.deadlines import Times, prefix
from shared.domain.intents.lexicon import Hit, Tag
from shared.domain.intents.models import EntityType
from shared.domain.intents.moments import Clock, Days
from shared.domain.intents.sentence import Sentence
from shared.domain.patterns import Pattern

_SKIES = {
    "sunny": Sky.SUNNY, "sunshine": Sky.SUNNY, "clear": Sky.SUNNY, "clears": Sky.SUNNY,
    "dry": Sky.DRY, "rainy": Sky.RAINY,
    "rain": Sky.RAINY, "rains": Sky.RAINY, "raining": Sky.RAINY, "snow": Sky.SNOWY, "snows": Sky.SNOWY,
    "snowy": Sky.SNOWY, "snowing": Sky.SNOWY, "storm": Sky.STORMY, "storms": Sky.STORMY, "stormy": Sky.STORMY,
    "cloudy": Sky.CLOUDY, "overcast": Sky.CLOUDY, "windy": Sky.WINDY, "foggy": Sky.FOGGY, "sun": Sky.SUNNY,
}  # fmt: skip
_OPPOSITE = {
    Sky.RAINY: Sky.DRY,
    Sky.SNOWY: Sky.DRY,
    Sky.STORMY: Sky.DRY,
    Sky.SUNNY: Sky.CLOUDY,
    Sky.DRY: Sky.RAINY,
}
_TRIGGERS = {"if", "when", "once", "until", "unless", "whenever", "soon", "wait", "provided", "till", "while"}
_SAYS_SO = {
    "it's", "is", "it", "be", "stays", "gets", "turns", "looks", "becomes", "not", "no", "doesn't",
    "won't", "isn't",
    "weather's", "nice", "and", "or", "forecast", "the", "really", "weather", "being", "remains", "says",
    "shows",
    "calls", "for", "are", "was", "any", "some", "n't", "without", "clear", "warm", "dry", "sunny",
    "will", "to",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "tomorrow", "today",
    "going",
}  # fmt: skip
_DAY_NOUNS = {"day", "morning", "afternoon", "evening", "weekend", "weekday", "one", "spell", "weather"}
_NEGATIONS = {
    "not",
    "no",
    "doesn't",
    "won't",
    "isn't",
    "without",
    "unless",
    "never",
    "aren't",
    "don't",
    "stops",
}
_FIRSTS = {"next", "first", "coming"}
_NEXT_TIME = {"time", "day"}

_TEMPERATURE = Pattern(
    r"\b(?:(above|over|at least|warmer than|hotter than|reaches|hits|higher than)|"
    r"(below|under|at most|colder than|cooler than|less than|lower than)) (\d{1,3}) "
    r"(?:\u00b0 ?|degrees? ?)(fahrenheit|celsius|f|c)?\b"
)
_AMOUNT = r"(\$|\u20ac|\u00a3)? ?(\d{1,6}(?:,\d{3})?(?:\.\d{1,2})?)(?! ?%| percent| ?degrees| ?\u00b0)"
_PRICE_BOUND = Pattern(
    r"\b(?:drops?|falls?|goes|go|dips?|comes?|gets?|is|are|it's|costs?|price|prices|down|sells?"
    r"|sinks?|fell|hits?|"
    r"they're|reaches|becomes?) (?:back |down |for |priced )?"
    r"(?:to |below |under |less than |cheaper than |at or below |at most |beneath |lower than "
    r"|no more than ){1,2}" + _AMOUNT
)
_NOT_DEARER = Pattern(
    r"\b(?:costs?|is|are|price is|goes|they're|it's) (?:more than|over|above|higher than) " + _AMOUNT
)
_PRICE_DROP = Pattern(
    r"\b(?:drops?|falls?|down|goes down|cheaper|decreases?|discounted|discount of|reduced|off|dips?) "
    r"(?:by )?(?:at least )?(\d{1,2}) ?(?:%|percent)|\b(\d{1,2}) ?(?:%|percent) (?:off|cheaper"
    r"|discount|less|lower)"
)
_ON_SALE = Pattern(
    r"\b(?:on sale|on offer|discounted|gets? cheaper|goes on special|price drops|price goes down)\b"
)
_STOCK = Pattern(
    r"\b(?:back in(?: stock)?|in stock|available again|restocked|restock|becomes? available|(?:is"
    r"|are) available|"
    r"comes? back in?|available|have (?:it|them|some) (?:again|back)|(?:they|you) have \w+ (?:again|back)|"
    r"in season|(?:they're|it's|is|are) back|not sold out|no longer sold out)\b"
)
_AT_LEAST = Pattern(r"\bat least (\d{1,4})(?: \w+){0,3} (?:in stock|available|left)\b")
_EVERY = Pattern(
    r"\b(?:every|each) (?:other )?(\w+day|week|month|morning|year|day)\b|\b(?:weekly|monthly|daily)\b"
)
_SALE_DROP_PERCENT = 5
"""How much cheaper counts as "on sale" when the customer names no figure."""
_CURRENCY = {"$": "USD", "\u20ac": "EUR", "\u00a3": "GBP"}


@dataclass(frozen=True)
class _Found:
    """A leaf and the tokens `[first, last)` that say it."""

    leaf: Leaf
    first: int
    last: int


@dataclass(frozen=True)
class Waiting:
    """What a sentence waits for, and what of its time words belongs to the wait."""

    condition: Condition | None = None
    first: int = 0
    last: int = 0
    days: tuple[Days, ...] = ()
    clocks: tuple[Clock, ...] = ()
    recurring: bool = False
    not_understood: bool = False
    """The sentence waits for something that cannot be watched ("once the baby is born")."""


def read_waiting(s: Sentence, times: Times, product: str) -> Waiting:
    """Read the condition tree; `product` is what inventory and price leaves are about."""
    found = [*_weather(s), *_temperature(s), *_price(s, product), *_stock(s, product)]
    recurring = _EVERY.search(s.flat) is not None
    if not found and not recurring and not _not_before(s, times):
        return Waiting(not_understood=_waits_for_something(s))
    days = tuple(
        d for d in times.days if prefix(s.tokens, d.start) not in {"by", "before"} and d.instant is None
    )
    clocks = (
        tuple(c for c in times.clocks if prefix(s.tokens, c.start) not in {"by", "before"}) if found else ()
    )
    found += _calendar(s, days, clocks)
    if not found:
        return Waiting(recurring=recurring, not_understood=recurring)
    found.sort(key=lambda f: f.first)
    first, last = _frame(s, found[0].first), max(f.last for f in found)
    for part in found:
        for i in range(part.first, part.last):
            s.owner[i] = s.owner[i] or EntityType.CONDITION
    s.claim(EntityType.CONDITION, s.words(first, last), first, last) if last - first < 40 else None
    return Waiting(_joined(s, found), first, last, days, clocks, recurring)


def _joined(s: Sentence, found: list[_Found]) -> Condition:
    """OR splits the leaves into groups, AND binds closer."""
    groups: list[list[Condition]] = [[found[0].leaf]]
    for before, after in pairwise(found):
        between = {t.word for t in s.tokens[before.last : after.first]}
        if "or" in between:
            groups.append([after.leaf])
        else:
            groups[-1].append(after.leaf)
    for group in groups:
        group.sort(key=lambda leaf: isinstance(leaf, Calendar))  # the map reads "Sunny AND Thursday"
    joined: list[Condition] = [g[0] if len(g) == 1 else All(of=tuple(g[:20])) for g in groups[:20]]
    return joined[0] if len(joined) == 1 else Any(of=tuple(joined))


def _frame(s: Sentence, first: int) -> int:
    """Move back over the words that open a condition ("as soon as it is", "on the next")."""
    opening = (
        _TRIGGERS | _SAYS_SO | _FIRSTS | {"on", "as", "only", "price", "but", "their", "they", "they're", "a"}
    )
    at = first
    while at > 0 and first - at < 8 and s.word(at - 1) in opening and s.owner[at - 1] is None:
        at -= 1
    return at


def _triggered(s: Sentence, at: int, reach: int = 9) -> str:
    for i in range(at - 1, max(-1, at - 1 - reach), -1):
        if s.word(i) in _TRIGGERS and not (
            s.word(i) == "when" and s.word(i + 1) in {"will", "can", "do", "does"}
        ):
            return s.word(i)
    return ""


# --- weather ----------------------------------------------------------------------------------------


def _weather(s: Sentence) -> list[_Found]:
    found: list[_Found] = []
    for i, token in enumerate(s.tokens):
        sky = _SKIES.get(token.word)
        hit = s.hit_at.get(i)
        if sky is None or s.owner[i] or (hit and _names_a_thing(hit)):
            continue
        trigger = _triggered(s, i)
        if not _is_weather(s, i, trigger, bool(found)):
            continue
        if _negated(s, i, trigger):
            sky = _OPPOSITE.get(sky, Sky.DRY)
        last = i + 2 if s.word(i + 1) in {"day", "weather", "one", "spell"} else i + 1
        if not (found and found[-1].leaf == Weather(sky=sky)):
            found.append(_Found(Weather(sky=sky), i, last))
    return found


def _names_a_thing(hit: Hit) -> bool:
    """Whether the word belongs to a thing ("rain boots"), not to the sky."""
    return hit.tag is not Tag.STYLE and (hit.last - hit.first > 1 or hit.tag is Tag.PRODUCT)


def _is_weather(s: Sentence, at: int, trigger: str, continued: bool) -> bool:
    following = s.hit_at.get(at + 1)
    if following and following.tag in {Tag.PRODUCT, Tag.SERVICE}:
        return False
    day_follows = s.word(at + 1) in _DAY_NOUNS or s.word(at + 1).endswith("day")
    before = [s.word(at - 1), s.word(at - 2), s.word(at - 3)]
    if day_follows and (
        set(before) & _FIRSTS or (before[1] == "on" and before[0] in {"a", "any", "the", "some"})
    ):
        return True
    if before[0] == "it" and before[1] in _NEXT_TIME and s.word(at - 3) in _FIRSTS:
        return True
    if trigger and (before[0] in _SAYS_SO or before[0] in _TRIGGERS or day_follows):
        return True
    return continued and before[0] in {"and", "or", "not"}


def _negated(s: Sentence, at: int, trigger: str) -> bool:
    if trigger == "unless":
        return True
    if s.word(at + 1) in {"stops", "ends", "stop", "passes"} or s.word(at + 2) == "over":
        return True
    near = {s.word(j) for j in range(max(0, at - 4), at)}
    return bool(near & _NEGATIONS)


def _temperature(s: Sentence) -> list[_Found]:
    found = []
    for hit in _TEMPERATURE.finditer(s.flat):
        first, last = s.token_range(hit)
        unit = "C" if (hit.group(4) or "").startswith("c") else "F"
        bound = int(hit.group(3))
        if hit.group(1):
            leaf = Weather(at_least=bound, unit="C" if unit == "C" else "F")
        else:
            leaf = Weather(at_most=bound, unit="C" if unit == "C" else "F")
        found.append(_Found(leaf, first, last))
    return found


# --- price and stock --------------------------------------------------------------------------------


def _price(s: Sentence, product: str) -> list[_Found]:
    hit = _PRICE_BOUND.search(s.flat)
    unless = _NOT_DEARER.search(s.flat)
    if unless and _triggered(s, s.token_range(unless)[0]) == "unless":
        hit = unless
    if hit:
        first, last = s.token_range(hit)
        if _triggered(s, first, 12) or _triggered(s, first + 1, 1):
            minor = round(float(hit.group(2).replace(",", "")) * 100)
            if s.word(last) in {"dollars", "bucks", "usd", "euros", "dollar"}:
                last += 1
            elif s.word(last) == "or" and s.word(last + 1) in {"less", "lower", "below", "under", "cheaper"}:
                last += 2
            currency = _CURRENCY.get(hit.group(1) or "$", "USD")
            return [_Found(Price(product=product, at_most=minor, currency=currency), first, last)]
    if hit := _PRICE_DROP.search(s.flat):
        first, last = s.token_range(hit)
        percent = int(hit.group(1) or hit.group(2))
        if percent and _triggered(s, first, 12):
            return [_Found(Price(product=product, drop_percent=percent), first, last)]
    if hit := _ON_SALE.search(s.flat):
        first, last = s.token_range(hit)
        if _triggered(s, first, 12):
            return [_Found(Price(product=product, drop_percent=_SALE_DROP_PERCENT), first, last)]
    return []


def _stock(s: Sentence, product: str) -> list[_Found]:
    if hit := _AT_LEAST.search(s.flat):
        first, last = s.token_range(hit)
        if _triggered(s, first, 12) and int(hit.group(1)):
            return [_Found(Inventory(product=product, at_least=int(hit.group(1))), first, last)]
    for hit in _STOCK.finditer(s.flat):
        first, last = s.token_range(hit)
        trigger = _triggered(s, first, 8)
        polite = trigger == "if" and not re.search(r"again|back|stock|season|sold", hit.group())
        if trigger and not polite:
            return [_Found(Inventory(product=product), first, last)]
    return []


# --- calendar ---------------------------------------------------------------------------------------


def _not_before(s: Sentence, times: Times) -> bool:
    return any(
        s.word(i) == "before" and s.word(i - 1) == "not"
        for d in times.days
        for i in (d.start - 1, d.start - 2)
    )


def _calendar(s: Sentence, days: tuple[Days, ...], clocks: tuple[Clock, ...]) -> list[_Found]:
    found: list[_Found] = []
    hours = next((c for c in clocks if c.until and c.at < c.until), None)
    span = (hours.at, hours.until) if hours else (None, None)
    named = [d for d in days if d.weekday is not None]
    if named and all(d.weekday is not None for d in days):
        weekdays = tuple(sorted({d.weekday for d in named if d.weekday}, key=WEEK.index))
        leaf = Calendar(weekdays=weekdays, from_time=span[0], until_time=span[1])
        return [_Found(leaf, named[0].start, max(d.end for d in named))]
    for d in days:
        if s.word(d.start) == "weekend":  # not this one: any weekend
            leaf = Calendar(weekdays=WEEK[5:], from_time=span[0], until_time=span[1])
            found.append(_Found(leaf, d.start, d.end))
            continue
        after = prefix(s.tokens, d.start) == "after"
        leaf = Calendar(
            first_day=d.first, last_day=None if after else d.last, from_time=span[0], until_time=span[1]
        )
        found.append(_Found(leaf, d.start, d.end))
    if not days and (weekend := re.search(r"\bweekends?\b", s.flat)) and not times_weekday(s):
        first, last = s.token_range(weekend)
        found.append(_Found(Calendar(weekdays=(Weekday.SATURDAY, Weekday.SUNDAY)), first, last))
    elif not days and (weekday := re.search(r"\bweekdays?\b", s.flat)):
        first, last = s.token_range(weekday)
        found.append(_Found(Calendar(weekdays=WEEK[:5]), first, last))
    elif not days and hours and hours.at > time(0):
        found.append(_Found(Calendar(from_time=span[0], until_time=span[1]), hours.start, hours.end))
    return found


def times_weekday(s: Sentence) -> bool:
    """Whether the sentence speaks of weekdays as such."""
    return "weekday" in s.flat


# --- what cannot be watched -------------------------------------------------------------------------

_VAGUE_WEATHER = Pattern(
    r"\b(?:next|first|coming) (?:\w+ )?(?:warm|hot|cold|cool|nice|mild|beautiful|perfect|good"
    r"|pleasant) (?:day|morning|evening|weekend|weather)\b"
)
_OPEN_WAIT = Pattern(
    r"\b(?:once|whenever|as soon as|the moment|when) (?!possible|you can|you could|ready|you|will"
    r"|can|do|does|is my|"
    r"are|should|would|did|i can|is the|we can|exactly|it arrives|it's ready|they arrive)\w+ "
)


def _waits_for_something(s: Sentence) -> bool:
    if _VAGUE_WEATHER.search(s.flat):
        return True
    found = _OPEN_WAIT.search(s.flat)
    return found is not None and found.start() > 0
