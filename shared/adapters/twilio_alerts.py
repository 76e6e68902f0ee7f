"""Alerts by SMS through Twilio. The SDK is loaded with the first one."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import SecretStr

from shared.adapters.outbound import Outbound
from shared.errors import InvalidInput, Unavailable
from shared.ports.alerts import Alert

if TYPE_CHECKING:
    from twilio.rest import Client

MAX_TEXT = 300
"""Characters: two segments of a concatenated SMS."""


class TwilioAlerts:
    """`shared.ports.alerts.AlertChannel` to every number on duty; one that is reached is enough."""

    name = "sms"

    def __init__(
        self,
        outbound: Outbound,
        account: str,
        token: SecretStr,
        *,
        sender: str,
        phones: Sequence[str],
        base_url: str = "",
    ) -> None:
        self._outbound = outbound
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
        from twilio.base.exceptions import TwilioException

        try:
            await self._open().messages.create_async(to=phone, from_=self._sender, body=body)
        except (
            TwilioException,
            InvalidInput,
            Unavailable,
            ValueError,
        ):  # ValueError: an answer that is no JSON
            return False
        return True

    def _open(self) -> "Client":
        from twilio.rest import Client

        from shared.adapters.twilio_transport import TwilioTransport

        if self._client is None:
            http = TwilioTransport(self._outbound)
            self._client = Client(self._account, self._token.get_secret_value(), http_client=http)
            if self._base_url:
                self._client.api.base_url = self._base_url
        return self._client
