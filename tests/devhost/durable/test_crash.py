"""`kill -9` after every commit and at every statement: nothing is lost, and no committed step is repeated."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("point", ["commit", "statement"])
@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")
def test_a_host_killed_at_any_point_comes_to_the_same_end(tmp_path: Path, point: str) -> None:
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "tests.devhost.durable.crash_runner",
        point,
        str(tmp_path),
    ]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    undisturbed, *disturbed, last = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(undisturbed["output"]) == 8
    assert not undisturbed["killed"]
    assert not last["killed"]
    assert len(disturbed) == undisturbed["reached"][point] > 20
    for end in disturbed:
        assert end["killed"]
        assert end["output"] == undisturbed["output"], end["after"]
        assert end["ledger"] == undisturbed["ledger"], end["after"]
        assert end["left"] == [None], end["after"]
        assert set(end["effects"]) == set(undisturbed["effects"]), end["after"]
        repeated = Counter(end["effects"]) - Counter(undisturbed["effects"])
        assert repeated.total() <= 2, (end["after"], repeated)
