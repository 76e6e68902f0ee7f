"""The list of the shop's orders, kept by several processes at once."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from shared.adapters.service_bus_rest import NoBus
from shared.adapters.sqlite_store import SqliteStore
from shared.domain.operations.shop_orders import ShopOrder
from shared.ports.store import Document
from shared.services.kinds import SHOP_ORDERS
from shared.services.ledger.projection import utc_day
from shared.services.operations.overview import VIEWS, ShopOverview
from shared.services.outbox import Outbox
from shared.services.records import Records, Stored
from tests.clocks import HandClock
from tests.shop_orders import paid


class Slow(SqliteStore):
    """A store in which something happens before a row is looked at, once."""

    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def read(self, container: str, partition: str, id: str) -> Document | None:
        if container == VIEWS and partition.startswith("orders:") and (late := self.meanwhile) is not None:
            self.meanwhile = None
            await late()
        return await super().read(container, partition, id)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Slow]:
    opened = Slow(tmp_path / "uso.sqlite", HandClock())
    yield opened
    await opened.close()


def overview(store: Slow) -> tuple[ShopOverview, Records]:
    records = Records(store, Outbox(store, NoBus()), HandClock())
    return ShopOverview(store, records), records


async def outcomes(overview: ShopOverview, order: ShopOrder) -> list[str]:
    page = await overview.orders(utc_day(order.sold.paid_at))
    return [row.outcome for row in page.orders]


async def test_a_row_shows_its_order_as_it_is_now(store: Slow) -> None:
    shown, records = overview(store)
    order = paid(1000)
    await records.commit(Stored(SHOP_ORDERS, order))
    assert await outcomes(shown, order) == [""]
    await records.update(SHOP_ORDERS, order.id, lambda it: (it.model_copy(update={"outcome": "sent"}), ()))
    assert await outcomes(shown, order) == ["sent"]


async def test_who_is_late_puts_no_older_row_over_a_newer_one(store: Slow) -> None:
    shown, records = overview(store)
    other, _ = overview(store)
    order = paid(1000)
    await records.commit(Stored(SHOP_ORDERS, order))

    async def overtake() -> None:
        await records.update(
            SHOP_ORDERS, order.id, lambda it: (it.model_copy(update={"outcome": "sent"}), ())
        )
        assert await outcomes(other, order) == ["sent"]

    store.meanwhile = overtake
    assert await outcomes(shown, order) == ["sent"]
    assert await outcomes(shown, order) == ["sent"]
