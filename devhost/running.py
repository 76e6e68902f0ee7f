"""A running host, as its pages and its callers see it."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from devhost.advance import Conductor
from devhost.configuration import HostConfig
from devhost.contracts import Clock
from devhost.functions import Functions
from devhost.http import HttpTriggers
from devhost.indexing import Index
from devhost.keys import Keys
from devhost.options import HostOptions
from devhost.servicebus import ServiceBus
from devhost.timers import Timers


@dataclass(slots=True)
class Host:
    """A running host."""

    url: str
    options: HostOptions
    config: HostConfig
    index: Index
    clock: Clock
    keys: Keys
    functions: Functions
    engine: Any
    timers: Timers
    bus: ServiceBus
    http: HttpTriggers
    conductor: Conductor
    warnings: list[str] = field(default_factory=list)

    async def settle(self, within: float | None = None) -> bool:
        """Wait until nothing is left to do at this instant."""
        return await self.conductor.settle(within)

    async def advance(self, by: timedelta) -> int:
        """Move the virtual clock on, letting everything due happen in order."""
        return await self.conductor.advance(lambda now: now + by)
