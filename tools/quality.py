"""`dev.py test` and `dev.py check`."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence

from tools import wire
from tools.environment import SetupError
from tools.root import ROOT

WORKERS = 4
WIRE = "--wire"
_CHECKS = (
    ("format", ("ruff", "format", "--check", ".")),
    ("lint", ("ruff", "check", ".")),
    ("types", ("mypy",)),
)


def test(arguments: argparse.Namespace) -> int:
    """Run pytest over the quick set or, with `--wire`, over what needs servers; or over what is given."""
    given = [each for each in arguments.rest if each != WIRE]
    if len(given) < len(arguments.rest):
        try:
            wire.ensure(wire.supplies())
        except SetupError as error:
            print(f"dev.py: {error}", file=sys.stderr)
            return 1
        given = ["-m=wire", *given]
    return _python(["pytest", *test_arguments(given, os.cpu_count() or 1)])


def test_arguments(given: Sequence[str], processors: int) -> list[str]:
    """Spread a whole run over several processes; someone who picks tests or workers knows better."""
    narrow = any(not each.startswith("-") for each in given)
    own = any(each.startswith(("-n", "--numprocesses", "--pdb", "-s", "--collect-only")) for each in given)
    if processors < 2 or narrow or own:
        return list(given)
    return ["-n", str(min(processors, WORKERS)), "--dist", "loadgroup", *given]


def check(_: argparse.Namespace) -> int:
    """Run every check, also after one that failed; 1 when any did."""
    failed = [name for name, command in _CHECKS if not _passes(name, command)]
    if failed:
        print(f"not clean: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _passes(name: str, command: Sequence[str]) -> bool:
    print(f"- {name}", flush=True)
    return _python(command) == 0


def _python(command: Sequence[str]) -> int:
    return subprocess.call([sys.executable, "-m", *command], cwd=ROOT)
