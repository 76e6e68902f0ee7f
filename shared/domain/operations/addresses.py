"""Whether a parcel can be sent to an address, and if not, what is wrong, in words for its customer (ops-x2).

The words never repeat what somebody wrote: they go into letters and onto pages.
"""

import re
import unicodedata
from collections.abc import Iterator

from shared.domain.model import Model
from shared.domain.operations.places import (
    CA_PROVINCES,
    COUNTRIES,
    NUMBERED_HOUSES,
    POSTAL_CODES,
    US_STATE_NAMES,
    US_STATES,
    tidied_code,
    zip_is_of,
)
from shared.domain.operations.shop import ShippingAddress

_FIELDS = {
    "name": "name",
    "line1": "street",
    "line2": "second address line",
    "city": "city",
    "region": "state",
    "postal_code": "postal code",
    "country": "country",
    "phone": "phone number",
}
_NO_WORDS = """
    na none null nil nan test testing tester tbd todo asdf asdfasdf qwerty unknown abc foo bar foobar
    same sameasabove sameasbilling address street streetaddress city town name nowhere undefined
    noaddress myaddress later pending sample example loremipsum teststreet testcity
"""
_PLACEHOLDERS = frozenset(_NO_WORDS.split())
_PO_BOX = re.compile(
    r"\b(p\.?\s*o\.?\s*-?\s*box|post\s*office\s*box|postbox|postfach|locked\s+bag|packstation)\b",
    re.IGNORECASE,
)
_UNPRINTABLE = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Unicode's categories of what steers text and is not seen."""
_JOINERS = "\u200c\u200d"
"""These belong to Persian and Indic names."""
_TOO_LONG = 100
"""Characters of one field that a label has room for."""


class Fault(Model):
    """One thing that is wrong. `field` is of `ShippingAddress`, `says` a sentence for the customer."""

    field: str
    says: str


def tidied(address: ShippingAddress) -> ShippingAddress:
    """The same address as its country writes it: spaces, capitals of codes, a state's name as its code."""
    plain = {name: " ".join(value.split()) for name, value in address.model_dump().items()}
    country = plain["country"].upper()
    region = plain["region"]
    if country == "US":
        region = US_STATE_NAMES.get(region.casefold(), region.upper())
    elif country == "CA":
        region = region.upper()
    code = tidied_code(plain["postal_code"], country)
    return ShippingAddress.model_validate(
        {**plain, "country": country, "region": region, "postal_code": code[:20]}
    )


def faults_of(address: ShippingAddress) -> tuple[Fault, ...]:
    """Everything that is wrong with an address, at most one thing for each field; empty: it can be used."""
    found: dict[str, Fault] = {}
    for fault in _faults(address):
        found.setdefault(fault.field, fault)
    return tuple(found[field] for field in _FIELDS if field in found)


def in_words(faults: tuple[Fault, ...]) -> str:
    """All of it as sentences."""
    return " ".join(fault.says for fault in faults)


def _faults(address: ShippingAddress) -> Iterator[Fault]:
    yield from _unprintable(address)
    address = tidied(address)
    yield from _missing(address)
    yield from _street(address)
    if address.country and address.country not in COUNTRIES:
        yield Fault(field="country", says="We do not know this country; please give its two-letter code.")
        return
    yield from _postal_code(address)
    if address.country == "US":
        yield from _us(address)
    elif address.country == "CA":
        yield from _canada(address)


def _unprintable(address: ShippingAddress) -> Iterator[Fault]:
    for field, word in _FIELDS.items():
        value: str = getattr(address, field)
        if any(_cannot_be_printed(character) for character in value):
            yield Fault(field=field, says=f"The {word} has characters that cannot be printed on a label.")
        elif len(value) > _TOO_LONG:
            yield Fault(field=field, says=f"The {word} is too long for a label.")


def _cannot_be_printed(character: str) -> bool:
    return character not in _JOINERS and unicodedata.category(character) in _UNPRINTABLE


def _missing(address: ShippingAddress) -> Iterator[Fault]:
    for field in ("name", "line1", "city"):
        value: str = getattr(address, field)
        if not value:
            yield Fault(field=field, says=f"The {_FIELDS[field]} is missing.")
        elif _is_placeholder(value):
            yield Fault(field=field, says=f"This is not a real {_FIELDS[field]}.")
    if not address.country:
        yield Fault(field="country", says="The country is missing.")


def _is_placeholder(value: str) -> bool:
    """Whether it stands for something that was not said: `n/a`, `test`, `xxx`, a word without any letter."""
    bare = "".join(character for character in value.casefold() if character.isalnum())
    one_letter = len(bare) >= 3 and len(set(bare)) == 1
    return not any(character.isalpha() for character in bare) or bare in _PLACEHOLDERS or one_letter


def _street(address: ShippingAddress) -> Iterator[Fault]:
    street = f"{address.line1} {address.line2}"
    if _PO_BOX.search(street):
        says = "A courier cannot deliver to a PO box; please give a street and a house number."
        yield Fault(field="line1", says=says)
    is_numbered = any(character.isdigit() for character in street)
    if address.line1 and address.country in NUMBERED_HOUSES and not is_numbered:
        yield Fault(field="line1", says="The house number is missing.")


def _postal_code(address: ShippingAddress) -> Iterator[Fault]:
    known = POSTAL_CODES.get(address.country)
    if known is None:
        if address.postal_code and not re.fullmatch(r"[A-Z0-9][A-Z0-9 -]{1,11}", address.postal_code):
            yield Fault(field="postal_code", says="This is not a postal code.")
        return
    form, example = known
    if not address.postal_code:
        yield Fault(field="postal_code", says=f"The {_code_word(address)} is missing.")
    elif not re.fullmatch(form, address.postal_code, re.ASCII):
        says = f"The {_code_word(address)} is not complete or not right; one looks like {example}."
        yield Fault(field="postal_code", says=says)


def _code_word(address: ShippingAddress) -> str:
    return "ZIP code" if address.country == "US" else "postal code"


def _us(address: ShippingAddress) -> Iterator[Fault]:
    if not address.region:
        yield Fault(field="region", says="The state is missing.")
    elif address.region not in US_STATES:
        yield Fault(field="region", says="This is not a state of the US; one looks like TX.")
    elif re.fullmatch(POSTAL_CODES["US"][0], address.postal_code, re.ASCII) and not zip_is_of(
        address.postal_code, address.region
    ):
        says = (
            f"The ZIP code {address.postal_code} is not in {address.region}; please correct one of the two."
        )
        yield Fault(field="postal_code", says=says)


def _canada(address: ShippingAddress) -> Iterator[Fault]:
    letters = CA_PROVINCES.get(address.region)
    if not address.region:
        yield Fault(field="region", says="The province is missing.")
    elif letters is None:
        yield Fault(field="region", says="This is not a province of Canada; one looks like ON.")
    elif address.postal_code and address.postal_code[0].isalpha() and address.postal_code[0] not in letters:
        says = f"This postal code is not in {address.region}; please correct one of the two."
        yield Fault(field="postal_code", says=says)
