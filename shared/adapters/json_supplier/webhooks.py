"""The deliveries of a supplier's webhook, verified over the raw body and read as its mapping says."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr

from shared.adapters.json_supplier import answers
from shared.adapters.json_supplier.answers import Malformed
from shared.adapters.json_supplier.mapping import WebhookReading
from shared.domain import webhook_signature
from shared.errors import InvalidInput, Unauthenticated
from shared.ports.suppliers import SupplierNews

_PLAIN_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
MOST_KEY = 50


class JsonWebhooks:
    """`shared.ports.suppliers.SupplierWebhooks`."""

    def __init__(self, reading: WebhookReading, secret: SecretStr, *, tolerance: timedelta) -> None:
        self._reading = reading
        self._secret = secret.get_secret_value()
        self._tolerance = tolerance

    def read(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> SupplierNews | None:
        """Verify a delivery and read it; None for what is not followed. Raises as the port says.

        Without a timestamp that is signed (`hmac_sha256`), an old delivery is known by its id alone; whatever
        it says is only a reason to look.
        """
        self._verify(body, headers, now)
        try:
            document = answers.parse(body)
            pointer = self._reading.topics.get(answers.maybe_text(document, self._reading.topic))
            if pointer is None:
                return None
            id, key = answers.text(document, self._reading.id), answers.text(document, pointer)
        except Malformed as fault:
            raise InvalidInput(f"This is no news ({fault}).", field="body") from None
        if len(key) > MOST_KEY:
            return None  # no key of ours
        return SupplierNews(id=_plain(id), key=key)

    def _verify(self, body: bytes, headers: Mapping[str, str], now: datetime) -> None:
        if self._reading.scheme == "standard_webhooks":
            webhook_signature.verify(
                [self._secret], headers=headers, body=body, now=now, tolerance=self._tolerance
            )
            return
        offered = headers.get(self._reading.header, "")
        if not offered:
            raise Unauthenticated(f"This needs the header {self._reading.header}.")
        expected = signature(self._secret, body, encoding=self._reading.encoding)
        if not hmac.compare_digest(expected.encode(), offered.encode(errors="replace")):
            raise Unauthenticated("The webhook's signature does not match.", code="invalid_signature")


def signature(secret: str, body: bytes, *, encoding: str) -> str:
    """HMAC-SHA256 of a raw body, as it stands in a header."""
    digest = hmac.digest(secret.encode(), body, "sha256")
    return digest.hex() if encoding == "hex" else base64.b64encode(digest).decode()


def _plain(id: str) -> Any:
    """An id that can be stored: as it is, or its digest."""
    return id if _PLAIN_ID.fullmatch(id) else hashlib.sha256(id.encode()).hexdigest()
