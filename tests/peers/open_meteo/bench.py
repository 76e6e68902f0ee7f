"""Open-Meteo on its bench: the adapter as the app wires it, a peer on loopback, a clock to move."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import HttpUrl

from shared.adapters.open_meteo.weather import OpenMeteo
from shared.adapters.outbound import Outbound
from shared.adapters.sqlite_store import SqliteStore
from shared.settings import Settings
from tests.breakers import breakers
from tests.clocks import HandClock
from tests.peers.open_meteo.peer import OpenMeteoPeer, running_peer


@dataclass
class Bench:
    """`process` gives the weather of one more process on the same store."""

    peer: OpenMeteoPeer
    clock: HandClock
    store: SqliteStore
    outbounds: list[Outbound] = field(default_factory=list)

    def process(self, url: str = "", **settings: Any) -> OpenMeteo:
        given = {"allow_private_urls": True, "outbound_timeout": timedelta(seconds=5), **settings}
        chosen = Settings(open_meteo_url=HttpUrl(self.peer.url), **given)
        outbound = Outbound(chosen, breakers(self.clock))
        self.outbounds.append(outbound)
        return OpenMeteo(outbound, self.store, self.clock, chosen, url=url or self.peer.url)


@contextlib.asynccontextmanager
async def running_bench(data: Path) -> AsyncIterator[Bench]:
    clock = HandClock()
    store = SqliteStore(data / "weather.sqlite", clock)
    async with running_peer(clock.now) as peer:
        bench = Bench(peer, clock, store)
        yield bench
        for outbound in bench.outbounds:
            await outbound.close()
    await store.close()
