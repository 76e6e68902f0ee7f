from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.clocks import SystemClock
from shared.adapters.openai_language.asking import Desk
from shared.adapters.openai_language.prices import Prices
from shared.adapters.openai_language.prompts import load_prompts
from shared.adapters.openai_language.till import Till
from shared.adapters.sqlite_store import SqliteStore
from shared.chosen_adapters import DATA
from shared.domain.model_calls import DaySpent, ModelCall, Use
from shared.ports.language import CALLS, SPENT
from shared.ports.store import Query, Where
from shared.settings import Settings
from tests.breakers import breakers
from tests.peers.openai.peer import OpenAIPeer, running_peer

MODEL = "gpt-6-luna"


@dataclass(frozen=True, slots=True)
class Bench:
    """The adapter in front of the peer, and its books."""

    peer: OpenAIPeer
    desk: Desk
    store: SqliteStore

    async def calls(self) -> list[ModelCall]:
        found = await self.store.query(CALLS, self.day, Query([Where("kind", "==", "call")], order_by="-at"))
        return [
            ModelCall.model_validate({k: v for k, v in each.body.items() if k != "kind"})
            for each in found.documents
        ]

    async def spent(self) -> DaySpent:
        document = await self.store.read(CALLS, self.day, SPENT)
        return DaySpent.model_validate(document.body) if document else DaySpent()

    @property
    def day(self) -> str:
        return SystemClock().now().date().isoformat()


Opens = Callable[..., Bench]


@pytest.fixture
async def openai() -> AsyncIterator[OpenAIPeer]:
    async with running_peer() as peer:
        yield peer


@pytest.fixture
async def opens(openai: OpenAIPeer, tmp_path: Path) -> AsyncIterator[Opens]:
    """Opens a bench with settings of one's own; `seconds` are what every use may take."""
    clock = SystemClock()
    store = SqliteStore(tmp_path / "uso.sqlite", clock)
    made: list[Bench] = []

    def opened(*, seconds: float = 5, identity: Any = None, **values: Any) -> Bench:
        given = {"openai_key": openai.token, "openai_url": openai.url, "allow_private_urls": True, **values}
        settings = Settings(**given)
        prompts = {
            use: replace(prompt, seconds=seconds)
            for use, prompt in load_prompts(DATA / "language", list(Use)).items()
        }
        prices = Prices(DATA / "language" / "prices.json", settings.openai_prices, models=[MODEL])
        till = Till(store, clock, per_day=settings.openai_cents_per_day * 10_000)
        made.append(Bench(openai, Desk(settings, prompts, prices, till, breakers(), clock, identity), store))
        return made[-1]

    yield opened
    for bench in made:
        await bench.desk.close()
    await store.close()


@pytest.fixture
def bench(opens: Opens) -> Bench:
    return opens()
