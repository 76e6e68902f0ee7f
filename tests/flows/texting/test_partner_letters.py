"""Partners by mail (2.7-1, 2.7-2): asked with links, one thread per negotiation, answered by webhook."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from shared.domain.webhook_signature import new_secret, sign
from tests.harness import World, running
from tests.street import Deal, Shop, escalations, flowers, no_harm, opened, ordered

ROSA, HELP = "Rosa@corner.example", "help@shop.example"
PINK = "I want pink flowers instead of red"
SECRET = new_secret()
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Desk:
    """The corner shop's mailbox, and Alice's order there."""

    world: World
    shop: Shop
    deal: Deal

    async def letters(self) -> list[Any]:
        """What Rosa got, oldest first."""
        return list(await self.world.app.mailbox.letters(ROSA.lower()))

    async def question(self, words: str = "requested change") -> Any:
        """The last letter with these words."""
        return [each for each in await self.letters() if words in each.mail.text][-1]

    async def writes(
        self, text: str, *, authenticated: bool = True, replies_to: str = "", **more: Any
    ) -> str:
        """Rosa writes a mail; return what became of it."""
        mail = {"message_id": f"<m{next(_numbers)}@corner.example>", "from": ROSA, "to": HELP, "text": text}
        mail |= {"authenticated": authenticated, "in_reply_to": replies_to, **more}
        body = json.dumps(mail).encode()
        headers = sign(SECRET, id=f"msg_{next(_numbers)}", timestamp=self.world.now(), body=body)
        headers["Content-Type"] = "application/json"
        answer = await self.world.send("POST", "/api/v1/webhooks/mail", data=body, headers=headers)
        await self.world.settle()
        return str(answer.data["outcome"])

    async def answers(self, text: str, **more: Any) -> str:
        """Rosa answers the last letter, quoting it as mail programs do."""
        last = await self.question()
        quoted = "\n".join(f"> {line}" for line in last.mail.text.splitlines())
        whole = f"{text}\n\nOn Monday, USO wrote:\n{quoted}\n"
        return await self.writes(whole, replies_to=last.message_id, **more)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with running(tmp_path / "data", mail_webhook_secret=SECRET) as world:
        shop = await opened(
            world, "corner", flowers("red", "red"), flowers("white", "white", 4125, name="White Lilies")
        )
        ways = {"ways": [{"kind": "email", "address": ROSA}]}
        (shown,) = (await shop.portal.call("PUT", "/api/v1/partners/me/channels", ways)).data
        assert (shown["state"], shown["address"]) == ("pending", ROSA.lower())
        desk = Desk(world, shop, Deal(world, "", world.customer()))
        assert await desk.letters() == [], "nobody is written to before they have said so"
        assert await desk.writes(f"My code is {shown['code']}") == "partner"
        deal = await ordered(world, {"id": "red", "quantity": 1})
        await shop.accepts(await deal.leg())
        yield Desk(world, shop, deal)
        await no_harm(world)


@pytest.mark.flow("2.7-1")
async def test_the_request_is_a_letter_with_links(desk: Desk) -> None:
    await desk.deal.asks(PINK)
    mail = (await desk.question()).mail
    assert mail.subject == f"Order {await desk.deal.leg()}"
    assert "pink flowers instead of red flowers" in mail.text
    assert "Accept: mailto:help%40shop.example?subject=Yes%20%23" in mail.text
    assert "Decline: mailto:help%40shop.example?subject=No%20%23" in mail.text


@pytest.mark.flow("2.7-2")
async def test_a_counter_offer_by_mail_is_read_without_what_it_quotes(desk: Desk) -> None:
    await desk.deal.asks(PINK)
    assert await desk.answers("Pink is sold out, but I have White Lilies for $3.50 extra") == "partner"
    negotiation = await desk.deal.negotiation()
    assert [(o["item"], o["extra"]["minor"]) for o in negotiation["offers"]] == [("White Lilies", 350)]
    assert ">" not in negotiation["messages"][-1]["text"]


@pytest.mark.flow("2.7-1")
async def test_a_negotiation_is_one_thread(desk: Desk) -> None:
    await desk.deal.asks(PINK)
    first = await desk.question()
    assert first.mail.in_reply_to == ""
    await desk.world.advance(minutes=1)
    await desk.answers("Pink is sold out, but I have White Lilies for $3.50 extra")
    await desk.world.advance(minutes=1)
    await desk.deal.decides(f"negotiations/{desk.deal.id}-n1", "reject")
    second = (await desk.question("would rather not take")).mail
    assert second.subject == first.mail.subject
    assert second.references[0] == first.message_id
    assert second.in_reply_to.endswith("@corner.example>"), "it answers what the partner wrote"
    assert second.references[-1] == second.in_reply_to


@pytest.mark.flow("2.7-1")
async def test_a_link_answers_without_a_thread(desk: Desk) -> None:
    await desk.deal.asks(PINK)
    name = (await desk.question()).mail.text.rpartition("#")[2][:4]
    assert await desk.writes(f"Yes #{name}") == "partner"
    assert (await desk.deal.negotiation())["status"] == "accepted"


@pytest.mark.flow("2.7-1")
async def test_a_letter_that_nobody_vouches_for_is_no_answer(desk: Desk) -> None:
    await desk.deal.asks(PINK)
    assert await desk.answers("Yes", authenticated=False) == "ticket"
    assert (await desk.deal.negotiation())["status"] == "awaiting_partner_reply"


@pytest.mark.flow("2.7-1")
async def test_a_partner_who_asks_something_as_a_customer_is_one(desk: Desk) -> None:
    assert await desk.writes("Where is my parcel?", subject="My own order 1001") == "ticket"


@pytest.mark.flow("2.7-1")
async def test_a_partner_who_wants_no_letters_gets_none(desk: Desk) -> None:
    await desk.deal.asks(PINK)
    before = len(await desk.letters())
    assert await desk.answers("Unsubscribe") == "partner"
    assert [task["reason"] for task in await escalations(desk.world)] == ["partner_unreached"]
    await desk.world.advance(hours=2)
    assert len(await desk.letters()) == before
