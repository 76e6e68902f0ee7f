"""Stripe's webhooks: https://docs.stripe.com/webhooks, "Verify webhook signatures manually".

The SDK's own check asks the machine's clock and decodes the body first; this one is told the instant, and
works on the bytes. It imports no SDK, so the door costs nothing.
"""

import hmac
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, Field, ValidationError

from shared.errors import InvalidInput, Unauthenticated
from shared.ports.payments import NewsKind, ProviderNews

HEADER = "Stripe-Signature"
MAX_HEADER = 4096
MAX_SIGNATURES = 10
_SIGNATURE = re.compile(r"[0-9a-f]{64}")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_ID = r"^[A-Za-z0-9_-]{1,255}$"


class _Thing(BaseModel):
    """As much of an event's object as tells what it is about."""

    id: str = Field(pattern=_ID)
    payment_intent: str | None = Field(default=None, pattern=_ID)
    transfer_group: str | None = None


class _Data(BaseModel):
    object: _Thing


class _Event(BaseModel):
    """An event; `account` is given when it happened on a payee's account."""

    id: str = Field(pattern=_ID)
    type: str
    created: int = Field(ge=0, lt=253402300800)
    account: str | None = None


class _FollowedEvent(_Event):
    data: _Data


def kind_of(event_type: str) -> NewsKind | None:
    """Return what an event is news of; None for types that nobody here follows."""
    if event_type.startswith("payment_intent."):
        return NewsKind.PAYMENT_CHANGED
    if event_type in ("charge.refunded", "charge.refund.updated") or event_type.startswith("refund."):
        return NewsKind.REFUND_CHANGED
    if event_type == "charge.dispute.created":
        return NewsKind.DISPUTE_OPENED
    if event_type.startswith("charge.dispute."):
        return NewsKind.DISPUTE_CHANGED
    if event_type == "account.updated":
        return NewsKind.ACCOUNT_CHANGED
    return NewsKind.PAYOUT_CHANGED if event_type.startswith("payout.") else None


def verify(body: bytes, header: str, *, secrets: Iterable[str], now: datetime, tolerance: timedelta) -> None:
    """Raise Unauthenticated unless one of `secrets` signed the raw body within `tolerance` of `now`."""
    timestamp, offered = _parsed(header)
    if abs(now.timestamp() - int(timestamp)) > tolerance.total_seconds():
        raise Unauthenticated("The webhook's timestamp is too far from now.", code="stale_webhook")
    signed = timestamp.encode() + b"." + body
    expected = [hmac.digest(secret.encode(), signed, "sha256").hex() for secret in secrets]
    matches = [hmac.compare_digest(one, other) for one in offered for other in expected]
    if not any(matches):
        raise Unauthenticated("The webhook's signature does not match.", code="invalid_signature")


def news_of(body: bytes) -> ProviderNews | None:
    """Read a verified body; None for news that nobody here follows. Raises InvalidInput."""
    try:
        event = _Event.model_validate_json(body)
        kind = kind_of(event.type)
        if kind is None or (event.account and kind is not NewsKind.ACCOUNT_CHANGED):
            return None  # what happens on a payee's own account is between the payee and Stripe
        thing = _FollowedEvent.model_validate_json(body).data.object
    except ValidationError as error:
        where = error.errors(include_url=False, include_input=False)[0]["loc"]
        raise InvalidInput("This is no event.", field=".".join(map(str, where)) or "body") from None
    payment = thing.id if kind is NewsKind.PAYMENT_CHANGED else thing.payment_intent or ""
    about = (payment or thing.id) if kind is NewsKind.REFUND_CHANGED else thing.id
    return ProviderNews(
        id=event.id,
        kind=kind,
        object_id=about,
        payment_id=payment,
        group=thing.transfer_group or "",
        at=datetime.fromtimestamp(event.created, UTC),
    )


def _parsed(header: str) -> tuple[str, list[str]]:
    pairs = [item.strip().partition("=") for item in header.split(",")]
    timestamps = [value for name, _, value in pairs if name == "t"]
    offered = [value for name, _, value in pairs if name == "v1"]
    if (
        len(header) > MAX_HEADER
        or len(timestamps) != 1
        or not _TIMESTAMP.fullmatch(timestamps[0])
        or not 0 < len(offered) <= MAX_SIGNATURES
        or not all(map(_SIGNATURE.fullmatch, offered))
    ):
        raise Unauthenticated(f"This needs the header {HEADER}.")
    return timestamps[0], offered
