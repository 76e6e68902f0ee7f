"""The engine: takes what is due, runs episodes, activities and entities, and commits each step."""

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from devhost.contracts import Clock, DurableFunctions
from devhost.durable import events as ev
from devhost.durable.activities import ActivityPool
from devhost.durable.entities import run_batch
from devhost.durable.episode import EpisodeRunner, Outcome
from devhost.durable.histories import Histories
from devhost.durable.inbox import take_batch, wakes
from devhost.durable.management import Management
from devhost.durable.models import (
    COMPLETED,
    CONTINUED_AS_NEW,
    RUNNING,
    TERMINAL,
    Activity,
    EntityOp,
    Instance,
    Message,
    Parent,
)
from devhost.durable.replay import Decision
from devhost.durable.sdk_memo import remember_pure_results
from devhost.durable.store import Store
from devhost.durable.timetable import Timetable
from devhost.durable.warnings import Warning_, WarningLog

log = logging.getLogger("devhost.durable")

EPISODES_PER_STEP = 8
HISTORIES_KEPT = 2000


class DurableEngine(Management):
    """A task hub on one SQLite file, driven by an asyncio loop. Implements `contracts.Source`.

    Memory only mirrors the file: what is in it was committed before. Orchestrators and entities run inline
    on the loop, activities as tasks. `after_commit` is called with the count of commits so far, after each.
    """

    def __init__(
        self,
        path: Path,
        functions: DurableFunctions,
        clock: Clock,
        *,
        base_url: str = "http://127.0.0.1:7071",
        max_concurrent_activities: int = 10,
        warn: Callable[[Warning_], None] | None = None,
        replay_twice: bool = False,
        after_commit: Callable[[int], None] | None = None,
    ) -> None:
        self.base_url = base_url
        self._functions = functions
        self._clock = clock
        self._warnings = WarningLog(warn)
        self._store = Store(path, after_commit=after_commit)
        self._runner = EpisodeRunner(functions, self._warnings, replay_twice=replay_twice)
        self._instances: dict[str, Instance] = {}
        self._histories = Histories(self._store, kept=HISTORIES_KEPT)
        self._ready: dict[str, None] = {}
        self._timetable = Timetable(self._is_dead)
        self._entity_ops: dict[str, list[EntityOp]] = {}
        self._watchers: dict[str, list[asyncio.Future[None]]] = {}
        self._wake = asyncio.Event()
        self._activities = ActivityPool(
            functions, clock, self._warnings, limit=max_concurrent_activities, wake=self._wake.set
        )
        self._worker: asyncio.Task[None] | None = None
        # Before the first request can come, so that none can mistake a stored instance for a missing one.
        self._recover()

    # --- contracts.Source ---

    async def start(self) -> None:
        """Begin to work."""
        remember_pure_results()
        self._worker = asyncio.create_task(self._work(), name="durable engine")
        self._wake.set()

    def _recover(self) -> None:
        for instance in list(self._store.unfinished_instances()):
            self._instances[instance.id] = instance
        for message in list(self._store.messages()):
            self._route(message)
        for op in list(self._store.entity_ops()):
            self._route_op(op)
        self._activities.add(self._store.activities())

    async def stop(self) -> None:
        """Abandon what is in flight and close the file. Raises what had stopped the engine, if anything."""
        failure: BaseException | None = None
        if self._worker is not None:
            self._worker.cancel()
            (failure,) = await asyncio.gather(self._worker, return_exceptions=True)
        await self._activities.stop()
        self._store.close()
        if isinstance(failure, Exception):
            raise failure

    def poke(self) -> None:
        """Look for timers that are now due."""
        self._wake.set()

    def idle(self) -> bool:
        """Say whether nothing is due or in flight. Raises what has stopped the engine, if anything has."""
        if self._worker is not None and self._worker.done() and not self._worker.cancelled():
            self._worker.result()
        if self._ready or self._entity_ops or self._activities.busy:
            return False
        due = self._timetable.next_due()
        return due is None or due > self._now()

    def next_due(self) -> datetime | None:
        """Return when the next timer or delayed signal falls due, or None."""
        due = self._timetable.next_due()
        return None if due is None else ev.from_micros(due)

    # --- the loop ---

    async def _work(self) -> None:
        try:
            while True:
                # Not wait_for: until Python 3.12 that loses a cancellation which comes with the event.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._pause()):
                        await self._wake.wait()
                self._wake.clear()
                while self._step():  # noqa: ASYNC110 - one round, then activities and requests
                    await asyncio.sleep(0)
        except Exception:
            log.critical("The durable engine has stopped.", exc_info=True)
            raise

    def _pause(self) -> float | None:
        due = self._timetable.next_due()
        return None if due is None else max(0.0, (due - self._now()) / 1_000_000) + 0.001

    def _step(self) -> bool:
        """Do one round of work and say whether there may be more."""
        self._collect_due()
        self._record_completions()
        self._run_episodes()
        self._run_entities()
        self._activities.dispatch()
        return bool(self._ready or self._entity_ops)

    def _now(self) -> int:
        return ev.micros(self._clock.now())

    # --- timers ---

    def _is_dead(self, item: Message | EntityOp) -> bool:
        if isinstance(item, EntityOp):
            return False
        instance = self._instances.get(item.instance)
        return instance is None or instance.timers.get(item.event["TimerId"]) is not item

    def _collect_due(self) -> None:
        for item in self._timetable.pop_due(self._now()):
            if isinstance(item, EntityOp):
                self._entity_ops.setdefault(item.entity, []).append(item)
            else:
                instance = self._instances[item.instance]
                del instance.timers[item.event["TimerId"]]
                self._deliver(instance, item)

    # --- messages ---

    def _route(self, message: Message) -> None:
        """Put a stored message where it belongs: the timers or the inbox."""
        instance = self._instances[message.instance]
        if message.due is None:
            self._deliver(instance, message)
            return
        instance.timers[message.event["TimerId"]] = message
        self._timetable.add(message.due, message)

    def _deliver(self, instance: Instance, message: Message) -> None:
        instance.inbox.append(message)
        if wakes(instance, message):
            self._ready[instance.id] = None
            self._wake.set()

    def _message(
        self, instance_id: str, event: ev.Event, *, execution: str | None = None, due: int | None = None
    ) -> Message:
        return Message(self._store.next_seq(), instance_id, execution, due, event, ev.dumps(event))

    def _enqueue(self, messages: list[Message]) -> None:
        """Store messages and put them in place. Only inside a transaction."""
        self._store.add_messages(messages)
        for message in messages:
            self._route(message)

    def _tell(self, instance_id: str, execution: str, event: ev.Event) -> None:
        """Send a completion to that generation of an instance; nobody hears it when it has ended."""
        instance = self._instances.get(instance_id)
        if instance is not None and instance.execution == execution:
            self._enqueue([self._message(instance_id, event, execution=execution)])

    # --- episodes ---

    def _run_episodes(self) -> None:
        chosen = [self._instances[instance_id] for instance_id in list(self._ready)[:EPISODES_PER_STEP]]
        now = ev.wire_time(self._clock.now())
        outcomes = []
        for instance in chosen:
            del self._ready[instance.id]
            if not self._functions.has_orchestrator(instance.name):
                message = f"The orchestrator '{instance.name}' is gone; the instance waits until it is back."
                self._warnings.add(instance.id, "orchestrator-missing", message)
                continue
            messages = take_batch(instance)
            if not messages:
                continue
            if instance.inbox:
                self._ready[instance.id] = None
            outcomes.append(self._runner.run(instance, self._histories.get(instance.id), messages, now))
        if outcomes:
            with self._store.transaction():
                for outcome in outcomes:
                    self._commit(outcome)

    def _commit(self, outcome: Outcome) -> None:
        instance = outcome.instance
        self._store.delete_messages(outcome.messages)
        instance.updated = self._now()
        instance.custom_status = outcome.custom_status
        instance.status = outcome.status
        if outcome.status == CONTINUED_AS_NEW:
            self._enact(instance, outcome)
            self._begin_generation(instance, outcome)
            return
        self._histories.append(instance.id, outcome.events, outcome.texts)
        self._enact(instance, outcome)
        if outcome.status in TERMINAL:
            self._end(instance, outcome)
        self._store.update_instance(instance)

    def _enact(self, instance: Instance, outcome: Outcome) -> None:
        dead = [instance.timers.pop(task_id) for task_id in outcome.cancelled if task_id in instance.timers]
        if dead:
            self._store.delete_messages(dead)
        activities = []
        for decision in outcome.decisions:
            if decision.kind == ev.TASK_SCHEDULED:
                activities.append(self._activity(instance, decision))
            elif decision.kind == ev.TIMER_CREATED:
                self._set_timer(instance, decision)
            elif decision.kind == ev.SUB_CREATED:
                self._start_child(instance, decision, outcome.now)
            else:
                self._send(instance, decision)
        if activities:
            self._store.add_activities(activities)
            self._activities.add(activities)

    def _activity(self, instance: Instance, decision: Decision) -> Activity:
        text = decision.input if isinstance(decision.input, str) else ev.dumps(decision.input)
        return Activity(
            self._store.next_seq(), instance.id, instance.execution, decision.id, decision.name, text
        )

    def _set_timer(self, instance: Instance, decision: Decision) -> None:
        if decision.cancelled or decision.fire_at is None:
            return
        fired = ev.new_event(ev.TIMER_FIRED, decision.fire_at, TimerId=decision.id, FireAt=decision.fire_at)
        due = ev.micros(ev.parse_wire_time(decision.fire_at))
        self._enqueue([self._message(instance.id, fired, execution=instance.execution, due=due)])

    def _start_child(self, instance: Instance, decision: Decision, now: str) -> None:
        child_id = decision.instance or ""
        existing = self._instances.get(child_id)
        if existing is not None:
            reason = f"An Orchestration instance with the status {existing.status} already exists."
            failed = ev.new_event(
                ev.SUB_FAILED, now, TaskScheduledId=decision.id, Reason=reason, Details=None
            )
            self._tell(instance.id, instance.execution, failed)
            return
        parent = Parent(instance.id, instance.execution, decision.id)
        text = json.dumps(decision.input)
        self._create(child_id, decision.name, version=decision.version or "", input_json=text, parent=parent)

    def _send(self, instance: Instance, decision: Decision) -> None:
        calls = decision.request_id is not None
        op = EntityOp(
            self._store.next_seq(),
            decision.instance or "",
            None if decision.fire_at is None else ev.micros(ev.parse_wire_time(decision.fire_at)),
            decision.name,
            None if decision.input is None else json.dumps(decision.input),
            instance.id if calls else None,
            instance.execution if calls else None,
            decision.request_id,
        )
        self._store.add_entity_ops([op])
        self._route_op(op)

    def _begin_generation(self, instance: Instance, outcome: Outcome) -> None:
        """Continue as new: a new execution id, an empty history, and only the events that came afterwards."""
        self._histories.clear(instance.id)
        self._store.delete_inbox(instance.id)
        remaining = [m.event for m in instance.inbox if m.execution is None]
        instance.inbox.clear()
        instance.timers.clear()
        instance.execution = uuid4().hex
        instance.input = outcome.next_input
        instance.status = RUNNING
        self._store.update_instance(instance)
        events = [self._execution_started(instance), *outcome.carried_over, *remaining]
        self._enqueue([self._message(instance.id, event) for event in events])

    def _end(self, instance: Instance, outcome: Outcome) -> None:
        instance.output = outcome.output
        unheard = [m.event["Name"] for m in instance.inbox if m.event["EventType"] == ev.EVENT_RAISED]
        for name in unheard:
            self._warnings.add(
                instance.id, "event-unheard", f"Ended without ever waiting for event '{name}'."
            )
        self._store.delete_inbox(instance.id)
        self._ready.pop(instance.id, None)
        self._histories.forget(instance.id)
        del self._instances[instance.id]
        if instance.parent is not None:
            self._answer_parent(instance.parent, outcome)
        for watcher in self._watchers.pop(instance.id, []):
            if not watcher.done():
                watcher.set_result(None)

    def _answer_parent(self, parent: Parent, outcome: Outcome) -> None:
        if outcome.status == COMPLETED:
            event = ev.new_event(
                ev.SUB_COMPLETED, outcome.now, TaskScheduledId=parent.task_id, Result=outcome.output
            )
        else:
            event = ev.new_event(
                ev.SUB_FAILED,
                outcome.now,
                TaskScheduledId=parent.task_id,
                Reason=outcome.reason,
                Details=outcome.details,
            )
        self._tell(parent.instance, parent.execution, event)

    def _record_completions(self) -> None:
        completions = self._activities.take_completions()
        if not completions:
            return
        with self._store.transaction():
            self._store.delete_activities(activity for activity, _ in completions)
            for activity, event in completions:
                self._tell(activity.instance, activity.execution, event)

    # --- entities ---

    def _route_op(self, op: EntityOp) -> None:
        if op.due is not None and op.due > self._now():
            self._timetable.add(op.due, op)
        else:
            self._entity_ops.setdefault(op.entity, []).append(op)
        self._wake.set()

    def _run_entities(self) -> None:
        waiting, self._entity_ops = self._entity_ops, {}
        for identifier, ops in waiting.items():
            current = self._store.get_entity(identifier)
            outcome = run_batch(self._functions, self._warnings, identifier, ops, current)
            now = ev.wire_time(self._clock.now())
            with self._store.transaction():
                self._store.delete_entity_ops(ops)
                if outcome.exists:
                    self._store.put_entity(identifier, outcome.state, self._now())
                else:
                    self._store.delete_entity(identifier)
                for op, answer in zip(ops, outcome.answers, strict=True):
                    if op.reply_to is not None and op.reply_execution is not None:
                        event = ev.new_event(ev.EVENT_RAISED, now, Name=op.request_id, Input=answer)
                        self._tell(op.reply_to, op.reply_execution, event)
