"""The official SDK, set up for a server: own timeouts, no telemetry, nothing of an answer in the log.

Importing this imports `stripe`; the gateway does so on its first call.
"""

import logging
from collections.abc import Mapping
from typing import Any

import aiohttp
import stripe

from shared.settings import Settings

API_VERSION = "2026-10-28.endive"
"""The version that this adapter was written against; raised on purpose, together with the SDK."""

stripe.enable_telemetry = False  # it would write an id into the home folder and tell of this machine
logging.getLogger("stripe").setLevel(logging.WARNING)  # below that, it logs bodies with client secrets


class Http(stripe.AIOHTTPClient):
    """The SDK's HTTP client, to which half an answer, or one that is no text, is a failed connection."""

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Send one request and read the whole answer. Raises APIConnectionError."""
        try:
            body, status, answered = await super().request_async(method, url, headers, post_data)
            body.decode()  # the SDK does, later, and lets the error through
            return body, status, answered
        except (aiohttp.ClientError, TimeoutError, OSError, UnicodeDecodeError) as error:
            self._handle_request_error(error)

    async def close_async(self) -> None:
        """Close the connections, if there were any."""
        if self._cached_session is not None:
            await self._cached_session.close()


def open_client(settings: Settings, key: str) -> tuple[stripe.StripeClient, Http]:
    """Return a client for this event loop, and the connections that it holds."""
    timeout = aiohttp.ClientTimeout(total=settings.stripe_timeout.total_seconds())
    http = Http(timeout=timeout)
    base = settings.stripe_base_url
    client = stripe.StripeClient(
        key,
        stripe_version=API_VERSION,
        base_addresses={"api": str(base).rstrip("/")} if base else None,
        max_network_retries=settings.stripe_retries,
        http_client=http,
    )
    return client, http
