"""The rehearsal of "Backup and restore" in docs/RUNBOOK.md.

The state is that of an earlier instant, no plan is left, and everyone outside remembers what was done since.
"""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.flows.operations.shopping import Street
from tests.harness import MONDAY, World, running
from tests.replay.stories import SHOP_B, decided, ordered, seen
from tests.restore.disaster import restore
from tests.upgrade.waiting import WAITS, begin_all, plans

BANK, ALTERNATIVE, ADDRESS = (
    "a customer at their bank",
    "an alternative that was proposed",
    "a customer's right address",
)
DONE_SINCE = (BANK, ALTERNATIVE, ADDRESS)


async def test_after_a_restore_what_was_open_goes_on_and_nothing_happens_twice(tmp_path: Path) -> None:
    backup, present, restored = tmp_path / "backup", tmp_path / "present", tmp_path / "restored"
    async with running(backup) as world:
        known = await begin_all(world)
    shutil.copytree(backup, present)
    async with running(present) as world:
        for name in DONE_SINCE:
            await WAITS[name].finish(world, known[name])
        lost = await ordered(world, "lost")
        taken, bought = await _taken(world), await Street(world).bought()
    restore(backup, present, restored)

    async with running(restored) as world:
        await world.advance(minutes=30)

        # what the backup knew goes on by itself, and finds what was done since by its keys
        assert (await seen(world, "orders", known[BANK]))["payment_status"] == "captured"
        assert (await Street(world).seen(known[ADDRESS]))["status"] == "ordered"
        assert await _taken(world) == taken
        assert await Street(world).bought() == bought

        # a word of a partner's that was lost comes again, or a person asks for it
        recovery = known[ALTERNATIVE]
        await decided(world, "recoveries", recovery, yes=True)
        (leg,) = await world.partner(SHOP_B).get("/api/v1/partners/me/orders")
        await world.partner(SHOP_B).post(f"/api/v1/partners/me/orders/{leg['leg_id']}/accept", {})
        await world.settle()
        assert (await seen(world, "recoveries", recovery))["status"] == "completed"
        assert await _taken(world) == taken
        await world.advance(hours=2)
        assert f"{known[BANK]}-l1" in await _tasks(world)

        # everything else ends as it would have
        for name, wait in WAITS.items():
            if name not in DONE_SINCE:
                await wait.finish(world, known[name])

        # what began after the backup is unknown here: the books say which money has no order
        unknown = await world.customer().call("GET", f"/api/v1/orders/{lost['id']}")
        assert unknown.code == "not_found"
        assert "reconciliation-2026-05-04" in await _tasks(world)

        await Street(world).books_balance()
        assert "Failed" not in {each["runtimeStatus"] for each in await plans(world)}


async def _taken(world: World) -> list[Any]:
    """Everything that moved at the provider on the day of the disaster."""
    return [each async for each in world.app.payments.movements(MONDAY, MONDAY + timedelta(hours=6))]


async def _tasks(world: World) -> list[str]:
    """What persons have to settle."""
    return [each["subject"] for each in await world.admin().get("/api/v1/escalations")]
