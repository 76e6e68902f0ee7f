"""The local Service Bus: queues and topics made from the app's bindings, delivered under peek-lock."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from devhost.bindings import SERVICE_BUS, SERVICE_BUS_OUT, AppFunction
from devhost.bus_store import BusStore, Counts
from devhost.configuration import HostConfig
from devhost.contracts import Clock
from devhost.errors import BadMessageError, UnknownEntityError
from devhost.functions import Functions
from devhost.indexing import Index
from devhost.messages import Message, Properties, batch, single
from devhost.outputs import Outputs, entity_of
from devhost.tasks import TaskSet
from devhost.validation import is_batch

logger = logging.getLogger("devhost.servicebus")

_MAX_BODY = 100 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class BusOptions:
    """Settings that belong to the queues themselves on Azure. Without a window, duplicates are delivered."""

    max_delivery_count: int = 10
    duplicate_window: timedelta | None = None


@dataclass(slots=True)
class Listener:
    """One function that reads one queue or subscription."""

    function: AppFunction
    entity: str
    batch: bool
    sessions: bool
    limit: int
    size: int
    running: int = 0
    busy_sessions: set[str] = field(default_factory=set)


class ServiceBus:
    """All queues and topics of the app. A `contracts.Source`."""

    def __init__(
        self,
        functions: Functions,
        clock: Clock,
        path: Path,
        *,
        config: HostConfig | None = None,
        options: BusOptions | None = None,
    ) -> None:
        self._functions = functions
        self._outputs = Outputs(self.send)
        self._clock = clock
        self._store = BusStore(path)
        self._options = options or BusOptions()
        self.listeners = _listeners(functions.index, config or HostConfig())
        self.queues, self.topics = _entities(functions.index)
        self._tasks = TaskSet()
        self._started = False

    async def start(self) -> None:
        """Free what an earlier process left locked and begin to deliver."""
        self._store.release_all()
        self._started = True
        self.poke()

    async def stop(self) -> None:
        """Abandon what is in flight: it is delivered again at the next start."""
        self._started = False
        await self._tasks.cancel()
        self._store.close()

    def poke(self) -> None:
        """Deliver whatever is visible by now, as far as the limits allow."""
        if not self._started:
            return
        self._store.drop_expired(self._clock.now())
        for listener in self.listeners:
            while listener.running < listener.limit and self._deliver_next(listener):
                pass

    def idle(self) -> bool:
        """Say whether nothing is being delivered; what could be delivered already would be."""
        return not self._tasks

    def next_due(self) -> datetime | None:
        """Return when the next scheduled message appears."""
        due = self._store.next_visible(self._clock.now())
        return None if due is None else datetime.fromtimestamp(0, UTC) + timedelta(seconds=due)

    def send(self, entity: str, body: bytes, properties: Properties | None = None) -> str:
        """Send a message to a queue or topic; return its message id.

        Raises UnknownEntityError, or BadMessageError when the message breaks a rule of the entity.
        """
        return self.send_many(entity, [(body, properties or Properties())])[0]

    def send_many(self, entity: str, messages: Sequence[tuple[bytes, Properties]]) -> list[str]:
        """Send all of the messages or, when one of them cannot be taken, none; return their ids."""
        name = entity.strip("/").lower()
        targets = self._targets(name)
        ready = [(body, properties.with_id()) for body, properties in messages]
        for body, properties in ready:
            self._check(name, body, properties)
        now = self._clock.now()
        with self._store.transaction():
            for body, properties in ready:
                if not self._is_duplicate(name, properties.message_id, now):
                    for target in targets:
                        self._place(target, body, properties, now)
        self.poke()
        return [properties.message_id for _, properties in ready]

    def _check(self, name: str, body: bytes, properties: Properties) -> None:
        if len(body) > _MAX_BODY:
            raise BadMessageError("the message is larger than 100 MB")
        if name in self.queues and self._wants_sessions(name) and not properties.session_id:
            raise BadMessageError(f"the queue '{name}' requires sessions: give the message a SessionId")
        start = properties.scheduled_enqueue_time or self._clock.now()
        try:
            start + (properties.time_to_live or timedelta(0))
        except OverflowError as error:
            raise BadMessageError("the message would outlive the calendar: shorten its TimeToLive") from error

    def _targets(self, name: str) -> Sequence[str]:
        if name in self.queues:
            return (name,)
        if name in self.topics:
            return [path(name, subscription) for subscription in self.topics[name]]
        raise UnknownEntityError(name)

    def _is_duplicate(self, name: str, message_id: str, now: datetime) -> bool:
        window = self._options.duplicate_window
        return window is not None and self._store.is_duplicate(name, message_id, now, window)

    def _place(self, target: str, body: bytes, said: Properties, now: datetime) -> None:
        sequence = self._store.add(target, body, said, now)
        if self._wants_sessions(target) and not said.session_id:
            self._store.bury(sequence, "Session ID is null", "the subscription requires sessions")

    def _wants_sessions(self, entity: str) -> bool:
        return any(item.sessions for item in self.listeners if item.entity == entity)

    def _deliver_next(self, listener: Listener) -> bool:
        busy = sorted(listener.busy_sessions) if listener.sessions else None
        messages = self._store.lock_next(listener.entity, self._clock.now(), listener.size, busy)
        if not messages:
            return False
        session = messages[0].properties.session_id if listener.sessions else None
        listener.running += 1
        if session is not None:
            listener.busy_sessions.add(session)
        self._tasks.start(self._handle(listener, messages, session))
        return True

    async def _handle(self, listener: Listener, messages: list[Message], session: str | None) -> None:
        try:
            await self._process(listener, messages)
        finally:
            listener.running -= 1
            listener.busy_sessions.discard(session or "")
        self.poke()

    async def _process(self, listener: Listener, messages: list[Message]) -> None:
        fresh = [
            message for message in messages if message.delivery_count <= self._options.max_delivery_count
        ]
        for message in messages:
            if message not in fresh:  # the process died while handling it, every time
                self._bury(message, "the host stopped while the message was handled")
        if not fresh:
            return
        now = self._clock.now()
        value = batch(fresh, now) if listener.batch else single(fresh[0], now)
        try:
            outcome = await self._functions.invoke(listener.function, value)
            self._outputs.deliver(listener.function, outcome)
        except Exception as error:
            logger.error(
                "function '%s' failed on '%s'", listener.function.name, listener.entity, exc_info=error
            )
            self._give_back(fresh, error)
        else:
            self._store.complete(fresh)

    def _give_back(self, messages: list[Message], error: Exception) -> None:
        spent = [item for item in messages if item.delivery_count >= self._options.max_delivery_count]
        self._store.abandon([item for item in messages if item not in spent])
        for message in spent:
            self._bury(message, f"{type(error).__name__}: {error}")

    def _bury(self, message: Message, last: str) -> None:
        limit = self._options.max_delivery_count
        self._store.bury(
            message.sequence,
            "MaxDeliveryCountExceeded",
            f"Message could not be consumed after {limit} delivery attempts. Last: {last}",
        )

    def dead_letters(self, entity: str | None = None) -> list[Message]:
        """List dead letters, of one queue or `topic/subscriptions/name`, or of all."""
        return self._store.dead(entity.lower() if entity else None)

    def resubmit(self, sequence: int) -> bool:
        """Put a dead letter back into its queue; False when there is none of that number."""
        revived = self._store.revive(sequence, self._clock.now())
        self.poke()
        return revived

    def counts(self) -> dict[str, Counts]:
        """Return the counts of every queue and subscription, empty ones included."""
        names = [*self.queues]
        names += [path(topic, name) for topic, names_of in self.topics.items() for name in names_of]
        return {name: Counts() for name in names} | self._store.counts(self._clock.now())


def path(topic: str, subscription: str) -> str:
    """Return the path of a subscription, as Azure writes it."""
    return f"{topic}/subscriptions/{subscription}"


def _listeners(index: Index, config: HostConfig) -> list[Listener]:
    listeners = []
    for function in index.triggered_by(SERVICE_BUS):
        trigger = function.trigger
        many, sessions = is_batch(trigger), trigger.flag("isSessionsEnabled")
        limit = config.max_concurrent_sessions if sessions else config.max_concurrent_calls
        size = config.max_batch_size if many else 1
        listeners.append(
            Listener(function, _source(function), many, sessions, 1 if many and not sessions else limit, size)
        )
    return listeners


def _source(function: AppFunction) -> str:
    trigger = function.trigger
    topic = trigger.text("topicName")
    if topic:
        return path(topic.lower(), (trigger.text("subscriptionName") or "").lower())
    return (trigger.text("queueName") or "").lower()


def _entities(index: Index) -> tuple[list[str], dict[str, list[str]]]:
    queues: dict[str, None] = {}
    topics: dict[str, list[str]] = {}
    for function in index.functions:
        for binding in [*function.of_type(SERVICE_BUS), *function.of_type(SERVICE_BUS_OUT)]:
            topic = (binding.text("topicName") or "").lower()
            if not topic:
                queues[entity_of(binding).lower()] = None
                continue
            names = topics.setdefault(topic, [])
            subscription = (binding.text("subscriptionName") or "").lower()
            if binding.is_trigger and subscription and subscription not in names:
                names.append(subscription)
    return list(queues), topics
