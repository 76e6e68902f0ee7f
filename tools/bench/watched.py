"""Many customers who wait: standing intents in a store, as the app leaves them after a first look."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from shared.bootstrap import App
from shared.domain.conditions import WEEK, All, Any, Calendar, Condition, Inventory, Price, Sky, Weather
from shared.domain.places import GeoPoint, Place
from shared.domain.standing import StandingIntent
from shared.domain.status import IntentStatus
from shared.ports.events import CloudEvent
from shared.ports.store import Query, every
from shared.ports.weather import Forecast
from shared.ports.weather import Sky as Seen
from shared.services.kinds import INTENTS
from shared.services.watches import CONTAINER, Watches

CELLS = tuple(f"{30 + n // 10 / 10},{-98 + n % 10 / 10}" for n in range(40))
A_CENT, MORE_THAN_EVER = 1, 1_000_000
ZONE = "America/Chicago"


class FixedClock:
    """A clock that stands still."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """Return the one instant there is."""
        return self._now


class CountingWeather:
    """It is cool and rains, except where `sunny_at` says; remembers every question."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, float, date]] = []
        self.sunny_at: GeoPoint | None = None

    async def forecast(self, point: GeoPoint, day: date) -> Forecast | None:
        """Return the forecast of `day` at `point`."""
        self.asked.append((point.latitude, point.longitude, day))
        sky = Seen.SUNNY if point == self.sunny_at else Seen.RAINY
        return Forecast(day=day, sky=sky, high_c=20, low_c=12)


class SwallowingBus:
    """Takes every event and forgets it, so that only the watcher's own work is measured."""

    async def publish(self, events: Sequence[CloudEvent]) -> None:
        """Take `events`."""

    async def close(self) -> None:
        """Nothing to release."""


def conditions(products: Sequence[str]) -> list[Condition]:
    """Return the distinct things people wait for; none of them is true in a rainy world at usual prices."""
    made: list[Condition] = []
    for n, cell in enumerate(CELLS):
        sunny = All(of=(Weather(place=cell, sky=Sky.SUNNY), Calendar(weekdays=(WEEK[n % len(WEEK)],))))
        cheap = Price(product=products[n % len(products)], at_most=A_CENT)
        hot = All(of=(Weather(place=cell, at_least=120), Calendar(weekdays=WEEK[5:])))
        made += [sunny, hot, Any(of=(sunny, cheap))]
    for product in products:
        made += [Price(product=product, at_most=A_CENT), Inventory(product=product, at_least=MORE_THAN_EVER)]
    return made


class Crowd:
    """Lets customers wait in an app."""

    def __init__(self, app: App, made: Sequence[Condition]) -> None:
        self._app = app
        self._made = made
        self._watches = Watches(app.store, app.settings)

    async def grow(self, count: int) -> None:
        """Let `count` customers wait, spread evenly; one of each condition is looked at by a real tick."""
        for n in range(len(self._made)):
            await self._add(_intent(n, self._made[n], self._app.clock.now()), states="")
        await self._app.watcher.tick()
        states = await self._states()
        for n in range(len(self._made), count):
            like = n % len(self._made)
            seen = (await self._app.standing.get(_id(like))).leaves
            intent = _intent(n, self._made[like], self._app.clock.now()).model_copy(update={"leaves": seen})
            await self._add(intent, states=states[_id(like)])

    async def _add(self, intent: StandingIntent, *, states: str) -> None:
        await self._app.records.create(INTENTS, intent)
        await self._watches.arm(intent, now=self._app.clock.now(), states=states)

    async def _states(self) -> dict[str, str]:
        return {
            document.id: document.body["states"]
            for shard in range(self._app.settings.watch_shards)
            async for document in every(self._app.store, CONTAINER, f"shard-{shard}", Query())
        }


def _id(number: int) -> str:
    return f"si_{number:06}"


def _intent(number: int, condition: Condition, now: datetime) -> StandingIntent:
    return StandingIntent(
        id=_id(number),
        created_at=now,
        updated_at=now,
        customer_id=f"customer-{number}",
        thread_id=f"thread-{number}",
        text="order flowers on the next sunny Thursday",
        query="flowers",
        condition=condition,
        zone=ZONE,
        deliver_to=Place(address="1100 Congress Ave", point=GeoPoint(latitude=30.27, longitude=-97.74)),
        waits_until=now + timedelta(days=90),
        status=IntentStatus.ACTIVE,
    )
