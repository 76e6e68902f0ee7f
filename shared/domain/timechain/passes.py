"""The two passes over a plan, in minutes since the epoch: earliest times forwards, latest times backwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from shared.domain.timechain.buffers import BufferPolicy, Conditions
from shared.domain.timechain.graph import followers, in_order
from shared.domain.timechain.minutes import minute_from, minute_until
from shared.domain.timechain.model import Leg, Plan
from shared.domain.timechain.span import Span


@dataclass(frozen=True, slots=True)
class Run:
    """A leg's earliest times: `ready` when nothing holds it, then its beginning and end."""

    ready: int
    begins: int
    ends: int
    buffer: int


@dataclass(frozen=True, slots=True)
class Latest:
    """A leg's latest times: `begins` at the latest so that it ends by `until`."""

    begins: int
    until: int


@dataclass(frozen=True, slots=True)
class Deadline:
    """A leg's own deadline and when it is reached: its end, or the beginning of a booking."""

    at: int
    reached: int

    @property
    def late(self) -> int:
        """Minutes late, negative when in time."""
        return self.reached - self.at


class Passes:
    """A plan, ordered, with the earliest run of every leg."""

    def __init__(self, plan: Plan, *, start: datetime, policy: BufferPolicy, conditions: Conditions) -> None:
        zone = ZoneInfo(plan.zone)
        self.plan = plan
        self.order: Sequence[Leg] = in_order(plan)
        self.followers: Mapping[str, tuple[Leg, ...]] = followers(plan)
        self.now = minute_from(start)
        self.spans = {
            leg.id: Span(leg, policy=policy, conditions=conditions, zone=zone) for leg in self.order
        }
        self.runs: dict[str, Run] = {}
        for leg in self.order:
            self.runs[leg.id] = self._run(leg)
        self.arrival = max(self.runs[leg.id].ends for leg in self.last_legs)
        self._end = max(run.ends for run in self.runs.values())

    @property
    def last_legs(self) -> Sequence[Leg]:
        """The legs that nothing waits for."""
        return [leg for leg in self.order if not self.followers[leg.id]]

    def due(self, leg: Leg) -> int | None:
        """Return when a leg must be finished by its own deadline or, for a last leg, the plan's."""
        own = [leg.due] if leg.due else []
        if self.plan.deadline and not self.followers[leg.id]:
            own.append(self.plan.deadline)
        return min(map(minute_until, own), default=None)

    def backwards(self) -> dict[str, Latest]:
        """Return the latest times that keep every deadline; without any, the arrival is the deadline."""
        return self._back({leg.id: self.due(leg) for leg in self.order}, bookings=True)

    def backwards_from_arrival(self) -> dict[str, Latest]:
        """Return the latest times that keep the arrival, deadlines aside: they tell what is critical."""
        return self._back(dict.fromkeys(self.runs), bookings=False)

    def deadline(self, leg: Leg) -> Deadline | None:
        """Return the deadline that a leg misses worst, or keeps most narrowly; None when it has none."""
        run = self.runs[leg.id]
        due = self.due(leg)
        own = [Deadline(due, run.ends)] if due is not None else []
        if leg.fixed_start and (leg.started_at or not leg.done_at):
            own.append(Deadline(minute_until(leg.fixed_start), run.begins))
        return max(own, key=lambda each: each.late, default=None)

    def late(self, leg: Leg) -> int:
        """Return by how many minutes a leg misses its own deadline, 0 when it does not."""
        deadline = self.deadline(leg)
        return max(0, deadline.late) if deadline else 0

    def _run(self, leg: Leg) -> Run:
        span = self.spans[leg.id]
        ready = max([self.now, *(self.runs[before].ends for before in leg.after)])
        if leg.done_at:
            ends = minute_from(leg.done_at)
            begins = minute_until(leg.started_at) if leg.started_at else ends - leg.minutes
            return Run(begins, min(begins, ends), ends, 0)
        if leg.under_way and leg.started_at:
            begins = minute_until(leg.started_at)
            return Run(begins, begins, max(self.now, span.run(begins)[1]), span.buffer_at(begins))
        held = [minute_from(at) for at in (leg.not_before, leg.fixed_start) if at]
        begins, ends = span.run(max([ready, *held]))
        return Run(ready, begins, ends, span.buffer_at(begins))

    def _back(self, dues: Mapping[str, int | None], *, bookings: bool) -> dict[str, Latest]:
        latest: dict[str, Latest] = {}
        for leg in reversed(self.order):
            follow = [latest[after.id].begins for after in self.followers[leg.id] if after.pending]
            due = dues[leg.id]
            # Nothing holds a leg whose followers went ahead without it; it may run on to the very end.
            free = self._end if self.followers[leg.id] else self.arrival
            until = min(follow if due is None else [*follow, due], default=free)
            latest[leg.id] = Latest(self._latest_begin(leg, until, bookings=bookings), until)
        return latest

    def _latest_begin(self, leg: Leg, until: int, *, bookings: bool) -> int:
        run = self.runs[leg.id]
        if leg.pending:
            begins = self.spans[leg.id].latest(run.begins, until=until)
        else:
            begins = run.begins + until - run.ends
        if bookings and leg.fixed_start and (leg.started_at or not leg.done_at):
            begins = min(begins, minute_until(leg.fixed_start))
        return begins
