"""A partner's photo (2.7-3) that a model looks at: it asks for others in our words only."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flows.texting.phones import Scene, bought, texting
from tests.peers.openai.peer import Fault, OpenAIPeer, running_peer
from tests.peers.twilio.peer import JPEG
from tests.street import no_harm

pytestmark = pytest.mark.flow("2.7-3")


@pytest.fixture
async def openai() -> AsyncIterator[OpenAIPeer]:
    async with running_peer() as peer:
        yield peer


@pytest.fixture
async def scene(tmp_path: Path, openai: OpenAIPeer) -> AsyncIterator[Scene]:
    settings = {"openai_key": openai.token, "openai_url": openai.url, "openai_uses": "photo"}
    async with texting(tmp_path / "data", **settings) as (world, twilio):
        scene = await bought(world, twilio)
        await scene.deal.asks("I want pink flowers instead of red")
        yield scene
        await no_harm(world)


async def test_a_photo_that_fits_goes_to_the_customer(scene: Scene, openai: OpenAIPeer) -> None:
    openai.says["PhotoForm"] = {"shows": "fits"}
    await scene.phone.writes("Will this purple work?", **scene.twilio.picture())
    negotiation = await scene.deal.negotiation()
    assert negotiation["status"] == "awaiting_user_approval"
    (asked,) = openai.asked
    assert asked.material["offered"] == "Will this purple work?"
    assert asked.picture == f"data:image/jpeg;base64,{base64.b64encode(JPEG).decode()}"


async def test_one_that_will_not_do_is_asked_for_again_in_our_own_words(
    scene: Scene, openai: OpenAIPeer
) -> None:
    openai.says["PhotoForm"] = {"shows": "damaged"}
    await scene.phone.writes("Will this purple work?", **scene.twilio.picture())
    negotiation = await scene.deal.negotiation()
    assert (negotiation["status"], negotiation["round"], negotiation["offers"]) == (
        "awaiting_partner_reply",
        2,
        [],
    )
    assert "it will not do (what it shows is not in good condition)" in scene.phone.read[-1]


@pytest.mark.parametrize("fault", [None, "refusal"])
async def test_where_it_cannot_tell_or_fails_the_customer_looks(
    scene: Scene, openai: OpenAIPeer, fault: str | None
) -> None:
    openai.says["PhotoForm"] = {"shows": "not_sure"}
    openai.faults = [Fault(kind=fault)] if fault else []  # type: ignore[arg-type]
    await scene.phone.writes("Like this?", **scene.twilio.picture())
    (offer,) = (await scene.deal.negotiation())["offers"]
    assert "/api/v1/photos/pho_" in offer["image_url"]
    assert len(openai.asked) == 1
