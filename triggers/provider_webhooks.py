"""The payment provider's webhooks: verified, remembered and announced; what they mean is looked up later."""

from typing import Literal

from shared.domain.model import Model
from shared.errors import NotFound
from triggers.web.answer import Reply
from triggers.web.call import Call


class Received(Model):
    """The delivery is in safe hands, or was before, or is about nothing that is followed here."""

    received: Literal[True] = True


async def stripe(call: Call) -> Reply[Received]:
    """Take an event of Stripe in. The signature is over the raw body, so the body is not parsed before."""
    webhooks = call.app.stripe_webhooks
    if webhooks is None:
        raise NotFound("webhook", "stripe")
    news = webhooks.read(call.raw_body, call.headers, now=call.now)
    if news is not None:
        await call.app.provider_news.receive(news)
    return Reply(Received())
