"""What goes to Twilio, and what the tests' Twilio answers, held against Twilio's own document."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from aiohttp import encode_basic_auth
from pydantic import SecretStr

from shared.adapters.outbound import Answer, Outbound
from shared.adapters.twilio_alerts import TwilioAlerts
from shared.adapters.twilio_channel.account import TwilioAccount
from shared.adapters.twilio_channel.carrier import TwilioCarrier
from shared.domain.catalogue import ChannelKind
from shared.domain.operations.alarms import AlertLevel
from shared.errors import Conflict, Unavailable
from shared.ports.alerts import Alert
from shared.ports.carriers import OutgoingText
from shared.settings import Settings
from tests.breakers import breakers
from tests.peers.twilio.by_the_book import by_the_book
from tests.peers.twilio.messages import ACCOUNT, SMS_FROM, TOKEN, WHATSAPP_FROM
from tests.peers.twilio.peer import TwilioPeer, running_peer

pytestmark = [pytest.mark.wire, pytest.mark.asyncio(loop_scope="module")]
TO = "+15125550101"
GOOD = {"To": TO, "From": SMS_FROM, "Body": "Hello"}


@dataclass(frozen=True)
class Bench:
    """A Twilio behind its document; `url` is where the app finds it."""

    peer: TwilioPeer
    outbound: Outbound
    url: str

    @property
    def account(self) -> TwilioAccount:
        return TwilioAccount(self.outbound, ACCOUNT, SecretStr(TOKEN), base_url=self.url)

    def carrier(self, kind: ChannelKind, template: str = "") -> TwilioCarrier:
        sender = SMS_FROM if kind is ChannelKind.SMS else WHATSAPP_FROM
        templates = {"order": template}
        callback = "https://uso.example/status"
        return TwilioCarrier(self.account, kind, sender=sender, callback_url=callback, templates=templates)

    async def posts(self, form: dict[str, str], *, account: str = ACCOUNT) -> Answer:
        """Create a message by hand."""
        headers = {
            "Authorization": encode_basic_auth(ACCOUNT, TOKEN),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        url = f"{self.url}/2010-04-01/Accounts/{account}/Messages.json"
        return await self.outbound.call(
            "POST", url, whom="Twilio", body=urlencode(form).encode(), headers=headers
        )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[Bench]:
    outbound = Outbound(Settings(allow_private_urls=True), breakers())
    async with running_peer() as peer, by_the_book(peer.url) as url:
        yield Bench(peer, outbound, url)
        await outbound.close()


@pytest.fixture
def bench(running: Bench) -> Bench:
    running.peer.sent.clear()
    running.peer.ledger.heard[f"whatsapp:{TO}"] = datetime.now(UTC)
    return running


def text(words: str = "Can you do pink?", **more: Any) -> OutgoingText:
    return OutgoingText.model_validate(
        {"key": "k", "callback": "line_1-2", "to": TO, "kind": "order", "text": words, **more}
    )


async def test_an_sms_is_as_the_document_has_it(bench: Bench) -> None:
    sid = await bench.carrier(ChannelKind.SMS).send(text("Größe 42? 🌷"))
    (sent,) = bench.peer.sent
    assert (sent.sid, sent.body) == (sid, "Größe 42? 🌷")


async def test_free_text_by_whatsapp_is(bench: Bench) -> None:
    sid = await bench.carrier(ChannelKind.WHATSAPP).send(text(in_window=True))
    (sent,) = bench.peer.sent
    assert (sent.sid, sent.to, sent.content_sid) == (sid, f"whatsapp:{TO}", "")


async def test_a_template_with_its_variable_is(bench: Bench) -> None:
    template = bench.peer.ledger.add_content("order", "News: {{1}}", is_approved=True)
    sid = await bench.carrier(ChannelKind.WHATSAPP, template.sid).send(text('With "quotes" & $12'))
    (sent,) = bench.peer.sent
    assert (sent.sid, sent.content_sid, sent.body) == (sid, template.sid, 'News: With "quotes" & $12')


async def test_the_list_of_messages_is_asked_for_and_answered_as_the_document_says(bench: Bench) -> None:
    carrier = bench.carrier(ChannelKind.SMS)
    sid = await carrier.send(text())
    since = datetime.now(UTC) - timedelta(minutes=5)
    assert await carrier.find(text(), since=since, known=frozenset()) == sid
    assert await carrier.find(text("Something else"), since=since, known=frozenset()) is None


async def test_alarms_are(bench: Bench) -> None:
    alerts = TwilioAlerts(bench.account, sender=SMS_FROM, phones=[TO])
    await alerts.send(Alert(key="k", level=AlertLevel.CRITICAL, title="Fire", text="A lamp burns."))
    assert [sent.body for sent in bench.peer.sent] == ["Fire. A lamp burns."]


@pytest.mark.parametrize(
    "broken",
    [
        {"To": ""},
        {"ContentSid": "HX123"},
        {"MessagingServiceSid": "+15125550100"},
        {"StatusCallback": "not a URL"},
        {"Attempt": "soon"},
    ],
)
async def test_a_request_that_breaks_the_document_does_not_get_through(
    bench: Bench, broken: dict[str, str]
) -> None:
    assert (await bench.posts(GOOD)).status == 201
    form = {name: value for name, value in {**GOOD, **broken}.items() if value}
    assert (await bench.posts(form)).status == 422
    assert len(bench.peer.sent) == 1


async def test_a_template_of_our_own_making_is_refused_before_twilio_sees_it(bench: Bench) -> None:
    with pytest.raises(Conflict, match="422"):
        await bench.carrier(ChannelKind.WHATSAPP, template="HX-order").send(text())
    assert bench.peer.sent == []


async def test_an_answer_that_breaks_the_document_does_not_come_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the answers that the other tests rest on are as Twilio's document has them."""
    shown = type(bench.peer.ledger).create

    def askew(self: Any, *args: Any, **more: Any) -> Any:
        made = shown(self, *args, **more)
        made.sid = "message-1"
        return made

    monkeypatch.setattr(type(bench.peer.ledger), "create", askew)
    with pytest.raises(Unavailable, match="500"):
        await bench.posts(GOOD)
