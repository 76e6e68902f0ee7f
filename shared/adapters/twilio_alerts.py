"""Alerts by SMS through Twilio. The SDK is loaded with the first one."""

import asyncio
from collections.abc import Sequence

from shared.adapters.twilio_channel.account import TwilioAccount
from shared.errors import InvalidInput, Unavailable
from shared.ports.alerts import Alert

MAX_TEXT = 300
"""Characters: two segments of a concatenated SMS."""


class TwilioAlerts:
    """`shared.ports.alerts.AlertChannel` to every number on duty; one that is reached is enough."""

    name = "sms"

    def __init__(self, account: TwilioAccount, *, sender: str, phones: Sequence[str]) -> None:
        self._account = account
        self._sender = sender
        self._phones = phones

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
            await self._account.client.messages.create_async(to=phone, from_=self._sender, body=body)
        # ValueError is an answer that is no JSON
        except (TwilioException, InvalidInput, Unavailable, ValueError):
            return False
        return True
