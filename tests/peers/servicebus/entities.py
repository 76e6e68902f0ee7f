"""What a Service Bus namespace remembers: topics, subscriptions, queues, dead letters, locks, sessions.

It stands for a durable service: a broker that is killed and started again is given the same namespace.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

LOCK = timedelta(minutes=1)
DEAD_LETTERS = "/$deadletterqueue"


@dataclass(slots=True)
class Clock:
    """The machine's clock, ahead by what a test has skipped: the SDK compares our instants with its own."""

    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def skip(self, **span: float) -> None:
        self.ahead += timedelta(**span)


class BusError(Exception):
    """What the broker answers instead of obeying; `condition` is an AMQP error condition."""

    def __init__(self, condition: str, description: str) -> None:
        super().__init__(f"{condition}: {description}")
        self.condition = condition
        self.description = description


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message as its sender has encoded it, and what the broker reads of it."""

    raw: bytes
    message_id: str
    label: str = ""
    correlation_id: str = ""
    session_id: str = ""
    content_type: str = ""
    body: bytes = b""


@dataclass(slots=True, eq=False)
class Entry:
    """A message in a queue. `deliveries` counts how often it was handed out."""

    sequence: int
    sent: Sent
    enqueued: datetime
    deliveries: int = 0
    token: uuid.UUID | None = None
    locked_until: datetime | None = None
    reason: str = ""
    description: str = ""

    def is_locked(self, now: datetime) -> bool:
        return self.locked_until is not None and self.locked_until > now

    def free(self) -> None:
        self.token = self.locked_until = None


class Queue:
    """Messages in order, handed out under locks; what is handed out too often is dead."""

    def __init__(
        self,
        name: str,
        clock: Clock,
        *,
        max_deliveries: int = 10,
        sessions: bool = False,
        lock: timedelta = LOCK,
    ) -> None:
        self.name = name
        self.sessions = sessions
        self.entries: dict[int, Entry] = {}
        self.dead: Queue | None = None
        self.busy_sessions: set[str] = set()
        self._clock = clock
        self._max_deliveries = max_deliveries
        self._lock = lock
        self._last = 0
        if not name.endswith(DEAD_LETTERS):
            self.dead = Queue(name + DEAD_LETTERS, clock, max_deliveries=2**31, lock=lock)

    @property
    def messages(self) -> list[Sent]:
        """What is in it, oldest first."""
        return [entry.sent for entry in self.entries.values()]

    def put(self, sent: Sent) -> None:
        if self.sessions and not sent.session_id:
            raise BusError("com.microsoft:argument-error", f"{self.name} requires sessions")
        self._last += 1
        self.entries[self._last] = Entry(self._last, sent, self._clock.now())

    def take(self, session: str | None = None) -> Entry | None:
        """Lock the oldest message that is free."""
        now = self._clock.now()
        for entry in list(self._free(now)):
            if session is not None and entry.sent.session_id != session:
                continue
            if entry.deliveries >= self._max_deliveries:
                self._bury(entry, "MaxDeliveryCountExceeded", "It was delivered too often.")
                continue
            entry.deliveries += 1
            entry.token, entry.locked_until = uuid.uuid4(), now + self._lock
            return entry
        return None

    def _free(self, now: datetime) -> Iterator[Entry]:
        return (entry for entry in self.entries.values() if not entry.is_locked(now))

    def free_session(self) -> str | None:
        """The first session with messages that nobody has."""
        now = self._clock.now()
        ids = (entry.sent.session_id for entry in self._free(now))
        return next((id for id in ids if id not in self.busy_sessions), None)

    def complete(self, token: uuid.UUID) -> None:
        del self.entries[self._locked(token).sequence]

    def abandon(self, token: uuid.UUID, *, counts: bool = True) -> None:
        entry = self._locked(token)
        entry.free()
        if not counts:
            entry.deliveries -= 1
        elif entry.deliveries >= self._max_deliveries:
            self._bury(entry, "MaxDeliveryCountExceeded", "It was delivered too often.")

    def bury(self, token: uuid.UUID, reason: str, description: str) -> None:
        self._bury(self._locked(token), reason, description)

    def renew(self, token: uuid.UUID) -> datetime:
        entry = self._locked(token)
        entry.locked_until = self._clock.now() + self._lock
        return entry.locked_until

    def peek(self, start: int, limit: int) -> list[Entry]:
        """What is there from a sequence number on, locked or not."""
        return [entry for entry in self.entries.values() if entry.sequence >= start][:limit]

    def _locked(self, token: uuid.UUID) -> Entry:
        now = self._clock.now()
        found = (each for each in self.entries.values() if each.token == token and each.is_locked(now))
        entry = next(found, None)
        if entry is None:
            raise BusError("com.microsoft:message-lock-lost", "The lock supplied is invalid.")
        return entry

    def _bury(self, entry: Entry, reason: str, description: str) -> None:
        del self.entries[entry.sequence]
        if self.dead is not None:
            entry.free()
            entry.reason, entry.description, entry.deliveries = reason, description, 0
            self.dead.entries[entry.sequence] = entry


@dataclass(slots=True)
class Subscription:
    """A queue that gets the topic's messages with one of `labels`; without any, all of them."""

    queue: Queue
    labels: frozenset[str] = frozenset()

    def wants(self, sent: Sent) -> bool:
        return not self.labels or sent.label in self.labels


