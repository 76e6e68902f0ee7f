"""One AMQP connection of a client: links are opened, messages come in, are handed out and settled."""

import asyncio
import contextlib
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from proton import (
    Collector,
    Condition,
    Connection,
    Delivery,
    Event,
    Link,
    Receiver,
    Sender,
    Terminus,
    Transport,
    TransportException,
    symbol,
    ulong,
)

from tests.peers.servicebus import requests
from tests.peers.servicebus.entities import BusError, Entry, Queue, Topic
from tests.peers.servicebus.wire import decoded, handed_out, messages_of

if TYPE_CHECKING:
    from tests.peers.servicebus.broker import Broker
    from tests.peers.servicebus.faults import Fault

CREDIT = 200
SESSION_FILTER = symbol("com.microsoft:session-filter")
_TICKS_BEFORE_1970 = 621_355_968_000_000_000


class AmqpConnection(asyncio.Protocol):
    """Turns what Proton's engine tells into what the namespace does."""

    def __init__(self, broker: "Broker") -> None:
        self._broker = broker
        self._wire: asyncio.Transport | None = None
        self._engine = Transport(Transport.SERVER)
        self._connection = Connection()
        self._collector = Collector()
        self._connection.collect(self._collector)
        self._replies: dict[str, Sender] = {}
        self._sources: dict[Sender, tuple[Queue, str | None]] = {}
        self._mute = False
        self._on: Mapping[Any, Callable[[Event], None]] = {
            Event.CONNECTION_REMOTE_OPEN: lambda event: event.connection.open(),
            Event.SESSION_REMOTE_OPEN: lambda event: event.session.open(),
            Event.LINK_REMOTE_OPEN: lambda event: self._open(event.link),
            Event.LINK_FLOW: lambda event: self._flow(event.link),
            Event.DELIVERY: lambda event: self._delivery(event.delivery),
            Event.LINK_REMOTE_CLOSE: lambda event: self._close(event.link),
            Event.LINK_REMOTE_DETACH: lambda event: self._close(event.link),
            Event.SESSION_REMOTE_CLOSE: lambda event: event.session.close(),
            Event.CONNECTION_REMOTE_CLOSE: lambda event: event.connection.close(),
        }

    # --- bytes ----------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._wire = transport
        self._broker.opened += 1
        self._broker.connections.add(self)
        fault = self._broker.strikes("connect")
        if fault is not None:
            self._mute = True  # `hang` is the only thing that an open port can do besides `drop`
            if fault.kind == "drop":
                self.break_off()
            return
        sasl = self._engine.sasl()
        sasl.allowed_mechs("ANONYMOUS")
        self._engine.bind(self._connection)
        self._flush()

    def data_received(self, data: bytes) -> None:
        if self._mute:
            return
        try:
            while data:
                room = self._engine.capacity()
                if room <= 0:
                    break
                self._engine.push(data[:room])
                data = data[room:]
                self._dispatch()
        except TransportException:
            self.break_off()
            return
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        self._broker.connections.discard(self)
        for queue, session in self._sources.values():
            if session is not None:
                queue.busy_sessions.discard(session)
        self._mute = True

    def break_off(self) -> None:
        """End without a word."""
        self._mute = True
        if self._wire is not None:
            self._wire.abort()

    def detach_all(self, condition: str) -> None:
        """End the links over which messages come in."""
        link = self._connection.link_head(Link.LOCAL_ACTIVE | Link.REMOTE_ACTIVE)
        while link is not None:
            if not link.is_sender and _path(link) != "$cbs":
                _end(link, BusError(condition, "The link was idle."))
            link = link.next(Link.LOCAL_ACTIVE | Link.REMOTE_ACTIVE)
        self._flush()

    def hand_out(self) -> None:
        """Send what the client's receivers have credit for."""
        if not self._mute:
            for sender in tuple(self._sources):
                self._feed(sender)
            self._flush()

    def _dispatch(self) -> None:
        while not self._mute and (event := self._collector.peek()) is not None:
            handle = self._on.get(event.type)
            if handle is not None:
                handle(event)
            self._collector.pop()

    def _flush(self) -> None:
        if self._mute or self._wire is None:
            return
        self._dispatch()
        while not self._mute and (waiting := self._engine.pending()) > 0:
            self._wire.write(bytes(self._engine.peek(waiting) or b""))
            self._engine.pop(waiting)
            self._dispatch()
        if not self._mute and self._engine.pending() < 0:
            self._wire.close()

    # --- links ----------------------------------------------------------------------------------

    def _open(self, link: Link) -> None:
        path = _path(link)
        special = path == "$cbs" or path.endswith("/$management")
        fault = None if special else self._broker.strikes("attach")
        try:
            if fault is not None:
                self._strike(fault)
                if fault.kind in ("drop", "kill", "hang"):
                    return
                raise BusError(fault.condition, "The test wants it so.")
            link.source.copy(link.remote_source)
            link.target.copy(link.remote_target)
            if link.is_sender:
                self._open_source(link, path, special=special)
            else:
                self._open_target(link, path, special=special)
        except BusError as error:
            link.source.type = link.target.type = Terminus.UNSPECIFIED  # as the specification refuses a link
            link.open()
            _end(link, error)

    def _open_source(self, link: Sender, path: str, *, special: bool) -> None:
        if special:
            self._replies[path] = link
        else:
            queue = self._broker.namespace.source(path)
            self._sources[link] = queue, self._session(link, queue)
        link.open()

    def _open_target(self, link: Receiver, path: str, *, special: bool) -> None:
        if not special:
            self._broker.namespace.target(path)
        most = self._broker.max_message_bytes
        link.max_message_size = most
        link.properties = {symbol("com.microsoft:max-message-batch-size"): ulong(most)}
        link.open()
        link.flow(CREDIT)

    def _session(self, link: Sender, queue: Queue) -> str | None:
        """Lock the session that the client asks for; null asks for any."""
        asked = _filters(link)
        if SESSION_FILTER not in asked:
            if queue.sessions:
                raise BusError("amqp:not-allowed", "It is not possible to receive without a session.")
            return None
        session = asked[SESSION_FILTER] or queue.free_session()
        if session is None or session in queue.busy_sessions:
            raise BusError("com.microsoft:session-cannot-be-locked", "The session is locked by another.")
        queue.busy_sessions.add(session)
        link.source.filter.clear()
        link.source.filter.put_dict({SESSION_FILTER: session})
        until = self._broker.namespace.clock.now().timestamp() + 60
        link.properties = {
            symbol("com.microsoft:locked-until-utc"): int(until * 10_000_000) + _TICKS_BEFORE_1970
        }
        return session

    def _close(self, link: Link) -> None:
        if link.is_sender and link in self._sources:
            queue, session = self._sources.pop(link)
            queue.busy_sessions.discard(session or "")
        link.close()

    # --- messages ---------------------------------------------------------------------------------

    def _delivery(self, delivery: Delivery) -> None:
        link = delivery.link
        if link.is_sender:
            if delivery.updated and not delivery.settled:
                self._settle(delivery)
            elif delivery.settled:
                self._released(delivery)
        elif not link.state & Link.LOCAL_ACTIVE:
            return  # what comes over a link that has ended is nobody's
        elif delivery.readable and not delivery.partial:
            raw = bytes(link.recv(delivery.pending) or b"")
            link.advance()
            link.flow(1)
            path = _path(link)
            if path == "$cbs" or path.endswith("/$management"):
                self._request(path, raw, delivery)
            else:
                self._incoming(path, raw, delivery)

    def _incoming(self, path: str, raw: bytes, delivery: Delivery) -> None:
        self._broker.transfers += 1
        fault = self._broker.strikes("send")
        if fault is None:
            self._answer(delivery, self._store(path, raw))
            return
        struck = BusError(fault.condition, "The test wants it so.")
        error = self._store(path, raw) if fault.after or fault.kind == "slow" else None
        if fault.kind == "refuse":
            self._answer(delivery, struck)
        elif fault.kind == "detach":
            _end(delivery.link, struck)
        elif fault.kind == "slow":
            asyncio.get_running_loop().call_later(fault.seconds, self._answer_late, delivery, error)
        else:
            self._strike(fault)

    def _store(self, path: str, raw: bytes) -> BusError | None:
        try:
            if len(raw) > self._broker.max_message_bytes:
                raise BusError("amqp:link:message-size-exceeded", f"{len(raw)} bytes are too many.")
            target, messages = self._broker.namespace.target(path), messages_of(raw)
            if isinstance(target, Topic):
                target.put(messages)
            else:
                for message in messages:
                    target.put(message)
        except BusError as error:
            return error
        self._broker.poke()
        return None

    def _answer(self, delivery: Delivery, error: BusError | None) -> None:
        if error is None:
            delivery.update(Delivery.ACCEPTED)
        else:
            delivery.local.condition = _condition(error)
            delivery.update(Delivery.REJECTED)
        delivery.settle()

    def _answer_late(self, delivery: Delivery, error: BusError | None) -> None:
        if not self._mute:
            self._answer(delivery, error)
            self._flush()

    def _strike(self, fault: "Fault") -> None:
        if fault.kind == "drop":
            self.break_off()
        elif fault.kind == "kill":
            self._broker.kill()

    def _flow(self, link: Link) -> None:
        if link.is_sender and link in self._sources:
            self._feed(link)
            if link.drain_mode:
                link.drained()

    def _feed(self, link: Sender) -> None:
        queue, session = self._sources[link]
        while link.credit > 0 and link.state & Link.LOCAL_ACTIVE and (entry := queue.take(session)):
            self._send(link, queue, entry)

    def _send(self, link: Sender, queue: Queue, entry: Entry) -> None:
        assert entry.token is not None
        delivery = link.delivery(entry.token.bytes_le)  # the SDK reads the lock token from the tag
        delivery.queue, delivery.token = queue, entry.token
        link.send(handed_out(entry, queue.name))
        link.advance()
        if link.remote_snd_settle_mode == Link.SND_SETTLED:  # receive and delete
            queue.complete(entry.token)
            delivery.settle()

    def _settle(self, delivery: Delivery) -> None:
        """Do what the client says of a message, and say the same back: the SDK waits for it."""
        fault = self._broker.strikes("settle")
        if fault is not None and not fault.after:
            self._strike(fault)
            return
        try:
            self._obey(delivery)
        except BusError as error:
            self._answer(delivery, error)
        else:
            if fault is not None:
                self._strike(fault)
                return
            delivery.update(delivery.remote_state)
            delivery.settle()
        self._broker.poke()

    def _obey(self, delivery: Delivery) -> None:
        queue, token = delivery.queue, delivery.token
        said = delivery.remote
        if delivery.remote_state == Delivery.ACCEPTED:
            queue.complete(token)
        elif delivery.remote_state == Delivery.REJECTED:
            told = dict(said.condition.info or {}) if said.condition else {}
            queue.bury(
                token,
                str(told.get("DeadLetterReason") or ""),
                str(told.get("DeadLetterErrorDescription") or ""),
            )
        else:
            queue.abandon(token, counts=delivery.remote_state == Delivery.MODIFIED)

    def _released(self, delivery: Delivery) -> None:
        """The client gives back what it has not looked at."""
        if delivery.remote_state == Delivery.RELEASED:
            with contextlib.suppress(BusError):  # its lock ran out
                delivery.queue.abandon(delivery.token, counts=False)
            self._broker.poke()
        delivery.settle()

    # --- requests -----------------------------------------------------------------------------------

    def _request(self, path: str, raw: bytes, delivery: Delivery) -> None:
        fault = self._broker.strikes("request") if path != "$cbs" else None
        if fault is not None and not fault.after:
            self._strike(fault)
            return
        request = decoded(raw)
        if path == "$cbs":
            answer = requests.put_token(request, self._broker.tokens)
        else:
            answer = requests.obey(request, self._broker.namespace.source(path.removesuffix("/$management")))
        if fault is not None:
            self._strike(fault)
            return
        self._answer(delivery, None)
        link = self._replies[path]
        link.delivery(uuid.uuid4().bytes)
        link.send(answer.encode())
        link.advance()


def _path(link: Link) -> str:
    """The path of what a link is about; the SDK writes whole URIs or paths."""
    address = (link.remote_source if link.is_sender else link.remote_target).address or ""
    _, scheme, rest = address.partition("://")
    return (rest.partition("/")[2] if scheme else address).strip("/").lower()


def _filters(link: Sender) -> dict[Any, Any]:
    data = link.remote_source.filter
    data.rewind()
    return dict(data.get_dict()) if data.next() is not None else {}


def _end(link: Link, error: BusError) -> None:
    link.condition = _condition(error)
    link.close()


def _condition(error: BusError) -> Condition:
    """The SDK counts on a third field."""
    return Condition(error.condition, error.description, {symbol("com.microsoft:tracking-id"): "test"})
