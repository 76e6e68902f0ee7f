"""Events for sleeping plans: stored, then raised, and raised again until consumed (rule 2, flow 6.7-3)."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from shared.domain.model import Model
from shared.ports.clock import Clock
from shared.ports.store import AlreadyExists, Create, Query, Store, Upsert, Where, every

CONTAINER = "external_events"
PENDING = "pending"
KEEP = timedelta(days=30)


class Wakeup(Model):
    """One event for one plan. `event` is unique among the steps of the plan."""

    instance_id: str
    event: str
    since: datetime
    consumed: bool = False

    @property
    def id(self) -> str:
        """Its key: the same event for the same plan is one wake-up."""
        return f"{self.instance_id}:{self.event}"


class Wakeups:
    """The external events. A consumed one is remembered, so that a late repetition wakes nobody again."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def remember(self, instance_id: str, event: str) -> Wakeup | None:
        """Store a wake-up before it is raised; None when the plan has consumed it before."""
        wakeup = Wakeup(instance_id=instance_id, event=event, since=self._clock.now())
        try:
            await self._store.batch(CONTAINER, PENDING, [Create(wakeup.id, *_body(wakeup))])
        except AlreadyExists:
            known = await self._store.read(CONTAINER, PENDING, wakeup.id)
            return None if known is not None and known.body.get("consumed") else wakeup
        return wakeup

    async def forget(self, instance_id: str, event: str) -> None:
        """The plan consumed the event, or waits for it no longer; forgetting twice changes nothing."""
        wakeup = Wakeup(instance_id=instance_id, event=event, since=self._clock.now(), consumed=True)
        await self._store.batch(CONTAINER, PENDING, [Upsert(wakeup.id, *_body(wakeup))])

    async def overdue(self, *, older_than: timedelta) -> AsyncIterator[Wakeup]:
        """Yield wake-ups that should have been consumed by now: they were lost, or came too early."""
        before = self._clock.now() - older_than
        # as texts, instants compare only to the second: 12:00:00.5Z sorts before 12:00:00Z
        rough = (before + timedelta(seconds=1)).isoformat().replace("+00:00", "Z")
        query = Query([Where("consumed", "==", False), Where("since", "<=", rough)])
        async for document in every(self._store, CONTAINER, PENDING, query):
            wakeup = Wakeup.model_validate(document.body)
            if wakeup.since <= before:
                yield wakeup


def _body(wakeup: Wakeup) -> tuple[dict[str, object], int]:
    return wakeup.model_dump(mode="json"), int(KEEP.total_seconds())
