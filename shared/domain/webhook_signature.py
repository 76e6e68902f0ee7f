"""Webhook signatures after the Standard Webhooks specification 1.0.0 (standardwebhooks.com).

The sender signs `{id}.{timestamp}.{body}` with HMAC-SHA256; several signatures may stand in one header while
a secret is being rotated. Whoever verifies remembers the id, so that a delivery counts once.
"""

import base64
import binascii
import hmac
import re
import secrets as random_source
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from shared.errors import Unauthenticated

ID_HEADER = "webhook-id"
TIMESTAMP_HEADER = "webhook-timestamp"
SIGNATURE_HEADER = "webhook-signature"
SECRET_PREFIX = "whsec_"  # noqa: S105 - the prefix, not a secret
MIN_KEY_BYTES, MAX_KEY_BYTES = 24, 64
MAX_SIGNATURES = 10
_VERSION = "v1"
ID_PATTERN = r"[A-Za-z0-9_:-]{1,200}"
"""No dots, for they separate what is signed; colons, for the keys of our effects have them."""
TIMESTAMP_PATTERN = r"[0-9]{1,12}"
_ID = re.compile(ID_PATTERN)
_TIMESTAMP = re.compile(TIMESTAMP_PATTERN)


def new_secret() -> str:
    """Make a random secret in its serialised form, `whsec_` and base64."""
    return SECRET_PREFIX + base64.b64encode(random_source.token_bytes(32)).decode()


def sign(secret: str, *, id: str, timestamp: datetime, body: bytes) -> dict[str, str]:
    """Return the three headers to send with `body`. Raises ValueError for a malformed secret or id."""
    if not _ID.fullmatch(id):
        raise ValueError("a webhook id is 1 to 200 letters, digits, '-', '_' or ':'")
    seconds = str(int(timestamp.timestamp()))
    signature = base64.b64encode(_digest(_key(secret), id, seconds, body)).decode()
    return {ID_HEADER: id, TIMESTAMP_HEADER: seconds, SIGNATURE_HEADER: f"{_VERSION},{signature}"}


def verify(
    secrets: Sequence[str], *, headers: Mapping[str, str], body: bytes, now: datetime, tolerance: timedelta
) -> str:
    """Return the webhook's id when any of `secrets` signed the raw `body` within `tolerance` of `now`.

    `headers` is looked up by lower-case name. Raises Unauthenticated; ValueError for a malformed secret.
    """
    id = headers.get(ID_HEADER, "")
    timestamp = headers.get(TIMESTAMP_HEADER, "")
    offered = headers.get(SIGNATURE_HEADER, "").split()
    if not (_ID.fullmatch(id) and _TIMESTAMP.fullmatch(timestamp) and 0 < len(offered) <= MAX_SIGNATURES):
        raise Unauthenticated(f"This needs the headers {ID_HEADER}, {TIMESTAMP_HEADER}, {SIGNATURE_HEADER}.")
    if abs(now.timestamp() - int(timestamp)) > tolerance.total_seconds():
        raise Unauthenticated("The webhook's timestamp is too far from now.", code="stale_webhook")
    expected = [_digest(_key(secret), id, timestamp, body) for secret in secrets]
    matches = [hmac.compare_digest(one, other) for one in map(_decoded, offered) for other in expected]
    if not any(matches):
        raise Unauthenticated("The webhook's signature does not match.", code="invalid_signature")
    return id


def _decoded(offered: str) -> bytes:
    version, _, encoded = offered.partition(",")
    if version != _VERSION:
        return b""
    try:
        decoded = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return b""
    # one way to write a signature: base64 leaves bits over that could say anything
    return decoded if base64.b64encode(decoded) == encoded.encode() else b""


def _digest(key: bytes, id: str, timestamp: str, body: bytes) -> bytes:
    return hmac.digest(key, b".".join((id.encode(), timestamp.encode(), body)), "sha256")


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("a webhook secret is whsec_ and base64") from None
    if not secret.startswith(SECRET_PREFIX) or not MIN_KEY_BYTES <= len(key) <= MAX_KEY_BYTES:
        raise ValueError(f"a webhook secret is whsec_ and base64 of {MIN_KEY_BYTES} to {MAX_KEY_BYTES} bytes")
    return key
