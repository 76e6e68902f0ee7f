"""Assembles the host: index, durable engine, timers, bus and HTTP server around one app."""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import isodate
from aiohttp import web

from devhost.advance import Conductor, Ticker
from devhost.bus_http import add_bus_routes
from devhost.clock import SystemClock, VirtualClock
from devhost.clock_http import add_clock_routes
from devhost.configuration import HostConfig
from devhost.contracts import Clock
from devhost.durable_setup import add_durable_routes, build_engine, client_factory, sdk_session
from devhost.errors import AppError, SettingError
from devhost.functions import Functions
from devhost.guard import make_guard
from devhost.http import HttpTriggers, build_routes, clash_warnings, reserved_problems
from devhost.indexing import Index, index_app
from devhost.keys import Keys
from devhost.loading import loaded_app
from devhost.options import HostOptions
from devhost.outputs import Outputs
from devhost.ownership import owned
from devhost.running import Host
from devhost.servicebus import BusOptions, ServiceBus
from devhost.status import add_status_routes
from devhost.timers import Timers

logger = logging.getLogger("devhost")


@contextlib.asynccontextmanager
async def running_host(options: HostOptions) -> AsyncIterator[Host]:
    """Run a host for as long as the block lasts; the URL answers as soon as the block begins."""
    options = options.resolved()
    with owned(options.data_dir), _listening(options.host, options.port) as listener:
        url = _url(options.host, listener.getsockname()[1])
        clock = _clock(options)
        with loaded_app(options.app, _environment(url, clock)) as module:
            host = _assemble(options, url, clock, index_app(module, options.app))
            async with sdk_session(), _serving(host, listener):
                yield host


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    # Bound before the app is loaded, because the app may want to know the host's URL; it listens only later.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise SettingError(
                f"cannot listen on {host}:{port} ({error.strerror}): choose --port 0"
            ) from error
        yield listener
    finally:
        listener.close()


def _url(host: str, port: int) -> str:
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{reachable}:{port}"


def _clock(options: HostOptions) -> SystemClock | VirtualClock:
    if options.clock == "real":
        if options.start_at is not None:
            raise SettingError("--start-at needs --clock virtual: real time cannot be chosen")
        return SystemClock()
    return VirtualClock(options.data_dir / "clock", options.start_at or datetime.now(UTC))


def _environment(url: str, clock: SystemClock | VirtualClock) -> dict[str, str | None]:
    clock_file = str(clock.path) if isinstance(clock, VirtualClock) else None
    return {"DEVHOST_URL": url, "DEVHOST_CLOCK_FILE": clock_file}


def _assemble(options: HostOptions, url: str, clock: Clock, index: Index) -> Host:
    config = HostConfig.load(options.app)
    routes = build_routes(index, config.route_prefix)
    if problems := reserved_problems(routes):
        raise AppError(problems)
    data = options.data_dir
    functions = Functions(index)
    bus = ServiceBus(functions, clock, data / "bus.sqlite", config=config, options=_bus_options(options))
    outputs = Outputs(bus.send)
    keys = Keys.load(data / "keys.json", [route.function.name for route in routes], enforced=options.keys)
    http = HttpTriggers(functions, outputs, keys, routes)
    timers = Timers(functions, outputs, clock, data / "timers.sqlite")
    engine = build_engine(functions, clock, data / "durable.sqlite", config, url)
    functions.client_binding = client_factory(url, config, keys)
    conductor = Conductor(clock, [engine, timers, bus], lambda: http.in_flight)
    warnings = [*index.warnings, *clash_warnings(routes)]
    for warning in warnings:
        logger.warning("%s", warning)
    return Host(
        url, options, config, index, clock, keys, functions, engine, timers, bus, http, conductor, warnings
    )


def _bus_options(options: HostOptions) -> BusOptions:
    count = options.max_delivery_count or _whole("DEVHOST_SERVICEBUS_MAX_DELIVERY_COUNT", 10)
    window = options.duplicate_window or os.environ.get("DEVHOST_SERVICEBUS_DUPLICATE_WINDOW")
    return BusOptions(count, _duration(window) if window else None)


def _whole(name: str, default: int) -> int:
    text = os.environ.get(name, str(default))
    if not text.isdigit() or int(text) < 1:
        raise SettingError(f"{name} must be a whole number above zero, not '{text}'")
    return int(text)


def _duration(text: str) -> timedelta:
    try:
        span = isodate.parse_duration(text)
    except (isodate.ISO8601Error, TypeError) as error:
        raise SettingError(f"'{text}' is no duration: write it as in 'PT10M'") from error
    if not isinstance(span, timedelta):
        raise SettingError(f"'{text}' counts months or years: write days, as in 'P30D'")
    return span


def web_app(host: Host) -> web.Application:
    """Build the server's routes: the host's own first, everything else belongs to the app."""
    app = web.Application(
        client_max_size=host.options.max_body, middlewares=[make_guard(host.keys, host.options.host)]
    )
    add_durable_routes(app, host.engine)
    add_clock_routes(app, host.conductor)
    add_bus_routes(app, host.bus)
    add_status_routes(app, host)
    app.router.add_route("*", "/{path:.*}", host.http.handle)
    return app


@contextlib.asynccontextmanager
async def _serving(host: Host, listener: socket.socket) -> AsyncIterator[None]:
    runner = web.AppRunner(web_app(host), access_log=None, handle_signals=False, shutdown_timeout=5)
    await runner.setup()
    ticker = Ticker(host.conductor)
    sources = (host.engine, host.bus, host.timers)
    try:
        await web.SockSite(runner, listener).start()
        for source in sources:
            await source.start()
        if host.conductor.mode == "real":
            ticker.start()
        yield
    finally:
        await ticker.stop()
        await runner.cleanup()
        for source in reversed(sources):
            await source.stop()
        host.functions.close()


async def run_until(options: HostOptions, stop: asyncio.Event) -> None:
    """Run a host until `stop` is set; the line that says it is ready is meant for other programs."""
    async with running_host(options) as host:
        for route in host.http.describe():
            logger.info("%s: %s %s%s", route["function"], route["methods"], host.url, route["path"])
        logger.info("what runs and waits: %s/devhost", host.url)
        print(f"devhost ready {host.url}", flush=True)
        await stop.wait()
