"""Quick replies: one Content resource per set of buttons, made once and kept for ever.

Within 24 hours of a user's message they need no approval. The text is their only variable.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from shared.adapters.twilio_channel.account import TwilioAccount
from shared.errors import Conflict, Unavailable, UsoError
from shared.ports.store import Store, Upsert

CONTAINER = "twilio_contents"
LANGUAGE = "en"
MAX_TITLE = 20
"""Characters on a quick reply's button."""
_PAGE = 500


class _Content(BaseModel):
    sid: str = Field(pattern=r"^HX[0-9a-fA-F]{32}$")
    friendly_name: str = ""


class _Page(BaseModel):
    contents: list[_Content] = []


class Contents:
    """`ContentSid`s by their buttons: from memory, from the store, from Twilio's list, or made now."""

    def __init__(self, account: TwilioAccount, store: Store, *, base_url: str = "") -> None:
        self._account = account
        self._store = store
        self._url = f"{base_url or 'https://content.twilio.com'}/v1/Content"
        self._known: dict[str, str] = {}

    async def of(self, buttons: Sequence[str]) -> str:
        """Return the content with these buttons. Raises Unavailable, and Conflict when Twilio refuses it."""
        name = _name(buttons)
        if name not in self._known:
            stored = await self._store.read(CONTAINER, self._account.sid, name)
            self._known[name] = stored.body["sid"] if stored else await self._found_or_made(name, buttons)
        return self._known[name]

    async def _found_or_made(self, name: str, buttons: Sequence[str]) -> str:
        """One whose answer was lost is there under its name."""
        page = _Page.model_validate(await self._call("GET", f"{self._url}?PageSize={_PAGE}"))
        sid = next((each.sid for each in page.contents if each.friendly_name == name), None)
        if sid is None:
            made = await self._call("POST", self._url, _quick_reply(name, buttons))
            sid = _Content.model_validate(made).sid
        await self._store.batch(CONTAINER, self._account.sid, [Upsert(name, {"sid": sid})])
        return sid

    async def _call(self, method: str, url: str, data: dict[str, Any] | None = None) -> Any:
        try:
            answer = await self._account.client.request_async(
                method, url, data=data, headers={"Content-Type": "application/json"}
            )
            if answer.status_code >= 400:
                raise _refused(answer.status_code)
            return json.loads(answer.text)
        except (ValueError, ValidationError):
            raise Unavailable("Twilio's answer about a content is none.") from None


def _refused(status: int) -> UsoError:
    if status in (401, 403):
        return Unavailable(f"Twilio answered {status}.")
    return Conflict(f"Twilio refused the buttons ({status}).", code="text_refused")


def _quick_reply(name: str, buttons: Sequence[str]) -> dict[str, Any]:
    actions = [{"type": "QUICK_REPLY", "title": each[:MAX_TITLE], "id": each[:200]} for each in buttons]
    return {
        "friendly_name": name,
        "language": LANGUAGE,
        "variables": {"1": "A message"},
        "types": {"twilio/quick-reply": {"body": "{{1}}", "actions": actions}},
    }


def _name(buttons: Sequence[str]) -> str:
    return f"uso-quick-reply-{hashlib.sha256(json.dumps(list(buttons)).encode()).hexdigest()[:16]}"
