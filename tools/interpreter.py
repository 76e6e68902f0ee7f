"""Finds a Python that the app can run on. Older ones, from 3.7 on, can read this file and dev.py, too."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

SUITABLE = ((3, 12), (3, 11))


def is_suitable(version: tuple[int, int]) -> bool:
    """Say whether the app runs on this version of Python."""
    return version in SUITABLE


def require_suitable() -> None:
    """Return when this Python will do; otherwise go on in one that does, or leave saying what to install."""
    if is_suitable(sys.version_info[:2]):
        return
    better = find_suitable()
    if better is None:
        sys.exit(complaint(sys.version_info[:2], sys.executable))
    sys.exit(subprocess.call([*better, *sys.argv]))


def complaint(version: tuple[int, int], executable: str) -> str:
    """Say what is wrong with this Python and what to do."""
    return (
        f"dev.py needs Python 3.11 or 3.12; this is {version[0]}.{version[1]} ({executable}), and no other "
        "was found on the PATH.\nInstall one from https://www.python.org/downloads/ and run this again."
    )


def find_suitable() -> list[str] | None:
    """Return the command of another, suitable Python on this machine, if there is one."""
    for major, minor in SUITABLE:
        version = f"{major}.{minor}"
        command = ["py", f"-{version}"] if os.name == "nt" else [f"python{version}"]
        if shutil.which(command[0]) and _works(command):
            return command
    return None


def _works(command: list[str]) -> bool:
    # A name on the PATH may be a shim for a version that is not installed.
    silent = subprocess.DEVNULL
    return subprocess.call([*command, "-c", "import venv, sqlite3"], stdout=silent, stderr=silent) == 0
