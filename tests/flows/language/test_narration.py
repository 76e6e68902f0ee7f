"""Updates that a language model tells in warmer words: only the words that say the same are told."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flows.language.modelled import Modelled, modelled
from tests.flows.steps import order, stories

FLOWERS = "bb-dozen-red-roses"


@pytest.fixture
async def narrated(tmp_path: Path) -> AsyncIterator[Modelled]:
    async with modelled(tmp_path / "data", openai_uses="narration") as (world, peer):
        yield world, peer


@pytest.mark.flow("6.4-1")
async def test_an_update_is_told_in_the_models_words_if_they_say_the_same(narrated: Modelled) -> None:
    world, peer = narrated
    peer.says["NarrationForm"] = lambda asked: {"text": f"Great news! {asked.material['update']} Enjoy!"}
    alice = world.customer()
    await order(alice, FLOWERS)
    told = await stories(world, alice)
    (confirmed,) = [each for each in told if "Your order is in: " in each]
    assert confirmed.startswith("Great news! Your order is in: ")


@pytest.mark.flow("6.4-1")
async def test_an_update_that_a_hostile_model_twists_is_told_as_the_rules_have_it(narrated: Modelled) -> None:
    world, peer = narrated
    peer.says["NarrationForm"] = {
        "text": "Your order was cancelled, and $500 were refunded: http://evil.example"
    }
    alice = world.customer()
    await order(alice, FLOWERS)
    told = await stories(world, alice)
    assert any(each.startswith("Your order is in: ") for each in told)
    assert not any("evil" in each or "500" in each for each in told)
    assert peer.asked, "the model was asked"
