"""The official SDK's sender and receiver, made so that a dead connection can be cut.

Of a connection that fails while it opens, or that dies, the SDK forgets the socket without closing it: a long
outage would use up the process's sockets. Both classes remember it. Importing this imports the SDK.
"""

import logging
from typing import Any

from azure.servicebus.aio import ServiceBusReceiver, ServiceBusSender

for _name in ("azure.servicebus", "azure.identity"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # below that, they tell of every frame and token


class _Severable:
    """What both have in common; names with an underscore are the SDK's, of the version that is pinned."""

    _handler: Any
    _wire: Any = None

    async def _close_handler(self) -> None:
        self._remember()
        await super()._close_handler()  # type: ignore[misc]

    def sever(self) -> None:
        """Cut the connection, whatever state it is in; for one that is closed already, nothing happens."""
        self._remember()
        writer = getattr(self._wire, "writer", None)
        if writer is not None:
            writer.transport.abort()

    def _remember(self) -> None:
        connection = getattr(self._handler, "_connection", None)
        self._wire = getattr(connection, "_transport", None) or self._wire


class Sender(_Severable, ServiceBusSender):  # type: ignore[misc]
    """Sends to a topic."""


class Receiver(_Severable, ServiceBusReceiver):  # type: ignore[misc]
    """Receives from a subscription or what it gave up."""
