"""Prices as vendors write them, without a float in between."""

import re

from shared.domain.money import Money, digits_of

_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP"}
_PRICE = re.compile(
    r"(?P<sign>[$€£])?\s*(?P<whole>\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.(?P<part>\d+))?\s*(?P<code>[A-Za-z]{3})?",
    re.ASCII,
)
_COMMA_PRICE = re.compile(
    r"(?P<sign>[$€£])?\s*(?P<whole>\d{1,3}(?:\.\d{3})+|\d{1,12}),(?P<part>\d{2})\s*(?P<code>[A-Za-z]{3}|€)?",
    re.ASCII,
)


def parse_price(text: str, *, currency: str = "USD") -> Money:
    """Read a price in major units ("49.99", "$1,299.00", "49,99", "15 EUR") as minor units.

    A sign or code in the text must agree with `currency`. Raises ValueError with a reason for the vendor.
    """
    currency = currency.upper()
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise ValueError(f"'{currency[:10]}' is no currency code")
    found = _PRICE.fullmatch(text.strip()) or _COMMA_PRICE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"'{text.strip()[:40]}' is no price")
    for mark in (found["sign"], found["code"]):
        if mark and _SIGNS.get(mark, mark.upper()) != currency:
            raise ValueError(f"'{text.strip()[:40]}' is not in {currency}")
    digits = digits_of(currency)
    part = found["part"] or ""
    if len(part) > digits and part[digits:].strip("0"):
        raise ValueError(f"'{text.strip()[:40]}' has more than {digits} digits after the point")
    whole = re.sub(r"[.,]", "", found["whole"])
    return Money(minor=int(whole + part[:digits].ljust(digits, "0")), currency=currency)
