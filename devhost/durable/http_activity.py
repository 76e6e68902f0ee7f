"""The builtin activity behind `context.call_http`."""

import json
from typing import Any

import aiohttp

from devhost.contracts import FunctionError
from devhost.durable import events as ev
from devhost.durable.replay import HTTP_ACTIVITY


class HttpActivity:
    """Sends durable HTTP requests over one shared session. It does not poll on 202, as SDK 1.x cannot."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def run(self, input_json: str) -> str:
        """Send the request and return the durable HTTP response. Raises FunctionError when there is none."""
        request: dict[str, Any] = json.loads(input_json)
        if self._session is None:
            self._session = aiohttp.ClientSession()
        headers = dict(request.get("headers") or {})
        content = request.get("content")
        if content is not None and not any(name.lower() == "content-type" for name in headers):
            headers["Content-Type"] = "application/json"
        try:
            async with self._session.request(
                request["method"], request["uri"], data=content, headers=headers
            ) as response:
                text = await response.text()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise FunctionError(HTTP_ACTIVITY, type(error).__name__, str(error), "") from error
        return ev.dumps({"statusCode": response.status, "headers": dict(response.headers), "content": text})

    async def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()
            self._session = None
