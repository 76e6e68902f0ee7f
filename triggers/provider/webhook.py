"""The payment provider's webhooks: verified over the raw body by the adapter that knows the scheme.

A delivery is stored and told on; what it means is looked up later. The provider need not send again what got
an answer, whether it was new, came before, or is about nothing that is followed here.
"""

from enum import StrEnum

from shared.domain.model import Model
from shared.errors import NotFound
from shared.ports.payments import ProviderWebhooks
from triggers.web.answer import Reply
from triggers.web.call import Call


class NewsOutcome(StrEnum):
    """What became of a delivery."""

    NEW = "new"
    KNOWN = "known"
    UNFOLLOWED = "unfollowed"


class NewsReceipt(Model):
    """News is stored and told on, came before, or is of a kind that nobody here follows."""

    outcome: NewsOutcome


async def embedded(call: Call) -> Reply[NewsReceipt]:
    """Take news of the embedded provider in."""
    webhooks = call.app.payments if call.app.stripe_webhooks is None else None
    return await _receive(call, webhooks, name="payments")


async def stripe(call: Call) -> Reply[NewsReceipt]:
    """Take an event of Stripe in."""
    return await _receive(call, call.app.stripe_webhooks, name="stripe")


async def _receive(call: Call, webhooks: ProviderWebhooks | None, *, name: str) -> Reply[NewsReceipt]:
    if webhooks is None:
        raise NotFound("webhook", name)
    news = webhooks.read(call.raw_body, call.headers, now=call.now)
    if news is None:
        return Reply(NewsReceipt(outcome=NewsOutcome.UNFOLLOWED))
    is_new = await call.app.provider_news.receive(news)
    return Reply(NewsReceipt(outcome=NewsOutcome.NEW if is_new else NewsOutcome.KNOWN))
