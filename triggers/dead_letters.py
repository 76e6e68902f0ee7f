"""The dead letters' doors, for admins: look at what a subscription gave up, and send it again."""

from typing import Annotated

from pydantic import Field

from shared.domain.model import Model
from shared.errors import Conflict, NotFound
from shared.ports.dead_letters import DeadLetter
from shared.ports.topics import SUBSCRIPTIONS
from triggers.web.answer import Reply
from triggers.web.call import Call

MOST_AT_ONCE = 100
"""Dead letters that one call sends again, so that it answers in time."""
Subscription = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=50)]
Number = Annotated[int, Field(ge=1, le=2**53 - 1)]


class PageQuery(Model):
    """Which page, oldest first; `after` is what the page before said."""

    after: int = Field(default=0, ge=0, le=2**53 - 1)
    limit: int = Field(default=50, ge=1, le=200)


class DeadLetterPage(Model):
    """Some of a subscription's dead letters; `after` asks for the next page, null on the last."""

    items: tuple[DeadLetter, ...]
    after: int | None


class Replayed(Model):
    """How many went out; with `more`, there are others."""

    replayed: int
    more: bool


async def list_dead_letters(
    call: Call, subscription: Subscription, query: PageQuery
) -> Reply[DeadLetterPage]:
    """Show dead letters; they stay where they are."""
    name = _known(subscription)
    found = await call.app.dead_letters.list(name, after=query.after, limit=query.limit + 1)
    shown = tuple(found[: query.limit])
    after = shown[-1].number if len(found) > query.limit else None
    return Reply(DeadLetterPage(items=shown, after=after))


async def replay_all(call: Call, subscription: Subscription) -> Reply[Replayed]:
    """Send what lies there now again, the oldest first."""
    name = _known(subscription)
    found = await call.app.dead_letters.list(name, limit=MOST_AT_ONCE + 1)
    numbers = [letter.number for letter in found[:MOST_AT_ONCE]]
    sent = await call.app.dead_letters.replay(name, numbers) if numbers else 0
    return Reply(Replayed(replayed=sent, more=len(found) > MOST_AT_ONCE))


async def replay_one(call: Call, subscription: Subscription, dead_letter: Number) -> Reply[Replayed]:
    """Send one again. Raises Conflict while somebody else has it."""
    name = _known(subscription)
    found = await call.app.dead_letters.list(name, after=dead_letter - 1, limit=2)
    if not found or found[0].number != dead_letter:
        raise NotFound("dead letter", str(dead_letter))
    if not await call.app.dead_letters.replay(name, [dead_letter]):
        raise Conflict("It is being sent again, or was cut off while it was; try again in a minute.")
    return Reply(Replayed(replayed=1, more=len(found) > 1))


def _known(subscription: str) -> str:
    """Return the subscription's name. Raises NotFound."""
    if all(subscription != each.name for each in SUBSCRIPTIONS):
        raise NotFound("subscription", subscription)
    return subscription
