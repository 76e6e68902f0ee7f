from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from simulator_world import NOW, World, change, order

from shared.domain.catalogue import Vendor
from shared.domain.places import GeoPoint, Place
from shared.domain.simulator.outcomes import Alternative, Outcome, Step, Verdict
from shared.domain.simulator.requests import ResponseStatus
from shared.domain.simulator.scenarios import ResponseMode, Script
from shared.errors import Conflict, NotFound, Unavailable
from shared.ports.store import PreconditionFailed


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    result = World(tmp_path)
    await result.partner()
    yield result
    await result.store.close()


def script(*outcomes: Outcome, **fields: object) -> Script:
    steps = tuple(Step(outcomes=(outcome,)) for outcome in outcomes)
    return Script.model_validate({"name": "s", "partner_ids": ("shop",), "steps": steps, **fields})


async def test_a_request_is_stored_decided_and_announced_in_one_go(world: World) -> None:
    request = await world.send(order())
    assert request.status is ResponseStatus.SCHEDULED
    assert request.answer is not None
    assert request.answer.text == "Yes, we can do Red Flowers."
    (event,) = world.bus.events
    assert event.type == "uso.simulator.reply_due"
    assert event.data == {"partner_id": "shop", "message_id": "ord_1-l1:order", "due": NOW.isoformat()}


async def test_the_same_message_twice_is_one_request_with_one_announcement(world: World) -> None:
    first = await world.send(order())
    world.clock.pass_(minutes=5)
    assert await world.send(order()) == first
    assert len(world.bus.events) == 1


async def test_scenarios_changed_later_do_not_change_a_decided_answer(world: World) -> None:
    await world.send(order())
    await world.simulator.scenarios.create(script(Outcome(verdict=Verdict.REJECT)))
    await world.send(order())
    await world.deliver("ord_1-l1:order")
    assert world.intake.texts() == ["Yes, we can do Red Flowers."]


async def test_a_notice_is_kept_and_answered_by_nobody(world: World) -> None:
    request = await world.send(order(kind="notice", id="ord_1-l1:note"))
    assert (request.status, request.answer) == (ResponseStatus.UNANSWERED, None)
    assert world.bus.events == []
    assert not (await world.deliver("ord_1-l1:note")).delivered
    assert world.intake.calls == 0


async def test_a_delay_is_announced_with_its_due_time(world: World) -> None:
    await world.simulator.scenarios.create(script(Outcome(verdict=Verdict.ACCEPT, delay_seconds=900)))
    await world.send(change())
    assert world.bus.events[0].data["due"] == (NOW + timedelta(minutes=15)).isoformat()


async def test_a_delivered_reply_quotes_its_request_and_comes_as_words(world: World) -> None:
    await world.send(change())
    result = await world.deliver("ord_1-n1.1:ask")
    (reply,) = world.intake.replies.values()
    assert result.delivered
    assert (reply.id, reply.vendor_id, reply.reference) == (result.reply_id, "shop", "ord_1-n1.1")
    assert (reply.text, reply.button) == ("Yes, we can do pink flowers.", None)
    assert (await world.request("ord_1-n1.1:ask")).status is ResponseStatus.RESPONDED


async def test_a_repeated_delivery_says_nothing_twice(world: World) -> None:
    await world.send(change())
    assert (await world.deliver("ord_1-n1.1:ask")).delivered
    assert not (await world.deliver("ord_1-n1.1:ask")).delivered
    assert world.intake.calls == 1


async def test_a_delivery_that_died_before_its_note_sends_the_same_reply_again(world: World) -> None:
    await world.send(change())
    before = await world.store.read("simulator", "shop", "ord_1-n1.1:ask")
    await world.deliver("ord_1-n1.1:ask")
    assert before is not None
    from shared.ports.store import Upsert

    await world.store.batch("simulator", "shop", [Upsert("ord_1-n1.1:ask", before.body)])
    await world.deliver("ord_1-n1.1:ask")
    assert world.intake.calls == 2
    assert len(world.intake.replies) == 1


@pytest.mark.parametrize(
    "refusal", [NotFound("order leg", "x"), Conflict("The order is over.")], ids=["not found", "conflict"]
)
async def test_a_refused_reply_is_noted_and_not_tried_again(world: World, refusal: Exception) -> None:
    await world.send(change())
    world.intake.fails_with = refusal
    result = await world.deliver("ord_1-n1.1:ask")
    assert (result.delivered, result.refused) == (False, refusal.code)
    world.intake.fails_with = None
    assert not (await world.deliver("ord_1-n1.1:ask")).delivered
    assert world.intake.replies == {}


@pytest.mark.parametrize("trouble", [Unavailable("down"), PreconditionFailed("race")])
async def test_a_passing_trouble_leaves_the_reply_to_be_tried_again(world: World, trouble: Exception) -> None:
    await world.send(change())
    world.intake.fails_with = trouble
    with pytest.raises(type(trouble)):
        await world.deliver("ord_1-n1.1:ask")
    world.intake.fails_with = None
    assert (await world.deliver("ord_1-n1.1:ask")).delivered


async def test_an_unknown_request_cannot_be_delivered(world: World) -> None:
    with pytest.raises(NotFound):
        await world.deliver("never-sent")


async def test_the_rounds_of_a_negotiation_walk_through_the_steps(world: World) -> None:
    chain = [Outcome(verdict=Verdict.REJECT, text=text) for text in ("one", "two")]
    await world.simulator.scenarios.create(script(*chain))
    texts = []
    for round_ in (1, 2, 3):
        request = await world.send(change(round_))
        assert request.answer is not None
        texts.append(request.answer.text)
    assert texts == ["one", "two", "two"]


async def test_an_order_does_not_use_up_a_negotiations_first_step(world: World) -> None:
    chain = [Outcome(verdict=Verdict.ACCEPT, text=text) for text in ("one", "two")]
    await world.simulator.scenarios.create(script(*chain))
    await world.send(order())
    request = await world.send(change())
    assert request.answer is not None
    assert request.answer.text == "one"


async def test_the_original_item_is_remembered_from_the_order(world: World) -> None:
    offer = Alternative(item="white flowers")
    text = "{original_item} only, or {alternative} for {order_value}"
    counter = Outcome(verdict=Verdict.COUNTER_OFFER, text=text, alternatives=(offer,))
    await world.send(order())
    await world.simulator.scenarios.create(script(counter))
    request = await world.send(change())
    assert request.answer is not None
    assert request.answer.text == "Red Flowers only, or white flowers for $50.00"


async def test_a_catalogue_vendor_on_the_simulator_channel_answers_too(world: World) -> None:
    place = Place(address="2 Main St", point=GeoPoint(latitude=30.2, longitude=-97.7))
    vendor = Vendor(id="baker", name="Baker", business_type="bakery", place=place)
    request = await world.send(order(), to=vendor)
    assert request.status is ResponseStatus.SCHEDULED
    assert (await world.deliver("ord_1-l1:order", of="baker")).delivered


async def test_a_silent_partner_is_never_announced(world: World) -> None:
    await world.simulator.scenarios.create(script(Outcome(verdict=Verdict.SILENCE)))
    request = await world.send(change())
    assert request.status is ResponseStatus.UNANSWERED
    assert request.scenario_id is not None
    assert world.bus.events == []


async def test_a_manual_scenario_waits_for_a_person_without_announcing(world: World) -> None:
    await world.simulator.scenarios.create(script(response=ResponseMode.MANUAL))
    request = await world.send(change())
    assert (request.status, request.manual) == (ResponseStatus.PENDING, True)
    assert world.bus.events == []
