"""The partner's side: receiving and processing orders (2.3-1, 2.3-2), and the signed webhook (2.7-1)."""

import contextlib
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from shared.domain.catalogue import Channel, ChannelKind
from shared.domain.webhook_signature import new_secret, verify
from tests.harness import World, running
from tests.street import Shop, escalations, flowers, no_harm, opened, ordered, resolved


class PartnerSystem:
    """A partner's own system, which takes signed webhooks, or answers `status` to all of them."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.received: list[tuple[dict[str, str], bytes]] = []
        self._port = 0

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Answer on a port of its own."""
        site = web.Application()
        site.router.add_post("/uso", self._take)
        runner = web.AppRunner(site)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self._port = runner.addresses[0][1]
        try:
            yield
        finally:
            await runner.cleanup()

    async def becomes_the_channel_of(self, shop: Shop) -> None:
        """Have `shop` called here from now on."""
        catalogue = shop.world.app.catalogue
        await catalogue.refresh()
        channel = Channel(kind=ChannelKind.API, address=f"http://127.0.0.1:{self._port}/uso")
        await catalogue.put_vendor(catalogue.vendor(shop.id).model_copy(update={"channel": channel}))

    async def _take(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.received.append((headers, await request.read()))
        return web.Response(status=self.status)


@pytest.fixture
async def corner(world: World) -> AsyncIterator[Shop]:
    yield await opened(world, "corner", flowers("red", "red"), flowers("white", "white", 3000))
    await no_harm(world)


# --- 2.3-1 -------------------------------------------------------------------------------------------


@pytest.mark.flow("2.3-1")
async def test_a_new_order_reaches_the_portal_and_the_channel_with_all_that_the_work_needs(
    corner: Shop,
) -> None:
    deal = await ordered(corner.world, {"id": "red", "quantity": 2})
    (leg,) = await corner.legs()
    assert (leg["order_id"], leg["name"], leg["quantity"]) == (deal.id, "Red Flowers", 2)
    assert (leg["customer_id"], leg["deliver_to"]) == ("alice", "500 Congress Ave, Austin")
    assert leg["deliver_by"] == "2026-05-05T14:00:00Z"
    assert leg["begin_by"] < leg["deliver_by"]
    assert (leg["price"]["minor"], leg["status"]) == (10000, "pending")
    (message,) = await corner.messages("order")
    assert message["request"]["text"].startswith("New order: 2 x Red Flowers, to 500 Congress Ave, Austin")
    assert message["request"]["buttons"] == ["Accept", "Decline"]


@pytest.mark.flow("2.3-1")
async def test_an_accepted_order_moves_to_processing_and_the_customer_learns_it(corner: Shop) -> None:
    deal = await ordered(corner.world, "red")
    leg = await corner.accepts(await deal.leg(), "With pleasure")
    assert leg["status"] == "accepted"
    assert (await deal.now())["status"] == "processing"
    assert (await deal.told())[-1].startswith("Corner will")
    again = await corner.accepts(await deal.leg())
    assert again["status"] == "accepted", "saying it twice changes nothing"
    assert sum(line.startswith("Corner will") for line in await deal.told()) == 1


@pytest.mark.flow("2.3-1")
@pytest.mark.parametrize(("words", "status"), [("Yes, happy to!", "accepted"), ("No, sorry", "rejected")])
async def test_an_order_is_answered_by_webhook_as_well(corner: Shop, words: str, status: str) -> None:
    deal = await ordered(corner.world, "red")
    assert await corner.replies(await deal.leg(), words) == "applied"
    assert (await deal.legs())[0] == ("Red Flowers", status)


@pytest.mark.flow("2.3-1")
async def test_an_unclear_answer_to_an_order_is_for_a_person_who_may_replace_the_vendor(corner: Shop) -> None:
    other = await opened(corner.world, "other", flowers("other-red", "red", 5000))
    deal = await ordered(corner.world, "red")
    leg = await deal.leg()
    assert await corner.replies(leg, "the cat sat on the mat") == "kept"
    (task,) = await escalations(corner.world)
    assert (task["subject"], task["reason"]) == (leg, "unclear")
    assert await deal.legs() == [("Red Flowers", "pending")]
    wrong = await resolved(corner.world, task["id"], "accept_change")
    assert (wrong.status, wrong.code) == (400, "invalid_input")
    await resolved(corner.world, task["id"], "recover")
    await other.accepts((await other.legs())[0]["leg_id"])
    assert await deal.legs() == [("Red Flowers", "cancelled"), ("Red Flowers", "accepted")]


@pytest.mark.flow("2.3-1")
async def test_a_partner_sees_and_answers_only_its_own_legs(corner: Shop) -> None:
    other = await opened(corner.world, "other", flowers("other-blue", "blue", 4000))
    deal = await ordered(corner.world, "red", "other-blue")
    mine, theirs = await deal.leg(0), await deal.leg(1)
    assert [leg["leg_id"] for leg in await corner.legs()] == [mine]
    assert [leg["leg_id"] for leg in await other.legs()] == [theirs]
    for door in ("accept", "reject", "status"):
        body = {"status": "In Progress"} if door == "status" else {}
        path = f"/api/v1/partners/me/orders/{theirs}/{door}"
        assert (await corner.portal.call("POST", path, body)).status == 404
    assert (await corner.says(theirs, "Yes")).status == 404
    assert "Blue" not in json.dumps(await corner.legs())
    assert (await deal.legs())[1] == ("Blue Flowers", "pending")


# --- 2.3-2 -------------------------------------------------------------------------------------------


@pytest.mark.flow("2.3-2")
async def test_progress_goes_through_its_four_words_and_the_customer_follows(corner: Shop) -> None:
    deal = await ordered(corner.world, "red")
    leg = await deal.leg()
    assert (await corner.reports(leg, "In Progress")).status == 409, "first it must be accepted"
    await corner.accepts(leg)
    words = ["In Progress", "Customization Started", "Customization Complete", "Ready for Pickup"]
    statuses = ["in_progress", "in_progress", "in_progress", "completed"]
    for word, status in zip(words, statuses, strict=True):
        assert (await corner.reports(leg, word)).data["partner_status"] == word
        assert (await deal.legs())[0] == ("Red Flowers", status)
    told = (await deal.told())[-4:]
    assert [line.removeprefix("Your Red Flowers ") for line in told] == [
        "is being prepared.",
        "is being customised now.",
        "has its finishing touch.",
        "is ready and waits for its ride.",
    ]
    backwards = await corner.reports(leg, "In Progress")
    assert (backwards.status, backwards.code) == (409, "illegal_move")
    assert (await corner.reports(leg, "Ready for Pickup")).status == 200, "twice is once"
    assert len(await deal.told()) == len(set(await deal.told()))
    assert (await corner.reports(leg, "Done")).status == 400


@pytest.mark.flow("2.3-2")
async def test_progress_computes_the_timeline_again_from_what_really_happened(corner: Shop) -> None:
    deal = await ordered(corner.world, "red", hours=6)
    leg = await deal.leg()
    await corner.accepts(leg)
    path = f"/api/v1/orders/{deal.id}/timeline"
    planned = (await deal.customer.get(path))["timeline"]["arrival"]
    await corner.world.advance(hours=4)
    await corner.reports(leg, "In Progress")
    late = (await deal.customer.get(path))["timeline"]["arrival"]
    assert late > planned
    await corner.reports(leg, "Ready for Pickup")
    ready = (await deal.customer.get(path))["timeline"]["arrival"]
    assert ready < late, "it was ready sooner than it takes on average"


@pytest.mark.flow("2.3-2")
async def test_a_late_leg_is_told_as_late(corner: Shop) -> None:
    deal = await ordered(corner.world, "red", hours=6)
    await corner.accepts(await deal.leg())
    await corner.world.advance(hours=5, minutes=50)
    await corner.reports(await deal.leg(), "In Progress")
    update = (await corner.world.updates(deal.customer, "thr1"))[-1]
    assert "minutes late" in update["reasoning"]
    assert (await deal.now())["on_time"] is False


# --- the signed webhook (2.7-1) ------------------------------------------------------------------------


@pytest.mark.flow("2.7-1")
@pytest.mark.flow("6.6-1")
async def test_only_a_freshly_signed_webhook_of_the_partner_itself_counts(corner: Shop) -> None:
    world = corner.world
    other = await opened(world, "other", flowers("other-blue", "blue", 4000))
    deal = await ordered(world, "red")
    leg = await deal.leg()
    for code, answer in {
        "invalid_signature": await corner.says(leg, "Yes", secret=new_secret()),
        "invalid_signature ": await corner.says(leg, "Yes", secret=other.secret),
        "invalid_signature  ": await corner.says(leg, "Yes", tampered=True),
        "invalid_signature   ": await corner.says(leg, "Yes", to="nobody-there"),
        "stale_webhook": await corner.says(leg, "Yes", at=world.now() - timedelta(minutes=6)),
        "stale_webhook ": await corner.says(leg, "Yes", at=world.now() + timedelta(minutes=6)),
    }.items():
        assert (answer.status, answer.code) == (401, code.strip())
    unsigned = await world.send(
        "POST", "/api/v1/webhooks/partners/corner", json={"reference": leg, "text": "Yes"}
    )
    assert unsigned.status == 401
    assert (await other.says(leg, "Yes")).status == 404, "another partner's leg is nobody's"
    assert await deal.legs() == [("Red Flowers", "pending")]


@pytest.mark.flow("2.7-1")
async def test_a_rotated_secret_and_the_one_before_it_are_valid_and_no_older_one(corner: Shop) -> None:
    deal = await ordered(corner.world, "red", "white")
    first, second = await deal.leg(0), await deal.leg(1)
    fresh = (await corner.portal.post("/api/v1/partners/me/webhook-secret"))["secret"]
    assert await corner.replies(first, "Yes", secret=corner.secret) == "applied"
    assert await corner.replies(second, "Yes", secret=fresh) == "applied"
    await corner.portal.post("/api/v1/partners/me/webhook-secret")
    assert (await corner.says(second, "Yes", secret=corner.secret)).code == "invalid_signature"
    assert await corner.replies(second, "Yes", secret=fresh) == "applied"


@pytest.mark.flow("2.7-1")
@pytest.mark.flow("6.6-1")
async def test_one_webhook_id_counts_once_whatever_it_says(corner: Shop) -> None:
    deal = await ordered(corner.world, "red")
    leg = await deal.leg()
    assert await corner.replies(leg, "Yes", id="w1") == "applied"
    assert await corner.replies(leg, "No", id="w1") == "duplicate"
    assert await deal.legs() == [("Red Flowers", "accepted")]
    assert await corner.replies(await deal.leg(), "Yes", id="w" * 200) == "applied"


@pytest.mark.flow("2.7-1")
async def test_a_webhook_about_nothing_is_refused(corner: Shop) -> None:
    deal = await ordered(corner.world, "red")
    asked = await deal.asks("I want pink flowers instead of red")
    for reference, status in {
        "hello": 400,
        f"{deal.id}-l9": 404,
        f"{asked['id']}.2": 404,
        f"{asked['id']}.0": 404,
        f"{deal.id}-n9.1": 404,
        f"{asked['id']}": 400,
    }.items():
        assert (await corner.says(reference, "Yes")).status == status, reference


@pytest.mark.flow("2.7-1")
@pytest.mark.flow("6.6-1")
async def test_a_partner_with_its_own_system_is_called_and_answers_by_signed_webhook(tmp_path: Path) -> None:
    system = PartnerSystem()
    async with system.serving(), running(tmp_path / "data", allow_private_urls="true") as world:
        shop = await opened(world, "corner", flowers("red", "red"))
        await system.becomes_the_channel_of(shop)
        deal = await ordered(world, "red")
        assert await shop.replies(await deal.leg(), "Yes") == "applied"
        asked = await deal.asks("I want pink flowers instead of red")
        messages: list[dict[str, Any]] = []
        for headers, body in system.received:
            verify([shop.secret], headers=headers, body=body, now=world.now(), tolerance=timedelta(minutes=5))
            messages.append(json.loads(body))
        assert [message["kind"] for message in messages] == ["order", "change_request"]
        question = messages[1]
        assert question["reply_by"] == "2026-05-04T15:00:00Z"
        assert question["buttons"] == ["Accept", "Decline", "Modify"]
        assert await shop.replies(question["reference"], button="Accept") == "applied"
        assert (await deal.negotiation(asked["id"]))["status"] == "accepted"
        await no_harm(world)


@pytest.mark.flow("2.3-1")
async def test_a_partner_whose_system_is_down_is_for_a_person_and_delays_nobody_else(
    tmp_path: Path,
) -> None:
    system = PartnerSystem(status=503)
    async with system.serving(), running(tmp_path / "data", allow_private_urls="true") as world:
        corner = await opened(world, "corner", flowers("red", "red"))
        other = await opened(world, "other", flowers("other-blue", "blue", 4000))
        await system.becomes_the_channel_of(corner)
        deal = await ordered(world, "red", "other-blue")
        assert len(await other.inbox("order")) == 1
        await world.advance(minutes=1)
        assert len(system.received) == 5, "it was tried again and again"
        (task,) = await escalations(world)
        assert (task["subject"], task["reason"]) == (await deal.leg(0), "timeout")
        assert [leg["leg_id"] for leg in await corner.legs()] == [task["subject"]], "the portal shows it"
        await corner.accepts(task["subject"])
        asked = await deal.asks("I want pink flowers instead of red", leg_id=task["subject"])
        await world.advance(minutes=1)
        assert (await deal.negotiation(asked["id"]))["status"] == "escalated"
        await resolved(world, f"esc_{asked['id']}", "decline_change")
        assert (await deal.negotiation(asked["id"]))["status"] == "rejected"
        await no_harm(world)


@pytest.mark.flow("6.3-1")
async def test_a_new_vendor_that_cannot_be_reached_is_followed_by_the_next_best(tmp_path: Path) -> None:
    system = PartnerSystem(status=503)
    async with system.serving(), running(tmp_path / "data", allow_private_urls="true") as world:
        corner = await opened(world, "corner", flowers("red", "red"))
        first = await opened(world, "first", flowers("first-red", "red", 5000), trust=95)
        second = await opened(world, "second", flowers("second-red", "red", 5000), trust=60)
        await system.becomes_the_channel_of(first)
        deal = await ordered(world, "red")
        await corner.rejects(await deal.leg())
        await world.advance(minutes=1)
        await second.accepts((await second.legs())[0]["leg_id"])
        assert [status for _, status in await deal.legs()] == ["cancelled", "cancelled", "accepted"]
        assert await deal.paid() == 5000
        await no_harm(world)


@pytest.mark.flow("2.3-1")
async def test_a_vendor_that_never_answers_an_order_becomes_a_task_for_a_person(corner: Shop) -> None:
    deal = await ordered(corner.world, "red")
    await corner.world.advance(minutes=50)
    assert await escalations(corner.world) == []
    await corner.world.advance(minutes=20)
    (task,) = await escalations(corner.world)
    assert (task["reason"], task["subject"]) == ("timeout", await deal.leg())
    await corner.world.advance(hours=3)
    assert len(await escalations(corner.world)) == 1, "one silence is one task"


@pytest.mark.flow("2.3-1")
async def test_a_vendor_that_answered_is_not_taken_for_silent(corner: Shop) -> None:
    deal = await ordered(corner.world, "red")
    await corner.accepts(await deal.leg())
    await corner.world.advance(hours=3)
    assert await escalations(corner.world) == []
