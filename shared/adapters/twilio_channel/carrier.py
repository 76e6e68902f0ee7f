"""`shared.ports.carriers.Carrier` over Twilio's Messages resource, for SMS or WhatsApp.

WhatsApp takes a business's own words for 24 hours after the user has written; before and after, templates
that it has approved. Buttons are always a Content resource, never a parameter of the message.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.adapters.twilio_channel.account import TwilioAccount, refusal
from shared.adapters.twilio_channel.contents import Contents
from shared.domain.catalogue import ChannelKind
from shared.domain.texting.texts import MAX_TEXT
from shared.errors import Conflict, Unavailable
from shared.ports.carriers import OutgoingText

WHATSAPP = "whatsapp:"
MAX_VARIABLE = 900
"""Characters of a template's variable; the whole message has at most 1,024."""
_LISTED = 100
"""Messages of one recipient that are looked through for a lost one."""


class TwilioCarrier:
    """Texts from one sender. `callback_url` gets `?text=...` and Twilio's news of the delivery."""

    def __init__(
        self,
        account: TwilioAccount,
        kind: ChannelKind,
        *,
        sender: str,
        callback_url: str,
        contents: Contents | None = None,
        templates: Mapping[str, str] | None = None,
    ) -> None:
        self._account = account
        self._prefix = WHATSAPP if kind is ChannelKind.WHATSAPP else ""
        self._sender = sender
        self._callback_url = callback_url
        self._contents = contents
        self._templates = templates or {}

    async def send(self, text: OutgoingText) -> str:
        """Create a message and return its MessageSid."""
        what = await self._what(text)
        try:
            made = await self._account.client.messages.create_async(
                to=f"{self._prefix}{text.to}",
                from_=f"{self._prefix}{self._sender}",
                status_callback=f"{self._callback_url}?text={text.callback}",
                **what,
            )
        except Exception as error:  # noqa: BLE001 - the SDK's errors have no common base
            raise refusal(error) from None
        if not made.sid:
            raise Unavailable("Twilio's answer names no message.")
        return str(made.sid)

    async def find(self, text: OutgoingText, *, since: datetime, known: frozenset[str]) -> str | None:
        """Look through the messages to this recipient for one with these words that nobody here knows."""
        try:
            found = await self._account.client.messages.list_async(
                to=f"{self._prefix}{text.to}",
                from_=f"{self._prefix}{self._sender}",
                date_sent_after=since,
                limit=_LISTED,
            )
        except Exception as error:  # noqa: BLE001 - as above
            raise Unavailable(f"Twilio's list is not to be had ({type(error).__name__}).") from None
        words = _one_line(text.text)[:MAX_VARIABLE]
        mine = [each for each in found if each.sid not in known and words in _one_line(each.body or "")]
        return str(mine[0].sid) if mine else None

    async def _what(self, text: OutgoingText) -> dict[str, Any]:
        if not self._prefix:
            return {"body": text.text[:MAX_TEXT]}
        if text.in_window and not (text.buttons and self._contents):
            return {"body": text.text[:MAX_TEXT]}
        if text.in_window and self._contents:
            content = await self._contents.of(text.buttons)
        else:
            content = self._template(text.kind)
        variables = {"1": _one_line(text.text)[:MAX_VARIABLE]}
        return {"content_sid": content, "content_variables": json.dumps(variables)}

    def _template(self, kind: str) -> str:
        template = self._templates.get(kind)
        if template is None:
            raise Conflict(f"There is no approved template for '{kind}'.", code="no_template")
        return template


def _one_line(text: str) -> str:
    """A template's variable has no line ends and no four spaces in a row."""
    return " ".join(text.split())
