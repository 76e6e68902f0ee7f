"""Texts with variables: checked when saved, so that rendering never fails (5.4-6 step 2)."""

import re
from collections.abc import Mapping

from shared.domain.catalogue import Vendor
from shared.domain.money import Money
from shared.domain.simulator.asks import Ask

VARIABLES = frozenset(
    {
        "requested_item",
        "original_item",
        "partner_name",
        "order_value",
        "quantity",
        "alternative",
        "alternatives",
        "price_change",
    }
)
MAX_RENDERED = 1600
"""Characters of one answer: what a WhatsApp message holds (M12)."""
_VARIABLE = re.compile(r"\{([^{}]*)\}")
_BRACES = re.compile(r"[{}]")


def check(template: str) -> str:
    """Return `template`. Raises ValueError for a blank one, an unknown variable or a stray brace."""
    if not template.strip():
        raise ValueError("a text says something")
    for name in _VARIABLE.findall(template):
        if name not in VARIABLES:
            raise ValueError(f"{{{name}}} is not a variable; there are {', '.join(sorted(VARIABLES))}")
    if _BRACES.search(_VARIABLE.sub("", template)):
        raise ValueError("a brace stands alone; variables look like {requested_item}")
    return template


def render(template: str, values: Mapping[str, str]) -> str:
    """Put `values` in place of variables, once: braces inside a value stay what they are.

    A variable without a value becomes nothing, so no template can fail here.
    """
    text = _VARIABLE.sub(lambda match: values.get(match.group(1), ""), template)
    return text[:MAX_RENDERED]


def values_for(
    ask: Ask, vendor: Vendor, *, alternatives: tuple[str, ...] = (), price_change: str = ""
) -> dict[str, str]:
    """Collect every variable of an answer; what is not known reads naturally in a sentence."""
    return {
        "requested_item": ask.item or "that",
        "original_item": ask.original_item or "the original item",
        "partner_name": vendor.name,
        "order_value": str(ask.order_value) if ask.order_value is not None else "the order's price",
        "quantity": str(ask.quantity),
        "alternative": alternatives[0] if alternatives else "something else",
        "alternatives": _listed(alternatives) or "something else",
        "price_change": price_change or "the same",
    }


def price_words(change: Money | None) -> str:
    """Write a price change as partners do: `$5.00 more`, `$2.50 less`, `the same`."""
    if change is None or change.minor == 0:
        return "the same"
    amount = Money(minor=abs(change.minor), currency=change.currency)
    return f"{amount} {'more' if change.minor > 0 else 'less'}"


def _listed(items: tuple[str, ...]) -> str:
    *most, last = items or ("",)
    return f"{', '.join(most)} or {last}" if most else last
