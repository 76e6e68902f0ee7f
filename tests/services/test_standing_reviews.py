"""The review of a standing intent, turn by turn: what the stored truth calls for, asked once or often."""

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.standing import StandingIntent
from shared.domain.status import IntentStatus
from shared.services.standing_moves import Moves
from tests.harness import HOME, World

SUNNY = {"text": "order flowers on the next sunny Thursday", "deliver_to": HOME, "thread_id": "thr"}
PATH = "/api/v1/standing-intents"


@pytest.fixture
async def sky(world: World) -> World:
    for day, sky in (("2026-05-07", "sunny"), ("2026-05-14", "rainy")):
        body = {"place": HOME, "day": day, "sky": sky, "since": "2026-05-04T00:00:00Z"}
        answer = await world.admin().call("PUT", "/api/v1/simulator/weather", body)
        assert answer.status < 300
    return world


async def watched(world: World, **more: Any) -> StandingIntent:
    made = await world.customer().post(PATH, {**SUNNY, **more})
    await world.settle()
    return await world.app.standing.get(made["id"])


async def test_a_review_of_a_turn_that_is_over_changes_nothing(sky: World) -> None:
    intent = await watched(sky)
    await sky.advance(days=3)
    asked = await sky.app.standing.get(intent.id)
    assert asked.status is IntentStatus.WAITING_APPROVAL
    for turn in range(asked.turn):
        todo = await sky.app.standing.review(intent.id, turn)
        assert (todo.action, todo.turn, todo.until) == ("wait", asked.turn, asked.decide_by)
    assert await sky.app.standing.get(intent.id) == asked


async def test_a_repeated_review_buys_once(sky: World) -> None:
    intent = await watched(sky, requires_approval=False)
    await sky.advance(days=3)
    bought = await sky.app.standing.get(intent.id)
    assert (bought.status, bought.purchases) == (IntentStatus.COMPLETED, 1)
    for turn in range(bought.turn + 2):
        todo = await sky.app.standing.review(intent.id, turn)
        assert (todo.action, todo.order_id) == ("stop", bought.order_id)
    again = await sky.app.standing.finish(intent.id, ok=True)
    assert again.action == "stop"
    assert (await sky.app.standing.get(intent.id)).purchases == 1


@pytest.mark.parametrize(
    ("trust", "status"),
    [
        ("high", IntentStatus.COMPLETED),
        ("medium", IntentStatus.CANCELLED),
        ("low", IntentStatus.ACTIVE),
    ],
)
async def test_silence_means_what_the_trust_level_says(sky: World, trust: str, status: IntentStatus) -> None:
    intent = await watched(sky, trust_level=trust)
    await sky.advance(days=4)
    after = await sky.app.standing.get(intent.id)
    assert after.status is status
    assert (after.order_id is not None) == (status is IntentStatus.COMPLETED)


async def test_a_moment_that_was_let_pass_does_not_come_back_the_same_day(sky: World) -> None:
    intent = await watched(sky)
    await sky.advance(days=3)
    await sky.customer().post(f"{PATH}/{intent.id}/reject", {"keep_waiting": True})
    await sky.settle()
    await sky.advance(hours=8)
    after = await sky.app.standing.get(intent.id)
    assert after.status is IntentStatus.ACTIVE
    assert after.met is None
    assert after.not_before is not None
    assert after.not_before - sky.now() > timedelta(0)


async def test_a_cancelled_wish_is_not_watched_and_not_bought(sky: World) -> None:
    intent = await watched(sky, requires_approval=False)
    await sky.app.standing.cancel(intent.id, reason="changed my mind")
    await sky.app.standing.cancel(intent.id, reason="changed my mind")
    await sky.advance(days=4)
    after = await sky.app.standing.get(intent.id)
    assert (after.status, after.order_id) == (IntentStatus.CANCELLED, None)
    assert [entry for entry in after.ledger if entry.step == "end"] == [after.ledger[-1]]


async def test_the_longest_wait_ends_a_wish_that_never_comes_true(sky: World) -> None:
    intent = await watched(sky, text="order flowers on the next snowy Friday", max_wait_days=6)
    await sky.advance(days=5)
    assert (await sky.app.standing.get(intent.id)).status is IntentStatus.ACTIVE
    await sky.advance(days=1, minutes=1)
    after = await sky.app.standing.get(intent.id)
    assert after.status is IntentStatus.CANCELLED
    assert sky.now() - after.waits_until < timedelta(hours=1)


async def test_a_purchase_tried_again_later_asks_for_the_same_delivery(world: World) -> None:
    cheap = {"text": "order pink peonies when the price drops below $80", "requires_approval": True}
    intent = await watched(world, **cheap)
    await world.advance(hours=2)
    asked = await world.app.standing.get(intent.id)
    assert asked.status is IntentStatus.WAITING_APPROVAL
    said = await world.app.standing.decide(intent.id, approved=True, by="alice")
    moves = Moves(world.app.settings)
    promises = {moves.deliver_by(said, world.now() + timedelta(minutes=n)) for n in (0, 1, 90)}
    assert len(promises) == 1
