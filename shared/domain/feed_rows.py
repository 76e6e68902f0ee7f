"""The raw rows of a feed file, every value as text."""

import csv
import io
import json
from decimal import Decimal
from typing import Any

from shared.errors import InvalidInput

Row = dict[str | None, str]
"""Column -> cell; the key None holds what stands beyond the header's columns."""
MAX_CELL = 100_000
MAX_DIGITS = 40
"""Numbers beyond this magnitude stay in exponent form, which no field accepts."""
DELIMITERS = ",;\t|"


def read_csv(text: str) -> list[Row]:
    """Read CSV with a header; commas, semicolons, tabs or bars, whichever the header uses."""
    if "\0" in text:
        raise InvalidInput("The feed holds zero bytes.", field="content")
    lines = io.StringIO(text, newline="")
    previous = csv.field_size_limit(MAX_CELL)
    try:
        table = list(csv.reader(lines, delimiter=_delimiter(text), strict=True))
    except csv.Error as error:
        raise InvalidInput(f"The feed is no readable CSV: {error}.", field="content") from error
    finally:
        csv.field_size_limit(previous)
    if not table:
        raise InvalidInput("The feed is empty.", field="content")
    header = [column.strip() for column in table[0]]
    doubled = sorted({column for column in header if column and header.count(column) > 1})
    if doubled:
        raise InvalidInput(f"The feed has two columns {', '.join(doubled)}.", field="content")
    return [_row(header, cells) for cells in table[1:] if any(cell.strip() for cell in cells)]


def _row(header: list[str], cells: list[str]) -> Row:
    row: Row = dict(zip(header, cells, strict=False))
    beyond = "".join(cells[len(header) :]).strip()
    if beyond:
        row[None] = beyond
    return row


def _delimiter(text: str) -> str:
    first = text.lstrip("\r\n").partition("\n")[0]
    counts = {mark: first.count(mark) for mark in DELIMITERS}
    likely = max(DELIMITERS, key=lambda mark: counts[mark])
    rivals = [mark for mark in DELIMITERS if counts[mark]]
    if len(rivals) < 2:
        return likely
    try:
        return csv.Sniffer().sniff(text[:8192], DELIMITERS).delimiter
    except csv.Error:
        return likely


def read_json(text: str) -> list[Row]:
    """Read a JSON list of objects, or an object with one such list (`products`, `items` or `data`)."""
    try:
        parsed = json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"The feed is no readable JSON: {error}.", field="content") from error
    if isinstance(parsed, dict):
        lists = [parsed[key] for key in ("products", "items", "data") if isinstance(parsed.get(key), list)]
        parsed = lists[0] if len(lists) == 1 else None
    if not isinstance(parsed, list):
        raise InvalidInput("The feed is no list of products.", field="content")
    return [_flat(each) for each in parsed]


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _flat(each: Any) -> Row:
    if not isinstance(each, dict):
        return {None: "not an object"}
    return {str(key): _text(value) for key, value in each.items()}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(_text(part) for part in value)
    if isinstance(value, dict):
        return json.dumps(value, default=str)
    if isinstance(value, Decimal) and abs(value.adjusted()) < MAX_DIGITS:
        return format(value, "f")
    return str(value)
