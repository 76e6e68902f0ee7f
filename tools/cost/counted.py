"""What one flow asks of the services, as numbers that can be added and kept in a file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from tools.root import ROOT

FILE = ROOT / "tools" / "cost" / "counts.json"
"""What the app does, as it was when it was last counted; a test counts again."""
OUTSIDE = "outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Counts of one flow. `_kb` are kilobytes of documents, each rounded up to a whole one."""

    reads: int = 0
    read_kb: int = 0
    """A document that is not there counts as one of a kilobyte."""
    queries: int = 0
    query_documents: int = 0
    query_kb: int = 0
    feed_looks: int = 0
    feed_documents: int = 0
    feed_kb: int = 0
    batches: int = 0
    creates: int = 0
    create_kb: int = 0
    replaces: int = 0
    """Upserts included: which of them find a document, the store does not say."""
    replace_kb: int = 0
    deletes: int = 0
    messages: int = 0
    """Sent to the bus, each begun 64 KB one."""
    deliveries: int = 0
    """Taken from its subscriptions, one execution each."""
    requests: int = 0
    """Over HTTP, one execution each."""
    timer_runs: int = 0
    activities: int = 0
    episodes: int = 0
    """Executions of orchestrators; Azure bills each replay."""
    starts: int = 0
    children: int = 0
    timers: int = 0
    events_raised: int = 0
    status_looks: int = 0
    history_events: int = 0
    outside: Mapping[str, int] = field(default_factory=dict)
    """Calls to other systems, by port."""

    @property
    def executions(self) -> int:
        """Function executions."""
        return self.requests + self.timer_runs + self.deliveries + self.activities + self.episodes

    @property
    def store_operations(self) -> int:
        """Calls of the store; a batch is one."""
        return self.reads + self.queries + self.feed_looks + self.batches

    @property
    def durable_actions(self) -> int:
        """What plans ask the engine for."""
        return self.activities + self.children + self.timers

    @property
    def outside_calls(self) -> int:
        """Calls to other systems together."""
        return sum(self.outside.values())

    def __add__(self, other: "Counted") -> "Counted":
        return _combined(self, other, 1)

    def __sub__(self, other: "Counted") -> "Counted":
        return _combined(self, other, -1)

    def as_json(self) -> dict[str, Any]:
        """Return what is not zero."""
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: dict(value) if name == OUTSIDE else value for name, value in named.items() if value}


def _combined(one: Counted, other: Counted, sign: int) -> Counted:
    names = [each.name for each in fields(Counted) if each.name != OUTSIDE]
    sums = {name: getattr(one, name) + sign * getattr(other, name) for name in names}
    peers = sorted({*one.outside, *other.outside})
    outside = {peer: one.outside.get(peer, 0) + sign * other.outside.get(peer, 0) for peer in peers}
    return Counted(**sums, outside={peer: calls for peer, calls in outside.items() if calls})


def load(file: Path = FILE) -> dict[str, Counted]:
    """Read counts by flow."""
    return {name: Counted(**counts) for name, counts in json.loads(file.read_text("utf-8")).items()}


def save(counts: Mapping[str, Counted], file: Path = FILE) -> None:
    """Write counts by flow."""
    text = json.dumps({name: each.as_json() for name, each in counts.items()}, indent=2)
    file.write_text(text + "\n", encoding="utf-8")
