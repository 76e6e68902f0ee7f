"""What those on duty hear, with every production adapter at once.

The headline jobs, a checkout and the shop's day are acceptance tests marked `everywhere`.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from shared.domain.identity import Persona

if TYPE_CHECKING:
    from tests.peers.cosmos.peer import CosmosPeer
    from tests.production.everything import Everything

pytestmark = pytest.mark.wire
JANE = "jane@example.com"


@pytest.fixture
async def world(cosmos_peer: "CosmosPeer", tmp_path: Path) -> "AsyncIterator[Everything]":
    from tests.production.everything import everything

    async with everything(tmp_path / "data", cosmos_peer) as world:
        yield world


@pytest.mark.flow("ops-6")
async def test_a_burned_neck_wakes_a_person_in_every_way(world: "Everything") -> None:
    jane = world.caller(Persona.CUSTOMER, "jane", email=JANE, email_verified=True)
    outside = world.services.outside
    outside.now = world.now()
    await jane.post("/api/v1/tickets", {"text": "The neck massager burned my neck, it is blistered."})
    await world.settle()
    assert len(outside.posted) == len(outside.pushed) == len(outside.texted) == 1
