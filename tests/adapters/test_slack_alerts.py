"""Alerts in Slack: shown whole enough, with nothing in them that does anything, and the webhook unsaid."""

import html
import json
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from shared.adapters.outbound import Outbound
from shared.adapters.slack_alerts import SlackAlerts, escaped
from shared.domain.operations.alarms import AlertLevel
from shared.errors import Unavailable
from shared.ports.alerts import Alert
from shared.settings import Settings
from tests.breakers import breakers
from tests.peers.outside.peer import HOOK, MAX_SECTION, OutsidePeer, running_peer

URL = "https://shop.example/escalations/e1?a=1&b=2"


@pytest.fixture
async def outside() -> AsyncIterator[OutsidePeer]:
    async with running_peer() as peer:
        yield peer


@pytest.fixture
def slack(outside: OutsidePeer, outbound: Outbound) -> SlackAlerts:
    return SlackAlerts(outbound, SecretStr(outside.hook))


def alert(title: str = "Refund failed", text: str = "Order #1001", url: str = URL) -> Alert:
    return Alert(key="e1:1", level=AlertLevel.CRITICAL, title=title, text=text, url=url)


async def test_an_alert_is_shown_with_a_way_to_take_it_over(outside: OutsidePeer, slack: SlackAlerts) -> None:
    await slack.send(alert(text="Order 1001"))

    (message,) = outside.posted
    assert message["text"] == "Refund failed: Order 1001"
    assert message["blocks"][0]["text"]["text"] == "*Refund failed*\nOrder 1001"
    (link,) = message["blocks"][1]["elements"]
    assert link["text"] == f"<{URL.replace('&', '&amp;')}|Take it over>"


async def test_an_alert_without_a_link_has_none(outside: OutsidePeer, slack: SlackAlerts) -> None:
    await slack.send(alert(url=""))
    assert [block["type"] for block in outside.posted[0]["blocks"]] == ["section"]


@pytest.mark.parametrize(
    "text",
    [
        "<!channel> now",
        "<!here|here>",
        "<@U123> <#C123> <!subteam^S1>",
        "<https://evil.example|Take it over>",
        "&lt;!channel&gt;",
        "@channel @everyone #general",
        "*bold* _it_ ~no~ `code` ```",
    ],
)
async def test_texts_of_customers_do_nothing(outside: OutsidePeer, slack: SlackAlerts, text: str) -> None:
    await slack.send(alert(title=text, text=text))

    message = outside.posted[0]
    section = message["blocks"][0]["text"]
    ours = section["text"].replace("*", "", 1).replace("*\n", "\n", 1)
    assert section["verbatim"] is True
    for shown in (message["text"], ours):
        assert "<" not in shown
        assert ">" not in shown
        assert not any(f"{mark}{letter}" in shown for mark in "@#*_~`" for letter in "abcdefghijklmnopqrst`")
    assert html.unescape(escaped(text).replace("\u200b", "")) == text


@pytest.mark.parametrize("mark", ["&", "<", "@", "x", "ü", "*"])
async def test_the_longest_alert_fits_whatever_is_in_it(
    outside: OutsidePeer, slack: SlackAlerts, mark: str
) -> None:
    await slack.send(alert(title=mark * 200, text=mark * 2000, url=URL + "x" * 200))

    section = outside.posted[0]["blocks"][0]["text"]["text"]
    assert len(section) <= MAX_SECTION
    assert section.startswith("*")
    assert "*\n" in section
    assert section.count("&") == section.count(";")


async def test_a_link_stays_one_link(outside: OutsidePeer, slack: SlackAlerts) -> None:
    await slack.send(alert(url="https://shop.example/e1?q=<!channel>|x"))
    (link,) = outside.posted[0]["blocks"][1]["elements"]
    assert link["text"].count("<") == link["text"].count(">") == link["text"].count("|") == 1


@pytest.mark.parametrize("status", [0, 301, 400, 403, 404, 410, 429, 500, 503])
async def test_whatever_is_no_yes_is_unavailable_and_does_not_say_the_webhook(
    outside: OutsidePeer, slack: SlackAlerts, status: int
) -> None:
    outside.fails = [status]
    with pytest.raises(Unavailable) as refused:
        await slack.send(alert())

    assert HOOK not in f"{refused.value!r} {refused.value.__cause__!r}"
    assert outside.posted == []
    await slack.send(alert())
    assert len(outside.posted) == 1


async def test_an_answer_that_is_no_http_does_not_say_the_webhook(
    outside: OutsidePeer, slack: SlackAlerts
) -> None:
    """The client's own error for this has the whole URL."""
    outside.raw = b"HTTP/1.1 what 200\r\n\r\n"
    with pytest.raises(Unavailable) as refused:
        await slack.send(alert())
    assert HOOK not in f"{refused.value!r} {refused.value.__cause__!r}"
    assert refused.value.__suppress_context__


@pytest.mark.parametrize("webhook", ["http://[", f"ftp://127.0.0.1{HOOK}", f"https://user:pass@x{HOOK}", "x"])
async def test_a_webhook_that_is_none_is_not_repeated(webhook: str) -> None:
    outbound = Outbound(Settings(allow_private_urls=True), breakers())
    slack = SlackAlerts(outbound, SecretStr(webhook))
    with pytest.raises(Unavailable) as refused:
        await slack.send(alert())
    assert HOOK not in f"{refused.value!r} {refused.value.__cause__!r}"
    await outbound.close()


async def test_what_is_sent_is_json_that_slack_reads(outside: OutsidePeer, slack: SlackAlerts) -> None:
    await slack.send(alert(title='"}, {"text": "', text="\u2028\x00é"))
    assert set(outside.posted[0]) == {"text", "blocks", "unfurl_links"}
    assert json.dumps(outside.posted[0])
