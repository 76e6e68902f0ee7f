"""Twilio's webhooks: https://www.twilio.com/docs/usage/security, "Validating requests".

Signed are the public URL and every parameter in the order of their names, with the account's auth token, by
HMAC-SHA1. The SDK has a validator; this one needs none of it, compares in constant time, reads the form
strictly, and knows which URL Twilio was given.
"""

import base64
import hmac
import re
from collections.abc import Mapping, Sequence
from email.message import Message
from typing import TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from shared.domain.catalogue import ChannelKind
from shared.domain.texting.texts import MediaRef, TextState
from shared.errors import InvalidInput, Unauthenticated
from shared.ports.carriers import DeliveryNews, IncomingText

SIGNATURE = "x-twilio-signature"
TEXTS, DELIVERIES = "/api/v1/webhooks/twilio", "/api/v1/webhooks/twilio/status"
MAX_FIELDS = 200
MAX_MEDIA = 10
"""Files that come with one message."""
_FORM = "application/x-www-form-urlencoded"
_SID = r"^(SM|MM)[0-9a-f]{32}$"
_ADDRESS = re.compile(r"^(whatsapp:)?(\+[1-9][0-9]{6,14})$")
STATES: Mapping[str, TextState] = {
    "sent": TextState.SENT,
    "delivered": TextState.DELIVERED,
    "read": TextState.READ,
    "undelivered": TextState.FAILED,
    "failed": TextState.FAILED,
    "canceled": TextState.FAILED,
}
"""Of a message's statuses, those that are news."""


class _Text(BaseModel):
    """As much of a message as is looked at; Twilio adds parameters without notice."""

    model_config = ConfigDict(extra="ignore")

    sid: str = Field(alias="MessageSid", pattern=_SID)
    account: str = Field(alias="AccountSid")
    sender: str = Field(alias="From", max_length=100)
    body: str = Field(default="", alias="Body", max_length=10_000)
    payload: str | None = Field(default=None, alias="ButtonPayload", max_length=256)
    label: str | None = Field(default=None, alias="ButtonText", max_length=256)
    quotes: str | None = Field(
        default=None, alias="OriginalRepliedMessageSid", pattern=r"^[A-Z]{2}[0-9a-f]{32}$"
    )
    media: int = Field(default=0, alias="NumMedia", ge=0, le=MAX_MEDIA)


class _Delivery(BaseModel):
    model_config = ConfigDict(extra="ignore")

    sid: str = Field(alias="MessageSid", pattern=_SID)
    account: str = Field(alias="AccountSid")
    status: str = Field(alias="MessageStatus", max_length=40)
    error: str = Field(default="", alias="ErrorCode", pattern=r"^[0-9]{0,6}$")


M = TypeVar("M", _Text, _Delivery)


class TwilioWebhooks:
    """`shared.ports.carriers.CarrierWebhooks` of one account, whose webhooks go to `public_url`."""

    def __init__(self, account: str, token: SecretStr, *, public_url: str) -> None:
        self._account = account
        self._token = token.get_secret_value().encode()
        self._public_url = public_url.rstrip("/")

    def read_text(self, body: bytes, headers: Mapping[str, str]) -> IncomingText | None:
        """Verify and read a message; None where its sender has no number."""
        form = self._verified(TEXTS, body, headers)
        text = _parsed(_Text, form, account=self._account)
        sender = _ADDRESS.match(text.sender)
        if sender is None:  # a short code, a name, another of Twilio's channels
            return None
        is_tap = text.payload is not None and text.body in ("", text.label)
        return IncomingText(
            sid=text.sid,
            kind=ChannelKind.WHATSAPP if sender[1] else ChannelKind.SMS,
            sender=sender[2],
            text="" if is_tap else text.body,
            button=text.payload,
            quotes=(text.quotes,) if text.quotes else (),
            media=_media(form, text.media),
        )

    def read_delivery(self, body: bytes, headers: Mapping[str, str], *, callback: str) -> DeliveryNews | None:
        """Verify and read a status callback; None for a status that tells nothing new."""
        form = self._verified(f"{DELIVERIES}?text={callback}", body, headers)
        delivery = _parsed(_Delivery, form, account=self._account)
        state = STATES.get(delivery.status)
        if state is None:
            return None
        return DeliveryNews(sid=delivery.sid, callback=callback, state=state, error=delivery.error)

    def _verified(self, path: str, body: bytes, headers: Mapping[str, str]) -> dict[str, str]:
        """Return the form that Twilio has signed for `path`. Raises Unauthenticated, InvalidInput."""
        offered = headers.get(SIGNATURE, "")
        if not offered:
            raise Unauthenticated("This needs the header X-Twilio-Signature.")
        fields = _fields(body, headers.get("content-type", ""))
        expected = signature(self._token, f"{self._public_url}{path}", fields)
        if not hmac.compare_digest(expected.encode(), offered.encode(errors="replace")):
            raise Unauthenticated("The webhook's signature does not match.", code="invalid_signature")
        form = dict(fields)
        if len(form) != len(fields):
            raise InvalidInput("A parameter is given twice.", field="body")
        return form


def signature(token: bytes, url: str, fields: Sequence[tuple[str, str]]) -> str:
    """What Twilio puts into the header: names sorted, a repeated name's different values too."""
    signed = url + "".join(f"{name}{value}" for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.digest(token, signed.encode(), "sha1")).decode()


def _fields(body: bytes, content_type: str) -> list[tuple[str, str]]:
    header = Message()
    header["Content-Type"] = content_type.replace("\r", " ").replace("\n", " ")
    if not content_type or header.get_content_type() != _FORM:
        raise InvalidInput("The body must be a form.", field="Content-Type")
    if not body:
        return []
    try:
        return parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:  # UnicodeDecodeError as well
        raise InvalidInput("This is no form.", field="body") from None


def _parsed(model: type[M], form: Mapping[str, str], *, account: str) -> M:
    try:
        parsed = model.model_validate(form)
    except ValidationError as error:
        where = error.errors(include_url=False, include_input=False)[0]["loc"]
        field = ".".join(map(str, where)) or "body"
        raise InvalidInput("This is no delivery of Twilio's.", field=field) from None
    if parsed.account != account:
        raise InvalidInput("This is of another account.", field="AccountSid")
    return parsed


def _media(form: Mapping[str, str], count: int) -> tuple[MediaRef, ...]:
    found = [(form.get(f"MediaUrl{n}", ""), form.get(f"MediaContentType{n}", "")) for n in range(count)]
    return tuple(MediaRef(url=url[:2000], media_type=type_[:100]) for url, type_ in found if url)
