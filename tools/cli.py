"""The commands of `dev.py`. Stdlib only: a command's own module is imported inside the environment."""

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.environment import Environment, SetupError, ensure, enter
from tools.root import ROOT

DATA = ROOT / ".data"
PORT = 7071
INTERRUPTED = 130
Command = Callable[[argparse.Namespace], int]


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    make = argparse.ArgumentParser(
        prog="dev.py",
        description="USO on this machine. Makes its own virtual environment on first use.",
        epilog="python3 dev.py COMMAND --help tells more about a command.",
    )
    commands = make.add_subparsers(metavar="COMMAND", dest="command")
    _demo(commands.add_parser("demo", help="run both headline jobs and tell the story (under a minute)"))
    _start(commands.add_parser("start", help="serve the app on this machine"))
    _token(commands.add_parser("token", help="print a token of the local issuer"))
    _test(
        commands.add_parser(
            "test",
            help="run the tests (--wire: those that need servers); more goes to pytest",
            add_help=False,
        )
    )
    check = commands.add_parser("check", help="check format, lint and types")
    check.set_defaults(module="tools.quality", function="check")
    _bench(commands.add_parser("bench", help="measure, side by side where a peer exists"))
    _cost(commands.add_parser("cost", help="reckon a month on Azure, from operations that were counted"))
    commands.add_parser("setup", help="make the environment and leave").set_defaults(module=None)
    commands.add_parser("help", help="show this").set_defaults(command=None)
    return make


def _demo(command: argparse.ArgumentParser) -> None:
    command.add_argument("--ops", action="store_true", help="show a day of the web shop that runs itself")
    command.add_argument("--json", type=Path, metavar="FILE", help="also write what happened to FILE")
    command.set_defaults(module="tools.demo.command", function="demo")


def _start(command: argparse.ArgumentParser) -> None:
    command.add_argument("--port", type=int, default=PORT, help="0 takes any free port (default 7071)")
    command.add_argument("--clock", choices=("real", "virtual"), default="real")
    command.add_argument("--start-at", metavar="ISO", help="where a new virtual clock begins")
    _data(command)
    command.set_defaults(module="tools.start", function="start")


def _token(command: argparse.ArgumentParser) -> None:
    command.add_argument("--persona", choices=("customer", "agent", "partner", "admin"), default="customer")
    command.add_argument("--id", default="alice", help="who holds the token (default alice)")
    command.add_argument("--partner", metavar="ID", help="the vendor that a partner speaks for")
    command.add_argument("--customer", metavar="ID", help="the customer that an agent acts for")
    command.add_argument("--email", metavar="ADDRESS", help="the customer's mail address, taken as proven")
    command.add_argument("--hours", type=float, help="how long it is valid (default 12)")
    _data(command)
    command.set_defaults(module="tools.tokens", function="token")


def _test(command: argparse.ArgumentParser) -> None:
    command.set_defaults(module="tools.quality", function="test")


def _bench(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "name", nargs="?", help="import, durable, watcher, http, money, flows, bills, calls, ..."
    )
    command.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to FILE")
    command.set_defaults(module="tools.bench.command", function="bench")


def _cost(command: argparse.ArgumentParser) -> None:
    command.add_argument("--intents", required=True, metavar="N", help="standing intents begun in a month")
    command.add_argument("--orders", required=True, metavar="M", help="orders placed in a month")
    command.add_argument("--shop-orders", default="0", metavar="K", help="orders of the web shop (default 0)")
    command.add_argument("--weeks", default="1", metavar="W", help="how long an intent waits (default 1)")
    command.add_argument("--plan", choices=("flex", "classic"), default="flex")
    command.add_argument("--charges", type=Path, metavar="FILE", help="request units per call, as measured")
    command.add_argument("--json", action="store_true", help="print numbers for programs")
    command.set_defaults(module="tools.cost.command", function="cost")


def _data(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data", type=Path, default=DATA, help="folder of all state (default .data)")


def main(argv: Sequence[str]) -> int:
    """Run one command inside the environment, which is made first if need be."""
    make = parser()
    arguments, rest = make.parse_known_args(argv)
    if arguments.command is None:
        make.print_help()
        return 0
    if rest and arguments.command != "test":
        make.error(f"unknown arguments: {' '.join(rest)}")
    arguments.rest = rest
    environment = Environment()
    try:
        ensure(environment)
    except SetupError as error:
        print(f"dev.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ndev.py: interrupted; the next run begins the environment afresh", file=sys.stderr)
        return INTERRUPTED
    if not environment.is_active():
        return enter(environment, argv)
    if arguments.module is None:
        print(f"{environment.home} is ready")
        return 0
    return _call(arguments)


def _call(arguments: argparse.Namespace) -> int:
    function: Command = getattr(importlib.import_module(arguments.module), arguments.function)
    try:
        return function(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
