"""Clicks on affiliates' links: kept as long as an order can be traced to them, and counted (2.6-2 step 3).

A click and its count are one write. The counts of an affiliate lie in a few documents side by side, so that a
link that everyone follows at once does not make them wait for each other.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from shared.domain.affiliates.links import Click, Link
from shared.domain.ids import ALPHABET, fresh, owner_of
from shared.domain.model import Model
from shared.ports.store import AlreadyExists, Create, Operation, PreconditionFailed, Replace, Store
from shared.settings import Settings

CONTAINER = "affiliate_clicks"
"""Partition the affiliate: its clicks by id, and its counts."""
SHARDS = 8
MAX_RACES = 8
LONGER = timedelta(days=1)
"""How much longer than the attribution window a click is kept."""
_log = logging.getLogger(__name__)


class Counts(Model):
    """How often links were shown and followed, by link."""

    shown: dict[str, int] = {}  # noqa: RUF012 - pydantic copies defaults
    clicks: dict[str, int] = {}  # noqa: RUF012

    def plus(self, other: "Counts") -> "Counts":
        """Add up."""
        return Counts(shown=_sum(self.shown, other.shown), clicks=_sum(self.clicks, other.clicks))


class Clicks:
    """The clicks and counts of all affiliates."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._kept = int((settings.attribution_window + LONGER).total_seconds())

    async def record(self, link: Link, at: datetime) -> str:
        """Store and count a click, and return its new id."""
        id = f"{link.affiliate_id}-{fresh('c')}"
        click = Click(link_id=link.id, at=at).model_dump(mode="json")
        await self._count(
            link.affiliate_id,
            Counts(clicks={link.id: 1}),
            shard=ALPHABET.index(id[-1]) % SHARDS,
            beside=Create(id, click, ttl=self._kept),
        )
        return id

    async def shown(self, affiliate_id: str, link_ids: Mapping[str, int], *, shard: int) -> None:
        """Count how often links were shown."""
        await self._count(affiliate_id, Counts(shown=dict(link_ids)), shard=shard % SHARDS)

    async def find(self, click_id: str) -> Click | None:
        """Return a click that can still be traced to."""
        document = await self._store.read(CONTAINER, owner_of(click_id), click_id)
        return None if document is None else Click.model_validate(document.body)

    async def counts(self, affiliate_id: str) -> Counts:
        """Add up an affiliate's counts."""
        total = Counts()
        for shard in range(SHARDS):
            document = await self._store.read(CONTAINER, affiliate_id, _shard_id(shard))
            if document is not None:
                total = total.plus(Counts.model_validate(document.body))
        return total

    async def _count(
        self, affiliate_id: str, more: Counts, *, shard: int, beside: Create | None = None
    ) -> None:
        extra: list[Operation] = [beside] if beside else []
        for _ in range(MAX_RACES):
            document = await self._store.read(CONTAINER, affiliate_id, _shard_id(shard))
            had = Counts.model_validate(document.body) if document else Counts()
            body: dict[str, Any] = had.plus(more).model_dump(mode="json")
            write: Operation = Create(_shard_id(shard), body)
            if document is not None:
                write = Replace(_shard_id(shard), body, if_match=document.etag)
            try:
                await self._store.batch(CONTAINER, affiliate_id, [write, *extra])
            except (PreconditionFailed, AlreadyExists):
                continue
            return
        # the visitor goes on and the click can be traced; only the figure is one too small
        _log.warning("a count of %s was lost to too many others at once", affiliate_id)
        if extra:
            await self._store.batch(CONTAINER, affiliate_id, extra)


def _shard_id(shard: int) -> str:
    return f"counts.{shard}"


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in (*one, *(k for k in other if k not in one))}
