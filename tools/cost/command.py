"""`dev.py cost`: a month on Azure, from what the running app was counted to do."""

import argparse
import json
import sys
from pathlib import Path

from tools.cost.month import Business
from tools.cost.reckoning import reckon
from tools.cost.report import as_json, as_text
from tools.cost.rules import CHARGED, PLANS, Charges
from tools.cost.usage import Model

MOST = 1_000_000_000


class BadInput(Exception):
    """What was given cannot be reckoned with; the message is for a person."""


def cost(arguments: argparse.Namespace) -> int:
    """Print the bill of a month; 2 when the arguments make no sense."""
    try:
        business = business_of(arguments)
        charges = None if arguments.charges is None else charges_of(arguments.charges)
    except BadInput as error:
        print(f"dev.py cost: {error}", file=sys.stderr)
        return 2
    month = reckon(business, Model(plan=PLANS[arguments.plan], charges=charges))
    print(json.dumps(as_json(month), indent=2) if arguments.json else as_text(month))
    return 0


def business_of(arguments: argparse.Namespace) -> Business:
    """Check what a month brings. Raises BadInput."""
    weeks = _number("--weeks", arguments.weeks, float)
    if not 0 < weeks <= 13:
        raise BadInput("--weeks must be above 0 and at most 13: nobody waits longer than 90 days")
    return Business(
        intents=_whole("--intents", arguments.intents),
        orders=_whole("--orders", arguments.orders),
        shop_orders=_whole("--shop-orders", arguments.shop_orders),
        weeks=weeks,
    )


def _whole(option: str, text: str) -> int:
    number = int(_number(option, text, int))
    if not 0 <= number <= MOST:
        raise BadInput(f"{option} must be from 0 to {MOST:,}, not {text}")
    return number


def _number(option: str, text: str, kind: type[int] | type[float]) -> float:
    try:
        return kind(text)
    except (ValueError, OverflowError):
        raise BadInput(f"{option} must be a {'whole ' if kind is int else ''}number, not '{text}'") from None


def charges_of(file: Path) -> Charges:
    """Read request units per call, as an account has reported them. Raises BadInput."""
    form = f"an object of request units per call, e.g. {json.dumps(dict.fromkeys(CHARGED, 2.5))}"
    try:
        told = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"--charges: {file} cannot be read as JSON ({type(error).__name__})") from None
    if not isinstance(told, dict) or not told or not set(told) <= set(CHARGED):
        raise BadInput(f"--charges: {file} must be {form}")
    for value in told.values():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST:
            raise BadInput(f"--charges: {file} must be {form}")
    return {kind: float(value) for kind, value in told.items()}
