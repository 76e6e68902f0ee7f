"""One trace id from the chat message to the payout, as an OTLP endpoint is told it by the running app."""

from collections import Counter
from pathlib import Path
from typing import Any

from tests.flows.language.modelled import modelled
from tests.flows.steps import say, sky, stories
from tests.flows.test_finance import onboarded
from tests.harness import World, running
from tests.peers.otlp.peer import OtlpPeer, ToldSpan
from tests.street import Shop, flowers, opened

SOLD = flowers("ultra", "ultramarine", 5000, 9)
DOORS = (
    "POST /api/v1/chat",
    "POST /api/v1/partners/me/orders/{leg_id}/accept",
    "POST /api/v1/orders/{order_id}/confirm-delivery",
)
EVENTS = ("process plans", "process narration", "process money")
STEPS = (
    *("reserve_order", "authorise_order", "confirm_vendors", "capture_order", "dispatch_order"),
    *("review_delivery", "release_funds", "send_payout"),
)
CALLS = ("payments authorise", "payments capture", "payments transfer", "bus publish")


async def bought_in_chat(world: World) -> str:
    """Alice is shown flowers, and says that she takes them."""
    alice = world.customer()
    await say(alice, "ultramarine flowers by tomorrow evening")
    said: Any = await say(alice, "buy the ultramarine flowers")
    await world.settle()
    assert said["order_id"], said["reply"]
    return str(said["order_id"])


async def arrived(world: World, shop: Shop, order_id: str) -> None:
    """The shop takes it on, the customer says that it is there, the money is released and paid out."""
    await shop.accepts(f"{order_id}-l1")
    answer = await world.customer().call("POST", f"/api/v1/orders/{order_id}/confirm-delivery", {})
    assert answer.status == 200
    await world.settle()


async def test_from_the_chat_message_to_the_payout_there_is_one_trace(
    collector: OtlpPeer, tmp_path: Path
) -> None:
    async with running(tmp_path / "data") as world:
        shop = await opened(world, "rose", SOLD)
        await onboarded(shop)
        order_id = await bought_in_chat(world)
        await arrived(world, shop, order_id)
        paid = await shop.portal.get("/api/v1/partners/me/finance")
        assert [each["status"] for each in paid["latest_payouts"]] == ["paid"]
    _, bought = [span for span in collector.spans if span.name == "POST /api/v1/chat"]
    told = [span for span in collector.spans if span.started >= bought.started]
    looked = {span.trace_id for span in told if span.name.startswith("GET ")}
    assert {span.trace_id for span in told} - looked == {bought.trace_id}
    assert bought.trace_id not in looked, "who only looks is no part of the story"
    counted = Counter(span.name for span in told if span.trace_id == bought.trace_id)
    assert counted.keys() == {*DOORS, *EVENTS, *STEPS, *CALLS}
    assert all(counted[name] == 1 for name in (*DOORS, *STEPS))
    assert counted["process plans"] == counted["process narration"] == counted["process money"] > 5
    assert not any(span.failed for span in told)


def _whole(spans: list[ToldSpan]) -> bool:
    """Whether each span hangs on another of its trace, but for those that began one."""
    ids = {span.span_id for span in spans}
    return all(span.parent_id in ids for span in spans if span.parent_id)


async def test_every_span_hangs_on_the_one_that_led_to_it(collector: OtlpPeer, tmp_path: Path) -> None:
    async with running(tmp_path / "data") as world:
        await opened(world, "rose", SOLD)
        await bought_in_chat(world)
    assert _whole(collector.spans)
    kinds = {span.name: span.kind for span in collector.spans}
    assert (kinds["POST /api/v1/chat"], kinds["process plans"]) == ("server", "consumer")
    assert (kinds["reserve_order"], kinds["payments authorise"]) == ("consumer", "client")
    (step,) = [span for span in collector.spans if span.name == "authorise_order"]
    (call,) = [span for span in collector.spans if span.name == "payments authorise"]
    assert call.parent_id == step.span_id
    assert call.attributes["peer.service"] == "payments"
    assert step.attributes["uso.order_id"].startswith("ord_")
    assert (step.attributes["uso.outcome"], step.seconds >= call.seconds) == ("done", True)
    assert collector.resource["service.name"] == "uso"


