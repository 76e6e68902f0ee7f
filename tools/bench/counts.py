"""One checkout of three vendors, counted: its durable actions and what it asks of the store."""

import asyncio
import contextlib
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from shared import bootstrap
from tools.api import Api, Persona
from tools.bench.checkout_needs import NEEDS, PEERS, STEPS, Need, unexplained
from tools.bench.figures import Figure
from tools.bench.shoppers import Shopper, open_shops
from tools.bench.store_calls import Kind, StoreCalls
from tools.demo.plans import summary
from tools.hosted import hosted_app
from tools.place import Place, free_port
from tools.tokens import issue

WHO = "counted"


def measure() -> list[Figure]:
    """Let one customer buy, unwatched, and count until nothing is left to do."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        data = Path(folder)
        place = Place(data=data, port=free_port(), clock="virtual", start_at=datetime.now(UTC))
        with hosted_app(place) as app:
            with contextlib.closing(Api(app.url)) as api:
                open_shops(Persona(api, "Admin", issue(data, persona="admin", id="ops")), answering=False)
            token = issue(data, persona="customer", id=WHO)
            counted, order_id = asyncio.run(_counted(app.url, token))
            plan = next(each for each in summary(app.plans()) if each["id"] == order_id)
    return [_actions(plan["durable_actions"]), *_figures(counted)]


async def _counted(url: str, token: str) -> tuple[Mapping[Kind, int], str]:
    async with aiohttp.ClientSession() as client:
        shopper = Shopper(client, url, token)
        await shopper.confirmed()  # fills what a process keeps
        await shopper.settle()
        calls = StoreCalls(bootstrap.app().store)
        checkout = await shopper.confirmed()
        await shopper.settle()
        return dict(calls.counted), checkout["order_id"]


def _actions(counted: int) -> Figure:
    return Figure(
        name="durable actions of a checkout", ours=counted, peer=STEPS, peer_name="least", unit="", aim=1
    )


def _figures(counted: Mapping[Kind, int]) -> list[Figure]:
    ours = {kind: times for kind, times in counted.items() if kind[0].removeprefix("relay of ") not in PEERS}
    of_peers = sum(counted.values()) - sum(ours.values())
    least = sum(need.least for need in NEEDS.values())
    return [
        Figure(
            name="store operations of a checkout",
            ours=sum(ours.values()),
            peer=least,
            peer_name="least",
            unit="",
        ),
        *(_row(kind, ours[kind]) for kind in sorted(ours)),
        Figure(
            name="without a reason",
            ours=sum(unexplained(ours).values()),
            unit="",
            aim=0,
            note=f"the vendors' desks and the provider's own books, {of_peers} more, are not the app's",
        ),
    ]


def _row(kind: Kind, times: int) -> Figure:
    need = NEEDS.get(kind, Need(0))
    return Figure(
        name=f"  {kind[0]}: {kind[1]}",
        ours=times,
        peer=need.least,
        peer_name="least",
        unit="",
        note=need.reasons(),
    )
