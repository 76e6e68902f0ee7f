"""The hourly look at the world for everyone who waits (flow 6.7-2).

Each distinct place and day, and each distinct product, is looked up once per tick, and each distinct
condition judged once, whatever the number of intents.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shared.domain.conditions import (
    Condition,
    DayLookup,
    Evaluation,
    LookupKey,
    ProductFact,
    Sky,
    State,
    WeatherFact,
    evaluate,
    lookups,
)
from shared.domain.model import Model
from shared.domain.places import cell_point
from shared.domain.scout import ScoutQuery
from shared.errors import Unavailable
from shared.ports.clock import Clock
from shared.ports.store import Store, Upsert
from shared.ports.weather import Weather
from shared.services.catalogue import CatalogueService
from shared.services.inventory import InventoryService
from shared.services.standing import StandingService
from shared.services.watches import CONDITION, Watch, Watches, states_of
from shared.settings import Settings

Judged = tuple[str, str, int]


class Tick(Model):
    """What one look found and what it cost."""

    at: datetime
    watched: int = 0
    conditions: int = 0
    lookups: int = 0
    failed_lookups: int = 0
    changed: int = 0
    met: int = 0


class Watcher:
    """Runs one tick at a time; keeps nothing between ticks."""

    def __init__(
        self,
        store: Store,
        watches: Watches,
        standing: StandingService,
        weather: Weather,
        catalogue: CatalogueService,
        inventory: InventoryService,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._store = store
        self._watches = watches
        self._standing = standing
        self._weather = weather
        self._catalogue = catalogue
        self._inventory = inventory
        self._clock = clock
        self._settings = settings

    async def tick(self) -> Tick:
        """Judge every watch that is due; tell the intents whose picture changed; log the check."""
        now = self._clock.now()
        round_ = _Round(now, self._settings.forecast_horizon)
        facts: dict[LookupKey, WeatherFact | ProductFact | None] = {}
        watched = changed = met = 0
        async for watch in self._watches.due(now):
            watched += 1
            for key in round_.needs(watch):
                if key not in facts:
                    facts[key] = await self._look_up(key)
            evaluation = round_.judge(watch, facts)
            holds = evaluation.state is State.MET
            if holds or states_of(evaluation) != watch.states:
                changed += states_of(evaluation) != watch.states
                met += await self._standing.observe(watch.intent_id, evaluation)
        tick = Tick(
            at=now,
            watched=watched,
            conditions=len(round_.evaluations),
            lookups=len(facts),
            failed_lookups=sum(fact is None for fact in facts.values()),
            changed=changed,
            met=met,
        )
        await self._store.batch("watcher", "ticks", [Upsert("last", tick.model_dump(mode="json"))])
        return tick

    async def last_tick(self) -> Tick | None:
        """Return what the latest tick did."""
        document = await self._store.read("watcher", "ticks", "last")
        return Tick.model_validate(document.body) if document else None

    async def check(self, intent_id: str) -> None:
        """Judge one intent now, because someone says that something changed; only facts count."""
        intent = await self._standing.get(intent_id)
        now = self._clock.now() + timedelta(days=intent.lead_days)
        zone = ZoneInfo(intent.zone)
        keys = lookups(intent.condition, now, zone, horizon=self._settings.forecast_horizon)
        facts = {key: await self._look_up(key) for key in keys}
        await self._standing.observe(intent_id, evaluate(intent.condition, facts, now=now, zone=zone))

    async def _look_up(self, key: LookupKey) -> WeatherFact | ProductFact | None:
        """Return the fact, or None when it cannot be known now: unknown is not false."""
        try:
            if isinstance(key, DayLookup):
                return await self._forecast(key)
            return await self._product(key.product)
        except Unavailable:
            return None

    async def _forecast(self, key: DayLookup) -> WeatherFact | None:
        forecast = await self._weather.forecast(cell_point(key.place or ""), key.day)
        if forecast is None:
            return None
        return WeatherFact(
            sky=Sky(forecast.sky.value), high=forecast.high_c, attribution=forecast.attribution
        )

    async def _product(self, product: str) -> ProductFact | None:
        await self._catalogue.refresh()
        known = self._catalogue.find_product(product)
        if known is None:
            found = await self._catalogue.search(ScoutQuery(text=product, include_bundles=False, limit=1))
            known = found.hits[0].product if found.hits else None
        if known is None:
            return None
        return ProductFact(available=await self._inventory.available(known.id), price=known.price)


class _Round:
    """One tick's memory: each distinct condition is parsed, planned and judged once."""

    def __init__(self, now: datetime, horizon: timedelta) -> None:
        self._now = now
        self._horizon = horizon
        self._needs: dict[Judged, frozenset[LookupKey]] = {}
        self._parsed: dict[str, Condition] = {}
        self.evaluations: dict[Judged, Evaluation] = {}

    def needs(self, watch: Watch) -> frozenset[LookupKey]:
        """What must be looked up to judge `watch`."""
        judged = _key(watch)
        if judged not in self._needs:
            at, zone = self._instant(watch), ZoneInfo(watch.zone)
            self._needs[judged] = frozenset(lookups(self._condition(watch), at, zone, horizon=self._horizon))
        return self._needs[judged]

    def judge(self, watch: Watch, facts: Mapping[LookupKey, Any]) -> Evaluation:
        """Say how the condition of `watch` stands."""
        judged = _key(watch)
        if judged not in self.evaluations:
            self.evaluations[judged] = evaluate(
                self._condition(watch), facts, now=self._instant(watch), zone=ZoneInfo(watch.zone)
            )
        return self.evaluations[judged]

    def _condition(self, watch: Watch) -> Condition:
        if watch.condition not in self._parsed:
            self._parsed[watch.condition] = CONDITION.validate_json(watch.condition)
        return self._parsed[watch.condition]

    def _instant(self, watch: Watch) -> datetime:
        return self._now + timedelta(days=watch.lead_days)


def _key(watch: Watch) -> Judged:
    return watch.condition, watch.zone, watch.lead_days
