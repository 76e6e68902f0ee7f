"""Doors to the table of fees, and to each partner's own rates (flow 5.1-2)."""

from datetime import datetime
from typing import Self

from pydantic import Field

from shared.domain.cards import message_card
from shared.domain.fees import FeeRates, FeeTable, to_come
from shared.domain.instants import Instant
from shared.domain.model import Model
from shared.services.fees import FeeDraft, OwnRate, kinds_sold, own_rates
from triggers.access import partner_of
from triggers.web.answer import Reply
from triggers.web.call import Call


class ReplaceFees(FeeRates):
    """The whole table. Rates are hundredths of a percent; the most specific rule counts.

    `version` is that of the newest table that was shown; if there is a newer one, nothing is changed.
    """

    version: int = Field(ge=0)
    effective_from: Instant | None = None
    note: str = Field(default="", max_length=500)


class TableView(Model):
    """One table. The one of the settings has no beginning."""

    version: int
    rates: FeeRates
    effective_from: datetime | None
    by: str
    note: str

    @classmethod
    def of(cls, table: FeeTable) -> Self:
        """Show `table`."""
        return cls(
            version=table.version,
            rates=table.rates,
            effective_from=table.effective_from if table.version else None,
            by=table.by,
            note=table.note,
        )


class FeesView(Model):
    """The tables: in force, to come, and all, newest first. `version` goes with the next change.

    `unreached` are vendors that have not got the notice of the newest table yet.
    """

    version: int
    in_force: TableView
    upcoming: tuple[TableView, ...]
    history: tuple[TableView, ...]
    unreached: tuple[str, ...]


class UpcomingRates(Model):
    """A partner's rates from an instant on."""

    effective_from: datetime
    rates: tuple[OwnRate, ...]


class MyFeesView(Model):
    """What the partner pays now and what it will, for each service type that it sells."""

    rates: tuple[OwnRate, ...]
    upcoming: tuple[UpcomingRates, ...]


async def get_fees(call: Call) -> Reply[FeesView]:
    """Show what counts now, what will, and what did."""
    return await _answer(call)


async def replace_fees(call: Call, body: ReplaceFees) -> Reply[FeesView]:
    """Replace the table; it counts for orders placed from its instant on.

    What was to come after that instant is replaced as well. Partners whose own rates change are told.
    """
    await call.app.fees.replace(
        FeeDraft(
            version=body.version,
            rates=FeeRates(default_bps=body.default_bps, regions=body.regions, rules=body.rules),
            effective_from=body.effective_from,
            note=body.note,
        ),
        by=call.caller.subject,
    )
    return await _answer(call)


async def my_fees(call: Call) -> Reply[MyFeesView]:
    """Show the calling partner's rates; the fee is taken when the money of a sale is released."""
    app = call.app
    await app.catalogue.refresh()
    vendor = app.catalogue.known_vendor(partner_of(call.caller))
    kinds = kinds_sold(app.catalogue.products_of(vendor.id))
    coming = to_come(await app.fees.history(), call.now)
    view = MyFeesView(
        rates=tuple(await app.fees.own_rates(vendor, kinds, call.now)),
        upcoming=tuple(
            UpcomingRates(effective_from=table.effective_from, rates=tuple(own_rates(table, vendor, kinds)))
            for table in coming
        ),
    )
    facts = [(str(each.kind), f"{each.fee_bps / 100:g} %") for each in view.rates]
    return Reply(view, adaptive_card=message_card("Your fees", "Of each sale.", facts=facts))


async def _answer(call: Call) -> Reply[FeesView]:
    tables = await call.app.fees.history()
    newest = tables[0].version
    untold = await call.app.fee_notices.untold(newest)
    in_force = await call.app.fees.in_force(call.now)
    return Reply(
        FeesView(
            version=newest,
            in_force=TableView.of(in_force),
            upcoming=tuple(map(TableView.of, to_come(tables, call.now))),
            history=tuple(map(TableView.of, tables)),
            unreached=tuple(notice.vendor_id for notice in untold),
        ),
        adaptive_card=message_card("Fees", f"{in_force.rates.default_bps / 100:g} % unless a rule differs."),
    )
