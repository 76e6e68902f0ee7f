"""The doors for catalogue feeds (M2, flow 2.2-1): a vendor's products by CSV or JSON."""

from typing import Annotated

from pydantic import Field

from shared.domain.catalogue import SLUG
from shared.domain.catalogue_import import COLUMN_MAP, FeedFormat, ImportReport
from shared.domain.model import Model
from shared.errors import InvalidInput
from triggers.web.answer import Reply
from triggers.web.call import Call

Column = Annotated[str, Field(min_length=1, max_length=80)]


class FeedInput(Model):
    """A feed as text. `column_map` adds to the usual names; partners leave `vendor_id` out."""

    vendor_id: str | None = Field(default=None, pattern=SLUG)
    format: FeedFormat
    content: str = Field(min_length=1)
    column_map: dict[Column, Column] = Field(default_factory=dict, max_length=50)
    all_or_nothing: bool = False


class ColumnMapView(Model):
    """Column names that are understood without a map, and the fields they fill."""

    columns: dict[str, str]


async def ingest(call: Call, body: FeedInput) -> Reply[ImportReport]:
    """Import all valid rows at once and say why the others were rejected; a broken file imports nothing."""
    partner = call.caller.partner_id
    if partner is not None and body.vendor_id not in {None, partner}:
        raise InvalidInput("A partner imports its own products only.", field="vendor_id")
    vendor_id = partner or body.vendor_id
    if vendor_id is None:
        raise InvalidInput("Say whose products these are.", field="vendor_id")
    report = await call.app.catalogue.import_feed(
        vendor_id,
        body.content,
        body.format,
        body.column_map,
        all_or_nothing=body.all_or_nothing,
        curated=partner is None,
    )
    return Reply(report)


async def column_map() -> Reply[ColumnMapView]:
    """List the usual column names."""
    return Reply(ColumnMapView(columns=dict(COLUMN_MAP)))
