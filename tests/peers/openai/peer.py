"""OpenAI's Responses API on loopback: it says what tests script, in the form that was asked for.

A request must be one that the SDK's own types describe and strict structured outputs take; an answer must be
of the form that the request brought, unless a fault or `says_anything` lets it be another. Errors and their
codes are written after the documentation, not after OpenAI.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import jsonschema
from aiohttp import web

from tests.peers.loopback import on_loopback
from tests.peers.openai.params import complaint

KEY = "sk-" + "loopback" * 4
Said = dict[str, Any]
Kind = Literal[
    "status",
    "drop",
    "cut",
    "hang",
    "rubbish",
    "odd",
    "refusal",
    "failed",
    "cut_short",
    "no_json",
    "other_form",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong with one call.

    `status` answers an error, `drop` closes the connection, `cut` sends half of the answer, `hang` never
    answers, `rubbish` answers no JSON, `odd` JSON of no known shape, `failed` a response that ended in an
    error, `cut_short` one that met its limit of tokens, `refusal` one that declines, `no_json` words,
    `other_form` another form.
    """

    kind: Kind
    status: int = 500
    form: str = ""
    """Only calls for this form."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One call as it came."""

    form: str
    model: str
    instructions: str
    material: dict[str, str]
    picture: str
    body: dict[str, Any]


@dataclass(slots=True)
class OpenAIPeer:
    """A running peer. `says` holds what it answers by the form's name; a function is given the call.

    For other forms it is overloaded.
    """

    url: str = ""
    token: str = KEY
    says: dict[str, Said | Callable[[Asked], Said]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    says_anything: bool = False
    """Lets it answer in another form than was asked for."""
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def asked_for(self, form: str) -> list[Asked]:
        """The calls for one form."""
        return [each for each in self.asked if each.form == form]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return _problem(401, "Incorrect API key provided.", "invalid_api_key")
        if (request.method, request.path.rsplit("/v1", 1)[-1]) != ("POST", "/responses"):
            return _problem(404, f"Invalid URL ({request.method} {request.path})", None)
        body = await request.json()
        if (wrong := complaint(body)) is not None:
            return _problem(400, f"Invalid request: {wrong}", "invalid_request_error")
        asked = _asked(body)
        self.asked.append(asked)
        fault = next((each for each in self.faults if each.form in ("", asked.form)), None)
        if fault is not None:
            self.faults.remove(fault)
            return await self._fail(request, fault, asked)
        if asked.form not in self.says:
            return _problem(503, f"Nobody said what to answer for {asked.form}.", "overloaded")
        return web.json_response(_response(asked, [_text(json.dumps(self._say(asked)))]))

    def _say(self, asked: Asked) -> Said:
        said = self.says[asked.form]
        answer = said(asked) if callable(said) else said
        if not self.says_anything:
            jsonschema.validate(answer, asked.body["text"]["format"]["schema"])
        return answer

    async def _fail(self, request: web.Request, fault: Fault, asked: Asked) -> web.StreamResponse:
        assert request.transport is not None
        match fault.kind:
            case "status":
                return _problem(fault.status, f"Something about {asked.material}", "server_error")
            case "drop":
                request.transport.close()
                return web.Response()
            case "hang":
                await self.closing.wait()
                return web.Response()
            case "cut":
                response = web.StreamResponse(
                    headers={"Content-Type": "application/json", "Content-Length": "999"}
                )
                await response.prepare(request)
                await response.write(b'{"id": "resp_1", "output": [')
                request.transport.close()
                return response
            case "rubbish":
                return web.Response(
                    body=b"<html>Sorry, something went wrong</html>", content_type="text/html"
                )
            case "odd":
                return web.json_response({"output": "none", "usage": "little"})
            case "failed":
                error = {"code": "server_error", "message": "The model failed."}
                return web.json_response(_response(asked, [], status="failed", error=error))
            case "cut_short":
                half = json.dumps(self._say(asked))[:-3]
                why = {"reason": "max_output_tokens"}
                return web.json_response(
                    _response(asked, [_text(half)], status="incomplete", incomplete_details=why)
                )
            case "refusal":
                refusal = {"type": "refusal", "refusal": f"I cannot help with {asked.material}."}
                return web.json_response(_response(asked, [refusal]))
            case "no_json":
                return web.json_response(_response(asked, [_text("Sure! Here is what you asked for.")]))
            case "other_form":
                return web.json_response(_response(asked, [_text('{"approved_refund": 90000}')]))


def _asked(body: dict[str, Any]) -> Asked:
    (message,) = body["input"]
    text, *pictures = message["content"]
    return Asked(
        form=body["text"]["format"]["name"],
        model=body["model"],
        instructions=body["instructions"],
        material=json.loads(text["text"]),
        picture=pictures[0]["image_url"] if pictures else "",
        body=body,
    )


def _text(text: str) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": []}


def _response(asked: Asked, content: list[dict[str, Any]], *, status: str = "completed", **more: Any) -> Said:
    message = {"type": "message", "id": "msg_1", "role": "assistant", "status": status, "content": content}
    used, made = len(json.dumps(asked.body)) // 4, len(json.dumps(content)) // 4
    return {
        "id": f"resp_{len(asked.form)}",
        "object": "response",
        "created_at": 1,
        "model": asked.model,
        "status": status,
        "output": [message] if content else [],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": used,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": made,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": used + made,
        },
        **more,
    }


def _problem(status: int, message: str, code: str | None) -> web.Response:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    return web.json_response({"error": error}, status=status)


CAUTIOUS: dict[str, Said | Callable[[Asked], Said]] = {
    "SupportForm": {"intent": "other", "anger": 0, "danger_words": [], "wants_person": False},
    "PhotoForm": {"shows": "not_sure"},
    "ReplyForm": {"says": "unclear", "words": "", "item": ""},
    "DecisionForm": {"leans": "neither"},
    "IntentForm": {"kind": "unclear", "thing": ""},
    "NarrationForm": lambda asked: {"text": asked.material["update"]},
    "DraftForm": {"text": "[to be filled in]"},
}
"""What a model says that adds nothing to the rules."""


@contextlib.asynccontextmanager
async def running_peer(
    says: dict[str, Said | Callable[[Asked], Said]] | None = None,
) -> AsyncIterator[OpenAIPeer]:
    peer = OpenAIPeer(says=dict(says or {}))
    async with on_loopback(peer.serve, shutdown_timeout=1) as url:
        peer.url = f"{url}/v1/"
        try:
            yield peer
        finally:
            peer.closing.set()
