"""The payment provider's webhook: verified over its raw body by the adapter that knows the scheme."""

from enum import StrEnum

from shared.domain.model import Model
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


async def receive(call: Call) -> Reply[NewsReceipt]:
    """Take news in: stored first, then told on. The provider need not send again what got this answer."""
    news = call.app.payments.read(call.raw_body, call.headers, now=call.now)
    if news is None:
        return Reply(NewsReceipt(outcome=NewsOutcome.UNFOLLOWED))
    is_new = await call.app.provider_news.receive(news)
    return Reply(NewsReceipt(outcome=NewsOutcome.NEW if is_new else NewsOutcome.KNOWN))
