"""Twilio's webhooks: verified by the adapter that knows the scheme, stored and announced, nothing else.

It expects TwiML, and gets the one that says nothing: answers go out by themselves.
"""

from typing import Annotated

from pydantic import Field

from shared.domain.model import Model
from shared.errors import NotFound
from shared.ports.carriers import CarrierWebhooks
from triggers.web.answer import Document
from triggers.web.call import Call

NOTHING_TO_SAY = Document(b'<?xml version="1.0" encoding="UTF-8"?><Response/>')


class DeliveryQuery(Model):
    """Which text the news is about: the id that went with it."""

    text: Annotated[str, Field(pattern=r"^(line_[0-9a-f]{24}-[0-9a-f]{24})?$")] = ""


async def text(call: Call) -> Document:
    """Take a text in (flows 2.7-1 to 2.7-3, 1.5-2)."""
    delivered = _webhooks(call).read_text(call.raw_body, call.headers)
    if delivered is not None:
        await call.app.texting.desk.receive(delivered)
    return NOTHING_TO_SAY


async def delivery(call: Call, query: DeliveryQuery) -> Document:
    """Take news of a text of ours in; one that failed goes another way."""
    news = _webhooks(call).read_delivery(call.raw_body, call.headers, callback=query.text)
    if news is not None:
        await call.app.texting.out.sender.hear(news)
    return NOTHING_TO_SAY


def _webhooks(call: Call) -> CarrierWebhooks:
    webhooks = call.app.texting.webhooks
    if webhooks is None:
        raise NotFound("webhook", "twilio")
    return webhooks
