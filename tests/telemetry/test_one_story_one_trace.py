"""One trace id from the chat message to the payout, as an OTLP endpoint is told it by the running app."""

import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.flows.steps import say
from tests.flows.test_finance import onboarded
from tests.harness import World, running
from tests.peers.otlp.peer import OtlpPeer, ToldSpan
from tests.street import Shop, flowers, opened

SOLD = flowers("ultra", "ultramarine", 5000, 9)
CONFIRM = "/api/v1/orders/{order_id}/confirm-delivery"


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


def story(spans: list[ToldSpan], *, since: int) -> list[ToldSpan]:
    """What happened since an instant; those who only looked, and timers, are no part of it."""
    own = [span for span in spans if span.started >= since]
    apart = {span.trace_id for span in own if span.kind == "internal" or span.name.startswith("GET /")}
    return [span for span in own if span.trace_id not in apart]


async def test_from_the_chat_message_to_the_payout_there_is_one_trace(
    collector: OtlpPeer, tmp_path: Path
) -> None:
    async with running(tmp_path / "data") as world:
        shop = await opened(world, "rose", SOLD)
        await onboarded(shop)
        since = time.time_ns()
        order_id = await bought_in_chat(world)
        await arrived(world, shop, order_id)
        paid = await shop.portal.get("/api/v1/partners/me/finance")
        assert [each["status"] for each in paid["latest_payouts"]] == ["paid"]
    told = story(collector.spans, since=since)
    print(sorted(Counter((s.trace_id[:4], s.name) for s in told).items()))
