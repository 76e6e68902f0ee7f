"""The embeddings of OpenAI's API on loopback: requests are checked and kept, faults come in order.

Vectors are those of `tests.embedders`. As the API may, it gives them in another order than it was asked in.
"""

import array
import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

from tests.embedders import vector_of
from tests.peers.loopback import on_loopback

KEY = "sk-test-of-the-peer"
MODELS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072}
"""Model -> its most dimensions."""
Fault = int | Literal["drop", "hang", "cut", "garbage", "shorter", "fewer", "nan", "null", "wait a minute"]
"""A status; no answer, none that comes, half of one, no JSON, a dimension or a vector too few, no numbers,
no direction; 429 with a Retry-After."""


@dataclass
class EmbeddingsPeer:
    """A running peer."""

    url: str = ""
    faults: list[Fault] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    """The body of every request, whatever came of it."""
    waits: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once a request hangs."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.asked.append(body)
        refusal = _refusal(request, body)
        if refusal is not None:
            return refusal
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, int):
            return _error(fault, f"it has failed over {body['input'][0]!r}")
        if fault == "wait a minute":
            return _error(429, "Rate limit reached", headers={"Retry-After": "60"})
        return await self._answer(request, body, fault)

    async def _answer(self, request: web.Request, body: dict[str, Any], fault: Fault | None) -> web.Response:
        if fault == "hang":
            self.waits.set()
            await self.stopping.wait()
        if fault in {"drop", "hang"}:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if fault == "garbage":
            return web.Response(text="<html>Bad gateway</html>", content_type="text/html")
        answer = web.json_response(_listing(body, fault))
        if fault == "cut":
            assert isinstance(answer.body, bytes)
            assert request.transport is not None
            told = f"Content-Type: application/json\r\nContent-Length: {len(answer.body)}"
            half = answer.body[: len(answer.body) // 2]
            request.transport.write(f"HTTP/1.1 200 OK\r\n{told}\r\n\r\n".encode() + half)
            request.transport.close()
        return answer


def _refusal(request: web.Request, body: dict[str, Any]) -> web.Response | None:
    if request.headers.get("Authorization") != f"Bearer {KEY}":
        return _error(401, f"Incorrect API key provided: {request.headers.get('Authorization')}")
    if (request.method, request.path) != ("POST", "/v1/embeddings"):
        return _error(404, "Unknown request URL")
    if body["model"] not in MODELS:
        return _error(404, f"The model `{body['model']}` does not exist")
    texts, dimensions = body["input"], body.get("dimensions", MODELS[body["model"]])
    if not 1 <= len(texts) <= 2048 or not all(isinstance(text, str) and text for text in texts):
        return _error(400, "'$.input' is invalid.")
    if not 1 <= dimensions <= MODELS[body["model"]]:
        return _error(400, "Invalid value for 'dimensions'")
    return None


def _listing(body: dict[str, Any], fault: Fault | None) -> dict[str, Any]:
    count = body["dimensions"] - 1 if fault == "shorter" else body["dimensions"]
    vectors = [vector_of(text, count) for text in body["input"]]
    if fault == "nan":
        vectors = [[float("nan")] * count for _ in vectors]
    if fault == "null":
        vectors = [[0.0] * count for _ in vectors]
    rows = [
        {"object": "embedding", "index": index, "embedding": _coded(vector, body.get("encoding_format"))}
        for index, vector in enumerate(vectors)
    ]
    shown = rows[1:] if fault == "fewer" else rows
    return {
        "object": "list",
        "data": shown[::-1],
        "model": body["model"],
        "usage": {"prompt_tokens": 8 * len(rows), "total_tokens": 8 * len(rows)},
    }


def _coded(vector: Any, encoding: str | None) -> Any:
    if encoding == "base64":
        return base64.b64encode(array.array("f", vector).tobytes()).decode()
    return list(vector)


def _error(status: int, message: str, **more: Any) -> web.Response:
    error = {"message": message, "type": "server_error", "param": None, "code": None}
    return web.json_response({"error": error}, status=status, **more)


@contextlib.asynccontextmanager
async def running_embeddings() -> AsyncIterator[EmbeddingsPeer]:
    """Serve a peer for as long as the block lasts."""
    peer = EmbeddingsPeer()
    async with on_loopback(peer.serve) as base:
        peer.url = f"{base}/v1"
        yield peer
        peer.stopping.set()
