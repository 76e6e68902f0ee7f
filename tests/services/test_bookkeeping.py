"""Who keeps books hears of everything, whoever else fails; a worker that has just begun can tell vendors."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shared.bootstrap import bootstrap
from shared.chosen_adapters import Ports
from shared.domain.catalogue import ChannelKind
from shared.ports.events import CloudEvent
from shared.services.bookkeeping import Bookkeeping
from shared.settings import Settings
from tests.saga.town import Town

EVENT = CloudEvent(id="e1", type="uso.x", subject="s", time=datetime(2026, 5, 4, tzinfo=UTC))


async def test_a_hearer_that_fails_keeps_nobody_else_from_hearing() -> None:
    heard: list[str] = []

    def hearer(name: str, *, fails: bool = False) -> Any:
        async def hear(event: CloudEvent) -> None:
            heard.append(name)
            if fails:
                raise RuntimeError(name)

        return hear

    books = Bookkeeping(
        {"uso.x": [hearer("a", fails=True), hearer("b")], "uso.y": [hearer("never")]},
        {"uso.x": [hearer("c", fails=True), hearer("d")]},
    )
    with pytest.raises(RuntimeError, match="a"):
        await books.hear(EVENT)
    assert heard == ["a", "b", "c", "d"]


@pytest.mark.flow("2.8-1")
async def test_a_worker_that_has_just_begun_tells_the_vendor_that_its_money_is_released(
    tmp_path: Path,
) -> None:
    town = Town(tmp_path)
    order = await town.place(await town.open_shops(1), key="o")
    await town.host.settle()
    leg = order.legs[0]
    cold = bootstrap(
        Settings(data_dir=tmp_path),
        Ports(clock=town.clock, store=town.memory, bus=town.host, channels={ChannelKind.API: town.channel}),
    )
    data = {"order_id": order.id, "leg_id": leg.id, "key": f"{leg.id}:release", "vendor_minor": 900}
    event = EVENT.model_copy(update={"type": "uso.funds.released", "data": {**data, "currency": "USD"}})
    town.channel.sent.clear()
    await cold.bookkeeping.hear(event.model_copy(update={"data": {**event.data, "vendor_id": "v1"}}))
    (notice,) = town.channel.sent
    assert notice.text.startswith("$9.00 for Thing 1 is released to you")
    await town.host.close()
