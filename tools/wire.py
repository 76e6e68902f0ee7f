"""What the tests marked `wire` need besides: Python and npm packages, installed once. Stdlib only."""

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.environment import Run, SetupError, digest_of, install
from tools.progress import Progress
from tools.root import ROOT

PEERS = Path("tests/peers")
STAMP = "uso-wire-stamp"


@dataclass(frozen=True, slots=True)
class Supply:
    """One set of packages: what locks it, where it goes, how it is installed, and its name for people."""

    lock: Path
    place: Path
    command: Sequence[str]
    missing: str

    @property
    def stamp(self) -> Path:
        """Names the lock file that the place was filled from; goes when the place is made anew."""
        return self.place / STAMP

    def digest(self) -> str:
        """Name the present lock file."""
        return digest_of(self.lock)

    def is_there(self) -> bool:
        """Say whether nothing needs to be installed."""
        return self.stamp.exists() and self.stamp.read_text(encoding="utf-8") == self.digest()


def supplies(root: Path = ROOT, which: Callable[[str], str | None] = shutil.which) -> tuple[Supply, ...]:
    """Return what must be there. Raises SetupError without npm."""
    npm = which("npm")
    if npm is None:
        raise SetupError(
            "--wire needs npm (Node.js 20 or newer) for the servers in tests/peers; none was found."
        )
    requirements = root / "requirements-wire.txt"
    peers = root / PEERS
    return (
        Supply(
            requirements,
            Path(sys.prefix),
            install(Path(sys.executable), requirements),
            "the Python packages of requirements-wire.txt (one of them needs gcc and the headers of OpenSSL)",
        ),
        Supply(
            peers / "package-lock.json",
            peers / "node_modules",
            [npm, "ci", "--prefix", str(peers), "--no-audit", "--no-fund", "--loglevel=error"],
            "the npm packages of tests/peers/package.json",
        ),
    )


def ensure(needed: Sequence[Supply], run: Run | None = None) -> None:
    """Install what is not there. Raises SetupError, naming everything that is missing."""
    missing = [each.missing for each in needed if not each.is_there() and not _installed(each, run)]
    if missing:
        raise SetupError(f"--wire could not install {' and '.join(missing)}; see above.")


def _installed(supply: Supply, run: Run | None) -> bool:
    print(f"Installing for the tests on the wire: {supply.lock.name}", flush=True)
    supply.stamp.unlink(missing_ok=True)
    if (run or Progress().run)(supply.command) != 0:
        return False
    supply.stamp.write_text(supply.digest(), encoding="utf-8")
    return True
