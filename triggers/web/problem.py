"""Errors as the caller sees them: RFC 9457 problem details with a stable `code`."""

import re
import traceback
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import azure.functions as func
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.errors import InvalidInput, Unauthenticated, Unavailable, UsoError
from shared.ports.telemetry import current
from shared.settings import Settings
from triggers.web.answer import response
from triggers.web.challenge import challenge

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5
MAX_FAULTS = 50
_MAX_FIELD = 200
_SECRETS = re.compile(
    r"(eyJ[\w-]+\.[\w-]+\.[\w-]*|whsec_[\w+/=-]+|(?i:bearer)\s+\S+|\b[sr]k_[\w*]+|\b(?:pi|seti)_\w+_secret_\w+"
    r"|(?i:password|secret|token)=\S+"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\+\d{8,15}\b)"
)
_INPUTS = re.compile(r"input_value=.*?, input_type=", re.DOTALL)


class Fault(BaseModel):
    """What is wrong with one input. `field` is dotted, as in `lines.0.quantity`."""

    model_config = ConfigDict(frozen=True)

    field: str
    reason: str


class Problem(BaseModel):
    """A problem document (RFC 9457). `code` is stable, `detail` is for people; some problems say more."""

    model_config = ConfigDict(frozen=True, extra="allow")

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: tuple[Fault, ...] = ()
    request_id: str = Field(description="Quote this when asking for help.")
    trace_id: str = Field(description="All that this had to do with is found by it; quote it as well.")


class InvalidRequest(InvalidInput):
    """Several inputs are wrong at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        first = faults[0]
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        super().__init__(f"{first.field}: {first.reason}{more}", field=first.field)
        self.faults = tuple(faults[:MAX_FAULTS])


class NotReady(Unavailable):
    """Dependencies do not answer; each is named with the reason."""

    code = "not_ready"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("Not ready: " + ", ".join(fault.field for fault in faults) + ".")
        self.faults = tuple(faults)


class UnsupportedMediaType(UsoError):
    """The body is not of a type that the door reads."""

    status = 415
    code = "unsupported_media_type"


def faults_of(error: ValidationError, *, prefix: str = "") -> list[Fault]:
    """Name each input that `error` complains of, without repeating what was sent."""
    entries = error.errors(include_url=False, include_context=False, include_input=False)
    inside = {entry["loc"][:-n] for entry in entries for n in range(1, len(entry["loc"]))}
    return [
        Fault(
            field=(".".join([*([prefix] if prefix else []), *map(str, entry["loc"])]) or "body")[:_MAX_FIELD],
            reason=entry["msg"].removeprefix("Value error, "),
        )
        for entry in entries
        # a list counts as too short only because what is in it is wrong
        if entry["type"] != "too_short" or entry["loc"] not in inside
    ]


def render_problem(error: UsoError, *, request_id: str, settings: Settings) -> func.HttpResponse:
    """Answer with `error`'s own status and code."""
    faults: tuple[Fault, ...] = ()
    if isinstance(error, InvalidRequest | NotReady):
        faults = error.faults
    elif error.field:
        faults = (Fault(field=error.field, reason=error.detail),)
    return _render(
        error.status,
        error.code,
        error.detail,
        faults,
        request_id,
        _headers(error, settings),
        error.extensions,
    )


def render_crash(request_id: str) -> func.HttpResponse:
    """Answer an error that nobody expected, with nothing of the inside in it."""
    return _render(
        500, "internal", "Something went wrong on our side; it has been logged.", (), request_id, {}
    )


def describe(error: BaseException) -> str:
    """Return the traceback for the log, without tokens, secrets, inputs, addresses and numbers of people."""
    text = "".join(traceback.format_exception(error))
    return _SECRETS.sub("<hidden>", _INPUTS.sub("input_value=<hidden>, input_type=", text))


def _headers(error: UsoError, settings: Settings) -> dict[str, str]:
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": challenge(error, settings)}
    if isinstance(error, Unavailable):
        return {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return {}


def _render(
    status: int,
    code: str,
    detail: str,
    faults: tuple[Fault, ...],
    request_id: str,
    headers: dict[str, Any],
    extensions: Mapping[str, Any] = MappingProxyType({}),
) -> func.HttpResponse:
    span = current()
    problem = Problem(
        type=f"urn:uso:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=detail.encode("utf-8", "replace").decode(),  # half a surrogate pair must not break the answer
        errors=faults,
        request_id=request_id,
        trace_id=span.segment.trace_id if span else "",
        **extensions,
    )
    body = problem.model_dump_json().encode()
    return response(body, status=status, request_id=request_id, headers=headers, media_type=MEDIA_TYPE)
