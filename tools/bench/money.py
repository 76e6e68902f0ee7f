"""(g) Three vendors, one charge: how long a checkout takes, how many a second, and what it costs the app."""

import asyncio
import contextlib
import sys
import tempfile
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

import aiohttp

from tools.api import Api, Persona
from tools.bench import counts
from tools.bench.figures import Figure, median, percentile
from tools.bench.shoppers import LOOK_IN_A_CROWD, Chains, Shopper, at_once, open_shops
from tools.place import free_port
from tools.root import ROOT
from tools.spawn import spawned_app
from tools.tokens import issue

ALONE, WARM_UP = 60, 5
CROWD, EACH = 8, 5
STEPS_TO_PAID = 4
"""Durable actions until the money is there: hold, authorise, sell, capture. Then the vendors are told."""
PEER = f"{STEPS_TO_PAID} steps that do nothing, on devhost"
START_SECONDS = 60
_CHAIN = Path(__file__).parent / "chain_app"
Job = Callable[[], Awaitable[float]]
Settle = Callable[[], Awaitable[None]]


def measure() -> list[Figure]:
    """Time checkouts and chains, then count one checkout."""
    return [*asyncio.run(_times()), *counts.measure()]


async def _times() -> list[Figure]:
    async with _shop() as shoppers:
        ours = await _one_by_one(shoppers[0].buy, shoppers[0].settle)
        rate = await at_once([replace(each, look=LOOK_IN_A_CROWD).buy for each in shoppers], EACH)
    async with _chain_host() as chains:
        bare = await _one_by_one(chains.run, _nothing)
    return [
        _figure("checkout of three vendors, p50", median(ours), median(bare)),
        _figure("checkout of three vendors, p99", percentile(ours, 0.99), percentile(bare, 0.99)),
        Figure(
            name=f"checkouts, {CROWD} customers at once",
            ours=rate,
            unit="a second",
            better="more",
            note="every vendor's acceptance and every message to the customer included",
        ),
    ]


def _figure(name: str, ours: float, bare: float) -> Figure:
    note = f"quote, confirm and look until paid; the peer is {PEER}" if name.endswith("p50") else ""
    return Figure(name=name, ours=ours, peer=bare, peer_name=PEER, unit="ms", note=note)


async def _one_by_one(job: Job, settle: Settle) -> Sequence[float]:
    """Do a job again and again, each time on an idle host; return the milliseconds."""
    taken = []
    for _ in range(WARM_UP + ALONE):
        taken.append(1000 * await job())
        await settle()
    return taken[WARM_UP:]


async def _nothing() -> None:
    """A chain leaves nothing to wait for."""


@contextlib.asynccontextmanager
async def _shop() -> AsyncIterator[list[Shopper]]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        data = Path(folder)
        with spawned_app(data, clock="real") as app:
            with contextlib.closing(Api(app.url)) as api:
                open_shops(Persona(api, "Admin", issue(data, persona="admin", id="ops")))
            tokens = [issue(data, persona="customer", id=f"shopper-{n}") for n in range(CROWD)]
            async with aiohttp.ClientSession() as client:
                yield [Shopper(client, app.url, token) for token in tokens]


@contextlib.asynccontextmanager
async def _chain_host() -> AsyncIterator[Chains]:
    """Serve the bare chains by a process of their own, as the app is."""
    port = free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        options = ["--app", str(_CHAIN), "--port", str(port), "--data", folder, "--no-keys"]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "devhost", *options), cwd=ROOT, stdout=DEVNULL, stderr=DEVNULL
        )
        try:
            async with aiohttp.ClientSession() as client:
                chains = Chains(client, f"http://127.0.0.1:{port}", STEPS_TO_PAID)
                await _ready(client, chains.url)
                yield chains
        finally:
            process.terminate()
            await process.wait()


async def _ready(client: aiohttp.ClientSession, url: str) -> None:
    async with asyncio.timeout(START_SECONDS):
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                async with client.get(f"{url}/devhost/clock"):
                    return
            await asyncio.sleep(0.05)
