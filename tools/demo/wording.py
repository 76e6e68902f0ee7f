"""How answers of the doors are written on the stage."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

Json = Mapping[str, Any]
ZONE = ZoneInfo("America/Chicago")


def money(amount: Json) -> str:
    """Write an amount."""
    sign = "-" if amount["minor"] < 0 else ""
    units, cents = divmod(abs(amount["minor"]), 100)
    mark = "$" if amount["currency"] == "USD" else f"{amount['currency']} "
    return f"{sign}{mark}{units}.{cents:02}"


def clock(instant: str) -> str:
    """Write the local time of day."""
    return f"{_local(instant):%H:%M}"


def day(instant: str | datetime) -> str:
    """Write the local day and time."""
    return f"{_local(instant):%A %d %B, %H:%M} in Austin"


def timeline(heading: str, line: Json) -> list[str]:
    """Write a timeline: a heading, every leg, the arrival."""
    legs = [f"{clock(leg['starts_at'])} - {clock(leg['finishes_at'])}  {leg['name']}" for leg in line["legs"]]
    promise = "in time" if line["is_feasible"] else f"{line['late_minutes']} minutes late"
    return [heading, *legs, f"{clock(line['arrival'])}  arrival, {promise}"]


def leg(each: Json) -> str:
    """Write one item of an order."""
    return f"{each['name']} from {each['vendor_name']}, {money(each['price'])}: {each['status']}"


def movements(order: Json) -> Iterable[str]:
    """Write what was paid and given back."""
    return (f"{money(each['amount']):>9}  {each['reason']}" for each in order["movements"])


def entries(statement: Json) -> Iterable[str]:
    """Write the entries of a statement: what was debited, what credited."""
    for entry in statement["entries"]:
        yield f"{clock(entry['at'])} {entry['reason']}"
        for line in entry["lines"]:
            side, minor = ("Dr", line["debit"]) if line["debit"] else ("Cr", line["credit"])
            amount = money({"minor": minor, "currency": statement["currency"]})
            yield f"  {side} {amount:>6} {line['account'].partition(':')[0]}"


def provider_books(movements: Iterable[Json]) -> Iterable[str]:
    """Write what moved in the provider's books, and what it kept."""
    for each in movements:
        yield f"{clock(each['at'])} {each['kind']} {money(each['amount'])}"
        if each["fee"]["minor"]:
            yield f"  its fee: {money(each['fee'])}"


def summary(statement: Json) -> str:
    """Write where an order's money is."""
    parts = ("released", "refunded", "fees", "remaining")
    return f"held {money(statement['held'])} = " + " + ".join(
        f"{part} {money(statement[part])}" for part in parts
    )


def trial(line: Json) -> str:
    """Write a line of the trial balance."""
    sums = [money({"minor": line[part], "currency": line["currency"]}) for part in ("debits", "credits")]
    return f"{line['kind']:<22} {sums[0]:>10} {sums[1]:>10}"


def conditions(progress: Json) -> list[tuple[str, str, str]]:
    """Write the lines of an IF/THEN map."""
    return [(each["words"], each["state"], each["why"]) for each in progress["conditions"]]


def _local(instant: str | datetime) -> datetime:
    moment = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    return moment.astimezone(ZONE)
