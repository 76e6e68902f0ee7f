import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from host_support import START, Running, run
from hypothesis import given
from hypothesis import strategies as st

from devhost.errors import BadMessageError, UnknownEntityError
from devhost.messages import Properties, from_json, to_json

App = Callable[..., Path]

QUEUE = """
@app.service_bus_queue_trigger(arg_name="msg", connection="Bus", queue_name="Orders")
def take(msg: func.ServiceBusMessage) -> None:
    seen.append({
        "body": msg.get_body().decode(), "id": msg.message_id, "count": msg.delivery_count,
        "correlation": msg.correlation_id, "subject": msg.subject, "label": msg.label,
        "type": msg.content_type, "user": msg.user_properties, "application": msg.application_properties,
        "session": msg.session_id, "enqueued": msg.enqueued_time_utc.isoformat(), "to": msg.to,
        "reply": msg.reply_to, "life": str(msg.time_to_live), "sequence": msg.sequence_number,
        "metadata": msg.metadata["MessageId"],
    })
"""
FAILING = """
@app.service_bus_queue_trigger(arg_name="msg", connection="Bus", queue_name="orders")
def take(msg: func.ServiceBusMessage) -> None:
    seen.append((msg.get_body().decode(), msg.delivery_count))
    if msg.get_body() == b"bad" or msg.delivery_count < int(os.environ.get("GOOD_FROM", "1")):
        raise ValueError("not today")
"""


async def send(running: Running, entity: str, body: str, **properties: Any) -> str:
    sent = running.host.bus.send(entity, body.encode(), Properties(**properties))
    await running.host.settle(10)
    return sent


async def test_a_message_arrives_with_everything_its_sender_said(app: App) -> None:
    async with run(app(QUEUE)) as running:
        await send(
            running,
            "orders",
            "hello",
            message_id="m-1",
            correlation_id="c-1",
            label="news",
            content_type="text/plain",
            to="you",
            reply_to="me",
            time_to_live=timedelta(minutes=90),
            application={"rank": 3, "urgent": True, "who": "jo"},
        )
        [seen] = running.seen
    assert seen.pop("enqueued") == START.isoformat()
    assert seen == {
        "body": "hello",
        "id": "m-1",
        "count": 1,
        "correlation": "c-1",
        "subject": "news",
        "label": "news",
        "type": "text/plain",
        "user": {"rank": 3, "urgent": True, "who": "jo"},
        "application": {"rank": 3, "urgent": True, "who": "jo"},
        "session": None,
        "to": "you",
        "reply": "me",
        "life": "1:30:00",
        "sequence": 1,
        "metadata": "m-1",
    }


async def test_a_topic_gives_every_subscription_its_own_copy(app: App) -> None:
    code = """
    @app.service_bus_topic_trigger(arg_name="msg", connection="B", topic_name="news", subscription_name="a")
    def first(msg: func.ServiceBusMessage) -> None:
        seen.append("a")

    @app.service_bus_topic_trigger(arg_name="msg", connection="B", topic_name="news", subscription_name="b")
    async def second(msg: func.ServiceBusMessage) -> None:
        seen.append("b")
        if msg.delivery_count < 3:
            raise RuntimeError("again")
    """
    async with run(app(code)) as running:
        await send(running, "news", "x")
        assert sorted(running.seen) == ["a", "b", "b", "b"]


async def test_a_failing_message_is_delivered_again_until_it_is_dead(app: App) -> None:
    async with run(app(FAILING)) as running:
        await send(running, "orders", "bad", message_id="m")
        await send(running, "orders", "good")
        bad = [entry for entry in running.seen if entry[0] == "bad"]
        assert bad == [("bad", delivery) for delivery in range(1, 11)]
        [letter] = running.host.bus.dead_letters()
        counts = running.host.bus.counts()["orders"]
    assert letter.dead_reason == "MaxDeliveryCountExceeded"
    assert "ValueError: not today" in (letter.dead_description or "")
    assert letter.properties.message_id == "m"
    assert (counts.active, counts.dead) == (0, 1)


