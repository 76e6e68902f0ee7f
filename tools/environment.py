"""The repository's own virtual environment: made on first use, repaired, kept in step. Stdlib only.

A stamp inside `.venv` names the requirement files it was made from, so that a later run compares two hashes
and nothing else. A marker stands there while something is being installed: whoever finds it knows that the
run before was cut off, and starts afresh.
"""

import contextlib
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.progress import Progress
from tools.root import ROOT

REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")
STAMP, MARKER = "uso-stamp", "uso-unfinished"

Run = Callable[[Sequence[str]], int]


class SetupError(Exception):
    """The environment cannot be made; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Environment:
    """One repository's `.venv`."""

    root: Path = ROOT

    @property
    def home(self) -> Path:
        """Where it lies."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def stamp(self) -> Path:
        """Says what it was made from."""
        return self.home / STAMP

    @property
    def marker(self) -> Path:
        """Stands while something is being installed."""
        return self.home / MARKER

    def digest(self) -> str:
        """Name the present requirement files."""
        return digest_of(*(self.root / name for name in REQUIREMENTS))

    def is_ready(self) -> bool:
        """Say whether nothing needs to be done."""
        return (
            not self.marker.exists()
            and self.python.exists()
            and self.stamp.exists()
            and self.stamp.read_text(encoding="utf-8").strip() == self.digest()
        )

    def is_active(self) -> bool:
        """Say whether this very process runs inside it."""
        return Path(sys.prefix).resolve() == self.home.resolve()


def digest_of(*files: Path) -> str:
    """Name what files hold, however their lines end."""
    content = b"\0".join(file.read_bytes() for file in files)
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def install(python: Path, requirements: Path) -> Sequence[str]:
    """Return the command that installs what a file requires for a Python."""
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]
    return [*pip, "-r", str(requirements)]


def ensure(environment: Environment, run: Run | None = None) -> bool:
    """Make the environment, or bring it up to date; say whether there was anything to do.

    Raises SetupError.
    """
    if environment.is_ready():
        return False
    with _alone(environment.root / ".data" / "setup-lock.sqlite"):
        if environment.is_ready():  # someone else was faster
            return False
        _make(environment, run or Progress().run)
    return True


def _make(environment: Environment, run: Run) -> None:
    if environment.marker.exists() or not _is_healthy(environment):
        print(f"Making {environment.home} (once; a few minutes)", flush=True)
        _create(environment, run)
    else:
        print("The requirements have changed: bringing .venv up to date", flush=True)
    digest = environment.digest()
    environment.marker.touch()
    if run(install(environment.python, environment.root / REQUIREMENTS[-1])) != 0:
        raise SetupError("pip could not install the requirements; see above, then run this again.")
    environment.stamp.write_text(digest, encoding="utf-8")
    environment.marker.unlink()


def _is_healthy(environment: Environment) -> bool:
    if not environment.python.exists():
        return False
    probe = "import pip, sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))"
    quiet = subprocess.DEVNULL
    try:
        return subprocess.call([str(environment.python), "-c", probe], stdout=quiet, stderr=quiet) == 0
    except OSError:
        return False


def _create(environment: Environment, run: Run) -> None:
    if environment.is_active():
        raise SetupError(f"{environment.home} is damaged: leave it (deactivate), then run this again.")
    if environment.home.exists():
        shutil.rmtree(environment.home)
    environment.home.mkdir(parents=True)
    environment.marker.touch()
    # without --clear, so that the marker outlives a run that is cut off in here
    if run([_base_python(), "-m", "venv", str(environment.home)]) != 0:
        raise SetupError(
            "Python could not make a virtual environment. On Debian and Ubuntu: "
            "apt install python3-venv; then run this again."
        )


def _base_python() -> str:
    # Inside someone else's environment the new one is still made from the Python behind it.
    return getattr(sys, "_base_executable", None) or sys.executable


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Wait until no other run installs. SQLite's lock works alike everywhere and dies with its process."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(sqlite3.connect(lock, timeout=0, isolation_level=None)) as connection:
        if not _taken(connection):
            print("Another run is installing: waiting for it", flush=True)
            while not _taken(connection):
                time.sleep(0.5)
        yield


def _taken(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        return False
    return True


def enter(environment: Environment, arguments: Sequence[str]) -> int:
    """Run `dev.py` again inside the environment. On POSIX this never returns."""
    command = [str(environment.python), str(environment.root / "dev.py"), *arguments]
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606 - our own interpreter and file
    import signal

    # Ctrl-C reaches both; the child decides what it means
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return subprocess.call(command)
