"""Vendor feeds in CSV or JSON become products; what cannot is reported row by row (M2, flow 2.2-1).

A file that is broken as a whole (not UTF-8, not parsable, no id, name or price column, too large) raises and
gives nothing. Otherwise every row is either a product or a rejection that names row, field and reason.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from shared.domain.catalogue import Product
from shared.domain.feed_rows import Row, read_csv, read_json
from shared.domain.model import Model
from shared.domain.prices import parse_price
from shared.errors import InvalidInput, TooLarge

MAX_FEED_BYTES = 32 * 1024 * 1024
MAX_ROWS = 100_000
MAX_REPORTED = 1000
"""Rejections that a report lists; all are counted."""
REQUIRED = ("id", "name", "price")
UNLIMITED = "-1"
"""A quantity of -1 means as many as you like (M25)."""

COLUMN_MAP: Mapping[str, str] = {
    **dict.fromkeys(("id", "handle", "sku", "variant_sku", "variant sku", "product_id"), "id"),
    **dict.fromkeys(("name", "title", "product_name", "product name"), "name"),
    **dict.fromkeys(("description", "body", "body (html)", "body_html"), "description"),
    **dict.fromkeys(("price", "variant_price", "variant price"), "price"),
    **dict.fromkeys(("image_url", "image", "image_src", "image src", "image_link"), "image_url"),
    **dict.fromkeys(("availability", "status"), "availability"),
    **dict.fromkeys(("category", "product_type", "type", "product_category"), "category"),
    **dict.fromkeys(("tags", "keywords"), "tags"),
    **dict.fromkeys(("colours", "colors", "colour", "color"), "colours"),
    **dict.fromkeys(("quantity", "stock", "inventory", "variant_inventory_qty"), "quantity"),
    **dict.fromkeys(("brand", "vendor"), "brand"),
    **dict.fromkeys(("url", "link"), "url"),
    "published": "published",
    "currency": "currency",
    "kind": "kind",
    "capabilities": "capabilities",
    "lead_minutes": "lead_minutes",
    "quality": "quality",
    "boost": "boost",
    "margin": "margin",
    "lock": "lock",
}
"""Column of a feed, lower case -> field. `brand`, `url` and `published` are read and not kept, except that
an unpublished product is out of stock."""

FIELDS = frozenset(COLUMN_MAP.values())
CURATED = frozenset({"quality", "boost", "margin", "lock"})
"""Fields that rank and tie products: the platform's to set, never the partner's own."""
_LISTS = ("tags", "colours", "capabilities")
_PLAIN = ("name", "description", "category", "kind", "lead_minutes", "quality", "boost", "margin", "lock")
_AVAILABILITY = {
    **dict.fromkeys(("", "always", "active", "in stock", "in_stock", "available", "yes", "true"), "always"),
    **dict.fromkeys(("conditional", "preorder", "backorder", "limited"), "conditional"),
    **dict.fromkeys(
        ("out_of_stock", "out of stock", "draft", "archived", "inactive", "sold out", "no", "false"),
        "out_of_stock",
    ),
}
_FORMULA = re.compile(r"^(?:[=@\t\r]|[+\-](?=[\w(\"']))")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TAG = re.compile(r"<[^<>]{0,400}>")


class FeedFormat(StrEnum):
    """What a feed is written in."""

    CSV = "csv"
    JSON = "json"


class FeedItem(Model):
    """A product of a feed with how many there are; `counted` is False when the feed does not say."""

    row: int = 0
    product: Product
    quantity: int | None = None
    counted: bool = False


class RejectedRow(Model):
    """Why a row was not taken. Rows count from 1, the header not counted."""

    row: int
    field: str
    reason: str


class ImportReport(Model):
    """What an import did. With `all_or_nothing`, one rejected row means that nothing was accepted."""

    accepted: int = 0
    rejected_count: int = 0
    rejected: tuple[RejectedRow, ...] = ()
    all_or_nothing: bool = False
    ignored_columns: tuple[str, ...] = ()
    import_id: str = ""


class Feed(Model):
    """A parsed feed: what can be imported and what cannot."""

    items: tuple[FeedItem, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    ignored_columns: tuple[str, ...] = ()

    def report(self, *, accepted: int, all_or_nothing: bool = False, import_id: str = "") -> ImportReport:
        """Say what became of the feed."""
        return ImportReport(
            accepted=accepted,
            rejected_count=len(self.rejected),
            rejected=self.rejected[:MAX_REPORTED],
            all_or_nothing=all_or_nothing,
            ignored_columns=self.ignored_columns,
            import_id=import_id,
        )


class _Rejection(Exception):
    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.reason = field, reason


def parse_feed(
    content: bytes | str,
    *,
    format: FeedFormat,  # noqa: A002
    vendor_id: str,
    column_map: Mapping[str, str] | None = None,
    currency: str = "USD",
    curated: bool = True,
) -> Feed:
    """Read a vendor's feed. `column_map` maps the feed's own columns to fields, before the usual names.

    Without `curated`, columns for the platform's own fields are ignored, and reported so.
    Raises InvalidInput or TooLarge when the file itself cannot be used.
    """
    rows = _read(content, format)
    if not rows:
        raise InvalidInput("The feed lists no products.", field="content")
    columns = dict.fromkeys(column for row in rows for column in row if column is not None)
    mapping = _mapping(columns, column_map or {})
    if not curated:
        mapping = {column: field for column, field in mapping.items() if field not in CURATED}
    missing = [field for field in REQUIRED if field not in mapping.values()]
    if missing:
        raise InvalidInput(f"The feed has no column for {', '.join(missing)}.", field="content")
    items: list[FeedItem] = []
    rejected: list[RejectedRow] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, 1):
        try:
            item = _item(_fields(row, mapping), number, vendor_id, currency)
            if item.product.id in seen:
                raise _Rejection("id", f"the same id as row {seen[item.product.id]}")
            seen[item.product.id] = number
            items.append(item)
        except _Rejection as no:
            rejected.append(RejectedRow(row=number, field=no.field, reason=no.reason))
    ignored = tuple(column for column in columns if column not in mapping and column.strip())
    return Feed(items=tuple(items), rejected=tuple(rejected), ignored_columns=ignored[:100])


def _read(content: bytes | str, format: FeedFormat) -> list[Row]:  # noqa: A002
    raw = content.encode() if isinstance(content, str) else content
    if len(raw) > MAX_FEED_BYTES:
        raise TooLarge(MAX_FEED_BYTES)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"The feed is not UTF-8 (byte {error.start}).", field="content") from error
    rows = read_csv(text) if format is FeedFormat.CSV else read_json(text)
    if len(rows) > MAX_ROWS:
        raise InvalidInput(f"The feed has more than {MAX_ROWS} rows.", field="content")
    return rows


def _mapping(columns: Mapping[str, None], own: Mapping[str, str]) -> dict[str, str]:
    wrong = sorted(set(own.values()) - FIELDS)
    if wrong:
        raise InvalidInput(f"There is no field {', '.join(wrong)} to map to.", field="column_map")
    folded = {column.strip().lower(): field for column, field in own.items()}
    absent = sorted(set(folded) - {column.strip().lower() for column in columns})
    if absent:
        raise InvalidInput(f"The feed has no column {', '.join(absent)}.", field="column_map")
    mapping = {column: field for column in columns if (field := folded.get(column.strip().lower()))}
    for usual, field in COLUMN_MAP.items():
        for column in columns:
            if column.strip().lower() == usual and column not in mapping and field not in mapping.values():
                mapping[column] = field
    return mapping


def _fields(row: Row, mapping: Mapping[str, str]) -> dict[str, str]:
    if None in row:
        raise _Rejection("", "more cells than the header has columns")
    fields: dict[str, str] = {}
    for column, field in mapping.items():
        value = row.get(column, "").strip(" \t\r\n")
        if _CONTROL.search(value):
            raise _Rejection(field, "holds control characters")
        fields[field] = value
    return fields


def _item(fields: Mapping[str, str], row: int, vendor_id: str, currency: str) -> FeedItem:
    for field in REQUIRED:
        if not fields[field]:
            raise _Rejection(field, "is empty")
    for field in ("id", "name", "description", "category", "tags"):
        if _FORMULA.match(fields.get(field, "")):
            raise _Rejection(field, "begins like a spreadsheet formula")
    values: dict[str, Any] = {field: fields[field] for field in _PLAIN if fields.get(field)}
    values["description"] = _without_markup(fields.get("description", ""))
    values |= {field: frozenset(_split(fields[field])) for field in _LISTS if fields.get(field)}
    values |= {
        "id": fields["id"],
        "vendor_id": vendor_id,
        "image_url": _link(fields.get("image_url", "")),
        "availability": _availability(fields),
    }
    try:
        values["price"] = parse_price(fields["price"], currency=fields.get("currency") or currency)
    except ValueError as error:
        raise _Rejection("price", str(error)) from error
    return FeedItem(row=row, product=_product(values), **_quantity(fields.get("quantity", "")))


def _product(values: dict[str, Any]) -> Product:
    try:
        return Product.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"][:1])
        raise _Rejection(field, first["msg"].removeprefix("Value error, ")) from error


def _quantity(text: str) -> dict[str, Any]:
    if not text:
        return {"quantity": None, "counted": False}
    if text == UNLIMITED or text.lower() == "unlimited":
        return {"quantity": None, "counted": True}
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise _Rejection("quantity", f"'{text[:40]}' is no whole number")
    return {"quantity": int(text), "counted": True}


def _availability(fields: Mapping[str, str]) -> str:
    if fields.get("published", "").lower() in ("false", "no", "0"):
        return "out_of_stock"
    text = fields.get("availability", "").lower()
    known = _AVAILABILITY.get(text)
    if known is None:
        raise _Rejection("availability", f"'{text[:40]}' is not an availability")
    return known


def _link(text: str) -> str:
    if text and not re.match(r"https?://[^\s<>\"']+$", text, re.IGNORECASE):
        raise _Rejection("image_url", "is no http or https address")
    return text


def _split(text: str) -> Iterator[str]:
    for part in re.split(r"[,;|]", text):
        if part.strip():
            yield part.strip().lower()[:60]


def _without_markup(text: str) -> str:
    return re.sub(r"[ \t]{2,}", " ", _TAG.sub(" ", text)).strip() if "<" in text else text