async def test_the_delivery_limit_can_be_set(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    async with run(app(FAILING), max_delivery_count=2) as running:
        await send(running, "orders", "bad")
        assert len(running.seen) == 2
    monkeypatch.setenv("DEVHOST_SERVICEBUS_MAX_DELIVERY_COUNT", "3")
    async with run(app(FAILING, name="other")) as running:
        await send(running, "orders", "bad")
        assert len(running.seen) == 3


async def test_a_dead_letter_can_be_sent_round_again(app: App) -> None:
    folder = app(FAILING)
    async with run(folder, max_delivery_count=1) as running:
        await send(running, "orders", "bad")
    async with run(app(QUEUE)) as running:
        [letter] = running.host.bus.dead_letters("ORDERS")
        assert running.host.bus.resubmit(letter.sequence)
        assert not running.host.bus.resubmit(letter.sequence)
        await running.host.settle(10)
        assert [entry["count"] for entry in running.seen] == [1]
        assert running.host.bus.dead_letters() == []


async def test_a_batch_hands_over_many_messages_with_their_own_metadata(app: App) -> None:
    code = """
    import typing

    @app.service_bus_queue_trigger(arg_name="batch", connection="B", queue_name="q", cardinality="many")
    def take(batch: typing.List[func.ServiceBusMessage]) -> None:
        seen.append(
            [(m.get_body().decode(), m.message_id, m.user_properties, m.delivery_count) for m in batch]
        )
        if batch[0].delivery_count == 1:
            raise RuntimeError("the whole batch again")
    """
    async with run(app(code)) as running:
        messages = [(f"b{n}".encode(), Properties(f"m{n}", application={"n": n})) for n in range(3)]
        running.host.bus.send_many("q", messages)
        await running.host.settle(10)
        first, second = running.seen
    assert first == [(f"b{n}", f"m{n}", {"n": n}, 1) for n in range(3)]
    assert second == [(f"b{n}", f"m{n}", {"n": n}, 2) for n in range(3)]


async def test_a_session_is_handled_in_order_even_when_it_fails(app: App) -> None:
    code = """
    @app.service_bus_queue_trigger(arg_name="msg", connection="B", queue_name="q", is_sessions_enabled=True)
    async def take(msg: func.ServiceBusMessage) -> None:
        await asyncio.sleep(0)
        seen.append((msg.session_id, msg.get_body().decode(), msg.delivery_count))
        if msg.get_body() == b"1" and msg.delivery_count == 1:
            raise RuntimeError("hold the line")
    """
    async with run(app(code)) as running:
        for number in range(4):
            for session in ("a", "b"):
                running.host.bus.send("q", str(number).encode(), Properties(session_id=session))
        await running.host.settle(10)
        for session in ("a", "b"):
            told = [(body, count) for name, body, count in running.seen if name == session]
            assert told == [("0", 1), ("1", 1), ("1", 2), ("2", 1), ("3", 1)]
        with pytest.raises(BadMessageError, match="SessionId"):
            running.host.bus.send("q", b"x")


async def test_a_subscription_with_sessions_buries_messages_without_one(app: App) -> None:
    code = """
    @app.service_bus_topic_trigger(arg_name="msg", connection="B", topic_name="t", subscription_name="s",
                                   is_sessions_enabled=True)
    def take(msg: func.ServiceBusMessage) -> None:
        seen.append(1)
    """
    async with run(app(code)) as running:
        await send(running, "t", "x")
        assert [letter.dead_reason for letter in running.host.bus.dead_letters()] == ["Session ID is null"]
        assert running.seen == []


async def test_a_scheduled_message_appears_at_its_time(app: App) -> None:
    async with run(app(QUEUE)) as running:
        await send(running, "orders", "later", scheduled_enqueue_time=START + timedelta(hours=3))
        assert running.seen == []
        assert running.host.bus.counts()["orders"].scheduled == 1
        assert await running.host.advance(timedelta(days=1)) == 1
        assert [entry["enqueued"] for entry in running.seen] == [(START + timedelta(hours=3)).isoformat()]


async def test_a_message_nobody_took_in_time_is_gone(app: App) -> None:
    folder = app(QUEUE)
    async with run(folder) as running:
        later = START + timedelta(hours=1)
        running.host.bus.send(
            "orders", b"x", Properties(scheduled_enqueue_time=later, time_to_live=timedelta(seconds=5))
        )
    (folder / ".data" / "devhost" / "clock").write_text((START + timedelta(hours=2)).isoformat())
    async with run(folder) as running:
        await running.host.settle(10)
        assert running.seen == []
        assert running.host.bus.counts()["orders"].active == 0


async def test_repeated_message_ids_are_dropped_within_the_window_when_asked(app: App) -> None:
    async with run(app(QUEUE), duplicate_window="PT10M") as running:
        await send(running, "orders", "1", message_id="same")
        await send(running, "orders", "2", message_id="same")
        await running.host.advance(timedelta(minutes=11))
        await send(running, "orders", "3", message_id="same")
        assert [entry["body"] for entry in running.seen] == ["1", "3"]
    async with run(app(QUEUE, name="other")) as running:
        await send(running, "orders", "1", message_id="same")
        await send(running, "orders", "2", message_id="same")
        assert [entry["body"] for entry in running.seen] == ["1", "2"]


async def test_what_was_being_handled_when_the_host_stopped_comes_again(app: App) -> None:
    stuck = """
    @app.service_bus_queue_trigger(arg_name="msg", connection="B", queue_name="orders")
    async def take(msg: func.ServiceBusMessage) -> None:
        started.set()
        await asyncio.Event().wait()

    started = asyncio.Event()
    """
    import sys

    async with run(app(stuck)) as running:
        running.host.bus.send("orders", b"x")
        await asyncio.wait_for(sys.modules["function_app"].started.wait(), 10)
    async with run(app(QUEUE)) as running:
        await running.host.settle(10)
        assert [(entry["body"], entry["count"]) for entry in running.seen] == [("x", 2)]


async def test_a_message_that_always_stops_the_host_ends_as_a_dead_letter(app: App) -> None:
    stuck = """
    @app.service_bus_queue_trigger(arg_name="msg", connection="B", queue_name="orders")
    async def take(msg: func.ServiceBusMessage) -> None:
        await asyncio.Event().wait()
    """
    folder = app(stuck)
    for attempt in range(2):
        async with run(folder, max_delivery_count=2) as running:
            if attempt == 0:
                running.host.bus.send("orders", b"x")
            await asyncio.sleep(0)
    async with run(app(QUEUE), max_delivery_count=2) as running:
        await running.host.settle(10)
        assert running.seen == []
        assert len(running.host.bus.dead_letters()) == 1


async def test_output_bindings_send_to_queues_and_topics(app: App) -> None:
    code = """
    @app.route(route="go")
    @app.service_bus_queue_output(arg_name="queue", connection="B", queue_name="orders")
    @app.service_bus_topic_output(arg_name="topic", connection="B", topic_name="news")
    def go(req: func.HttpRequest, queue: func.Out[str], topic: func.Out[bytes]) -> str:
        queue.set("to the queue")
        topic.set(b"to the topic")
        return queue.get()

    @app.service_bus_queue_trigger(arg_name="msg", connection="B", queue_name="orders")
    @app.service_bus_queue_output(arg_name="$return", connection="B", queue_name="next")
    def take(msg: func.ServiceBusMessage) -> str:
        return msg.get_body().decode() + " and on"

    @app.service_bus_queue_trigger(arg_name="msg", connection="B", queue_name="next")
    def end(msg: func.ServiceBusMessage) -> None:
        seen.append(msg.get_body().decode())

    @app.service_bus_topic_trigger(arg_name="msg", connection="B", topic_name="news", subscription_name="s")
    def hear(msg: func.ServiceBusMessage) -> None:
        seen.append(msg.get_body().decode())
    """
    async with run(app(code)) as running:
        assert await running.get("/api/go") == (200, "to the queue")
        await running.host.settle(10)
        assert sorted(running.seen) == ["to the queue and on", "to the topic"]


async def test_an_output_nobody_listens_to_keeps_its_messages(app: App) -> None:
    code = """
    @app.route(route="go")
    @app.service_bus_queue_output(arg_name="out", connection="B", queue_name="outside")
    def go(req: func.HttpRequest, out: func.Out[str]) -> str:
        out.set("x")
        return ""
    """
    async with run(app(code)) as running:
        await running.get("/api/go")
        assert running.host.bus.counts()["outside"].active == 1
        with pytest.raises(UnknownEntityError, match="nowhere"):
            running.host.bus.send("nowhere", b"x")


SEND = "/devhost/servicebus/orders/messages"


async def test_the_rest_api_takes_single_messages(app: App) -> None:
    async with run(app(QUEUE)) as running:
        headers = {
            "BrokerProperties": json.dumps(
                {"MessageId": "m", "CorrelationId": "c", "Label": "l", "TimeToLive": 60, "Unknown": 1}
            ),
            "Priority": '"High"',
            "Rank": "3",
            "Flag": "true",
            "Plain": "text",
            "Content-Type": "application/cloudevents+json",
        }
        assert await running.post(SEND + "?timeout=60", data=b"{}", headers=headers) == (201, "")
        await running.host.settle(10)
        [seen] = running.seen
    assert (seen["id"], seen["correlation"], seen["label"], seen["life"]) == ("m", "c", "l", "0:01:00")
    assert seen["user"] == {"Priority": "High", "Rank": 3, "Flag": True, "Plain": "text"}
    assert seen["type"] == "application/cloudevents+json"


@pytest.mark.parametrize(
    "due", ["Fri, 01 May 2026 11:00:00 GMT", "2026-05-01T11:00:00Z", "2026-05-01T11:00:00"]
)
async def test_the_rest_api_schedules(app: App, due: str) -> None:
    async with run(app(QUEUE)) as running:
        headers = {"BrokerProperties": json.dumps({"ScheduledEnqueueTimeUtc": due})}
        assert (await running.post(SEND, data=b"x", headers=headers))[0] == 201
        await running.host.advance(timedelta(hours=1, minutes=59))
        assert running.seen == []
        await running.host.advance(timedelta(minutes=1))
        assert len(running.seen) == 1


async def test_the_rest_api_takes_batches(app: App) -> None:
    batch = [
        {"Body": "one", "BrokerProperties": {"Label": "M1", "TimeToLiveTimeSpan": "0.00:00:40"}},
        {"Body": "two", "UserProperties": {"Priority": "Low"}},
    ]
    async with run(app(QUEUE)) as running:
        headers = {"Content-Type": "application/vnd.microsoft.servicebus.json"}
        assert (await running.post(SEND, data=json.dumps(batch), headers=headers))[0] == 201
        await running.host.settle(10)
        told = [(entry["body"], entry["label"], entry["user"], entry["life"]) for entry in running.seen]
    assert told == [("one", "M1", {}, "0:00:40"), ("two", None, {"Priority": "Low"}, "None")]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ("x", {"BrokerProperties": "{"}),
        ("x", {"BrokerProperties": "[]"}),
        ("x", {"BrokerProperties": '{"TimeToLive": "soon"}'}),
        ("x", {"BrokerProperties": '{"TimeToLive": -1}'}),
        ("x", {"BrokerProperties": '{"MessageId": {}}'}),
        ("x", {"BrokerProperties": '{"ScheduledEnqueueTimeUtc": "tomorrow"}'}),
        ("x", {"BrokerProperties": '{"ScheduledEnqueueTimeUtc": 5}'}),
        ("x", {"BrokerProperties": '{"SessionId": "a", "PartitionKey": "b"}'}),
        ("x", {"BrokerProperties": '{"ScheduledEnqueueTimeUtc": "0001-01-01T00:00:00+14:00"}'}),
        (
            "x",
            {"BrokerProperties": '{"ScheduledEnqueueTimeUtc": "9999-12-31T23:59:59Z", "TimeToLive": 99999}'},
        ),
        ("x", {"BrokerProperties": '{"MessageId": "\\ud800"}'}),
        ('[{"Body": "\\ud800"}]', {"Content-Type": "application/vnd.microsoft.servicebus.json"}),
        ("{", {"Content-Type": "application/vnd.microsoft.servicebus.json"}),
        ("{}", {"Content-Type": "application/vnd.microsoft.servicebus.json"}),
        ("[1]", {"Content-Type": "application/vnd.microsoft.servicebus.json"}),
        ('[{"Body": 1}]', {"Content-Type": "application/vnd.microsoft.servicebus.json"}),
        ('[{"Body": "x"}, {}]', {"Content-Type": "application/vnd.microsoft.servicebus.json"}),
    ],
)
async def test_the_rest_api_refuses_rubbish_and_keeps_nothing_of_it(
    app: App, body: str, headers: dict[str, str]
) -> None:
    async with run(app(QUEUE)) as running:
        status, text, answered = await running.request("POST", SEND, data=body, headers=headers)
        assert status == 400
        assert answered["Content-Type"].startswith("application/problem+json")
        assert json.loads(text)["status"] == 400
        await running.host.settle(10)
        assert running.seen == []