@dataclass(slots=True)
class Topic:
    """Fans out. What has come within the window under the same id is dropped, but answered alike."""

    name: str
    clock: Clock
    window: timedelta | None = None
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    arrivals: list[str] = field(default_factory=list)
    """Ids of all that has ever come, again and again where it came again."""
    on_new: Callable[[Sent], object] | None = None
    """Told of each message that is not dropped, before its sender is answered."""
    _seen: dict[str, datetime] = field(default_factory=dict)

    def put(self, messages: Sequence[Sent]) -> None:
        """Take all of a batch, or none."""
        for each in self.subscriptions.values():
            if each.queue.sessions and not all(sent.session_id for sent in messages if each.wants(sent)):
                raise BusError("com.microsoft:argument-error", f"{each.queue.name} requires sessions")
        for sent in messages:
            self.arrivals.append(sent.message_id)
            if self._is_new(sent.message_id):
                if self.on_new is not None:
                    self.on_new(sent)
                for each in self.subscriptions.values():
                    if each.wants(sent):
                        each.queue.put(sent)

    def _is_new(self, message_id: str) -> bool:
        now = self.clock.now()
        seen = self._seen.get(message_id)
        if self.window is not None and seen is not None and now - seen < self.window:
            return False
        self._seen[message_id] = now
        return True


class Namespace:
    """Topics and queues by their paths; names are the same in any case."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.topics: dict[str, Topic] = {}
        self.queues: dict[str, Queue] = {}

    def add_queue(self, name: str, *, max_deliveries: int = 10, sessions: bool = False) -> Queue:
        queue = Queue(name.lower(), self.clock, max_deliveries=max_deliveries, sessions=sessions)
        self._list(queue)
        return queue

    def add_topic(self, name: str, *, window: timedelta | None = None) -> Topic:
        topic = self.topics[name.lower()] = Topic(name.lower(), self.clock, window)
        return topic

    def subscribe(
        self,
        topic: Topic,
        name: str,
        *,
        labels: Sequence[str] = (),
        max_deliveries: int = 10,
        sessions: bool = False,
        lock: timedelta = LOCK,
    ) -> Queue:
        path = f"{topic.name}/subscriptions/{name.lower()}"
        queue = Queue(path, self.clock, max_deliveries=max_deliveries, sessions=sessions, lock=lock)
        topic.subscriptions[name.lower()] = Subscription(queue, frozenset(labels))
        self._list(queue)
        return queue

    def target(self, path: str) -> Topic | Queue:
        """Where one sends. Raises BusError."""
        found = self.topics.get(path.lower()) or self.queues.get(path.lower())
        if found is None:
            raise _unknown(path)
        return found

    def source(self, path: str) -> Queue:
        """Where one receives. Raises BusError."""
        found = self.queues.get(path.lower())
        if found is None:
            raise _unknown(path)
        return found

    def _list(self, queue: Queue) -> None:
        self.queues[queue.name] = queue
        if queue.dead is not None:
            self.queues[queue.dead.name] = queue.dead


def _unknown(path: str) -> BusError:
    return BusError("amqp:not-found", f"The messaging entity '{path}' could not be found.")
