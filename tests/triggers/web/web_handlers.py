"""Handlers of the doors that the tests try."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from pydantic import Field

from shared.domain.instants import Day, Instant
from shared.domain.model import Model
from shared.errors import Conflict, NotFound, UsoError
from triggers.web.answer import Document, Reply
from triggers.web.call import Call

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Colour(StrEnum):
    RED = "red"
    PINK = "pink"


class Line(Model):
    product: str = Field(min_length=1, max_length=60)
    quantity: int = Field(ge=1, le=99)


class TypedWish(Model):
    text: str = Field(min_length=1, max_length=200)
    lines: tuple[Line, ...] = Field(default=(), max_length=5)
    colours: frozenset[Colour] = frozenset()
    by: Instant | None = None
    on: Day | None = None
    budget: float | None = None
    gift: bool = False


class Wish(TypedWish):
    """With room for anything, to try how JSON is read."""

    extra: dict[str, Any] = Field(default_factory=dict)


class Search(Model):
    q: str = ""
    limit: int = Field(default=20, ge=1, le=100)
    tags: tuple[str, ...] = ()
    sizes: tuple[int, ...] | None = None
    near: float | None = None
    fresh: bool = False
    colour: Colour | None = None


class Echo(Model):
    text: str
    who: str | None = None
    key: str | None = None


async def wish(call: Call, body: Wish) -> Reply[Echo]:
    return Reply(
        Echo(text=body.text, who=call.principal and call.principal.subject, key=call.idempotency_key),
        machine_readable={"@type": "Order"},
        adaptive_card={"type": "AdaptiveCard"},
        links={"self": "/api/tried"},
        headers={"Location": "/api/tried/1"},
    )


async def typed_wish(call: Call, body: TypedWish) -> Reply[Echo]:
    return Reply(Echo(text=body.text, who=call.caller.subject))


async def optional_wish(body: TypedWish | None) -> Reply[Echo]:
    return Reply(Echo(text=body.text if body else "nothing"), status=202)


async def search(query: Search) -> Reply[Search]:
    return Reply(query)


async def one(order_id: str, call: Call) -> Reply[Echo]:
    if order_id != "o-1":
        raise NotFound("order", order_id)
    return Reply(Echo(text=order_id))


async def numbered(number: int) -> Reply[Echo]:
    return Reply(Echo(text=str(number)))


async def crash(call: Call) -> Reply[Echo]:
    raise RuntimeError("the password=hunter2 leaked, Bearer eyJhbGciOiJ.eyJzdWIi.c2ln")


async def clash(call: Call) -> Reply[Echo]:
    raise Conflict("It is already on its way.")


async def half_a_pair(call: Call) -> Reply[Echo]:
    raise UsoError("odd \ud800 text")


async def plain(call: Call) -> Document:
    return Document(b'{"openapi":"3.1.0"}')


async def delivered(partner_id: str, call: Call, body: TypedWish) -> Reply[Echo]:
    return Reply(Echo(text=body.text, who=partner_id, key=call.webhook_id))


async def secrets_of(call: Call, partner_id: str) -> Sequence[str]:
    return [SECRET] if partner_id == "shop" else []


async def listed() -> Reply[list[Echo]]:
    return Reply([Echo(text="a")])


async def wants_more(call: Call, colour: str) -> Reply[Echo]:
    return Reply(Echo(text=colour))


async def unannotated(call: Call):
    return Reply(1)


async def orchestrated(call: Call) -> Reply[Echo]:
    return Reply(Echo(text=str(call.durable)))
