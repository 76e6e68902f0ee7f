"""The namespace: where it is, as whom the app speaks to it, and how anything of it is opened and closed."""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from shared.adapters.breakers import Breakers
from shared.adapters.per_loop import PerLoop
from shared.errors import Unavailable

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

    from shared.adapters.service_bus_amqp.sdk import Receiver, Sender

CLOSE_SECONDS = 3
"""The SDK needs about a second to close what is well; what is not is cut off then."""
_EMULATOR = "UseDevelopmentEmulator=true"


class BusNamespace:
    """Opens senders and receivers, as a managed identity or with a connection string.

    `use_tls` is the SDK's own undocumented switch, for a broker of tests.
    """

    def __init__(
        self,
        breakers: Breakers,
        *,
        host: str = "",
        connection: SecretStr | None = None,
        credential: "AsyncTokenCredential | None" = None,
        use_tls: bool = True,
    ) -> None:
        if bool(host) == (connection is not None):
            raise ValueError("a namespace is known by its host or by a connection string")
        self._breakers = breakers
        self._host = host
        self._connection = connection
        self._given = credential
        self._use_tls = use_tls
        self._identities = PerLoop(_identity)

    def sender(self, topic: str) -> "Sender":
        """Return a sender that opens with its first message."""
        from shared.adapters.service_bus_amqp.sdk import Sender

        return Sender(topic_name=topic, **self._access())

    def dead_letters(self, topic: str, subscription: str) -> "Receiver":
        """Return a receiver, not open yet, of what a subscription gave up."""
        from shared.adapters.service_bus_amqp.sdk import Receiver

        path = f"{topic}/Subscriptions/{subscription}/$DeadLetterQueue"
        return Receiver(entity_name=path, **self._access())

    @contextlib.contextmanager
    def asked_to(self, what: str) -> Iterator[None]:
        """Let the block ask, unless the bus is left in peace, and nothing of the SDK's out.

        Whatever fails is Unavailable, and has perhaps happened all the same.
        """
        from azure.core.exceptions import AzureError

        try:
            with self._breakers.calling("Service Bus", is_failure=_is_failure):
                yield
        except (AzureError, OSError) as error:
            # not from the error: what it says may name entities, tokens and addresses
            raise Unavailable(f"The event bus did not {what} ({type(error).__name__}).") from None

    async def close(self) -> None:
        """Release this event loop's credential; the next use opens anew."""
        identity = self._identities.take()
        if identity is not None:
            await identity.close()

    def _access(self) -> dict[str, Any]:
        if self._connection is None:
            known = {"fully_qualified_namespace": self._host, "credential": self._credential()}
            return known | {"use_tls": self._use_tls, "retry_total": 0}
        return _keys(self._connection.get_secret_value()) | {"retry_total": 0}

    def _credential(self) -> "AsyncTokenCredential":
        return self._given or self._identities.here()


def _identity() -> "AsyncTokenCredential":
    """As whom the app runs, by AZURE_CLIENT_ID and what else azure-identity looks at."""
    from azure.identity.aio import DefaultAzureCredential

    return DefaultAzureCredential()


def _keys(text: str) -> dict[str, Any]:
    """Read a connection string as the SDK does."""
    from azure.core.credentials import AzureNamedKeyCredential, AzureSasCredential
    from azure.servicebus import parse_connection_string

    found = parse_connection_string(text)
    credential: AzureNamedKeyCredential | AzureSasCredential
    if found.shared_access_signature:
        credential = AzureSasCredential(found.shared_access_signature)
    else:
        name, key = found.shared_access_key_name or "", found.shared_access_key or ""
        credential = AzureNamedKeyCredential(name, key)
    host = found.fully_qualified_namespace
    return {"fully_qualified_namespace": host, "credential": credential, "use_tls": _EMULATOR not in text}


def _is_failure(error: Exception) -> bool:
    """Say whether the bus does not work; a refusal of a token, a name or a size is an answer."""
    from azure.core.exceptions import AzureError, ClientAuthenticationError
    from azure.servicebus.exceptions import (
        MessageSizeExceededError,
        MessagingEntityDisabledError,
        MessagingEntityNotFoundError,
        ServiceBusAuthenticationError,
        ServiceBusAuthorizationError,
    )

    answers = (
        *(ClientAuthenticationError, ServiceBusAuthenticationError, ServiceBusAuthorizationError),
        *(MessagingEntityNotFoundError, MessagingEntityDisabledError, MessageSizeExceededError),
    )
    return isinstance(error, AzureError | OSError) and not isinstance(error, answers)


async def hang_up(line: "Sender | Receiver") -> None:
    """Close a sender or receiver within CLOSE_SECONDS, whatever state it is in."""
    from azure.core.exceptions import AzureError

    with contextlib.suppress(AzureError, OSError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await line.close()
    line.sever()
