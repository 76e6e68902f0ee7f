"""Twilio's carrier against its peer: what goes over the wire, what is looked for, what is nobody's secret."""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from shared.adapters.outbound import Outbound
from shared.adapters.sqlite_store import SqliteStore
from shared.adapters.twilio_channel.account import TwilioAccount
from shared.adapters.twilio_channel.carrier import TwilioCarrier
from shared.adapters.twilio_channel.contents import Contents
from shared.domain.catalogue import ChannelKind
from shared.errors import Conflict, Unavailable
from shared.ports.carriers import OutgoingText
from shared.settings import Settings
from tests.breakers import breakers
from tests.clocks import HandClock
from tests.peers.stripe.faults import Fault
from tests.peers.twilio.messages import ACCOUNT, SMS_FROM, TOKEN, WHATSAPP_FROM
from tests.peers.twilio.peer import TwilioPeer, running_peer

TO = "+15125550101"
CALLBACK = "https://uso.example/api/v1/webhooks/twilio/status"
NOBODY: frozenset[str] = frozenset()


@dataclass
class Bench:
    twilio: TwilioPeer
    outbound: Outbound
    store: SqliteStore

    def carrier(
        self, kind: ChannelKind = ChannelKind.WHATSAPP, *, token: str = TOKEN, **templates: str
    ) -> TwilioCarrier:
        account = TwilioAccount(self.outbound, ACCOUNT, SecretStr(token), base_url=self.twilio.url)
        is_plain = kind is ChannelKind.SMS
        return TwilioCarrier(
            account,
            kind,
            sender=SMS_FROM if is_plain else WHATSAPP_FROM,
            callback_url=CALLBACK,
            contents=None if is_plain else Contents(account, self.store, base_url=self.twilio.url),
            templates=templates,
        )


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with running_peer() as twilio:
        outbound = Outbound(Settings(allow_private_urls=True), breakers())
        store = SqliteStore(tmp_path / "store.sqlite", HandClock())
        yield Bench(twilio, outbound, store)
        await outbound.close()
        await store.close()


def text(words: str = "Can you do pink?", *buttons: str, **more: object) -> OutgoingText:
    given = {"key": "k", "callback": "line_1-2", "to": TO, "kind": "change_request", "text": words}
    return OutgoingText.model_validate({**given, "buttons": buttons, **more})


async def test_an_sms_is_a_body_from_its_number_with_a_callback(bench: Bench) -> None:
    sid = await bench.carrier(ChannelKind.SMS).send(text())
    (message,) = bench.twilio.sent
    assert (message.sid, message.to, message.sender, message.body) == (sid, TO, SMS_FROM, "Can you do pink?")
    assert message.status_callback == f"{CALLBACK}?text=line_1-2"
    assert message.content_sid == ""


async def test_within_the_window_words_are_words_and_buttons_one_content_for_all(bench: Bench) -> None:
    bench.twilio.ledger.heard[f"whatsapp:{TO}"] = datetime.now(UTC)
    carrier = bench.carrier()
    await carrier.send(text("Agreed.", in_window=True))
    for n in range(3):
        await carrier.send(text(f"Question {n}", "Accept", "Decline", "Modify", in_window=True))
    await bench.carrier().send(text("Question 3", "Accept", "Decline", "Modify", in_window=True))
    assert [each.body for each in bench.twilio.sent] == ["Agreed.", *(f"Question {n}" for n in range(4))]
    assert {each.buttons for each in bench.twilio.sent[1:]} == {("Accept", "Decline", "Modify")}
    assert bench.twilio.asked.count("POST /v1/Content") == 1


async def test_a_content_whose_answer_was_lost_is_found_again(bench: Bench) -> None:
    bench.twilio.faults = [Fault(kind="drop", after=True, path="POST /v1/Content")]
    question = text("Question", "Accept", "Decline", in_window=True)
    with pytest.raises(Unavailable):
        await bench.carrier().send(question)
    await bench.carrier().send(question)
    assert len(bench.twilio.ledger.contents) == 1
    assert len(bench.twilio.sent) == 1


async def test_outside_the_window_only_an_approved_template_goes(bench: Bench) -> None:
    template = bench.twilio.ledger.add_content("ask", "USO: {{1}}", is_approved=True).sid
    await bench.carrier(change_request=template).send(text("One\n two    three", "Accept"))
    assert [(each.body, each.error) for each in bench.twilio.sent] == [("USO: One two three", None)]
    with pytest.raises(Conflict) as refused:
        await bench.carrier().send(text())
    assert refused.value.code == "no_template"
    assert len(bench.twilio.sent) == 1


async def test_a_lost_text_is_found_and_no_other(bench: Bench) -> None:
    carrier = bench.carrier(ChannelKind.SMS)
    since = datetime.now(UTC) - timedelta(minutes=1)
    first = await carrier.send(text("Can you do pink?"))
    await carrier.send(text("Something else"))
    assert await carrier.find(text(), since=since, known=NOBODY) == first
    assert await carrier.find(text(), since=since, known=frozenset({first})) is None
    assert await carrier.find(text("Unsaid"), since=since, known=NOBODY) is None
    assert await carrier.find(text(to="+15125550177"), since=since, known=NOBODY) is None
    assert await carrier.find(text(), since=since + timedelta(hours=1), known=NOBODY) is None


@pytest.mark.parametrize(("state", "code"), [("stopped", "unsubscribed"), ("strangers", "address_refused")])
async def test_who_cannot_be_written_to_is_refused_for_good(bench: Bench, state: str, code: str) -> None:
    setattr(bench.twilio.ledger, state, {TO})
    with pytest.raises(Conflict) as refused:
        await bench.carrier(ChannelKind.SMS).send(text())
    assert refused.value.code == code
    assert TO not in str(refused.value)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="status", status=429),
        Fault(kind="status", status=500),
        Fault(kind="status", status=503, after=True),
        Fault(kind="drop"),
        Fault(kind="drop", after=True),
        Fault(kind="cut", after=True),
        Fault(kind="rubbish"),
    ],
    ids=str,
)
async def test_what_is_not_known_to_have_arrived_is_unavailable_and_not_repeated(
    bench: Bench, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    bench.twilio.faults = [fault]
    with pytest.raises(Unavailable) as failed:
        await bench.carrier(ChannelKind.SMS).send(text())
    assert len(bench.twilio.asked) == 1
    said = f"{failed.value!r} {failed.value.__cause__!r} {caplog.text}"
    assert not any(secret in said for secret in (TOKEN, TO, "pink"))


async def test_a_token_that_does_not_count_refuses_nobody(bench: Bench) -> None:
    for carrier in (bench.carrier(ChannelKind.SMS, token="wrong"), bench.carrier(token="wrong")):
        with pytest.raises(Unavailable):
            await carrier.send(text("Q", "Accept", in_window=True))
    assert bench.twilio.sent == []


async def test_where_nobody_listens_nothing_is_known(bench: Bench) -> None:
    async with running_peer() as gone:
        pass
    bench.twilio = gone
    with pytest.raises(Unavailable):
        await bench.carrier(ChannelKind.SMS).send(text())
    with pytest.raises(Unavailable):
        await bench.carrier(ChannelKind.SMS).find(text(), since=datetime.now(UTC), known=NOBODY)
