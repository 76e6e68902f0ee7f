"""What the hourly watcher reads: one small document per waiting intent, in shards (flow 6.7-2)."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from shared.domain.conditions import Condition, Evaluation, Weather, earliest_possible, leaves
from shared.domain.standing import StandingIntent
from shared.ports.store import Delete, Missing, Query, Store, Upsert, Where, every
from shared.settings import Settings

CONTAINER = "watches"
CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)
NEVER = "9999-12-31T00:00:00+00:00"


@dataclass(frozen=True, slots=True)
class Watch:
    """One waiting intent. Intents with the same `condition`, `zone` and `lead_days` are judged together.

    `condition` is canonical JSON; `states` are the leaves' states as last seen, e.g. `met,unknown`.
    """

    intent_id: str
    condition: str
    zone: str
    lead_days: int
    states: str


class Watches:
    """Keeps the watch documents."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings

    async def arm(self, intent: StandingIntent, *, now: datetime, states: str = "") -> None:
        """Watch `intent` from the first instant at which its calendar lets it come true."""
        body = {
            "condition": CONDITION.dump_json(intent.condition).decode(),
            "zone": intent.zone,
            "lead_days": intent.lead_days,
            "states": states,
            "due": self._due(intent, max(now, intent.not_before or now)),
        }
        await self._store.batch(CONTAINER, self._shard(intent.id), [Upsert(intent.id, body)])

    async def disarm(self, intent_id: str) -> None:
        """Stop watching; an intent that is not watched is left so."""
        try:
            await self._store.batch(CONTAINER, self._shard(intent_id), [Delete(intent_id)])
        except Missing:
            return

    async def due(self, now: datetime) -> AsyncIterator[Watch]:
        """Yield every watch whose time has come, shard by shard."""
        where = [Where("due", "<=", now.isoformat())]
        for shard in range(self._settings.watch_shards):
            async for document in every(self._store, CONTAINER, f"shard-{shard}", Query(where, limit=2000)):
                body = document.body
                yield Watch(document.id, body["condition"], body["zone"], body["lead_days"], body["states"])

    def _shard(self, intent_id: str) -> str:
        digest = hashlib.sha256(intent_id.encode()).digest()
        return f"shard-{int.from_bytes(digest[:4]) % self._settings.watch_shards}"

    def _due(self, intent: StandingIntent, now: datetime) -> str:
        """ISO instant of the next check; a forecast is followed some days ahead, a calendar costs nothing."""
        lead = timedelta(days=intent.lead_days)
        possible = earliest_possible(intent.condition, now + lead, ZoneInfo(intent.zone))
        if possible is None:
            return NEVER
        ahead = any(isinstance(leaf, Weather) for leaf in leaves(intent.condition))
        horizon = self._settings.forecast_horizon if ahead else timedelta(0)
        return max(possible - lead - horizon, now).isoformat()


def states_of(evaluation: Evaluation) -> str:
    """The leaves' states and reasons in one comparable string."""
    return "|".join(f"{leaf.state}:{leaf.why}" for leaf in evaluation.leaves)
