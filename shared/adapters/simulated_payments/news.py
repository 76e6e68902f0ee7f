"""The provider's news: by itself through the outbox, and as signed webhooks (Standard Webhooks 1.0.0).

A webhook's body is the news as JSON, its id the id of the news.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta

from pydantic import BaseModel, ValidationError

from shared.adapters.simulated_payments.books import TOLD, Books
from shared.adapters.simulated_payments.memory import announcements
from shared.adapters.simulated_payments.records import NewsRecord
from shared.domain import webhook_signature as webhook
from shared.errors import InvalidInput
from shared.ports.payments import NewsKind, ProviderNews, SignedNews
from shared.ports.store import PreconditionFailed

_FOLLOWED = frozenset(NewsKind)


class _AnyNews(BaseModel):
    """As much of a body as tells whether anybody here follows it."""

    kind: str


class WebhookDesk(Books):
    """`ProviderWebhooks`, and how news is rehearsed."""

    def read(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> ProviderNews | None:
        """Verify a delivery over its raw body and read it; None for a kind that the port does not have."""
        webhook.verify(
            self._keys.webhook_secrets(),
            headers={name.lower(): value for name, value in headers.items()},
            body=body,
            now=now,
            tolerance=self._memory.settings.webhook_tolerance,
        )
        try:
            if _AnyNews.model_validate_json(body).kind not in _FOLLOWED:
                return None
            return ProviderNews.model_validate_json(body)
        except ValidationError as error:
            where = error.errors(include_url=False, include_input=False)[0]["loc"]
            raise InvalidInput("This is no news.", field=".".join(map(str, where)) or "body") from None

    async def deliveries(self, since: datetime, until: datetime) -> AsyncIterator[SignedNews]:
        """Yield all news from `since` (included) until `until` (excluded), signed now, told or not."""
        async for document in self._log(TOLD, since, until):
            record = NewsRecord.model_validate(document.body["news"])
            yield self._signed(record)

    async def shape_news(self, *, delay: timedelta, copies: int) -> None:
        """From now on hold each piece of news back for `delay`, then tell it `copies` times (0: never)."""
        await self._memory.shape(delay=delay, copies=copies)

    def rotate_webhook_secret(self) -> None:
        """Sign with a new secret; what the one before signed is still accepted until the next rotation."""
        self._keys.rotate()

    async def tell(self, partition: str, id: str) -> None:
        """Let a piece of held news out, if it still is held."""
        found = await self._memory.get(partition, id, NewsRecord, name=id)
        if found.value.due is None:
            return
        out = found.value.model_copy(update={"held_until": None})
        try:
            await self._memory.write(partition, [out.write(id, found.etag), *announcements(out)])
        except PreconditionFailed:  # someone else has let it out
            return

    def _signed(self, record: NewsRecord) -> SignedNews:
        body, now = record.news.model_dump_json(), self._memory.now()
        secret = self._keys.webhook_secrets()[0]
        headers = webhook.sign(secret, id=record.news.id, timestamp=now, body=body.encode())
        due = record.due if record.due and record.due > now else None  # the log's copy may be an old one
        return SignedNews(news=record.news, due=due, headers=headers, body=body)
