"""The shop's desk: one delivery, one announcement, for as long as a sender may come again."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from shared.adapters.service_bus_rest import NoBus
from shared.adapters.sqlite_store import SqliteStore
from shared.ports.shop import ShopNews, ShopTopic
from shared.services.kinds import SHOP_ORDERS
from shared.services.operations.inbox import NewsInbox
from shared.services.operations.shop_desk import Receipt, ShopDesk
from shared.services.outbox import Outbox
from shared.services.records import Records, Stored
from tests.clocks import HandClock
from tests.feeds import whole_feed
from tests.shop_orders import MONDAY, paid


class Rig:
    """A desk, and what it has stored."""

    def __init__(self, data: Path) -> None:
        self.clock = HandClock()
        self.store = SqliteStore(data / "store.sqlite", self.clock)
        outbox = Outbox(self.store, NoBus())
        self.records = Records(self.store, outbox, self.clock)
        self.desk = ShopDesk(self.records, NewsInbox(self.store, outbox, self.clock))

    async def told(self) -> list[str]:
        """Types of the events that were announced."""
        documents = await whole_feed(self.store, "shop_news")
        return [each.body["event"]["type"] for each in documents if each.id.startswith("event:")]


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    rig = Rig(tmp_path)
    yield rig
    await rig.store.close()


def news(id: str = "e1", topic: ShopTopic = ShopTopic.ORDER_PAID, *, at: datetime = MONDAY) -> ShopNews:
    return ShopNews(id=id, topic=topic, shop_order_id="1001", at=at)


async def test_a_delivery_is_known_for_a_hundred_days(rig: Rig) -> None:
    assert await rig.desk.receive(news()) is Receipt.NEW
    assert await rig.desk.receive(news()) is Receipt.KNOWN
    assert await rig.told() == ["uso.ORDER_PAID"]
    rig.clock.pass_(days=99)
    assert await rig.desk.receive(news()) is Receipt.KNOWN
    rig.clock.pass_(days=2)
    assert await rig.desk.receive(news()) is Receipt.NEW


async def test_each_topic_is_announced_as_what_it_is(rig: Rig) -> None:
    assert await rig.desk.receive(news("e1")) is Receipt.NEW
    assert await rig.desk.receive(news("e2", ShopTopic.ORDER_CHANGED)) is Receipt.NEW
    assert sorted(await rig.told()) == ["uso.ORDER_PAID", "uso.shop_order.changed"]


async def test_only_what_is_older_than_what_is_known_is_stale(rig: Rig) -> None:
    await rig.records.commit(Stored(SHOP_ORDERS, paid(3900)))
    before, same = MONDAY - timedelta(seconds=1), MONDAY
    assert await rig.desk.receive(news("e1", ShopTopic.ORDER_CHANGED, at=before)) is Receipt.STALE
    assert await rig.told() == []
    assert await rig.desk.receive(news("e1", ShopTopic.ORDER_CHANGED, at=before)) is Receipt.KNOWN
    assert await rig.desk.receive(news("e2", ShopTopic.ORDER_CHANGED, at=same)) is Receipt.NEW
    assert await rig.told() == ["uso.shop_order.changed"]