async def test_the_rest_api_knows_only_the_entities_of_the_app(app: App) -> None:
    async with run(app(QUEUE)) as running:
        assert (await running.post("/devhost/servicebus/none/messages", data=b"x"))[0] == 410


async def test_dead_letters_are_listed_and_sent_again_over_http(app: App) -> None:
    async with run(app(FAILING), max_delivery_count=1) as running:
        await send(running, "orders", "bad", message_id="m")
        listed = json.loads((await running.get("/devhost/servicebus/deadletters"))[1])["deadLetters"]
        assert [(item["messageId"], item["body"], item["entity"]) for item in listed] == [
            ("m", "bad", "orders")
        ]
        again = f"/devhost/servicebus/deadletters/{listed[0]['sequence']}/resubmit"
        assert (await running.post(again))[0] == 200
        await running.host.settle(10)
        assert len(running.seen) == 2
        assert (await running.post("/devhost/servicebus/deadletters/999/resubmit"))[0] == 404
        counts = json.loads((await running.get("/devhost/servicebus"))[1])
        assert counts == {"entities": {"orders": {"active": 0, "scheduled": 0, "dead": 1}}}


text = st.none() | st.text(min_size=1, max_size=8)


@given(
    st.builds(
        Properties,
        message_id=st.text(max_size=8),
        correlation_id=text,
        session_id=text,
        label=text,
        content_type=text,
        time_to_live=st.none() | st.timedeltas(timedelta(seconds=1), timedelta(days=40)),
        scheduled_enqueue_time=st.none() | st.just(START),
        application=st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=3),
    )
)
def test_properties_survive_the_store(properties: Properties) -> None:
    assert from_json(to_json(properties)) == properties
