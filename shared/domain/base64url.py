"""base64url without padding (RFC 7515, section 2), read so that bytes have one spelling."""

import base64
import binascii
import re

_ALPHABET = re.compile(r"[A-Za-z0-9_-]+")


def decode(text: str) -> bytes:
    """Return the bytes of `text`. Raises ValueError for anything but their one canonical spelling."""
    if not _ALPHABET.fullmatch(text):
        raise ValueError("this is not base64url")
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise ValueError("this is not base64url") from None
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii") != text:
        raise ValueError("this is not canonical base64url")
    return raw
