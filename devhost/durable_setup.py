"""Joins the durable engine to this host."""

import contextlib
import warnings
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from aiohttp import web
from azure.durable_functions.models.utils import http_utils

from devhost.bindings import Binding
from devhost.configuration import HostConfig
from devhost.contracts import Clock
from devhost.durable.engine import DurableEngine
from devhost.durable.errors import NotFound
from devhost.durable.http_api import add_routes, client_binding
from devhost.errors import SettingError
from devhost.functions import ClientFactory, Functions
from devhost.keys import Keys

PREFIX = "/runtime/webhooks/durabletask"
_ACTIVITIES = 10


def build_engine(
    functions: Functions, clock: Clock, path: Path, config: HostConfig, url: str
) -> DurableEngine:
    """Make the task hub of this app."""
    most = config.durable.get("maxConcurrentActivityFunctions", _ACTIVITIES)
    if not isinstance(most, int) or isinstance(most, bool) or most < 1:
        raise SettingError(
            f"host.json: maxConcurrentActivityFunctions must be a whole number above zero, not {most!r}"
        )
    return DurableEngine(path, functions, clock, base_url=url, max_concurrent_activities=most)


async def list_instances(engine: DurableEngine, limit: int) -> list[dict[str, Any]]:
    """Return the newest instances, newest first."""
    newest: deque[dict[str, Any]] = deque(maxlen=limit)
    token: str | None = None
    while True:
        page = await engine.list_instances(continuation=token, show_input=False)
        newest.extend(page.items)
        token = page.continuation
        if token is None:
            return list(reversed(newest))


async def list_entities(engine: DurableEngine, limit: int) -> list[dict[str, Any]]:
    """Return entities with their state."""
    return (await engine.list_entities(fetch_state=True, page_size=limit)).items


async def instance_detail(engine: DurableEngine, instance_id: str) -> dict[str, Any] | None:
    """Return one instance with its history, or None."""
    try:
        return await engine.get_status(instance_id, show_history=True, show_history_output=True)
    except NotFound:
        return None


def durable_warnings(engine: DurableEngine) -> list[str]:
    """Return what the engine warns of."""
    return [f"{warning.instance}: {warning.message}" for warning in engine.warnings]


def add_durable_routes(app: web.Application, engine: DurableEngine) -> None:
    """Mount the durable HTTP API. The clients inside functions speak to the same one."""
    add_routes(app, engine, PREFIX)


def client_factory(url: str, config: HostConfig, keys: Keys) -> ClientFactory:
    """Return what fills the durable client parameters of functions."""
    base = url + PREFIX

    def fill(binding: Binding) -> str:
        hub = binding.text("taskHub") or config.hub_name
        key = keys.system if keys.enforced else None
        return client_binding(base_url=base, rpc_base_url=base + "/", task_hub=hub, key=key)

    return fill


@contextlib.asynccontextmanager
async def sdk_session() -> AsyncIterator[None]:
    """Open the SDK's client session for this loop and close it again.

    The SDK keeps one session per process and never closes it; a second host in the same process would be
    left with the session of a loop that is gone.
    """
    with warnings.catch_warnings():
        # It passes aiohttp a setting that newer Pythons no longer need and aiohttp then complains about.
        warnings.simplefilter("ignore", DeprecationWarning)
        await http_utils._get_session()
    try:
        yield
    finally:
        await http_utils._close_session()
