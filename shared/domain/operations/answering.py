"""What a customer answers by mail, read strictly: an answer is understood wholly or not (ops-x1, ops-x2).

What is not understood is an ordinary message, which others answer. What is quoted is ours and no answer.
"""

import re
from collections.abc import Sequence

from pydantic import ValidationError

from shared.domain.operations.addresses import faults_of, tidied
from shared.domain.operations.places import COUNTRIES, NAMES, POSTAL_CODES
from shared.domain.operations.shop import ShippingAddress
from shared.domain.operations.shop_orders import Choice

_QUOTED = re.compile(
    r"^\s*(>|On .{4,200} wrote:|Am .{4,200} schrieb|Le .{4,200} a écrit|-{2,}\s*(original|forwarded) message"
    r"|_{10,}|From:\s|Sent from |Von:\s)",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"^\s*(--\s*$|(kind|best|warm)?\s*(regards|wishes)\b|best,|cheers\b|sincerely\b|yours\b|thanks,\s*$"
    r"|thank you,\s*$|many thanks,\s*$|thx\b)",
    re.IGNORECASE,
)
_GREETED = re.compile(r"^\s*(hi|hello|hey|dear|good (morning|day|evening))\b[^\n]{0,40}$", re.IGNORECASE)
_TALK = re.compile(
    r"^\s*(sorry|thanks|thank you|thx|please|my bad|oops)?[,.! ]*"
    r"((here('s| is)|this is|my|the|it is|it's|use|send it to|ship (it )?to)\b.{0,40}"
    r"\baddress\b.{0,30}|thanks|thank you|sorry)?\s*[:.!]*\s*$",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^\s*(name|address|street|city|ship(ping)? address)\s*:\s*", re.IGNORECASE)
_CHOICES = {
    Choice.REFUND: frozenset({"refund", "refunded", "money"}),
    Choice.WAIT: frozenset({"wait", "waiting"}),
}
_FILLER_WORDS = """
    i i'd i'll i'm id ill im we we'd we'll would will like want to prefer choose take get have give be a an
    the my our me us full back please pls plz thanks thank you ok okay yes just then go ahead with for it
    this happy fine can rather now kindly hi hello hey option choice answer send is
"""
_FILLERS = frozenset(_FILLER_WORDS.split())
_US_LAST_LINE = re.compile(
    r"^(?P<city>[^,\d]{2,60}?)\s*,?\s+(?P<region>[A-Za-z]{2}|[A-Za-z][A-Za-z ]{3,19}?)\.?\s*,?\s+"
    r"(?P<postal_code>\d{5}(?:-\d{4})?)$",
    re.ASCII,
)
_CA_LAST_LINE = re.compile(
    r"^(?P<city>[^,\d]{2,60}?)\s*,?\s+(?P<region>[A-Za-z]{2})\s*,?\s+"
    r"(?P<postal_code>[A-Za-z]\d[A-Za-z] ?\d[A-Za-z]\d)$"
)
_GB_LAST_LINE = re.compile(
    r"^(?P<city>[^,\d]{2,60}?)\s*,?\s+(?P<postal_code>[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2})$"
)
_CODE_FIRST = re.compile(r"^(?P<postal_code>\d{4,5}|\d{4} ?[A-Za-z]{2})\s+(?P<city>[^,\d]{2,60})$", re.ASCII)
_MOST_LINES = 7


def said(text: str) -> list[str]:
    """The lines that a customer wrote themselves: without what is quoted, their greeting and signature."""
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if _QUOTED.match(line) or (lines and _SIGNED.match(line)):
            break
        if line.strip() and not (not lines and _GREETED.match(line)):
            lines.append(" ".join(line.split()))
    return lines


def choice_in(text: str) -> Choice | None:
    """Refund or wait, where nothing else is said; a question, a no or another word is no choice."""
    words = re.findall(r"[\w'?]+", " ".join(said(text)).casefold().replace("\u2019", "'"))
    chosen = {choice for choice, names in _CHOICES.items() if names & set(words)}
    known = _FILLERS.union(*_CHOICES.values())
    if len(chosen) != 1 or len(words) > 20 or not known.issuperset(words):
        return None
    return chosen.pop()


def address_in(text: str, *, known: ShippingAddress) -> ShippingAddress | None:
    """An address that can be used, as it stands in a reply; what it leaves out (name, country) is `known`.

    Lines or commas part it: name, street, a second line, the place, the country. None rather than a guess.
    """
    parts = _parts(said(text))
    if not 2 <= len(parts) <= _MOST_LINES:
        return None
    country = _country(parts[-1])
    if country:
        parts = parts[:-1]
    place = _place(parts, country or known.country)
    if place is None:
        return None
    fields, above = place
    return _put_together(above, fields, known)


def _parts(lines: Sequence[str]) -> list[str]:
    kept = [_LABEL.sub("", line).strip(" ,;") for line in lines if not _is_talk(line)]
    if len(kept) == 1:
        kept = [part.strip() for part in kept[0].rstrip(".").split(",")]
    return [part for part in kept if part]


def _is_talk(line: str) -> bool:
    """A line about the address: it says so, or leads over to it."""
    return bool(_TALK.match(line)) or (line.endswith(":") and not any(each.isdigit() for each in line))


def _country(part: str) -> str:
    word = part.strip(" .").casefold()
    return NAMES.get(word) or (word.upper() if len(word) == 2 and word.upper() in COUNTRIES - {"CA"} else "")


def _place(parts: Sequence[str], country: str) -> tuple[dict[str, str], Sequence[str]] | None:
    """City, region and code out of the last one, two or three parts; and what stands above them."""
    for count in range(1, min(3, len(parts)) + 1):
        together = ", ".join(parts[-count:])
        for form, of in _forms(country):
            if found := form.match(together):
                return {**found.groupdict(), "country": of}, parts[:-count]
    return None


def _forms(country: str) -> list[tuple[re.Pattern[str], str]]:
    match country:
        case "US":
            return [(_US_LAST_LINE, "US")]
        case "CA":
            return [(_CA_LAST_LINE, "CA")]
        case "GB":
            return [(_GB_LAST_LINE, "GB")]
        case _ if country in POSTAL_CODES:
            return [(_CODE_FIRST, country)]
    return []


def _put_together(
    above: Sequence[str], place: dict[str, str], known: ShippingAddress
) -> ShippingAddress | None:
    """Name and street of what stands above the place; the name is above the street, or known."""
    first = next((n for n, part in enumerate(above) if any(c.isdigit() for c in part)), None)
    if first not in (0, 1) or len(above) - first > 2:
        return None
    name = above[0] if first == 1 else known.name
    if any(mark in " ".join(above) for mark in "?!@:"):
        return None
    try:
        address = tidied(
            ShippingAddress(
                name=name,
                line1=above[first],
                line2=above[first + 1] if len(above) > first + 1 else "",
                phone=known.phone if name == known.name else "",
                **place,
            )
        )
    except ValidationError:
        return None
    is_sentence = any(len(part.split()) > 8 for part in above)
    return None if is_sentence or faults_of(address) else address
