"""Calls of others as spans: whom, what, how it ended; never what was said, nor where exactly."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from shared.adapters.outbound import Outbound
from shared.adapters.traced import traced
from shared.errors import PaymentDeclined, Unavailable
from shared.ports.telemetry import Kind, Span, entered
from shared.settings import Settings
from tests.breakers import breakers
from tests.peers.loopback import on_loopback
from tests.telemetry.kept import Kept


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    client = Outbound(Settings(allow_private_urls=True), breakers())
    yield client
    await client.close()


async def answer(request: web.Request) -> web.Response:
    return web.Response(status=int(request.query["status"]))


@pytest.mark.parametrize(
    ("status", "error"), [(200, ""), (404, ""), (429, "unavailable"), (503, "unavailable")]
)
async def test_a_call_of_a_url_tells_whom_and_how_it_ended_and_not_the_url(
    status: int, error: str, kept: Kept, outbound: Outbound
) -> None:
    async with on_loopback(answer) as url:
        target = f"{url}/hooks/T0/s3cret?status={status}"
        with entered(Kind.STEP, "step", {}):
            try:
                await outbound.post_json(
                    target, b'{"to": "jane"}', {"Authorization": "hunter2"}, whom="Slack"
                )
            except Unavailable:
                assert error
    _, call = kept.spans
    assert (call.name, call.error) == ("POST 127.0.0.1", error)
    assert call.attributes == {
        "peer.service": "Slack",
        "uso.call": "POST",
        "server.address": "127.0.0.1",
        "http.request.method": "POST",
        "http.response.status_code": status,
    }


async def test_a_call_that_nobody_answers_is_told_with_its_error(kept: Kept, outbound: Outbound) -> None:
    with entered(Kind.STEP, "step", {}), pytest.raises(Unavailable):
        await outbound.post_json("http://127.0.0.1:9/hook", b"{}", whom="Slack")
    _, call = kept.spans
    assert (call.error, "http.response.status_code" in call.attributes) == ("unavailable", False)


class Till:
    """A port."""

    currency = "USD"

    async def charge(self, card: str, *, minor: int) -> str:
        if minor > 100:
            raise PaymentDeclined(f"{card} is empty")
        return f"{card}:{minor}"

    def verify(self, text: str) -> str:
        return text.upper()


def told(span: Span) -> dict[str, Any]:
    return {"name": span.name, "error": span.error, **span.attributes}


async def test_a_traced_port_does_what_it_did_and_is_told_of(kept: Kept) -> None:
    till = traced(Till(), "till")
    with entered(Kind.STEP, "step", {}):
        assert await till.charge("card-of-jane", minor=5) == "card-of-jane:5"
        with pytest.raises(PaymentDeclined):
            await till.charge("card-of-jane", minor=500)
        assert (till.verify("a"), till.currency) == ("A", "USD")
    _, paid, declined = (told(span) for span in kept.spans)
    assert paid == {"name": "till charge", "error": "", **ABOUT}
    assert declined == {"name": "till charge", "error": "payment_declined", **ABOUT}
    with pytest.raises(AttributeError):
        till.refund  # type: ignore[attr-defined]  # noqa: B018


ABOUT = {"peer.service": "till", "uso.call": "charge", "uso.adapter": "Till"}


def test_a_port_is_left_alone_where_nobody_collects() -> None:
    till = Till()
    assert traced(till, "till") is till
