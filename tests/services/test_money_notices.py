"""Vendors hear of their money from whichever worker is free (flow 2.8-1 step 4)."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.bootstrap import App, bootstrap
from shared.chosen_adapters import Ports
from shared.domain.catalogue import ChannelKind
from shared.ports.events import CloudEvent
from shared.settings import Settings
from tests.saga.town import QuietChannel, Town


@pytest.mark.flow("2.8-1")
@pytest.mark.parametrize(
    ("event", "words"),
    [
        ("uso.funds.released", "$9.06 for Thing 1 is released to you"),
        ("uso.leg.refunded", "Thing 1 was refunded to the customer: $9.06 nets against your next payout."),
    ],
)
async def test_a_worker_that_has_just_started_knows_whom_to_tell(
    tmp_path: Path, event: str, words: str
) -> None:
    town = Town(tmp_path)
    await town.open_shops(1)
    order = await town.place(["p1"], key="once")
    told = QuietChannel()
    cold: App = bootstrap(
        Settings(data_dir=tmp_path),
        Ports(clock=town.clock, store=town.memory, bus=town.host, channels={ChannelKind.API: told}),
    )
    leg = f"{order.id}-l1"
    about = {"order_id": order.id, "leg_id": leg, "vendor_id": "v1", "vendor_minor": 906, "currency": "USD"}
    about |= {
        "fee_minor": 101,
        "commission_minor": 0,
        "affiliate_id": "",
        "link_id": "",
        "key": f"{leg}:once",
    }
    heard = CloudEvent(
        id="e1", type=event, subject=order.id, time=datetime(2026, 5, 4, tzinfo=UTC), data=about
    )
    await cold.bookkeeping.hear(heard)
    assert [message.text.startswith(words) for message in told.sent] == [True]
    await town.host.close()
