"""How much may be refunded a day without a person looking: per customer, and altogether."""

from datetime import timedelta

from shared.domain.money import Money
from shared.errors import Unavailable
from shared.ports.clock import Clock
from shared.ports.store import (
    AlreadyExists,
    Create,
    Document,
    Operation,
    PreconditionFailed,
    Replace,
    Store,
)
from shared.services.records import MAX_RACES
from shared.settings import Settings

CONTAINER = "allowances"
KEEP = int(timedelta(days=2).total_seconds())
EVERYBODY = "everybody"


class Allowances:
    """The automatic refunds of each day (UTC): one partition a day, so that one batch counts them all."""

    def __init__(self, store: Store, clock: Clock, settings: Settings) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings

    async def take(self, amount: Money, *, leg_id: str, customer_id: str) -> bool:
        """Count an automatic refund, once per leg; False when it would be too much for today.

        Amounts in another currency than the platform's are never within it.
        """
        if amount.currency != self._settings.currency:
            return False
        day = f"{self._clock.now():%Y-%m-%d}"
        for _ in range(MAX_RACES):
            if await self._store.read(CONTAINER, day, leg_id) is not None:
                return True
            operations: list[Operation] = [Create(leg_id, {"minor": amount.minor}, ttl=KEEP)]
            for id, limit in (
                (EVERYBODY, self._settings.auto_refunds_per_day),
                (f"customer:{customer_id}", self._settings.auto_refunds_per_customer),
            ):
                known = await self._store.read(CONTAINER, day, id)
                spent = (int(known.body["minor"]) if known else 0) + amount.minor
                if spent > limit:
                    return False
                operations.append(_counted(id, known, spent))
            try:
                await self._store.batch(CONTAINER, day, operations)
            except (AlreadyExists, PreconditionFailed):
                continue
            return True
        raise Unavailable("Too many refunds at once; try again.")


def _counted(id: str, known: Document | None, minor: int) -> Operation:
    body = {"minor": minor}
    return Replace(id, body, if_match=known.etag, ttl=KEEP) if known else Create(id, body, ttl=KEEP)
