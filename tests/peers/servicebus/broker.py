"""A Service Bus on loopback that the official SDK speaks AMQP 1.0 to, without TLS; it can be killed.

The protocol engine is Qpid Proton's, fed from asyncio: the broker lives in the loop of the test, which may
look into `namespace` at any time. Left out: SQL filters, scheduling, deferral, transactions.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from datetime import timedelta

from shared.ports.topics import SUBSCRIPTIONS, TOPIC
from tests.peers.servicebus.connection import AmqpConnection
from tests.peers.servicebus.entities import Namespace, Queue, Topic
from tests.peers.servicebus.faults import Fault, What

NO_SECRET = "SharedAccessKeyName=Root" + "ManageSharedAccessKey;SharedAccessKey=c2VjcmV0"


class Broker:
    """A running broker, and what a test may do to it."""

    def __init__(self, namespace: Namespace, *, max_message_bytes: int = 256 * 1024) -> None:
        self.namespace = namespace
        self.max_message_bytes = max_message_bytes
        """Of a message or batch: 256 KB is what the Standard tier takes."""
        self.faults: deque[Fault] = deque()
        """What goes wrong next."""
        self.port = 0
        self.opened = 0
        """How many connections were ever made."""
        self.transfers = 0
        """How many messages and batches were ever sent."""
        self.tokens: list[str] = []
        """Every token that was put, in order."""
        self.connections: set[AmqpConnection] = set()
        self._server: asyncio.Server | None = None
        self._poked = False

    @property
    def topic(self) -> Topic:
        """The events' topic."""
        return self.namespace.topics[TOPIC.name]

    def queue(self, subscription: str) -> Queue:
        """What a subscription holds."""
        return self.topic.subscriptions[subscription].queue

    @property
    def is_up(self) -> bool:
        return self._server is not None

    @property
    def host(self) -> str:
        """For a credential; the client needs `use_tls=False`."""
        return f"127.0.0.1:{self.port}"

    @property
    def connection_string(self) -> str:
        return f"Endpoint=sb://{self.host};{NO_SECRET};UseDevelopmentEmulator=true;"

    async def start(self) -> None:
        """Begin to listen, on the same port as before."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: AmqpConnection(self), "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def kill(self) -> None:
        """Vanish in the middle of everything, as a process that is killed does."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in tuple(self.connections):
            connection.break_off()

    def detach_all(self, condition: str) -> None:
        """End every link, as the service does with one that was idle for long."""
        for connection in tuple(self.connections):
            connection.detach_all(condition)

    def strikes(self, what: What) -> Fault | None:
        """Return what goes wrong with this one, if anything does."""
        for fault in self.faults:
            if fault.what == what:
                self.faults.remove(fault)
                if fault.skips:
                    self.faults.appendleft(Fault(**_one_less(fault)))
                    return None
                return fault
        return None

    def poke(self) -> None:
        """Hand out what there is, once the present event is dealt with."""
        if not self._poked:
            self._poked = True
            asyncio.get_running_loop().call_soon(self._hand_out)

    def _hand_out(self) -> None:
        self._poked = False
        for connection in tuple(self.connections):
            connection.hand_out()


def as_on_azure() -> Namespace:
    """The namespace that `infra/` creates."""
    namespace = Namespace()
    topic = namespace.add_topic(TOPIC.name, window=timedelta(days=1))
    for each in SUBSCRIPTIONS:
        namespace.subscribe(
            topic, each.name, max_deliveries=each.max_delivery_count, sessions=each.requires_session
        )
    return namespace


@contextlib.asynccontextmanager
async def running(namespace: Namespace | None = None) -> AsyncIterator[Broker]:
    """A broker for as long as a test needs it."""
    broker = Broker(namespace or as_on_azure())
    await broker.start()
    try:
        yield broker
    finally:
        broker.kill()
        await asyncio.sleep(0)  # its connections notice


def _one_less(fault: Fault) -> dict[str, object]:
    return {name: getattr(fault, name) for name in Fault.__slots__} | {"skips": fault.skips - 1}
