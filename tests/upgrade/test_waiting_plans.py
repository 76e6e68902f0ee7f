"""Deploying while plans wait: what older code started, the present code finishes."""

import json
from pathlib import Path

import pytest

from tests.harness import running
from tests.upgrade.kept import RELEASES, put_back
from tests.upgrade.waiting import WAITS, finish_all, plans


@pytest.mark.parametrize("release", sorted(RELEASES.iterdir()), ids=lambda release: release.name)
async def test_what_waited_on_older_code_ends_as_it_should_on_this(release: Path, tmp_path: Path) -> None:
    put_back(release, tmp_path)
    known = json.loads((release / "known.json").read_text(encoding="utf-8"))
    assert set(known) == set(WAITS)
    async with running(tmp_path) as world:
        waiting = {each["instanceId"] for each in await plans(world) if each["runtimeStatus"] == "Running"}
        assert len(waiting) >= len(WAITS)

        await finish_all(world, known)

        ends = {each["instanceId"]: each["runtimeStatus"] for each in await plans(world)}
        assert {id: ends[id] for id in waiting} == dict.fromkeys(waiting, "Completed")
        assert "Failed" not in ends.values()