async def test_a_wish_that_waits_for_days_is_one_trace_from_its_message_to_its_order(
    collector: OtlpPeer, tmp_path: Path
) -> None:
    async with running(tmp_path / "data") as world:
        alice = world.customer()
        await sky(world, "07", "sunny")
        await say(alice, "order flowers for my mom on the next sunny Thursday")
        await world.advance(days=2, hours=23)
        assert "May I buy" in (await stories(world, alice))[-1]
        await say(alice, "yes please")
        await world.settle()
    chats = [span for span in collector.spans if span.name == "POST /api/v1/chat"]
    (trace,) = {span.trace_id for span in chats}
    steps = [span for span in collector.spans if span.name in ("begin_intent", "capture_order")]
    assert {span.name: span.trace_id for span in steps} == {"begin_intent": trace, "capture_order": trace}
    ticks = [span for span in collector.spans if span.name == "watch_intents"]
    assert len(ticks) == 71
    assert trace not in {span.trace_id for span in ticks}, "a timer has a trace of its own"
    assert any(trace in span.links for span in ticks), "which is linked with what it moved"


async def test_a_question_to_the_language_model_is_a_call_without_its_words(
    collector: OtlpPeer, tmp_path: Path
) -> None:
    async with modelled(tmp_path / "data", openai_uses="intent,decision") as (world, model):
        model.says["IntentForm"] = {"kind": "goods", "thing": "flowers"}
        await say(world.customer(), "My nephew must survive six hours on a plane")
        assert model.asked_for("IntentForm")
        token = model.token
    (chat,) = [span for span in collector.spans if span.name == "POST /api/v1/chat"]
    (call,) = [span for span in collector.spans if span.attributes.get("peer.service") == "language model"]
    assert (call.kind, call.trace_id, call.parent_id) == ("client", chat.trace_id, chat.span_id)
    assert not any(words in body for body in collector.bodies for words in (b"nephew", token.encode()))


async def test_a_stranger_learns_nothing_from_the_trace_of_a_refusal(
    collector: OtlpPeer, tmp_path: Path
) -> None:
    async with running(tmp_path / "data") as world:
        await opened(world, "rose", SOLD)
        order_id = await bought_in_chat(world)
        story = (await world.app.orders.get(order_id)).traceparent.split("-")[1]
        traces = []
        for name in (order_id, order_id, "ord_0000000000000000"):
            path = f"/api/v1/orders/{name}/change-requests"
            refused = await world.customer("mallory").call("POST", path, {"text": "white flowers instead"})
            assert (refused.status, refused.code) == (404, "not_found")
            assert refused.headers["traceresponse"].split("-")[1] == refused.body["trace_id"]
            traces.append(refused.body["trace_id"])
    assert len({story, *traces}) == 4
    refusals = [span for span in collector.spans if span.trace_id in traces]
    assert [story in span.links for span in refusals] == [True, True, False], "we know what it was about"


async def test_figures_tell_requests_steps_calls_events_and_how_long_they_waited(
    collector: OtlpPeer, tmp_path: Path
) -> None:
    async with running(tmp_path / "data") as world:
        await opened(world, "rose", SOLD)
        await world.app.payment_rehearsal.decline("alice")
        await bought_in_chat(world)
        assert (await world.nobody().call("POST", "/api/v1/orders", {})).status == 401
    assert {name.rpartition(".")[0] for name in collector.figures} >= {
        *("http.server.request", "messaging.process", "uso.step", "uso.call", "uso.outbox"),
    }

    def count(name: str, **by: Any) -> int:
        return sum(
            int(point["value"])
            for point in collector.figures[name]
            if all(point.get(key.replace("__", ".")) == value for key, value in by.items())
        )

    requests = "http.server.request.duration"
    assert count(requests, http__route="/api/v1/chat", http__response__status_code=200) == 2
    assert count(requests, http__route="/api/v1/orders", http__response__status_code=401) == 1
    assert count("uso.step.duration", uso__step="authorise_order", uso__outcome="payment_declined") == 1
    declined = {"peer__service": "payments", "uso__call": "authorise", "error__type": "payment_declined"}
    assert count("uso.call.duration", **declined) == 2, "the undo asks as well"
    events = count("messaging.process.duration", messaging__destination__subscription__name="plans")
    assert count("uso.outbox.lag") == events > 2
