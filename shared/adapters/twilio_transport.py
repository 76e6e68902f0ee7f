"""How Twilio's SDK calls Twilio here: through the one client for calls to the outside.

The SDK's own client leaves a session open with every call that fails. This module is loaded with the SDK.
"""

import json
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from aiohttp import encode_basic_auth
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

from shared.adapters.outbound import Outbound


class TwilioTransport(AsyncHttpClient):  # type: ignore[misc]  # the SDK has no types
    """Logs nothing: requests hold numbers and texts, and neither belongs in a log."""

    def __init__(self, outbound: Outbound) -> None:
        super().__init__(logging.getLogger(__name__), is_async=True)
        self._outbound = outbound

    async def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the SDK's name; ours are in the settings
        allow_redirects: bool = False,
    ) -> Response:
        """Call. Raises Unavailable, and InvalidInput for a URL that must not be called."""
        given = dict(headers or {})
        if auth is not None:
            given["Authorization"] = encode_basic_auth(*auth)
        url = f"{uri}?{urlencode(params, doseq=True)}" if params else uri
        is_json = given.get("Content-Type") == "application/json"
        body = (json.dumps(data) if is_json else urlencode(data, doseq=True)).encode() if data else None
        answer = await self._outbound.call(method, url, whom="Twilio", body=body, headers=given)
        return Response(answer.status, answer.body.decode(errors="replace"))
