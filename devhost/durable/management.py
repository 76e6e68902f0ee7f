"""What clients may ask of the engine: start, look, raise events, end, purge, and speak to entities."""

import asyncio
import json
import re
from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any
from uuid import uuid4

from devhost.contracts import Clock, DurableFunctions
from devhost.durable import events as ev
from devhost.durable import status as st
from devhost.durable.entities import entity_id
from devhost.durable.errors import AlreadyExists, BadRequest, Gone, NotFound, NotTerminal
from devhost.durable.models import PENDING, TERMINAL, EntityOp, Instance, Message, Parent
from devhost.durable.status import Filters, Json, Page
from devhost.durable.store import Store
from devhost.durable.warnings import Warning_, WarningLog

MAX_ID_LENGTH = 100
_PURGE_PAGE = 500
_BAD_ID = re.compile(r"[/\\#?\x00-\x1f\x7f-\x9f]")


class Management(ABC):
    """The client side of the engine. Inputs and event data are JSON texts, taken over as they are."""

    _store: Store
    _clock: Clock
    _functions: DurableFunctions
    _warnings: WarningLog
    _instances: dict[str, Instance]
    _watchers: dict[str, list[asyncio.Future[None]]]

    @abstractmethod
    def _enqueue(self, messages: list[Message]) -> None: ...

    @abstractmethod
    def _message(
        self, instance_id: str, event: ev.Event, *, execution: str | None = None, due: int | None = None
    ) -> Message: ...

    @abstractmethod
    def _route_op(self, op: EntityOp) -> None: ...

    # --- instances ---

    async def start_new(
        self, name: str, input_json: str | None = None, instance_id: str | None = None, *, version: str = ""
    ) -> str:
        """Start an instance and return its id.

        Raises BadRequest for an unknown orchestrator, a bad id or bad JSON, and AlreadyExists while an
        instance of that id has not ended (overridableExistingInstanceStates: NonRunningStates).
        """
        if not self._functions.has_orchestrator(name):
            raise BadRequest(
                f"The function '{name}' doesn't exist, is disabled, or is not an orchestrator function."
            )
        _check_json(input_json)
        if not ev.is_storable(version):
            raise BadRequest("The version is not Unicode.")
        identifier = instance_id or uuid4().hex
        _check_id(identifier)
        running = self._instances.get(identifier)
        if running is not None:
            raise AlreadyExists(identifier, running.status)
        with self._store.transaction():
            self._create(identifier, name, version=version, input_json=input_json, parent=None)
        return identifier

    async def raise_event(self, instance_id: str, name: str, data_json: str | None = None) -> None:
        """Send an event. Raises NotFound, Gone, or BadRequest when the data is not JSON."""
        _check_json(data_json)
        self._warnings.payload(instance_id, f"The data of event '{name}'", data_json)
        self._send_event(instance_id, ev.EVENT_RAISED, Name=name, Input=data_json)

    async def terminate(self, instance_id: str, reason: str = "") -> None:
        """End an instance as Terminated. Its running activities go on. Raises NotFound or Gone."""
        self._send_event(instance_id, ev.EXECUTION_TERMINATED, Input=reason)

    async def suspend(self, instance_id: str, reason: str = "") -> None:
        """Hold an instance: what comes for it waits. Raises NotFound or Gone."""
        self._send_event(instance_id, ev.EXECUTION_SUSPENDED, Reason=reason)

    async def resume(self, instance_id: str, reason: str = "") -> None:
        """Let a suspended instance go on. Raises NotFound or Gone."""
        self._send_event(instance_id, ev.EXECUTION_RESUMED, Reason=reason)

    async def restart(self, instance_id: str, *, with_new_id: bool = True) -> str:
        """Start the orchestrator again with its input, and return the id. Raises NotFound, AlreadyExists."""
        original = self._find(instance_id)
        target = None if with_new_id else instance_id
        return await self.start_new(original.name, original.input, target, version=original.version)

    async def get_status(
        self,
        instance_id: str,
        *,
        show_input: bool = True,
        show_history: bool = False,
        show_history_output: bool = False,
    ) -> Json:
        """Return the status JSON. Raises NotFound."""
        shown = st.status_json(self._find(instance_id), show_input=show_input)
        if show_history:
            history = self._store.get_history(instance_id).events
            shown["historyEvents"] = st.history_json(history, show_output=show_history_output)
        return shown

    async def raw_history(self, instance_id: str) -> list[ev.Event]:
        """Return the stored history of the current generation, as the SDK gets it. Raises NotFound."""
        self._find(instance_id)
        return self._store.get_history(instance_id).events

    async def list_instances(
        self, filters: Filters | None = None, continuation: str | None = None, *, show_input: bool = True
    ) -> Page:
        """List instances by creation. Raises BadRequest for a bad token."""
        filters = filters or Filters()
        found = self._store.select_instances(*st.where(filters, continuation), filters.page_size + 1)
        page = found[: filters.page_size]
        more = st.token(page[-1]) if len(found) > len(page) else None
        return Page([st.status_json(instance, show_input=show_input) for instance in page], more)

    async def latest_instances(self, limit: int = st.PAGE_SIZE, *, show_input: bool = False) -> list[Json]:
        """List the instances created last, newest first."""
        found = self._store.latest_instances(limit)
        return [st.status_json(instance, show_input=show_input) for instance in found]

    async def count_by_status(self) -> dict[str, int]:
        """Count the instances in each status."""
        return self._store.count_by_status()

    async def purge(self, instance_id: str) -> int:
        """Delete an ended instance, or an entity (`@name@key`), and return how many went.

        Raises NotFound or NotTerminal.
        """
        if instance_id.startswith("@"):
            return self._purge_entity(instance_id)
        instance = self._find(instance_id)
        if instance.status not in TERMINAL:
            raise NotTerminal(instance_id, instance.status)
        with self._store.transaction():
            self._store.forget_instance(instance_id)
        return 1

    async def purge_by(self, filters: Filters) -> int:
        """Delete the ended instances that match, and return how many went."""
        statuses = (filters.statuses or TERMINAL) & TERMINAL
        if not statuses:
            return 0
        ended = Filters(filters.created_from, filters.created_to, statuses, filters.prefix)
        count = 0
        while found := self._store.select_instances(*st.where(ended, None), _PURGE_PAGE):
            with self._store.transaction():
                for instance in found:
                    self._store.forget_instance(instance.id)
            count += len(found)
        return count

    async def wait_for_end(self, instance_id: str) -> Json:
        """Wait until the instance has ended and return its status. Raises NotFound."""
        if self._find(instance_id).status not in TERMINAL:
            watcher: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._watchers.setdefault(instance_id, []).append(watcher)
            await watcher
        return await self.get_status(instance_id)

    @property
    def warnings(self) -> list[Warning_]:
        """The latest warnings, oldest first."""
        return self._warnings.records

    @property
    def commits(self) -> int:
        """How many transactions have been committed since the start."""
        return self._store.commits

    # --- entities ---

    async def signal_entity(
        self,
        name: str,
        key: str,
        operation: str,
        input_json: str | None = None,
        *,
        due: datetime | None = None,
    ) -> None:
        """Send an operation to an entity. Raises BadRequest for an unknown entity or bad JSON."""
        if not self._functions.has_entity(name):
            raise BadRequest(
                f"The function '{name}' doesn't exist, is disabled, or is not an entity function."
            )
        _check_json(input_json)
        if not ev.is_storable(operation):
            raise BadRequest("The operation is not Unicode.")
        at = None if due is None else ev.micros(due)
        op = EntityOp(self._store.next_seq(), entity_id(name, key), at, operation, input_json)
        with self._store.transaction():
            self._store.add_entity_ops([op])
        self._route_op(op)

    async def read_entity(self, name: str, key: str) -> str | None:
        """Return the state of an entity as JSON text. Raises NotFound."""
        identifier = entity_id(name, key)
        exists, state = self._store.get_entity(identifier)
        if not exists:
            raise NotFound(identifier)
        return state

    async def list_entities(
        self,
        name: str = "",
        continuation: str | None = None,
        *,
        fetch_state: bool = False,
        page_size: int = st.PAGE_SIZE,
    ) -> Page:
        """List entities by id, all or those of one name."""
        prefix = f"@{name.lower()}@" if name else "@"
        if not ev.is_storable(prefix):
            return Page()
        rows = self._store.select_entities(prefix, st.parse_entity_token(continuation), page_size + 1)
        page = rows[:page_size]
        more = st.entity_token(page[-1][0]) if len(rows) > len(page) else None
        return Page([st.entity_json(*row, fetch_state=fetch_state) for row in page], more)

    # --- helpers ---

    def _find(self, instance_id: str) -> Instance:
        instance = self._instances.get(instance_id)
        if instance is None and ev.is_storable(instance_id):
            instance = self._store.get_instance(instance_id)
        if instance is None:
            raise NotFound(instance_id)
        return instance

    def _send_event(self, instance_id: str, event_type: int, **fields: Any) -> None:
        instance = self._find(instance_id)
        if instance.status in TERMINAL:
            raise Gone(instance_id, instance.status)
        event = ev.new_event(event_type, ev.wire_time(self._clock.now()), **fields)
        with self._store.transaction():
            self._enqueue([self._message(instance_id, event)])

    def _create(
        self, instance_id: str, name: str, *, version: str, input_json: str | None, parent: Parent | None
    ) -> None:
        """Insert a fresh instance with the message that starts it. Only inside a transaction."""
        now = ev.micros(self._clock.now())
        self._store.forget_instance(instance_id)
        instance = Instance(
            instance_id, name, version, uuid4().hex, PENDING, input_json, None, None, now, now, parent
        )
        self._store.put_instance(instance)
        self._instances[instance_id] = instance
        self._warnings.payload(instance_id, "The input", input_json)
        self._enqueue([self._message(instance_id, self._execution_started(instance))])

    def _execution_started(self, instance: Instance) -> ev.Event:
        parent = instance.parent
        return ev.new_event(
            ev.EXECUTION_STARTED,
            ev.wire_time(self._clock.now()),
            Name=instance.name,
            Version=instance.version,
            Input=instance.input,
            OrchestrationInstance={"InstanceId": instance.id, "ExecutionId": instance.execution},
            ParentInstance=None if parent is None else _parent_json(parent),
            Tags=None,
        )

    def _purge_entity(self, identifier: str) -> int:
        if not ev.is_storable(identifier) or not self._store.get_entity(identifier)[0]:
            raise NotFound(identifier)
        with self._store.transaction():
            self._store.delete_entity(identifier)
        return 1


def _parent_json(parent: Parent) -> Json:
    return {
        "OrchestrationInstance": {"InstanceId": parent.instance, "ExecutionId": parent.execution},
        "TaskScheduleId": parent.task_id,
    }


def _check_json(text: str | None) -> None:
    if text is None:
        return
    try:
        json.loads(text)
        text.encode()
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"Only JSON content is supported: {error}") from error


def _check_id(instance_id: str) -> None:
    if instance_id.startswith("@"):
        raise BadRequest(f"Instance IDs must not start with '@': {instance_id}")
    if _BAD_ID.search(instance_id) or not ev.is_storable(instance_id):
        raise BadRequest(
            "Instance IDs must not contain '/', '\\', '#', '?', or control characters: " + repr(instance_id)
        )
    if len(instance_id) > MAX_ID_LENGTH:
        raise BadRequest(f"Instance IDs must not be longer than {MAX_ID_LENGTH} characters: {instance_id}")
