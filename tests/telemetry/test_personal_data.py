"""Nothing that is logged or sent names a person, repeats what they wrote, or gives a secret away."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.json_logs import JsonLines
from shared.domain.money import Money
from shared.ports.telemetry import Kind, entered
from shared.services.operations.tickets import Letter
from tests.flows.steps import say
from tests.harness import World, running
from tests.peers.otlp.peer import OtlpPeer
from tests.peers.outside.peer import PUSH_SECRET, OutsidePeer
from tests.peers.outside.peer import running_peer as running_outside
from tests.street import Deal, Shop, flowers, opened
from triggers.web.problem import describe

MAIL, PHONE, CARD = "ophelia@quillfeather.example", "+15125559876", "pm_card_of_ophelia"
STREET, NAME, CELL = "17 Nightingale Lane", "Ophelia Quillfeather", "+15125554321"
PLACE = {"address": STREET, "point": {"latitude": 30.26724, "longitude": -97.74319}}
SAID = f"ultramarine flowers by tomorrow evening for {NAME}, ring {PHONE}"
WISH = "I want white flowers instead, they are for Godspeed Dearest"
FROM_THE_SHOP = f"Bartholomew here, call my cell {CELL}"
LETTER = "My burnt thumb Zephyrine needs a doctor."


class Lines(logging.Handler):
    """Everything that is logged, in both formats."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.json: list[str] = []
        self.text: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.json.append(JsonLines().format(record))
        self.text.append(record.getMessage())


@pytest.fixture
def lines() -> Iterator[Lines]:
    root, handler = logging.getLogger(), Lines()
    before = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)
    root.setLevel(before)


async def _order(world: World, shop: Shop) -> Deal:
    """Somebody with a name, an address, a phone and a card buys, asks for a change and is answered."""
    alice = world.customer("ophelia-7f3a")
    await say(alice, SAID, deliver_to=PLACE)
    body = {
        "items": [{"id": "ultra"}],
        "deliver_to": PLACE,
        "deliver_by": "2026-05-05T20:00:00Z",
        "thread_id": "thr1",
    }
    checkout = await alice.post("/api/v1/checkouts", body)
    confirmed = await alice.call(
        "POST", f"/api/v1/checkouts/{checkout['id']}/confirm", {"payment_method": CARD}
    )
    assert confirmed.status == 202, confirmed.body
    await world.settle()
    paid = await alice.get(f"/api/v1/checkouts/{checkout['id']}")
    deal = Deal(world, paid["order_id"], alice)
    negotiation = await deal.asks(WISH)
    await shop.replies(f"{negotiation['id']}.1", FROM_THE_SHOP)
    await shop.accepts(await deal.leg(), FROM_THE_SHOP)
    await alice.post(
        f"/api/v1/orders/{deal.id}/confirm-delivery",
        {"legs": [{"leg_id": await deal.leg(), "outcome": "refused", "text": f"{NAME} was out."}]},
    )
    await world.settle()
    return deal


async def _ticket(world: World) -> None:
    """Somebody writes a letter about danger, and people are called."""
    letter = Letter(message_id="<m1@quill>", email=MAIL, text=LETTER, authenticated=True, at=world.now())
    await world.app.operations.support.tickets.receive(letter)
    await world.settle()


async def _troubles(world: World, deal: Deal) -> None:
    """What fails, with words about people in its error."""

    async def refund(*_: Any, **__: Any) -> Any:
        raise RuntimeError(f"no refund for {MAIL}, {PHONE}")

    world.app.payments.refund = refund  # type: ignore[method-assign]
    await world.app.funds.refund(await deal.leg(), Money(minor=100), key="late", reason="late")
    await world.settle()
    assert (
        await deal.customer.call("POST", "/api/v1/chat", {"text": NAME, "deliver_to": MAIL})
    ).status == 400


@pytest.mark.filterwarnings("ignore:Potential duplicate Task completion")
async def test_no_person_and_no_secret_is_named_by_anything_that_leaves(
    collector: OtlpPeer, lines: Lines, tmp_path: Path
) -> None:
    async with running_outside() as outside, running(tmp_path / "data", **_settings(outside)) as world:
        outside.now = world.now()
        shop = await opened(world, "rose", flowers("ultra", "ultramarine", 5000, 9))
        deal = await _order(world, shop)
        await _ticket(world)
        await _troubles(world, deal)
        tokens = [deal.customer.token, shop.portal.token, world.admin().token]
        assert outside.posted, "nobody was called"
    told = b"\n".join(collector.bodies).decode("utf-8", "replace")
    steps = {"authorise_order", "send_refund", "triage_ticket", "call_person"}
    assert steps <= {span.name for span in collector.spans}
    assert deal.id in told, "the order's id is told, or this test sees nothing"
    refused = [json.loads(line) for line in lines.json if '"code": "invalid_input"' in line]
    assert [(line["door"], len(line["trace_id"])) for line in refused] == [("POST /api/v1/chat", 32)]
    personal = (MAIL, PHONE, CARD, STREET, CELL, "Ophelia Q", "Quillfeather", "Bartholomew", "Zephyrine")
    words = ("Godspeed", "30.26724", "97.74319", "was out")
    secrets = (shop.secret, PUSH_SECRET, outside.hook.rpartition("/")[2], *filter(None, tokens))
    for text, where in ((told, "sent"), ("\n".join(lines.json), "json"), ("\n".join(lines.text), "text")):
        for value in (*personal, *words, *secrets):
            found = text.find(value)
            assert found < 0, f"{value} is {where}: ...{text[max(found - 300, 0) : found + 100]}..."


def _settings(outside: OutsidePeer) -> dict[str, str]:
    return {
        "allow_private_urls": "true",
        "slack_webhook": outside.hook,
        "alert_push_url": f"{outside.url}/push",
        "alert_push_secret": PUSH_SECRET,
    }


def _logged(**more: Any) -> dict[str, Any]:
    logger, stream = logging.Logger("shared.tried"), io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger.addHandler(handler)
    logger.warning("it was %s", "é\nlate", **more)
    (line,) = stream.getvalue().splitlines()
    return dict(json.loads(line))


def test_a_line_says_where_it_belongs() -> None:
    trace = f"00-{'a' * 32}-{'b' * 16}-01"
    about = {"uso.order_id": "ord_1", "uso.step": "capture_order"}
    with entered(Kind.STEP, "capture_order", about, parent=trace) as span:
        line = _logged(extra={"code": "gone"})
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "WARNING",
        "logger": "shared.tried",
        "message": "it was é\nlate",
        "code": "gone",
        "trace_id": "a" * 32,
        "span_id": span.id,
        "step": "capture_order",
        "uso.order_id": "ord_1",
    }
    assert "trace_id" not in _logged(), "outside of everything there is no trace"


def test_of_an_exception_a_line_tells_the_place_and_not_the_words() -> None:
    try:
        raise ValueError(MAIL)
    except ValueError:
        line = _logged(exc_info=True)
    assert (line["error.type"], "test_personal_data.py" in line["stack"]) == ("ValueError", True)
    assert MAIL not in json.dumps(line)


def test_a_crash_is_described_without_addresses_and_numbers_of_people() -> None:
    told = describe(RuntimeError(f"{MAIL} rang from {PHONE} about ord_1"))
    assert told == "RuntimeError: <hidden> rang from <hidden> about ord_1\n"
