"""Alerts by SMS through Twilio. The SDK is loaded with the first one."""

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import SecretStr

from shared.errors import Unavailable
from shared.ports.alerts import Alert

if TYPE_CHECKING:
    from twilio.rest import Client

TIMEOUT_SECONDS = 15
MAX_TEXT = 300
"""Characters: two segments of a concatenated SMS."""


class TwilioAlerts:
    """`shared.ports.alerts.AlertChannel` to every number on duty; one that is reached is enough."""

    name = "sms"

    def __init__(
        self, account: str, token: SecretStr, *, sender: str, phones: Sequence[str], base_url: str = ""
    ) -> None:
        self._account = account
        self._token = token
        self._sender = sender
        self._phones = phones
        self._base_url = base_url
        self._client: Client | None = None

    async def send(self, alert: Alert) -> None:
        """Send one message to each number. Raises Unavailable when none took it."""
        text = f"{alert.title}. {alert.text}"
        text = text[: MAX_TEXT - len(alert.url) - 1]
        body = f"{text} {alert.url}".strip()
        taken = await asyncio.gather(*(self._to(phone, body) for phone in self._phones))
        if not any(taken):
            raise Unavailable("Twilio took no message.")

    async def _to(self, phone: str, body: str) -> bool:
        from aiohttp import ClientError
        from twilio.base.exceptions import TwilioException

        try:
            await self._open().messages.create_async(to=phone, from_=self._sender, body=body)
        except (TwilioException, ClientError, OSError, TimeoutError):
            return False
        return True

    def _open(self) -> "Client":
        from twilio.http.async_http_client import AsyncTwilioHttpClient
        from twilio.rest import Client

        if self._client is None:
            # no pool: a session of the SDK's serves one event loop only
            http = AsyncTwilioHttpClient(pool_connections=False, timeout=TIMEOUT_SECONDS, logger=_unheard())
            self._client = Client(self._account, self._token.get_secret_value(), http_client=http)
            if self._base_url:
                self._client.api.base_url = self._base_url
        return self._client


def _unheard() -> logging.Logger:
    """The SDK logs requests with numbers and texts; neither belongs in a log."""
    logger = logging.getLogger("uso.twilio")
    logger.disabled = True
    return logger
