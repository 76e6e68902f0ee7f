"""Twilio away, answers lost, texts undelivered, windows closed: the plan goes on, nothing is said twice."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flows.texting.phones import FLORIST, Phone, Scene, bought, texting, told
from tests.peers.stripe.faults import Fault
from tests.street import escalations, no_harm

pytestmark = pytest.mark.flow("2.7-1")
PINK = "I want pink flowers instead of red"
CREATE = "POST /2010"
MAIL = "rosa@corner.example"


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with texting(tmp_path / "data") as (world, twilio):
        yield await bought(world, twilio)
        await no_harm(world)


def questions(scene: Scene) -> list[str]:
    return [text for text in scene.phone.read if "requested change" in text]


async def test_outside_the_window_a_template_asks(scene: Scene) -> None:
    await scene.world.advance(hours=25)
    from tests.street import ordered

    deal = await ordered(scene.world, {"id": "red", "quantity": 1})
    question = scene.phone.shown[-1]
    assert question.body.startswith("USO: New order: 1 x Red Flowers")
    assert question.body.endswith("(order)")
    assert question.buttons == ("Accept", "Decline")
    await scene.phone.taps("Accept", question)
    assert await deal.legs() == [("Red Flowers", "accepted")]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="status", status=500, path=CREATE),
        Fault(kind="status", status=429, path=CREATE),
        Fault(kind="drop", path=CREATE),
        Fault(kind="drop", after=True, path=CREATE),
        Fault(kind="cut", after=True, path=CREATE),
        Fault(kind="rubbish", after=True, path=CREATE),
        Fault(kind="status", status=500, after=True, path=CREATE),
    ],
    ids=str,
)
async def test_a_fault_on_the_way_is_made_good_and_the_question_is_put_once(
    scene: Scene, fault: Fault
) -> None:
    scene.twilio.faults = [fault]
    asked = await scene.deal.asks(PINK)
    await scene.world.advance(minutes=1)
    assert asked["status"] == "awaiting_partner_reply"
    assert scene.twilio.faults == [], "the fault has struck"
    assert len(questions(scene)) == 1
    await scene.phone.writes("Yes")
    assert (await scene.deal.negotiation())["status"] == "accepted"


async def test_an_outage_is_outlasted(scene: Scene) -> None:
    scene.twilio.away = True
    await scene.deal.asks(PINK)
    await scene.world.advance(minutes=9)
    assert (await scene.deal.negotiation())["status"] == "awaiting_partner_reply"
    assert questions(scene) == []
    scene.twilio.away = False
    await scene.world.advance(minutes=21)
    assert len(questions(scene)) == 1
    await scene.phone.writes("Yes")
    assert (await scene.deal.negotiation())["status"] == "accepted"


async def test_an_outage_until_the_deadline_is_a_persons_business_and_asks_nothing_late(scene: Scene) -> None:
    scene.twilio.away = True
    await scene.deal.asks(PINK)
    await scene.world.advance(minutes=61)
    assert (await scene.deal.negotiation())["status"] == "escalated"
    scene.twilio.away = False
    await scene.world.advance(hours=3)
    assert questions(scene) == []


async def test_news_of_the_delivery_is_noted_and_may_come_in_any_order(scene: Scene) -> None:
    await scene.deal.asks(PINK)
    question = scene.phone.shown[-1]
    for status in ("queued", "delivered", "sent", "read", "delivered"):
        assert (await told(scene.world, scene.twilio, question, status)).status == 200
    line = await scene.world.app.texting.out.lines.ways("corner")
    sent = await scene.world.app.texting.out.sender.of_line(line[0].id)
    assert [text.state for text in sent if text.sid == question.sid] == ["read"]
    await told(scene.world, scene.twilio, question, "undelivered", "63016")
    assert await escalations(scene.world) == [], "what was read has arrived"


async def test_a_text_that_does_not_arrive_and_has_no_other_way_is_a_persons_business(scene: Scene) -> None:
    await scene.deal.asks(PINK)
    await told(scene.world, scene.twilio, scene.phone.shown[-1], "undelivered", "63024")
    (task,) = await escalations(scene.world)
    assert (task["reason"], task["subject"]) == ("partner_unreached", f"{scene.deal.id}-n1")
    assert "63024" in task["summary"]
    assert FLORIST not in task["summary"]
    await told(scene.world, scene.twilio, scene.phone.shown[-1], "undelivered", "63024")
    assert len(await escalations(scene.world)) == 1


async def test_forged_news_of_a_failure_counts_for_nothing(scene: Scene) -> None:
    await scene.deal.asks(PINK)
    question = scene.phone.shown[-1]
    form = scene.twilio.news(question, "failed", "63024")
    path = question.status_callback.removeprefix(scene.world.host.url)
    other = path.rpartition("=")[0] + "=line_" + "0" * 24 + "-" + "0" * 24
    from urllib.parse import urlencode

    from tests.peers.twilio.peer import signed

    headers = signed(question.status_callback, form)
    for target, given in ((path, signed(question.status_callback, form, token="x")), (other, headers)):
        answer = await scene.world.send("POST", target, data=urlencode(form), headers=given)
        assert answer.status == 401
    await scene.world.settle()
    assert await escalations(scene.world) == []


async def test_a_refused_number_is_followed_by_the_next_way(tmp_path: Path) -> None:
    async with texting(tmp_path / "data") as (world, twilio):
        ways = (
            {"kind": "whatsapp", "address": FLORIST},
            {"kind": "sms", "address": FLORIST},
        )
        scene = await bought(world, twilio, ways=ways)
        plain = Phone(world, twilio, FLORIST, plain=True)
        shown = await scene.shop.portal.get("/api/v1/partners/me/channels")
        await plain.writes(shown[1]["code"])
        twilio.ledger.strangers = {f"whatsapp:{FLORIST}"}
        await scene.deal.asks(PINK)
        assert "Reply YES or NO" in plain.read[-1]
        await plain.writes("yes")
        assert (await scene.deal.negotiation())["status"] == "accepted"
        twilio.ledger.strangers = set()
        other = await scene.deal.customer.post(
            f"/api/v1/orders/{scene.deal.id}/change-requests", {"text": "I want white lilies instead of pink"}
        )
        await world.settle()
        question = scene.phone.shown[-1]
        assert "white lilies" in question.body
        await told(world, twilio, question, "failed", "63003")
        assert "white lilies" in plain.read[-1], "what failed later goes on by SMS as well"
        await plain.writes("no")
        assert (await scene.deal.negotiation(other["id"]))["status"] == "rejected"
        assert [t for t in await escalations(world) if t["reason"] == "partner_unreached"] == []
        await no_harm(world)
