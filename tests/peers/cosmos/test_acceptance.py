"""The acceptance tests of a checkout a second time, with the state in Cosmos DB."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.wire
ROOT = Path(__file__).parents[3]


CHOSEN = "charges_once or never_buys_again or nothing_anywhere"


@pytest.mark.parametrize("tests", ["tests/flows/test_checkout.py"])
def test_the_app_does_on_cosmos_what_it_does_on_sqlite(tests: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", tests, "-k", CHOSEN],
        cwd=ROOT,
        env={**os.environ, "USO_TEST_STORE": "cosmos"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-5000:]
