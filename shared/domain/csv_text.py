"""Tables as CSV (RFC 4180) that a spreadsheet opens as data: no cell of text can act as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from shared.domain.money import Money, digits_of

Cell = str | int | Money | datetime | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What starts a formula, in half and in full width."""


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Write a table with a header row. Money is written in major units, without its currency."""
    text = io.StringIO()
    writer = csv.writer(text)  # its default dialect is RFC 4180's
    writer.writerow(header)
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return text.getvalue()


def decimal(amount: Money) -> str:
    """Write an amount in major units with a point, e.g. `-12.50`."""
    digits = digits_of(amount.currency)
    whole, part = divmod(abs(amount.minor), 10**digits)
    sign = "-" if amount.minor < 0 else ""
    return f"{sign}{whole}.{part:0{digits}d}" if digits else f"{sign}{whole}"


def _written(cell: Cell) -> str | int:
    match cell:
        case None:
            return ""
        case Money():
            return decimal(cell)
        case datetime():
            return cell.astimezone(UTC).isoformat()
        case str():
            return harmless(cell)
        case _:
            return cell


def harmless(text: str) -> str:
    """Put a quote before what a spreadsheet would run as a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.lstrip(" \n").startswith(_FORMULA) else text
