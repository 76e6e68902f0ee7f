"""Reservations over the store: never more promised than there is, whoever asks at the same time.

Decisions: a product without a stock document has nothing to sell (0): import, seed and the simulator write
one with the product. An unlimited product has a document that says so (quantity None).
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from pydantic import ValidationError

from shared.domain import inventory as rules
from shared.domain.inventory import RESERVATION_TTL, Stock
from shared.errors import Unavailable
from shared.ports.clock import Clock
from shared.ports.store import (
    AlreadyExists,
    Create,
    Document,
    Missing,
    Operation,
    PreconditionFailed,
    Replace,
    Store,
    follow,
)

CONTAINER = "inventory"
STOCK_ID = "stock"
ATTEMPTS = 20
"""How often a write that met another writer is tried again."""
TURNS = 64
"""Writers of one process queue up, by product, instead of colliding."""


class InventoryService:
    """One document per product (partition = product id), changed under its etag."""

    def __init__(self, store: Store, clock: Clock, *, ttl: timedelta = RESERVATION_TTL) -> None:
        self._store, self._clock, self._ttl = store, clock, ttl
        self._levels: dict[str, Stock] = {}
        self._turns = [asyncio.Lock() for _ in range(TURNS)]
        self._seen: str | None = None
        self._refreshing = asyncio.Lock()

    async def reserve(
        self, key: str, product_id: str, quantity: int = 1, until: datetime | None = None
    ) -> bool:
        """Hold `quantity` under `key` until `until` (15 minutes when not given); False: not enough.

        Idempotent per key. Raises Conflict when the key stands for another quantity.
        """
        now = self._clock.now()
        end = until or now + self._ttl
        return await self._change(
            product_id, lambda stock: rules.reserve(stock, key, quantity=quantity, until=end, now=now)
        )

    async def confirm(self, key: str, product_id: str) -> None:
        """Turn a reservation into a sale. Raises Conflict (reservation_lapsed) when the goods are gone."""
        now = self._clock.now()
        await self._change(product_id, lambda stock: rules.confirm(stock, key, now=now))

    async def release(self, key: str, product_id: str) -> None:
        """Give back what `key` holds or has bought; an unknown key changes nothing."""
        now = self._clock.now()
        await self._change(product_id, lambda stock: rules.release(stock, key, now=now))

    async def set_quantity(self, product_id: str, quantity: int | None, *, key: str = "") -> None:
        """Say how many there are (None: unlimited). With a `key`, the same delivery counts once."""
        await self._change(product_id, lambda stock: rules.set_quantity(stock, quantity, key=key), save=True)

    async def ensure(self, product_id: str, quantity: int | None) -> None:
        """Set the quantity of a product that has none yet."""
        if await self._store.read(CONTAINER, product_id, STOCK_ID) is None:
            await self.set_quantity(product_id, quantity, key="first")

    async def available(self, product_id: str) -> int | None:
        """Return how many can be had now; None is unlimited, and 0 is also a product nobody stocked."""
        document = await self._store.read(CONTAINER, product_id, STOCK_ID)
        return _stock(product_id, document).available(self._clock.now())

    async def refresh(self) -> None:
        """Bring `level` up to date with the store's change feed; one empty read when nothing changed."""
        async with self._refreshing:
            async for feed in follow(self._store, CONTAINER, self._seen):
                for document in feed.documents:
                    if document.id == STOCK_ID:
                        self._levels[document.partition] = _stock(document.partition, document)
                self._seen = feed.cursor

    def level(self, product_id: str) -> int | None:
        """Return how many can be had, as of the last `refresh`; None is unlimited. Reads no store."""
        stock = self._levels.get(product_id)
        return 0 if stock is None else stock.available(self._clock.now())

    def lookup(self) -> Callable[[str], int | None]:
        """Return `level` at one instant, for the many look-ups of a search."""
        now, levels = self._clock.now(), self._levels

        def level(product_id: str) -> int | None:
            stock = levels.get(product_id)
            if stock is None:
                return 0
            return stock.available(now) if stock.reservations else stock.quantity

        return level

    async def levels(self, product_ids: Iterable[str]) -> dict[str, int | None]:
        """Return the levels of several products after one refresh."""
        await self.refresh()
        return {product_id: self.level(product_id) for product_id in product_ids}

    async def _change(
        self, product_id: str, rule: Callable[[Stock], Stock | None], *, save: bool = False
    ) -> bool:
        async with self._turns[hash(product_id) % TURNS]:
            return await self._try_change(product_id, rule, save=save)

    async def _try_change(
        self, product_id: str, rule: Callable[[Stock], Stock | None], *, save: bool
    ) -> bool:
        for attempt in range(ATTEMPTS):
            document = await self._store.read(CONTAINER, product_id, STOCK_ID)
            before = _stock(product_id, document)
            after = rule(before)
            if after is None:
                return False
            if after == before and not (save and document is None):
                return True
            try:
                await self._store.batch(CONTAINER, product_id, [_write(after, document)])
            except (AlreadyExists, PreconditionFailed, Missing):
                await asyncio.sleep(0.002 * attempt)  # another process; in this one they take turns
                continue
            self._levels[product_id] = after
            return True
        raise Unavailable(f"The stock of {product_id} is too busy right now.")


def _stock(product_id: str, document: Document | None) -> Stock:
    if document is None:
        return Stock(product_id=product_id)
    try:
        return Stock.model_validate(document.body)
    except ValidationError as error:
        raise Unavailable(f"The stock document of {product_id} cannot be read.") from error


def _write(stock: Stock, document: Document | None) -> Operation:
    body = stock.model_dump(mode="json")
    if document is None:
        return Create(STOCK_ID, body)
    return Replace(STOCK_ID, body, if_match=document.etag)
