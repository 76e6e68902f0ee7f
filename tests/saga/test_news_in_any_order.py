"""News of the payment provider, each told 2 to 5 times, at once and in any order: the end is the same.

The provider is ahead of us: a customer has done what their bank asked, a bank has taken a payment back and
decided, money was paid out. Seeds, by night 1,000, draw who tells what when and who goes on.
"""

import json
import os
import random
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain.money import Money
from shared.domain.status import HoldStatus, PartnerStatus, PaymentState
from shared.ports.payments import NewsKind, ProviderNews
from shared.services.deliveries import Said
from tests.saga.town import CUSTOMER, Town
from tests.saga.turns import Turns

RUNS, PARTS = 1_000 if os.environ.get("USO_NIGHTLY") == "1" else 300, 10
PLAYED = 12
HOW_FAR = frozenset({"relay", "catalogue", "external_events"})
"""Containers that say how far the machine is, not what it did."""
COUNTERS = frozenset({"revision", "sequence", "order", "cursor", "place"})


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    made = Town(tmp_path, Turns)
    await made.open_shops(2)
    yield made
    await made.host.close()


async def released_and_refunded(town: Town) -> str:
    """An order with one leg released and a part of the other refunded."""
    order = await town.place(["p1", "p2"], key="settled")
    await town.host.settle()
    first, second = (leg.id for leg in order.legs)
    await town.app.orders.answer(order.id, first, accepted=True)
    await town.app.orders.progress(order.id, first, PartnerStatus.READY_FOR_PICKUP)
    await town.app.deliveries.confirm(order.id, [Said(leg_id=first)], by=CUSTOMER)
    await town.app.funds.refund(second, Money(minor=300), key=f"{second}:goodwill", reason="late")
    await town.host.settle()
    order = await town.must_add_up(order.id)
    assert (order.legs[0].hold, order.paid().minor) == (HoldStatus.RELEASED, order.total().minor - 300)
    return order.id


async def waiting(town: Town) -> str:
    """An order whose customer has done what the bank asked, which we have not heard."""
    await town.app.payment_rehearsal.require_action(CUSTOMER)
    order = await town.place(["p1"], key="waiting")
    await town.host.settle()
    order = await town.order(order.id)
    assert order.paying.state is PaymentState.REQUIRES_ACTION
    await town.app.payment_rehearsal.act(order.paying.payment_id)
    return order.id


def documents(town: Town) -> dict[tuple[str, str, str], Any]:
    """Every document, without where it stands in the feeds."""
    rows = town.memory._db.execute("SELECT container, partition, id, body FROM documents")
    return {
        (container, partition, id): {k: v for k, v in json.loads(body).items() if k not in COUNTERS}
        for container, partition, id, body in rows
        if container not in HOW_FAR and not id.startswith(("inbox:", "event:"))
    }


async def rehearsed(town: Town, *, won: bool) -> tuple[str, str, list[ProviderNews]]:
    """Two orders, what a bank did to one of them, and all the news of it, none of it told."""
    rehearsal = town.app.payment_rehearsal
    await rehearsal.shape_news(delay=timedelta(0), copies=0)
    settled, waits = await released_and_refunded(town), await waiting(town)
    paid_by = (await town.order(settled)).movements[0].receipt_id
    await rehearsal.pay_out("weekly", Money(minor=100))
    dispute = await rehearsal.open_dispute("bank", paid_by, reason="not received", amount=Money(minor=900))
    await rehearsal.close_dispute(dispute.id, won=won)
    span = (town.clock.now() - timedelta(days=1), town.clock.now() + timedelta(days=1))
    news = [each.news async for each in town.app.payment_rehearsal.deliveries(*span)]
    assert {each.kind for each in news} >= {
        NewsKind.PAYMENT_CHANGED,
        NewsKind.REFUND_CHANGED,
        NewsKind.DISPUTE_OPENED,
        NewsKind.DISPUTE_CHANGED,
        NewsKind.PAYOUT_CHANGED,
    }
    return settled, waits, news


def drawn(town: Town, news: list[ProviderNews], chance: random.Random) -> list[Any]:
    """Each piece 2 to 5 times, at once and in any order."""
    actors = [tell(town, each, chance.randint(1, 2)) for each in news for _ in range(2)]
    actors += [tell(town, each, 1) for each in news if chance.random() < 0.5]
    chance.shuffle(actors)
    return actors


def same(one: dict[Any, Any], other: dict[Any, Any], seed: object) -> None:
    different = [key for key in one.keys() | other.keys() if one.get(key) != other.get(key)]
    assert [(key, one.get(key), other.get(key)) for key in different] == [], seed


async def tell(town: Town, news: ProviderNews, times: int) -> None:
    """The webhook, as often as the provider likes; the bus may bring its event again as well."""
    for _ in range(times):
        await town.app.provider_news.receive(news)
    await town.host.settle()
    for event in [event for event in town.host.told if event.data.get("id") == news.id]:
        await town.app.bookkeeping.hear(event)


@pytest.mark.flow("1.3-1")
@pytest.mark.parametrize("won", [True, False], ids=["won", "lost"])
@pytest.mark.parametrize("part", range(PARTS // 2))
async def test_news_has_one_end_however_often_and_in_whatever_order_it_is_told(
    town: Town, part: int, won: bool
) -> None:
    turns: Turns = town.app.store  # type: ignore[assignment]
    settled, waits, news = await rehearsed(town, won=won)
    await town.host.stop()
    with closing(sqlite3.connect(":memory:", check_same_thread=False)) as before:
        town.memory._db.backup(before)
        for each in news:
            await tell(town, each, 1)
        assert (await town.order(waits)).paying.state is PaymentState.AUTHORISED
        await town.must_add_up(settled)
        the_end = documents(town)
        for seed in range(part, RUNS // 2, PARTS // 2):
            before.backup(town.memory._db)
            town.host.told.clear()
            for answer in await turns.play(seed, *drawn(town, news, random.Random(f"{seed} {won}"))):
                assert answer is None, (seed, answer)
            await town.host.settle()
            same(the_end, documents(town), seed)


@pytest.mark.flow("1.3-1")
@pytest.mark.parametrize("won", [True, False], ids=["won", "lost"])
async def test_and_so_have_the_plans_that_it_starts_and_wakes(tmp_path: Path, won: bool) -> None:
    ends = []
    for seed in (None, *range(PLAYED)):
        town = Town(tmp_path / str(seed), Turns)
        await town.open_shops(2)
        settled, waits, news = await rehearsed(town, won=won)
        turns: Turns = town.app.store  # type: ignore[assignment]
        if seed is None:
            for each in news:
                await tell(town, each, 1)
        else:
            await turns.play(seed, *drawn(town, news, random.Random(f"{seed} {won}")))
        await town.host.settle()
        await town.host.run_out()
        await town.app.projection.catch_up()
        order = await town.must_add_up(settled)
        assert await town.kept(settled) - order.paid().minor == (0 if won else 900)
        assert (await town.order(waits)).is_paid
        ends.append(documents(town))
        await town.host.close()
        same(ends[0], ends[-1], seed)
