"""Joins the durable engine to this host."""

from collections import deque
from pathlib import Path
from typing import Any

from aiohttp import web

from devhost.bindings import Binding
from devhost.configuration import HostConfig
from devhost.contracts import Clock
from devhost.durable.engine import DurableEngine
from devhost.durable.errors import NotFound
from devhost.errors import SettingError
from devhost.functions import ClientFactory, Functions

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
    """Mount the durable HTTP API; the client binding of functions speaks to the same one."""


def client_of(engine: DurableEngine, url: str, config: HostConfig) -> ClientFactory:
    """Return what fills durable client parameters."""

    def fill(binding: Binding) -> str:
        raise RuntimeError

    return fill
