"""`python -m devhost --app DIR`: runs an Azure Functions app on this machine."""

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from devhost.clock import parse_instant
from devhost.errors import HostError
from devhost.host import run_until
from devhost.options import DEFAULT_PORT, MAX_BODY, HostOptions
from devhost.show_keys import print_keys


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    make = argparse.ArgumentParser(
        prog="devhost", description="Runs an Azure Functions Python v2 app locally."
    )
    make.add_argument("--app", type=Path, default=Path(), help="folder of function_app.py (default: here)")
    make.add_argument("--port", type=int, default=DEFAULT_PORT, help="0 takes any free port")
    make.add_argument("--host", default="127.0.0.1", help="address to listen on")
    make.add_argument("--data", type=Path, help="folder for all state (default: .data/devhost below the app)")
    make.add_argument("--clock", choices=("real", "virtual"), default="real")
    make.add_argument("--start-at", metavar="ISO", help="where a new virtual clock begins")
    make.add_argument("--no-keys", action="store_true", help="let every request in, whatever the auth level")
    make.add_argument("--show-keys", action="store_true", help="print the function keys and leave")
    make.add_argument("--max-body", type=int, default=MAX_BODY, help="largest request body in bytes")
    make.add_argument(
        "--max-delivery-count", type=int, help="deliveries before a message is dead (default 10)"
    )
    make.add_argument(
        "--duplicate-window", metavar="ISO", help="drop repeated message ids within, as in PT10M"
    )
    make.add_argument("--verbose", action="store_true", help="log what the libraries say, too")
    return make


def options_from(arguments: argparse.Namespace) -> HostOptions:
    """Turn parsed arguments into options. Raises ValueError for a wrong instant."""
    return HostOptions(
        app=arguments.app,
        port=arguments.port,
        data=arguments.data,
        clock=arguments.clock,
        start_at=parse_instant(arguments.start_at) if arguments.start_at else None,
        host=arguments.host,
        keys=not arguments.no_keys,
        max_body=arguments.max_body,
        max_delivery_count=arguments.max_delivery_count,
        duplicate_window=arguments.duplicate_window,
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run the host until it is told to stop; 2 means that it could not start."""
    make = parser()
    arguments = make.parse_args(argv)
    logging.basicConfig(
        level=logging.DEBUG if arguments.verbose else logging.INFO,
        format="%(asctime)s %(levelname)-7s %(name)s  %(message)s",
        stream=sys.stderr,
    )
    if not arguments.verbose:
        logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    try:
        options = options_from(arguments)
    except ValueError as error:
        make.error(f"--start-at: {error}")
    try:
        if arguments.show_keys:
            print_keys(options)
        else:
            asyncio.run(_serve(options))
    except HostError as error:
        print(f"devhost: {error}", file=sys.stderr)
        return 2
    return 0


async def _serve(options: HostOptions) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM"):
        number = getattr(signal, name)
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    await run_until(options, stop)


if __name__ == "__main__":
    sys.exit(main())
