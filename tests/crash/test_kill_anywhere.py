"""`kill -9` after every single commit: of the durable engine, the bus, the timers and the app's own store.

Whatever was lost in memory, the next host brings the scene to the same end: the same order, money, stock,
messages, updates and plans, nothing twice and nothing missing.
"""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.sources import ROOT, listed

PARTS = 2
"""Processes side by side, each with its share of the commits."""
NIGHTLY = os.environ.get("USO_NIGHTLY") == "1"
STRIDE = {"recovery": 24, "standing": 24, "checkout": 12, "release": 12, "refund": 12, "shop": 16}
"""In the normal suite: after every how-manieth commit the host dies. Nightly it is every single one."""
ALL = {"durable.sqlite", "bus.sqlite", "uso.sqlite"}
MOST_SURVIVORS = 0.05
"""What happens at one instant commits together or apart: a run may have a few less, and end alive."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is neither fork nor SIGKILL")


def _runs(scene: str, folder: Path, *, stride: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Play the scene with every possible death. Return the undisturbed runs and the others."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.crash.runner", scene, str(folder)]
    with contextlib.ExitStack() as files:
        started = [
            subprocess.Popen(
                [*command, str(part), str(PARTS), str(stride)],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=files.enter_context((folder / f"errors-{part}").open("w")),
                text=True,
            )
            for part in range(PARTS)
        ]
        outputs = [process.communicate()[0] for process in started]
    for part, process in enumerate(started):
        errors = (folder / f"errors-{part}").read_text(encoding="utf-8")
        assert process.returncode == 0, errors[-3000:]
    lines = [json.loads(line) for output in outputs for line in output.splitlines()]
    return [line for line in lines if "commits" in line], [line for line in lines if "fatal" in line]


@pytest.mark.flow("6.3-1")
@pytest.mark.flow("6.7-1")
@pytest.mark.flow("1.3-1")
@pytest.mark.flow("1.3-3")
@pytest.mark.flow("2.8-1")
@pytest.mark.flow("ops-1")
@pytest.mark.flow("ops-2")
@pytest.mark.parametrize(
    ("scene", "files"),
    [
        ("recovery", ALL),
        ("standing", ALL | {"timers.sqlite"}),
        ("checkout", ALL),
        ("release", ALL),
        ("refund", ALL),
        ("shop", ALL),
    ],
)
def test_a_host_that_dies_after_any_commit_changes_nothing(
    scene: str, files: set[str], tmp_path: Path
) -> None:
    stride = 1 if NIGHTLY else STRIDE[scene]
    undisturbed, killed = _runs(scene, tmp_path, stride=stride)
    assert files <= {file for run in undisturbed for file in run["commits"]}
    fewest = min(len(run["commits"]) for run in undisturbed)
    assert fewest > 60, "the scene has lost most of its commits: is it still what it says?"
    assert {run["fatal"] for run in killed} >= set(range(0, fewest + 1, stride)), "every commit is a run"
    wrong = [f"killed after commit {run['fatal']}: {what}" for run in killed for what in run["differences"]]
    assert not wrong, listed(wrong[:40], f"{scene} ends differently when the host dies on the way:")
    survived = [run["fatal"] for run in killed if not run["died"]]
    assert len(survived) <= MOST_SURVIVORS * len(killed), f"these were to die and did not: {survived}"


def _the_shop_bought_once_and_told_once(documents: dict[str, Any]) -> None:
    (order,) = [d for key, d in documents.items() if key.startswith("shop_orders/") and "purchases" in d]
    assert [(each["status"], each["supplier_id"]) for each in order["purchases"]] == [("shipped", "ali")]
    assert len([key for key in documents if key.startswith("supplier_simulator/ali/ali_")]) == 1
    assert len([key for key in documents if key.startswith("mailbox/")]) == 1


@pytest.mark.parametrize("scene", list(STRIDE))
def test_the_undisturbed_run_did_what_it_should(scene: str, tmp_path: Path) -> None:
    """All runs being alike would also hold if nothing ever happened."""
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "tests.crash.runner",
        scene,
        str(tmp_path),
        "0",
        "1",
        "100000",
    ]
    done = subprocess.run(
        command, cwd=ROOT, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    outcome = json.loads(done.stdout.splitlines()[0])["outcome"]
    if scene == "shop":  # its parcel is still followed
        _the_shop_bought_once_and_told_once(outcome["documents"])
        return
    assert {status for _, status, _ in outcome["plans"].values()} == {"Completed"}
    assert outcome["failed steps"] == []
    assert all("active=0, scheduled=0, dead=0" in entity for entity in outcome["bus"])
    documents = outcome["documents"]
    (order,) = [d for key, d in documents.items() if "movements" in d]
    charged = sum(movement["amount"]["minor"] for movement in order["movements"])
    live = [leg for leg in order["legs"] if leg["status"] != "cancelled"]
    fee = order["delivery_fee"]["minor"] if order["delivery_fee"] else 0
    assert charged == sum(leg["price"]["minor"] - leg["refunded"] for leg in live) + fee > 0
    assert [(leg["status"], leg["hold"]) for leg in order["legs"]] == {
        "recovery": [("cancelled", "refunded"), ("accepted", "held")],
        "standing": [("accepted", "held")],
        "checkout": [("accepted", "held")] * 2,
        "release": [("completed", "released")] * 2,
        "refund": [("completed", "released")] * 2,
    }[scene]
    lines = [
        d["record"]["movement"] for d in documents.values() if isinstance(d, dict) and d.get("kind") == "line"
    ]
    of_customers = [line for line in lines if line["kind"] in ("payment", "refund")]
    assert sum(line["amount"]["minor"] for line in of_customers) == charged, (
        "the provider has moved what the order says"
    )
    booked = [d["movement"] for key, d in documents.items() if key.startswith("payments/booked:")]
    in_order = sorted(lines, key=lambda line: line["id"])
    assert sorted(booked, key=lambda line: line["id"]) == in_order, "and has every movement in its books"
