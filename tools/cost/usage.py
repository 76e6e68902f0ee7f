"""From counts to what is billed: pure formulas, each of them linear in what it counts."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from tools.cost import rules
from tools.cost.counted import Counted
from tools.cost.flow_names import HOUSEKEEPING, NIGHT, RUNS_A_DAY, TICK
from tools.cost.rules import CAUTIOUS, Charges, Hub, Plan, UnitRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What is billed, in the services' own units. Numbers may be shares: they can be added and multiplied."""

    executions: float = 0
    gb_seconds: float = 0
    request_units: float = 0
    cosmos_gb: float = 0
    queue_operations: float = 0
    table_operations: float = 0
    table_gb: float = 0
    blob_writes: float = 0
    blob_others: float = 0
    bus_operations: float = 0
    bus_hours: float = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(**{name: getattr(self, name) + getattr(other, name) for name in UNITS})

    def __mul__(self, times: float) -> "Usage":
        return Usage(**{name: getattr(self, name) * times for name in UNITS})

    @property
    def storage_operations(self) -> float:
        """Transactions of the storage account."""
        return self.queue_operations + self.table_operations + self.blob_writes + self.blob_others


UNITS = tuple(each.name for each in fields(Usage))


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What turns counts into usage: a plan, rules, and charges of an account where there are any."""

    plan: Plan
    units: UnitRules = CAUTIOUS
    charges: Charges | None = None

    def usage(self, counted: Counted) -> Usage:
        """Return what one run of a flow uses; what it stores stays, its history for a hundred days.

        A timer trigger reads and writes its status in a blob (Azure WebJobs).
        """
        return Usage(
            executions=counted.executions,
            gb_seconds=gb_seconds(counted, self.plan),
            request_units=request_units(counted, self.units, self.charges),
            cosmos_gb=stored_kb(counted) / rules.GB,
            queue_operations=queue_operations(counted),
            table_operations=table_operations(counted),
            table_gb=counted.history_events * rules.EVENT_KB * rules.KEPT_MONTHS / rules.GB,
            blob_writes=counted.timer_runs,
            blob_others=counted.timer_runs,
            bus_operations=counted.messages + counted.deliveries * rules.DELIVERY_OPERATIONS,
        )

    def idle_month(self, counts: Mapping[str, Counted], hub: Hub) -> Usage:
        """Return what a month costs in which nothing happens: timers, polling, the bus being there.

        One instance is taken to live all the time: a timer wakes one every ten minutes.
        """
        day = Usage()
        for name in (HOUSEKEEPING, TICK, NIGHT):
            day += self.usage(counts[name]) * RUNS_A_DAY[name]
        return day * rules.DAYS + polling_month(hub) + Usage(bus_hours=rules.HOURS)


def request_units(counted: Counted, units: UnitRules = CAUTIOUS, charges: Charges | None = None) -> float:
    """Return request units: by an account's charges per call, by the rules for kinds that those leave out."""
    calls = {
        "read": (counted.reads, units.strong * _read(counted, units)),
        "query": (counted.queries, units.strong * _query(counted.queries, counted.query_kb, units)),
        "feed": (counted.feed_looks, units.strong * _query(counted.feed_looks, counted.feed_kb, units)),
        "batch": (counted.batches, _write(counted, units)),
    }
    known = charges or {}
    return sum(times * known[kind] if kind in known else by for kind, (times, by) in calls.items())


def _read(counted: Counted, units: UnitRules) -> float:
    return units.read * counted.reads + units.read_more * (counted.read_kb - counted.reads)


def _query(calls: int, kilobytes: int, units: UnitRules) -> float:
    return units.query * calls + units.returned * kilobytes


def _write(counted: Counted, units: UnitRules) -> float:
    created = units.insert * counted.creates + units.write_more * (counted.create_kb - counted.creates)
    replaced = units.insert * counted.replaces + units.write_more * (counted.replace_kb - counted.replaces)
    return created + units.replace * replaced + units.insert * counted.deletes


def stored_kb(counted: Counted) -> int:
    """Return what is stored at most: everything written, as if no document were ever written over."""
    return counted.create_kb + counted.replace_kb


def work_seconds(counted: Counted) -> float:
    """Return how long its executions take, one after the other."""
    return (
        counted.executions * rules.EXECUTION_SECONDS
        + counted.store_operations * rules.STORE_SECONDS
        + counted.messages * rules.BUS_SECONDS
        + outside_calls(counted) * rules.OUTSIDE_SECONDS
        + (counted.query_documents + counted.feed_documents) * rules.DOCUMENT_SECONDS
    )


def outside_calls(counted: Counted) -> float:
    """Return how many calls leave the app; what an adapter remembers is not asked for again."""
    return sum(calls * rules.GOES_OUT.get(peer, 1.0) for peer, calls in counted.outside.items())


def gb_seconds(counted: Counted, plan: Plan) -> float:
    """Return the most that is billed: every execution alone on its instance, its minimum beside its work."""
    return (counted.executions * plan.minimum_seconds + work_seconds(counted)) * plan.memory_gb


def queue_operations(counted: Counted) -> int:
    """Return those of the task hub's queues: a plan's begin is a message, an activity or a child two."""
    messages = counted.starts + 2 * (counted.activities + counted.children)
    messages += counted.timers + counted.events_raised
    return messages * rules.QUEUE_OPERATIONS


def table_operations(counted: Counted) -> int:
    """Return those of the task hub's tables; to raise an event the extension looks at the plan first."""
    plans = counted.starts + counted.children
    looks = counted.starts + counted.events_raised + counted.status_looks
    forgotten = plans * rules.FORGOTTEN_TABLE_OPERATIONS
    return counted.episodes * rules.EPISODE_TABLE_OPERATIONS + looks + forgotten


def polling_month(hub: Hub) -> Usage:
    """Return what looking for work costs: the scale controller, and one instance that lives all the time."""
    seconds = rules.HOURS * 3600
    scale = hub.queues * rules.SCALE_OPERATIONS * seconds / rules.SCALE_SECONDS
    instance = hub.queues * seconds / hub.poll.total_seconds()
    return Usage(
        queue_operations=scale + instance,
        table_operations=(1 + hub.partitions) * seconds / rules.LEASE_SECONDS,
        blob_others=rules.HOST_LEASES_A_MINUTE * seconds / 60,
    )
