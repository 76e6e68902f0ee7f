"""Events for sleeping plans: stored, then raised, and raised again until consumed (rule 2, flow 6.7-3)."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from shared.domain.model import Model
from shared.ports.clock import Clock
from shared.ports.store import Delete, Missing, Query, Store, Upsert, Where, every

CONTAINER = "external_events"
PENDING = "pending"
KEEP = timedelta(days=30)


class Wakeup(Model):
    """One event for one plan. `event` is unique among the steps of the plan."""

    instance_id: str
    event: str
    since: datetime

    @property
    def id(self) -> str:
        """Its key: the same event for the same plan is one wake-up."""
        return f"{self.instance_id}:{self.event}"


class Wakeups:
    """The pending external events."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def remember(self, instance_id: str, event: str) -> Wakeup:
        """Store a wake-up before it is raised."""
        wakeup = Wakeup(instance_id=instance_id, event=event, since=self._clock.now())
        body = wakeup.model_dump(mode="json")
        await self._store.batch(CONTAINER, PENDING, [Upsert(wakeup.id, body, ttl=int(KEEP.total_seconds()))])
        return wakeup

    async def forget(self, instance_id: str, event: str) -> None:
        """The plan consumed the event, or is over; forgetting twice changes nothing."""
        try:
            await self._store.batch(CONTAINER, PENDING, [Delete(f"{instance_id}:{event}")])
        except Missing:
            return

    async def overdue(self, *, older_than: timedelta) -> AsyncIterator[Wakeup]:
        """Yield wake-ups that should have been consumed by now: they were lost, or came too early."""
        before = self._clock.now() - older_than
        query = Query([Where("since", "<=", before.isoformat().replace("+00:00", "Z"))])
        async for document in every(self._store, CONTAINER, PENDING, query):
            yield Wakeup.model_validate(document.body)
