"""What happened to tickets: answered, overtaken, put before a person, while others were away."""

from datetime import timedelta
from typing import Any

from shared.errors import Conflict, Unavailable
from shared.services.operations.tickets import Letter
from tests.flows.operations.support_desk import JOHN, bought_quietly, ticket_of
from tests.harness import World
from tests.replay.stories import story


async def written(world: World, text: str, *, id: str = "m1") -> str:
    """A mail came in; the id of its ticket."""
    letter = Letter(
        message_id=f"<{id}@doe.example>", email=JOHN, text=text, authenticated=True, at=world.now()
    )
    ticket = await world.app.operations.support.tickets.receive(letter)
    return ticket.id


async def shop_away(world: World, **span: float) -> None:
    """The shop does not answer for a while."""
    body = {"away_until": (world.now() + timedelta(**span)).isoformat(), "keeps_news": True}
    await world.admin().call("PUT", "/api/v1/simulator/shop/troubles", body)


def refusing(world: World) -> None:
    """From now on no address takes mail."""

    async def send(mail: Any) -> None:
        raise Conflict("There is no such mailbox.", code="address_refused")

    world.app.operations.ports.mailer.send = send  # type: ignore[method-assign]


@story
async def ticket_that_was_answered(world: World) -> dict[str, str]:
    await bought_quietly(world, state="under_way")
    await written(world, "Where is my order?")
    await world.settle()
    return {"handle_ticket-answered": f"{ticket_of()}-m1"}


@story
async def ticket_that_was_overtaken(world: World) -> dict[str, str]:
    await bought_quietly(world, state="under_way")
    await shop_away(world, hours=2)
    await written(world, "Where is my order?")
    await written(world, "Hello?", id="m2")
    await world.advance(hours=6)
    return {
        "handle_ticket-superseded": f"{ticket_of()}-m1",
        "handle_ticket-after_an_outage": f"{ticket_of()}-m2",
    }


@story
async def ticket_about_which_the_shop_never_answered(world: World) -> dict[str, str]:
    await shop_away(world, days=30)
    await written(world, "Where is my order?")
    await world.advance(days=5)
    return {"handle_ticket-without_the_shop": f"{ticket_of()}-m1"}


@story
async def ticket_that_told_of_danger(world: World) -> dict[str, str]:
    await bought_quietly(world)
    await shop_away(world, hours=2)
    await written(world, "It burned my hand")
    await world.advance(hours=6)
    await written(world, "Hello?", id="m2")
    await world.settle()
    return {"handle_ticket-danger": f"{ticket_of()}-m1", "handle_ticket-with_person": f"{ticket_of()}-m3"}


@story
async def ticket_whose_address_takes_no_mail(world: World) -> dict[str, str]:
    await bought_quietly(world, state="under_way")
    refusing(world)
    await written(world, "Where is my order?")
    await world.settle()
    return {"handle_ticket-unreachable": f"{ticket_of()}-m1"}


@story
async def ticket_that_a_person_answered(world: World) -> dict[str, str]:
    ticket_id = await written(world, "I want to speak to a person")
    await world.settle()
    await world.admin().post(f"/api/v1/tickets/{ticket_id}/resolve", {"text": "We have sent it today."})
    await world.settle()
    other_id = await written(world, "I want to speak to a person again", id="m2")
    await world.settle()
    refusing(world)
    await world.admin().post(f"/api/v1/tickets/{other_id}/resolve", {"text": "It is under way."})
    await world.settle()
    return {
        "send_ticket_answer-sent": f"{ticket_id}-m3-answer",
        "send_ticket_answer-unreachable": f"{other_id}-m3-answer",
    }


@story
async def letters_while_the_mail_server_was_away(world: World) -> dict[str, str]:
    """For longer than anyone waits: a person is told."""
    await bought_quietly(world, state="under_way")
    await written(world, "I want to speak to a person")
    await world.settle()

    async def send(mail: Any) -> None:
        raise Unavailable("no answer")

    world.app.operations.ports.mailer.send = send  # type: ignore[method-assign]
    ticket_id = ticket_of()
    await world.admin().post(f"/api/v1/tickets/{ticket_id}/resolve", {"text": "We have sent it today."})
    await world.settle()
    await written(world, "Where is my order?", id="m2")
    await world.advance(days=5)
    return {
        "handle_ticket-mail_away": f"{ticket_of(number=2)}-m1",
        "send_ticket_answer-mail_away": f"{ticket_id}-m3-answer",
    }
