"""Drafts for a person who answers a ticket: from a model if they make nothing up, and sent by no one else."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.flows.language.modelled import Modelled, modelled
from tests.flows.operations.support_desk import (
    SETTINGS,
    bought_quietly,
    letters,
    ticket_of,
    writes,
)
from tests.harness import World
from tests.peers.openai.peer import Fault

pytestmark = pytest.mark.flow("ops-6")
BURNED = "It burned my neck. What do I do with it now?"
KIND = "We are so sorry to hear that. Please keep it away from others. [to be filled in]"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Modelled]:
    async with modelled(tmp_path / "data", openai_uses="draft", **SETTINGS) as (world, peer):
        await bought_quietly(world, "NECK-MASSAGER")
        yield world, peer


async def drafted(world: World) -> Any:
    return await world.admin().post(f"/api/v1/admin/operations/tickets/{ticket_of()}/draft")


async def test_a_person_gets_a_draft_once_and_nothing_is_sent(desk: Modelled) -> None:
    world, peer = desk
    await writes(world, BURNED)
    sent = await letters(world)
    peer.says["DraftForm"] = {"text": KIND}
    for _ in range(2):
        assert await drafted(world) == {"message": 1, "text": KIND, "by_model": True}
    (asked,) = peer.asked
    assert asked.material["message"] == BURNED
    assert "#" not in asked.material["facts"]
    await world.settle()
    assert await letters(world) == sent


async def test_a_draft_that_makes_something_up_is_not_shown(desk: Modelled) -> None:
    world, peer = desk
    await writes(world, BURNED)
    peer.says["DraftForm"] = {"text": "We refund $900 to you."}
    draft = await drafted(world)
    assert draft["by_model"] is False
    assert draft["text"].startswith("Hello")
    assert "[to be filled in]" in draft["text"]


async def test_without_a_model_the_rules_begin_the_letter_and_only_for_admins(desk: Modelled) -> None:
    world, peer = desk
    await writes(world, BURNED)
    asked = await world.customer().call("POST", f"/api/v1/admin/operations/tickets/{ticket_of()}/draft")
    assert (asked.code, peer.asked) == ("forbidden", [])
    peer.faults = [Fault(kind="status")]
    assert (await drafted(world))["by_model"] is False
