"""By which numbers and addresses partners and customers want to be written to; and partners' photos."""

import re
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shared.domain.catalogue import Channel, ChannelKind
from shared.domain.model import Model
from shared.domain.texting.lines import CUSTOMER, VENDOR, Line
from shared.domain.texting.words import E164, MAIL_ADDRESS
from shared.errors import NotFound
from triggers.access import customer_of, must_own, partner_of
from triggers.web.answer import Document, Reply
from triggers.web.call import Call

MAX_WAYS = 5
PhotoId = Annotated[str, Field(pattern=r"^pho_[0-9a-f]{32}$")]
Phone = Annotated[str, Field(pattern=E164, max_length=16)]
"""A number in E.164, e.g. +15125550101."""


class Way(Model):
    """A number in E.164 for WhatsApp and SMS, a mail address for email."""

    kind: Literal["whatsapp", "sms", "email"]
    address: str = Field(min_length=3, max_length=254)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        pattern = MAIL_ADDRESS if self.kind == "email" else E164
        if not re.fullmatch(pattern, self.address):
            raise ValueError("the address does not fit its kind: a number in E.164, or a mail address")
        return self


class WaysInput(Model):
    """The preferred way first. None: as it was before."""

    ways: tuple[Way, ...] = Field(max_length=MAX_WAYS)


class WayState(StrEnum):
    """Whether a way may be used."""

    PENDING = "pending"
    """Its owner has not sent the code from there yet."""
    ACTIVE = "active"
    STOPPED = "stopped"
    """Its owner has sent STOP; START from there undoes it."""


class WayView(Model):
    """A way as it stands. `code`, sent from there to USO's number or address, confirms it."""

    kind: ChannelKind
    address: str
    state: WayState
    code: str | None


async def show(call: Call) -> Reply[list[WayView]]:
    """Show how the calling partner is reached."""
    vendor_id = partner_of(call.caller)
    lines = await call.app.texting.out.lines.ways(vendor_id)
    return Reply([_view(line, f"{VENDOR}{vendor_id}") for line in lines])


async def choose(call: Call, body: WaysInput) -> Reply[list[WayView]]:
    """Say how the calling partner wants to be reached; a new way counts once it is confirmed from there."""
    ways = [Channel(kind=ChannelKind(way.kind), address=way.address) for way in body.ways]
    await call.app.texting.out.lines.choose(partner_of(call.caller), list(dict.fromkeys(ways)))
    return await show(call)


class WhatsAppInput(Model):
    """The customer's WhatsApp number."""

    number: Phone


async def notify_customer(call: Call, thread_id: str, body: WhatsAppInput) -> Reply[WayView]:
    """Opt in: updates of the conversation go to WhatsApp as well, once the number has sent the code."""
    thread = await call.app.threads.find(thread_id)
    if thread is None:
        raise NotFound("thread", thread_id)
    must_own(call.caller, thread.customer_id, what="thread", id=thread_id)
    owner = f"{CUSTOMER}{customer_of(call.caller)}"
    line = await call.app.texting.out.lines.claim(
        ChannelKind.WHATSAPP, body.number, owner=owner, thread_id=thread_id
    )
    await call.app.texting.customers.link(line, owner)
    return Reply(_view(line, owner))


async def photo(call: Call, photo_id: PhotoId) -> Document:
    """Serve a photo that a partner has sent, to whoever was given its link."""
    found = await call.app.texting.photos.get(photo_id)
    return Document(found.content, media_type=found.media_type)


def _view(line: Line, owner: str) -> WayView:
    member = line.member(owner)
    is_pending = member is None or member.confirmed_at is None
    state = WayState.PENDING if is_pending else WayState.ACTIVE if line.reaches(owner) else WayState.STOPPED
    code = member.code if member is not None and is_pending else None
    return WayView(kind=line.kind, address=line.address, state=state, code=code)
