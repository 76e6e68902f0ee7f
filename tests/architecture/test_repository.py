"""What must never be committed: secrets, and the state of one machine."""

import re
import subprocess

import pytest

from tests.architecture.sources import ROOT, listed

SECRETS = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----",
    "a Stripe key": r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}",
    "an OpenAI key": r"\bsk-(?:proj-)?[A-Za-z0-9_-]{32,}",
    "a Twilio key": r"\b(?:AC|SK)[0-9a-f]{32}\b",
    "an Azure storage or Service Bus key": r"(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{40,}={0,2}",
    "a Cosmos DB key": r"AccountEndpoint=https://[^;\s]+;AccountKey=",
    "a webhook secret": r"\bwhsec_[A-Za-z0-9+/]{32,}={0,2}",
    "a JSON Web Token": r"\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}",
    "a GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{36,}",
}
PUBLISHED = ("whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",)
"""Printed in public documents for everyone to test with."""
LOCAL = (
    ".venv/bin/python",
    ".data/uso/uso.sqlite",
    "local.settings.json",
    "durable.sqlite-wal",
    ".hypothesis/examples",
    ".mypy_cache/x",
    ".ruff_cache/x",
    ".pytest_cache/x",
    "shared/__pycache__/x.pyc",
)


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout


@pytest.fixture(scope="module")
def tracked() -> list[str]:
    names = _git("ls-files", "--cached").splitlines()
    if not names:  # an unpacked archive has no index; then everything that lies here counts
        names = [str(p.relative_to(ROOT)) for p in ROOT.rglob("*") if p.is_file() and ".venv" not in p.parts]
    return names


def test_nothing_that_looks_like_a_secret_is_committed(tracked: list[str]) -> None:
    found = []
    for name in tracked:
        path = ROOT / name
        if not path.is_file() or path.suffix in {".png", ".ico", ".woff2"}:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for example in PUBLISHED:
            text = text.replace(example, "")
        found += [f"{name}: {what}" for what, pattern in SECRETS.items() if re.search(pattern, text)]
    assert not found, listed(found, "take these out, and make new ones, for these are known now:")


def test_the_state_of_this_machine_is_ignored() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    patterns = [
        re.escape(line.rstrip("/")).replace(r"\*", ".*").replace(r"\[cod\]", "[cod]")
        for line in ignored
        if line
    ]
    for name in LOCAL:
        parts = name.split("/")
        assert any(re.fullmatch(p, part) for p in patterns for part in parts), f"{name} is not in .gitignore"


def test_no_state_of_a_machine_is_committed(tracked: list[str]) -> None:
    wrong = [
        name
        for name in tracked
        if re.search(r"\.(sqlite|db)(-wal|-shm)?$|(^|/)(\.data|\.venv|__pycache__)/", name)
    ]
    assert not wrong, listed(wrong, "these belong to one machine:")


def test_what_stays_at_home_is_not_deployed() -> None:
    kept = (ROOT / ".funcignore").read_text(encoding="utf-8").splitlines()
    for name in ("tests/", "tools/", "devhost/", ".data/", "local.settings.json", "requirements-dev.txt"):
        assert name in kept, f"{name} would be deployed"
