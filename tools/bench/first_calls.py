"""(j) What the first call of each adapter costs, its SDK's import included, against a peer on loopback."""

import asyncio
import contextlib
import importlib
import importlib.util
import json
import os
import shutil
import sys
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tools.bench.figures import Figure
from tools.root import ROOT

Settings = Mapping[str, str]
Peer = Callable[[], AbstractAsyncContextManager[Settings]]
WIRE = "needs --wire"


def measure() -> list[Figure]:
    """Call every adapter whose peer can be had here; say of which it cannot."""
    return asyncio.run(measured(PEERS))


async def measured(peers: Mapping[str, Peer]) -> list[Figure]:
    """Call those whose peer is there; the last figure's note names the others."""
    missing = [name for name in peers if not is_there(name)]
    figures = [await first_call(name) for name in peers if name not in missing]
    if not missing or not figures:
        return figures
    told = f"{' and '.join(missing)}: {WIRE} (python3 dev.py test --wire installs their peers)"
    return [*figures[:-1], replace(figures[-1], note=f"{figures[-1].note}; {told}")]


async def first_call(name: str) -> Figure:
    """Let a fresh process call twice. Raises RuntimeError with what it said, when it could not."""
    clean = {key: value for key, value in os.environ.items() if not key.upper().startswith("USO_")}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with PEERS[name]() as settings:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tools.bench.first_call", name),
                cwd=ROOT,
                env={**clean, "USO_DATA_DIR": folder, "USO_ALLOW_PRIVATE_URLS": "true", **settings},
                stdout=PIPE,
                stderr=PIPE,
            )
            out, said = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"{name} was not called: {said.decode()[-2000:]}")
    told = json.loads(out.splitlines()[-1])
    return Figure(
        name=f"first call: {name}",
        ours=told["first_ms"],
        peer=told["second_ms"],
        peer_name="the second",
        unit="ms",
        note=f"loads {told['modules']} modules" + (f" ({', '.join(told['sdks'])})" if told["sdks"] else ""),
    )


def is_there(name: str) -> bool:
    """Say whether an adapter's peer can run here: two need more than Python and its packages."""
    if name == "Service Bus":
        return importlib.util.find_spec("proton") is not None
    if name == "Cosmos DB":
        package = ROOT / "tests/peers/node_modules/@vercel/cosmosdb-server"
        return shutil.which("node") is not None and package.is_dir()
    return True


def _now() -> datetime:
    return datetime.now(UTC)


def _module(name: str) -> Any:
    # the tests are no package, and only whoever measures needs them
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    return importlib.import_module(f"tests.peers.{name}")


@contextlib.asynccontextmanager
async def _stripe() -> AsyncIterator[Settings]:
    async with _module("stripe.peer").running_peer(_now) as peer:
        secret = "whsec_" + "bench"
        yield {
            "USO_STRIPE_KEY": peer.api_key,
            "USO_STRIPE_WEBHOOK_SECRETS": secret,
            "USO_STRIPE_BASE_URL": peer.url,
        }


@contextlib.asynccontextmanager
async def _oidc() -> AsyncIterator[Settings]:
    module = _module("oidc.peer")
    async with module.running_peer() as peer:
        token = peer.sign(peer.claims(_now(), persona="customer"))
        known = {"USO_OIDC_ISSUER": peer.issuer, "USO_OIDC_AUDIENCE": module.AUDIENCE}
        yield known | {"USO_PUBLIC_URL": module.AUDIENCE, "BENCH_TOKEN": token}


@contextlib.asynccontextmanager
async def _open_meteo() -> AsyncIterator[Settings]:
    async with _module("open_meteo.peer").running_peer(_now) as peer:
        yield {"USO_OPEN_METEO_URL": peer.url}


@contextlib.asynccontextmanager
async def _mail() -> AsyncIterator[Settings]:
    async with _module("smtp.peer").running_peer() as peer:
        yield {"USO_SMTP_HOST": "127.0.0.1", "USO_SMTP_PORT": str(peer.port), "USO_SMTP_PLAIN": "true"}


@contextlib.asynccontextmanager
async def _shopify() -> AsyncIterator[Settings]:
    module = _module("shopify.peer")
    async with module.running_peer() as peer:
        yield {
            "USO_SHOPIFY_SHOP": "bench.myshopify.com",
            "USO_SHOPIFY_TOKEN": module.TOKEN,
            "USO_SHOPIFY_WEBHOOK_SECRETS": "bench",
            "USO_SHOPIFY_BASE_URL": peer.url,
        }


@contextlib.asynccontextmanager
async def _slack() -> AsyncIterator[Settings]:
    async with _module("outside.peer").running_peer() as peer:
        yield {"USO_SLACK_WEBHOOK": peer.hook}


@contextlib.asynccontextmanager
async def _twilio() -> AsyncIterator[Settings]:
    outside, messages = _module("outside.peer"), _module("twilio.messages")
    async with outside.running_peer() as peer:
        yield {
            "USO_TWILIO_ACCOUNT": messages.ACCOUNT,
            "USO_TWILIO_TOKEN": messages.TOKEN,
            "USO_TWILIO_FROM": outside.SENDER,
            "USO_TWILIO_BASE_URL": peer.url,
            "USO_ALERT_PHONES": "+15125550123",
        }


@contextlib.asynccontextmanager
async def _openai() -> AsyncIterator[Settings]:
    async with _module("openai.peer").running_peer() as peer:
        peer.says["SupportForm"] = {
            "intent": "tracking",
            "anger": 0,
            "danger_words": [],
            "wants_person": False,
        }
        yield {"USO_OPENAI_KEY": peer.token, "USO_OPENAI_URL": peer.url}


@contextlib.asynccontextmanager
async def _service_bus() -> AsyncIterator[Settings]:
    async with _module("servicebus.broker").running() as broker:
        yield {"USO_BUS_CONNECTION": broker.connection_string}


@contextlib.asynccontextmanager
async def _cosmos() -> AsyncIterator[Settings]:
    from shared.adapters.cosmos_store.containers import CONTAINERS
    from shared.adapters.cosmos_store.ensure import ensure
    from shared.settings import Settings as AppSettings

    with _module("cosmos.peer").CosmosPeer() as peer:
        database = peer.database()
        await ensure(AppSettings(**database), [CONTAINERS["health"]])
        yield {f"USO_{name.upper()}": value for name, value in database.items()}


PEERS: Mapping[str, Peer] = {
    "OIDC": _oidc,
    "Stripe": _stripe,
    "Open-Meteo": _open_meteo,
    "mail": _mail,
    "Shopify": _shopify,
    "Slack": _slack,
    "Twilio": _twilio,
    "OpenAI": _openai,
    "Service Bus": _service_bus,
    "Cosmos DB": _cosmos,
}
"""Each gives the settings that lead one adapter to it. By the names of `first_call.CALLS`."""
