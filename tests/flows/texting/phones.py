"""People with phones: the test holds the phone, Twilio's peer carries what they write and read."""

import contextlib
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.harness import Answer, Caller, World, running
from tests.peers.twilio.messages import ACCOUNT, SMS_FROM, TOKEN, WHATSAPP_FROM, Message
from tests.peers.twilio.peer import TwilioPeer, running_peer, signed
from tests.street import Deal, Shop, flowers, opened, ordered

TEXTS, STATUS = "/api/v1/webhooks/twilio", "/api/v1/webhooks/twilio/status"
FLORIST, CUSTOMER = "+15125550101", "+15125550102"
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone with one number, on WhatsApp unless it is `plain`."""

    world: World
    twilio: TwilioPeer
    number: str
    plain: bool = False

    @property
    def address(self) -> str:
        return self.number if self.plain else f"whatsapp:{self.number}"

    @property
    def shown(self) -> list[Message]:
        """What arrived, oldest first."""
        return [each for each in self.twilio.sent if each.to == self.address and each.error is None]

    @property
    def read(self) -> list[str]:
        return [each.body for each in self.shown]

    def form(self, text: str = "", **more: str) -> dict[str, str]:
        """The parameters of a message from this phone."""
        to = SMS_FROM if self.plain else f"whatsapp:{WHATSAPP_FROM}"
        sid = f"SM{next(_numbers) + 0xABC000:032x}"
        form = {"MessageSid": sid, "SmsSid": sid, "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01"}
        form |= {"From": self.address, "To": to, "Body": text, "NumMedia": "0", "NumSegments": "1"}
        return form | ({} if self.plain else {"ProfileName": "Rosa", "WaId": self.number[1:]}) | more

    async def writes(self, text: str = "", **more: str) -> str:
        """Send a message; return its MessageSid. What follows from it has happened."""
        form = self.form(text, **more)
        answer = await self.delivers(form)
        assert answer.status == 200, answer.body
        return form["MessageSid"]

    async def taps(self, button: str, on: Message) -> str:
        """Tap a button of a message that was read."""
        assert button in on.buttons
        return await self.writes(
            button, ButtonText=button, ButtonPayload=button, OriginalRepliedMessageSid=on.sid
        )

    async def quotes(self, message: Message, text: str) -> str:
        """Answer one message in particular."""
        return await self.writes(text, OriginalRepliedMessageSid=message.sid)

    async def delivers(self, form: dict[str, str], *, token: str = TOKEN, **more: Any) -> Answer:
        """Deliver a form as Twilio does; the named arguments are what can be wrong with it."""
        if form["MessageSid"] not in {each.sid for each in self.twilio.sent}:
            self.twilio.ledger.heard[self.address] = self.world.now()
        url = more.get("url", f"{self.world.host.url}{TEXTS}")
        headers = signed(url, form, token=token) | more.get("headers", {})
        body = io.BytesIO(more.get("body", urlencode(form)).encode())
        answer = await self.world.send("POST", TEXTS, data=body, headers=headers)
        await self.world.settle()
        return answer


async def told(world: World, twilio: TwilioPeer, message: Message, status: str, error: str = "") -> Answer:
    """Deliver a status callback where the message asked for it."""
    form = twilio.news(message, status, error)
    path = message.status_callback.removeprefix(world.host.url)
    headers = signed(message.status_callback, form)
    answer = await world.send("POST", path, data=urlencode(form), headers=headers)
    await world.settle()
    return answer


async def joins(phone: Phone, caller: Caller, *ways: dict[str, str]) -> None:
    """Say by which number a partner wants to be reached, and prove that it has it."""
    kind = "sms" if phone.plain else "whatsapp"
    wanted = [*ways] or [{"kind": kind, "address": phone.number}]
    shown = (await caller.call("PUT", "/api/v1/partners/me/channels", {"ways": wanted})).data
    code = next(each["code"] for each in shown if (each["kind"], each["address"]) == (kind, phone.number))
    await phone.writes(f"Hello, {code}")


@dataclass(frozen=True, slots=True)
class Scene:
    """Alice has bought red flowers at the corner shop, which has taken the order on and has a phone."""

    world: World
    twilio: TwilioPeer
    shop: Shop
    phone: Phone
    deal: Deal


@contextlib.asynccontextmanager
async def texting(data: Path, **more: Any) -> AsyncIterator[tuple[World, TwilioPeer]]:
    """An app whose texts go through Twilio's peer."""
    async with running_peer() as twilio:
        templates = {
            kind: twilio.ledger.add_content(
                f"uso_{kind}", f"USO: {{{{1}}}} ({kind})", buttons, is_approved=True
            ).sid
            for kind, buttons in {
                "order": (("Accept", "Accept"), ("Decline", "Decline")),
                "change_request": (("Accept", "Accept"), ("Decline", "Decline"), ("Modify", "Modify")),
                "cancellation": (),
                "notice": (),
                "update": (("Track Order", "Track Order"), ("Contact Support", "Contact Support")),
            }.items()
        }
        settings = {
            "twilio_account": ACCOUNT,
            "twilio_token": TOKEN,
            "twilio_from": SMS_FROM,
            "twilio_base_url": twilio.url,
            "whatsapp_from": WHATSAPP_FROM,
            "whatsapp_templates": json.dumps(templates),
            "allow_private_urls": "true",
        }
        async with running(data, **{**settings, **more}) as world:
            twilio.now = world.now
            yield world, twilio


async def bought(
    world: World, twilio: TwilioPeer, *, plain: bool = False, ways: tuple[dict[str, str], ...] = ()
) -> Scene:
    """Set the scene; the phone has read the order and its welcome."""
    shop = await opened(
        world,
        "corner",
        flowers("red", "red"),
        flowers("purple", "purple", 5000, name="Deep Purple Metallic", image_url="https://x.test/p.png"),
        flowers("white", "white", 4125, name="White Lilies"),
    )
    phone = Phone(world, twilio, FLORIST, plain=plain)
    await joins(phone, shop.portal, *ways)
    deal = await ordered(world, {"id": "red", "quantity": 1})
    await shop.accepts(await deal.leg())
    await world.advance(minutes=1)
    return Scene(world, twilio, shop, phone, deal)
