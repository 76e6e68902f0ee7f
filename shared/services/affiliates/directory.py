"""Every affiliate and its links in memory, by the store's change feed, as the catalogue is (M21).

There are few of them, and the Scout asks with every search whose products are an affiliate's.
"""

import asyncio
from collections.abc import Mapping

from shared.domain.affiliates.links import Link
from shared.domain.affiliates.models import Affiliate
from shared.domain.ids import owner_of
from shared.ports.store import Document, Store, follow
from shared.services.kinds import AFFILIATES


class AffiliateDirectory:
    """The affiliates as of the last refresh. Decisions about money read the store instead."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._affiliates: dict[str, Affiliate] = {}
        self._links: dict[str, dict[str, Link]] = {}
        self._seen: str | None = None
        self._turn = asyncio.Lock()

    async def refresh(self) -> None:
        """Apply what changed since the last time; one empty read while nothing does."""
        async with self._turn:
            async for feed in follow(self._store, AFFILIATES.container, self._seen):
                for document in feed.documents:
                    self._apply(document)
                self._seen = feed.cursor

    def all(self) -> list[Affiliate]:
        """Every affiliate, the newest first."""
        return sorted(self._affiliates.values(), key=lambda each: (each.created_at, each.id), reverse=True)

    def links_of(self, affiliate_id: str) -> Mapping[str, Link]:
        """An affiliate's links by id."""
        return self._links.get(affiliate_id, {})

    def sellers(self) -> dict[str, Affiliate]:
        """The active affiliates that are vendors themselves, by vendor; the first one that registered."""
        found = (each for each in self.all() if each.is_active and each.vendor_id)
        return {each.vendor_id: each for each in found}

    def _apply(self, document: Document) -> None:
        if ":" in document.id:  # events and inbox entries lie beside what they are about
            return
        if document.id == document.partition:
            affiliate = Affiliate.model_validate(document.body)
            self._affiliates[affiliate.id] = affiliate
        else:
            link = Link.model_validate(document.body)
            self._links.setdefault(owner_of(link.id), {})[link.id] = link
