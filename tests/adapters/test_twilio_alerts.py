"""Alerts by SMS: everyone on duty is texted, one reached is enough, nothing secret is said or logged."""

import logging
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from shared.adapters.outbound import Outbound
from shared.adapters.twilio_alerts import MAX_TEXT, TwilioAlerts
from shared.adapters.twilio_channel.account import TwilioAccount
from shared.domain.operations.alarms import AlertLevel
from shared.errors import Unavailable
from shared.ports.alerts import Alert
from tests.peers.outside.peer import SENDER, OutsidePeer, running_peer
from tests.peers.twilio.messages import ACCOUNT, TOKEN

FIRST, SECOND = "+15125550101", "+15125550102"
URL = "https://shop.example/e1"


@pytest.fixture
async def twilio() -> AsyncIterator[OutsidePeer]:
    async with running_peer() as peer:
        yield peer


def sms(outbound: Outbound, twilio: OutsidePeer, *phones: str, token: str = TOKEN) -> TwilioAlerts:
    numbers = phones or (FIRST, SECOND)
    account = TwilioAccount(outbound, ACCOUNT, SecretStr(token), base_url=twilio.url)
    return TwilioAlerts(account, sender=SENDER, phones=numbers)


def alert(text: str = "Order 1001", url: str = URL) -> Alert:
    return Alert(key="e1-1", level=AlertLevel.CRITICAL, title="Refund failed", text=text, url=url)


async def test_everyone_on_duty_gets_the_alert_with_its_link(twilio: OutsidePeer, outbound: Outbound) -> None:
    await sms(outbound, twilio).send(alert())
    text = f"Refund failed. Order 1001 {URL}"
    assert sorted(twilio.texted) == [(SENDER, FIRST, text), (SENDER, SECOND, text)]


async def test_one_channel_serves_many_alerts(twilio: OutsidePeer, outbound: Outbound) -> None:
    channel = sms(outbound, twilio, FIRST)
    for n in range(3):
        await channel.send(alert(text=f"Order {n}"))
    assert len(twilio.texted) == 3


@pytest.mark.parametrize("text", ["x" * 2000, "ü" * 2000, "&To=+15125550666&Body=evil", "<\r\n\x00>"])
async def test_any_text_is_a_text_and_fits_with_its_link(
    twilio: OutsidePeer, outbound: Outbound, text: str
) -> None:
    await sms(outbound, twilio, FIRST).send(alert(text=text))
    ((_, to, body),) = twilio.texted
    assert to == FIRST
    assert len(body) <= MAX_TEXT
    assert body.endswith(f" {URL}")
    assert body.removeprefix("Refund failed. ").removesuffix(f" {URL}") in text


async def test_an_alert_without_a_link_is_its_text(twilio: OutsidePeer, outbound: Outbound) -> None:
    await sms(outbound, twilio, FIRST).send(alert(url=""))
    assert twilio.texted == [(SENDER, FIRST, "Refund failed. Order 1001")]


async def test_one_who_is_reached_is_enough(twilio: OutsidePeer, outbound: Outbound) -> None:
    twilio.twilio.strangers = {FIRST}
    await sms(outbound, twilio).send(alert())
    assert [to for _, to, _ in twilio.texted] == [SECOND]


async def test_when_nobody_is_reached_the_alert_is_not_delivered(
    twilio: OutsidePeer, outbound: Outbound, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    twilio.twilio.strangers = {FIRST, SECOND}
    with pytest.raises(Unavailable) as refused:
        await sms(outbound, twilio).send(alert())
    said = f"{refused.value!r} {refused.value.__cause__!r} {caplog.text}"
    assert not any(secret in said for secret in (TOKEN, FIRST, SECOND, SENDER, "Order 1001"))


async def test_a_token_that_does_not_count_reaches_nobody_and_is_not_repeated(
    twilio: OutsidePeer, outbound: Outbound, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(Unavailable) as refused:
        await sms(outbound, twilio, token="wrong-token").send(alert())
    assert "wrong-token" not in f"{refused.value!r} {refused.value.__cause__!r} {caplog.text}"
    assert twilio.texted == []


@pytest.mark.parametrize("status", [0, 301, 400, 404, 429, 500, 503])
async def test_whatever_is_no_yes_reaches_nobody(
    twilio: OutsidePeer, outbound: Outbound, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    caplog.set_level(logging.DEBUG)
    twilio.fails = [status]
    with pytest.raises(Unavailable):
        await sms(outbound, twilio, FIRST).send(alert())
    assert FIRST not in caplog.text
    await sms(outbound, twilio, FIRST).send(alert())
    assert len(twilio.texted) == 1


@pytest.mark.parametrize(
    "raw", [b"HTTP/1.1 what 200\r\n\r\n", b"HTTP/1.1 201 Created\r\nContent-Length: 6\r\n\r\n<html>"]
)
async def test_an_answer_that_is_none_reaches_nobody(
    twilio: OutsidePeer, outbound: Outbound, raw: bytes
) -> None:
    twilio.raw = raw
    with pytest.raises(Unavailable):
        await sms(outbound, twilio).send(alert())


async def test_where_nobody_listens_nobody_is_reached(outbound: Outbound) -> None:
    async with running_peer() as gone:
        pass
    with pytest.raises(Unavailable):
        await sms(outbound, gone).send(alert())
