"""How the services count what they bill, each number with where it is from. Estimates say so.

What an account measures is better than any of these: request units can be given instead (`charges`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from tools.root import ROOT

HOURS = 730
"""Of a month, as Azure's calculator has it."""
WEEKS = HOURS / 168
DAYS = HOURS / 24
GB = 1_000_000
"""Kilobytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRules:
    """Request units of Cosmos DB: https://learn.microsoft.com/azure/cosmos-db/optimize-cost-reads-writes."""

    read: float = 1.0
    """A point read of 1 KB; one of 100 KB costs 10, so each further kilobyte `read_more`."""
    read_more: float = 9 / 99
    strong: float = 2.0
    """Strong consistency, which infra/ asks for, doubles reads and queries."""
    insert: float = 5.5
    """Of 1 KB, without an index. Ours have two to ten indexed fields, which the page does not price."""
    write_more: float = 45 / 99
    """5 for 1 KB and 50 for 100 KB, as an earlier edition of the page has it."""
    replace: float = 2.0
    """A replace costs two inserts. Estimate: so does an upsert, and a delete costs one insert."""
    query: float = 2.9
    """Estimate, also for a look at a change feed: the pages' queries that find few by an index cost 2.98 and
    3.19."""
    returned: float = 1.0
    """Per kilobyte that a query returns: 1,000 items of 1 KB cost 1,000."""


CAUTIOUS = UnitRules()
SCANNED = replace(CAUTIOUS, returned=0.07)
"""A query that returns much may be far cheaper: one that loads 60,951 documents costs 4,060 (same site, query
troubleshooting). What returning them adds is not told."""

CHARGED = ("read", "query", "feed", "batch")
Charges = Mapping[str, float]
"""Request units per call of each of these kinds, as an account has reported them (`app.store.charges`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan of Azure Functions: https://learn.microsoft.com/azure/azure-functions/functions-consumption-costs."""

    name: str
    memory_gb: float
    minimum_seconds: float

    @property
    def at_best(self) -> "Plan":
        """The same when no execution is so alone and short that the minimum counts: its work is all."""
        return replace(self, minimum_seconds=0.0)


PLANS = {
    plan.name: plan
    for plan in (
        # infra/main.bicep chooses 2,048 MB. An instance's active time is billed, 1,000 ms at least;
        # executions that overlap share it, so one by one is the most that it can be.
        Plan(name="flex", memory_gb=2.0, minimum_seconds=1.0),
        # Billed by what host and worker use, in steps of 128 MB (estimate: 512), for at least 100 ms.
        Plan(name="classic", memory_gb=0.5, minimum_seconds=0.1),
    )
}

STORE_SECONDS, BUS_SECONDS, OUTSIDE_SECONDS = 0.010, 0.020, 0.300
"""Estimates of how long an execution waits for one call; waiting is billed."""
GOES_OUT = {"weather": 4 / 24}
"""The share of a port's calls that leaves the app: forecasts change when a model has run, four times a day,
and the watcher looks every hour (`docs/WEATHER.md`)."""
EXECUTION_SECONDS = 0.015
"""Estimate of what host and worker need for one execution besides."""
DOCUMENT_SECONDS = 50e-6
"""To judge one document of a page; `dev.py bench watcher` measures less."""

QUEUE_OPERATIONS = 3
"""Of one message of the task hub: put, got, deleted (DurableTask.AzureStorage)."""
EPISODE_TABLE_OPERATIONS = 3
"""History read, history written as one batch, instance written (DurableTask.AzureStorage)."""
FORGOTTEN_TABLE_OPERATIONS = 4
"""Estimate of purging one plan: found, read, deleted as one batch, its instance deleted."""
EVENT_KB = 1.0
"""Estimate of one history event in its table."""
KEPT_MONTHS = 100 / DAYS
"""`USO_KEEP_PLANS_FOR`."""
DELIVERY_OPERATIONS = 2
"""A message of a subscription is received and completed; each is an operation."""

SCALE_SECONDS, SCALE_OPERATIONS = 10, 2
"""The scale controller peeks at every queue of the hub and asks for its length, also when nothing runs
(seen in azure-functions-durable-extension issue 391; the interval is not documented)."""
LEASE_SECONDS = 10
"""Between two rounds in which an instance reads the partition table and renews each of its leases
(TablePartitionManager, the default since Durable Task 3.0)."""
HOST_LEASES_A_MINUTE = 5
"""Renewals of the host's own blob leases (azure-functions-host issue 6188)."""


@dataclass(frozen=True, slots=True)
class Hub:
    """The task hub as host.json sets it up."""

    partitions: int
    poll: timedelta

    @property
    def queues(self) -> int:
        """One of each partition, and one for activities."""
        return self.partitions + 1


def hub(file: Path = ROOT / "host.json") -> Hub:
    """Read the hub of a host.json, where a span is written as hours:minutes:seconds."""
    provider = json.loads(file.read_text("utf-8"))["extensions"]["durableTask"]["storageProvider"]
    hours, minutes, seconds = (int(part) for part in provider["maxQueuePollingInterval"].split(":"))
    return Hub(provider["partitionCount"], timedelta(hours=hours, minutes=minutes, seconds=seconds))
