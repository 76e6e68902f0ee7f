"""The engine's records: instances, messages on their way, activities to run, entity operations."""

from collections import deque
from dataclasses import dataclass, field

from devhost.durable.events import Event

PENDING, RUNNING, SUSPENDED = "Pending", "Running", "Suspended"
COMPLETED, FAILED, TERMINATED = "Completed", "Failed", "Terminated"
CONTINUED_AS_NEW = "ContinuedAsNew"
TERMINAL = frozenset({COMPLETED, FAILED, TERMINATED, "Canceled"})


@dataclass(frozen=True, slots=True)
class Parent:
    """Who waits for a sub-orchestration, and under which task id."""

    instance: str
    execution: str
    task_id: int


@dataclass(slots=True)
class Message:
    """An inbox row: an event for an instance, from `due` on. `execution` None means any generation."""

    seq: int
    instance: str
    execution: str | None
    due: int | None
    event: Event
    text: str


@dataclass(slots=True)
class Activity:
    """A scheduled activity. Its row leaves in the transaction that enqueues its completion."""

    seq: int
    instance: str
    execution: str
    task_id: int
    name: str
    input: str


@dataclass(slots=True)
class EntityOp:
    """An operation on its way to an entity; `reply_to` is the instance that awaits the answer."""

    seq: int
    entity: str
    due: int | None
    name: str
    input: str | None
    reply_to: str | None = None
    reply_execution: str | None = None
    request_id: str | None = None

    @property
    def is_signal(self) -> bool:
        """Whether nobody waits for the answer."""
        return self.reply_to is None


@dataclass(slots=True)
class History:
    """The history of the current generation, parsed and as text, and how many episodes are stored."""

    events: list[Event] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    episodes: int = 0


@dataclass(slots=True)
class Instance:
    """An orchestration, with the messages and timers of one that has not ended."""

    id: str
    name: str
    version: str
    execution: str
    status: str
    input: str | None
    output: str | None
    custom_status: str | None
    created: int
    updated: int
    parent: Parent | None
    inbox: deque[Message] = field(default_factory=deque)
    timers: dict[int, Message] = field(default_factory=dict)
