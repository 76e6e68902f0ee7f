"""One completion path (rule 5): client, webhook, retry and cancellation at once, in any order: one order.

Seeds, by night 1,000, draw who goes on next at every call of the store.
"""

import os
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain.checkouts import Checkout, CheckoutStatus, DeliveryKind
from shared.domain.status import OrderStatus, PaymentState
from shared.errors import Conflict, InvalidInput
from shared.ports.payments import ProviderNews
from shared.services.checkouts import Choice
from tests.saga.town import CUSTOMER, Town
from tests.saga.turns import Turns

RUNS, PARTS = 1_000 if os.environ.get("USO_NIGHTLY") == "1" else 300, 10


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    made = Town(tmp_path, Turns)
    await made.open_shops(2)
    yield made
    await made.host.close()


async def one_order(town: Town, checkout_id: str) -> str:
    """The id of the one order of a checkout: placed once, started once, charged once."""
    checkout = await town.app.checkouts.get(checkout_id)
    (placed,) = [event for event in town.host.told if event.type == "uso.order.placed"]
    assert placed.subject == checkout.order_id, "the checkout knows its order"
    assert town.host.starts.count(placed.subject) == 1
    captured = [key for call, _, key in town.faults.done if call == "capture"]
    assert captured in ([], [f"{placed.subject}:capture"])
    return checkout.order_id


def settled(answers: list[Any]) -> list[Any]:
    """What went well. Raises what nobody expects."""
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, Conflict | InvalidInput):
            raise answer
    return [answer for answer in answers if not isinstance(answer, BaseException)]


def fresh(town: Town) -> None:
    town.host.plans.clear()
    town.host.told.clear()
    town.host.starts.clear()
    town.faults.calls, town.faults.done = [], []


async def news_of(town: Town, payment_id: str) -> list[ProviderNews]:
    """What the provider would tell of a payment by webhook."""
    now = town.clock.now()
    told = town.app.payment_rehearsal.deliveries(now, now + timedelta(seconds=1))
    return [each.news async for each in told if each.news.object_id == payment_id]


async def hears(town: Town, news: ProviderNews) -> None:
    """The webhook's door, and the event that it causes."""
    await town.app.provider_news.receive(news)
    await town.host.settle()


@pytest.mark.flow("1.3-1")
@pytest.mark.parametrize("part", range(PARTS))
async def test_however_client_and_webhook_race_there_is_one_order(town: Town, part: int) -> None:
    turns: Turns = town.app.store  # type: ignore[assignment]
    await town.app.payment_rehearsal.require_action(CUSTOMER)
    for seed in range(part, RUNS, PARTS):
        fresh(town)
        chance = random.Random(seed)
        checkout_id = await town.quoted(["p1", "p2"], key=f"k{seed}")
        again = [town.app.checkouts.confirm(checkout_id, Choice()) for _ in range(chance.randint(1, 3))]
        answers = await turns.play(seed, *again, town.host.settle())
        assert not [answer for answer in answers if isinstance(answer, BaseException)], (seed, answers)
        await town.host.settle()
        order = await town.order(await one_order(town, checkout_id))
        assert order.paying.state is PaymentState.REQUIRES_ACTION, seed

        town.clock.instant += timedelta(seconds=1)
        yes = chance.random() < 0.8
        await town.app.payment_rehearsal.act(order.paying.payment_id, succeed=yes)
        news = (await news_of(town, order.paying.payment_id)) * chance.randint(1, 3)
        actors: list[Any] = [
            town.app.checkouts.confirm(checkout_id, Choice()) for _ in range(chance.randint(1, 2))
        ]
        actors += [hears(town, each) for each in chance.sample(news, chance.randint(1, len(news)))]
        actors += [town.app.checkout_steps.submit(order.id), town.host.settle()]
        chance.shuffle(actors)
        answers = await turns.play(seed, *actors)
        assert not [answer for answer in answers if isinstance(answer, BaseException)], (seed, answers)
        await town.host.run_out()
        assert town.host.result(order.id)["ok"] is yes, seed
        if not yes:
            retries = [order_id for order_id in town.host.starts if order_id != order.id]
            assert retries == [], "a failed payment is tried again when the customer says so, and only then"
        await one_order(town, checkout_id)
        order = await town.must_add_up(order.id)
        assert await town.kept(order.id) == order.paid().minor == (order.total().minor if yes else 0)
        assert order.status is (OrderStatus.PROCESSING if yes else OrderStatus.CANCELLED), seed


@pytest.mark.flow("1.3-1")
@pytest.mark.parametrize("waits", [False, True], ids=["placing", "waiting for the bank"])
async def test_an_order_that_is_called_off_in_any_moment_costs_nothing(town: Town, waits: bool) -> None:
    """Whoever is told that it is cancelled is charged nothing; whoever is charged is told that it is not."""
    turns: Turns = town.app.store  # type: ignore[assignment]
    for seed in range(150):
        fresh(town)
        chance = random.Random(seed)
        town.clock.instant += timedelta(seconds=1)
        await town.app.payment_rehearsal.require_action(CUSTOMER, required=waits)
        checkout_id = await town.quoted(["p1", "p2"], key=f"c{seed}-{waits}")
        actors: list[Any] = [town.app.checkouts.confirm(checkout_id, Choice()) for _ in range(2)]
        if waits:
            await turns.play(seed, *actors)
            await town.host.settle()
            order = await town.order((await town.app.checkouts.get(checkout_id)).order_id)
            await town.app.payment_rehearsal.act(order.paying.payment_id)
            actors = [town.app.checkouts.confirm(checkout_id, Choice())]
        actors += [town.app.checkouts.cancel(checkout_id) for _ in range(chance.randint(1, 2))]
        actors.append(town.host.settle())
        chance.shuffle(actors)
        told = settled(await turns.play(f"{seed} again", *actors))
        cancelled = any(isinstance(each, Checkout) for each in told)
        await town.host.run_out()
        checkout = await town.app.checkouts.get(checkout_id)
        assert cancelled is (checkout.status is CheckoutStatus.CANCELLED), seed
        order_or_none = await town.app.checkouts.order_of(checkout)
        if cancelled:
            assert order_or_none is None or order_or_none.status is OrderStatus.CANCELLED, seed
        if order_or_none is not None:
            kept = await town.kept(order_or_none.id)
            assert (kept > 0) is (order_or_none.status is OrderStatus.PROCESSING), seed
            assert kept == (await town.must_add_up(order_or_none.id)).paid().minor
            await one_order(town, checkout_id)


@pytest.mark.flow("1.3-1")
async def test_two_who_choose_differently_at_once_get_one_order_that_can_be_found(town: Town) -> None:
    turns: Turns = town.app.store  # type: ignore[assignment]
    for seed in range(150):
        fresh(town)
        checkout_id = await town.quoted(["p1", "p2"], key=f"d{seed}")
        choices = [Choice(delivery=kind) for kind in DeliveryKind]
        actors = [town.app.checkouts.confirm(checkout_id, choice) for choice in choices * 2]
        assert settled(await turns.play(seed, *actors, town.host.settle())), seed
        await town.host.run_out()
        order = await town.must_add_up(await one_order(town, checkout_id))
        assert order.status is OrderStatus.PROCESSING
        assert await town.kept(order.id) == order.total().minor
