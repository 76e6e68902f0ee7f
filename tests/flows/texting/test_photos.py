"""Photos of partners (2.7-3): looked at where someone can, asked for again, handed on; and no photos."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from shared.chosen_adapters import Ports
from shared.errors import Unavailable
from shared.ports.carriers import Media
from shared.ports.language import Language
from shared.ports.photos import PhotoVerdict
from tests.flows.texting.phones import Scene, bought, texting
from tests.peers.twilio.peer import JPEG
from tests.street import escalations, no_harm

pytestmark = pytest.mark.flow("2.7-3")
PINK = "I want pink flowers instead of red"


@dataclass
class Eyes:
    """Looks at photos by script."""

    says: list[PhotoVerdict | None] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    async def look(self, photo: Media, *, wanted: str, offered: str) -> PhotoVerdict:
        self.seen.append(f"{wanted} | {offered}")
        verdict = self.says.pop(0)
        if verdict is None:
            raise Unavailable("The eyes are closed.")
        return verdict


@pytest.fixture
def eyes() -> Eyes:
    return Eyes()


@pytest.fixture
async def scene(tmp_path: Path, eyes: Eyes) -> AsyncIterator[Scene]:
    async with texting(tmp_path / "data", ports=Ports(language=Language(photos=eyes))) as (world, twilio):
        scene = await bought(world, twilio)
        await scene.deal.asks(PINK)
        yield scene
        await no_harm(world)


async def test_a_photo_that_is_good_goes_to_the_customer(scene: Scene, eyes: Eyes) -> None:
    eyes.says = [PhotoVerdict(approved=True)]
    await scene.phone.writes("Will this purple work?", **scene.twilio.picture())
    assert (await scene.deal.negotiation())["status"] == "awaiting_user_approval"
    assert eyes.seen == [
        "Customer requested change: pink flowers instead of red flowers. Can you fulfill? [Yes] [No] | "
        "Will this purple work?"
    ]


async def test_a_photo_that_is_not_is_asked_for_again_and_then_handed_on(scene: Scene, eyes: Eyes) -> None:
    eyes.says = [PhotoVerdict(approved=False, why="the petals are brown")] * 3
    await scene.phone.writes("Will this purple work?", **scene.twilio.picture())
    negotiation = await scene.deal.negotiation()
    assert (negotiation["status"], negotiation["round"], negotiation["offers"]) == (
        "awaiting_partner_reply",
        2,
        [],
    )
    assert "it will not do (the petals are brown)" in scene.phone.read[-1]
    await scene.phone.writes("And this?", **scene.twilio.picture())
    assert (await scene.deal.negotiation())["round"] == 3
    await scene.phone.writes("This then", **scene.twilio.picture())
    assert (await scene.deal.negotiation())["status"] == "escalated"
    assert [task["reason"] for task in await escalations(scene.world)] == ["deadlock"]


async def test_where_nobody_can_look_the_customer_does(scene: Scene, eyes: Eyes) -> None:
    eyes.says = [None]
    await scene.phone.writes("Like this?", **scene.twilio.picture())
    (offer,) = (await scene.deal.negotiation())["offers"]
    assert "/api/v1/photos/pho_" in offer["image_url"]


async def test_a_photo_of_no_is_no(scene: Scene, eyes: Eyes) -> None:
    eyes.says = [PhotoVerdict()]
    await scene.phone.writes("Sorry, no pink at all, see", **scene.twilio.picture())
    assert (await scene.deal.negotiation())["status"] == "rejected"


@pytest.mark.parametrize(
    ("content", "type_"),
    [
        (b"MZ\x90\x00" + bytes(100), "image/jpeg"),
        (b"<svg onload=alert(1)>", "image/svg+xml"),
        (b"<html>", "text/html"),
        (JPEG + bytes(1_400_000), "image/jpeg"),
        (b"%PDF-1.7", "application/pdf"),
    ],
)
async def test_what_is_no_picture_or_too_large_is_not_taken(scene: Scene, content: bytes, type_: str) -> None:
    await scene.phone.writes("", **scene.twilio.picture(content, type_))
    assert "I could not open what you sent" in scene.phone.read[-1]
    negotiation = await scene.deal.negotiation()
    assert (negotiation["status"], negotiation["offers"]) == ("awaiting_partner_reply", [])
    await scene.phone.writes("Yes")
    assert (await scene.deal.negotiation())["status"] == "accepted", "the question is still open"


async def test_an_address_that_is_not_twilios_is_not_called(scene: Scene) -> None:
    asked = len(scene.twilio.asked)
    elsewhere = {"NumMedia": "1", "MediaUrl0": f"{scene.world.host.url}/api/health"}
    await scene.phone.writes("", **elsewhere, MediaContentType0="image/jpeg")
    assert "I could not open what you sent" in scene.phone.read[-1]
    scene.twilio.storage = "https://127.0.0.1/secret"
    await scene.phone.writes("", **scene.twilio.picture())
    assert (await scene.deal.negotiation())["offers"] == []
    assert [each for each in scene.twilio.asked[asked:] if "storage" in each] == []


async def test_an_outage_of_the_pictures_store_loses_no_photo(scene: Scene, eyes: Eyes) -> None:
    eyes.says = [PhotoVerdict()]
    form = scene.phone.form("Will this purple work?", **scene.twilio.picture())
    scene.twilio.away = True
    assert (await scene.phone.delivers(form)).status == 200
    await scene.world.advance(minutes=12)
    assert (await scene.deal.negotiation())["offers"] == []
    scene.twilio.away = False
    await scene.world.advance(minutes=20)
    (offer,) = (await scene.deal.negotiation())["offers"]
    assert "/api/v1/photos/pho_" in offer["image_url"]
