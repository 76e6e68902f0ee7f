"""The way of every request: authenticate, parse, call the handler, answer; and every error on the way."""

import logging
import re
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import azure.functions as func

from shared.domain.identity import Principal
from shared.domain.webhook_signature import verify
from shared.errors import Forbidden, InvalidInput, TooLarge, Unauthenticated, UsoError
from shared.ports.identity import MAX_TOKEN_CHARACTERS
from shared.ports.telemetry import Kind, Span, entered, moves_nothing, parse
from triggers.web.answer import Document, Reply, render, response
from triggers.web.body import check_content_type, parse_body
from triggers.web.call import Call, Headers
from triggers.web.plan import Plan, load, plan_of
from triggers.web.problem import describe, render_crash, render_problem
from triggers.web.route import Route
from triggers.web.strings import parse_query

if TYPE_CHECKING:
    from shared.bootstrap import App
    from shared.settings import Settings

REQUEST_ID_PATTERN = r"[A-Za-z0-9_.-]{1,64}"
IDEMPOTENCY_KEY_PATTERN = r"[A-Za-z0-9_-]{1,128}"
_SERVER_ERROR = 500
_log = logging.getLogger("uso.web")


class Door:
    """One route with its handler."""

    def __init__(self, route: Route, app: "Callable[[], App]") -> None:
        self._route = route
        self._app = app
        self._plan: Plan | None = None

    async def answer(
        self, request: func.HttpRequest, client: Any = None, *, host_trace: str = ""
    ) -> func.HttpResponse:
        """Serve one request. Never raises for anything that a request can contain.

        It goes on with the trace of the host, which goes on with the caller's if the caller has one.
        """
        headers = Headers(request.headers)
        given = headers.get("traceparent")
        attributes = {"http.request.method": request.method, "http.route": f"/{self._route.path}"}
        with entered(
            Kind.DOOR,
            f"{request.method} /{self._route.path}",
            {**attributes, "uso.door": self._route.name},
            parent=host_trace if parse(host_trace) else given,
            joins=is_write(self._route) and parse(given) is None,
        ) as span:
            answer = await self._answer(request, headers, client, span)
            answer.headers["traceresponse"] = str(span.context)
            span.attributes["http.response.status_code"] = answer.status_code
            return answer

    async def _answer(
        self, request: func.HttpRequest, headers: Headers, client: Any, span: Span
    ) -> func.HttpResponse:
        request_id = _request_id(headers)
        try:
            return await self._serve(request, headers, request_id=request_id, client=client)
        except UsoError as error:
            span.attributes["uso.code"] = error.code
            if error.status >= _SERVER_ERROR:
                span.error = error.code
            else:
                moves_nothing()
            _log.info("%s answers %s", self._route.name, error.code, extra={"code": error.code})
            return render_problem(error, request_id=request_id, settings=self._app().settings)
        except Exception as error:  # noqa: BLE001 - the outermost wall: logged in full, told to no one
            span.error = type(error).__name__
            _log.error("%s failed (request %s)\n%s", self._route.name, request_id, describe(error))
            return render_crash(request_id)

    async def _serve(
        self, request: func.HttpRequest, headers: Headers, *, request_id: str, client: Any
    ) -> func.HttpResponse:
        app = self._app()
        principal = await _authorise(self._route, headers, app)
        raw = _limited(request.get_body(), _most_bytes(self._route, app.settings))
        plan = self._plan = self._plan or plan_of(self._route)
        call = Call(
            app=app,
            request_id=request_id,
            method=request.method,
            now=app.clock.now(),
            principal=principal,
            idempotency_key=_idempotency_key(headers) if is_write(self._route) else None,
            raw_body=raw,
            headers=headers,
            webhook_id=headers.get("webhook-id") if self._route.signed_by else None,
            durable=client,
        )
        path = _path(plan, request.route_params)
        if self._route.signed_by:
            await _check_signature(self._route.signed_by, call, path)
        given = path | _query(plan, request) | _body(plan, raw, headers)
        if plan.takes_call:
            given["call"] = call
        return self._render(await plan.handler(**given), plan, request_id=request_id, now=call.now)

    def _render(
        self, result: Reply[Any] | Document, plan: Plan, *, request_id: str, now: datetime
    ) -> func.HttpResponse:
        if isinstance(result, Document):
            return response(
                result.content,
                status=self._route.success,
                request_id=request_id,
                media_type=result.media_type or self._route.media_type,
            )
        return render(
            result, data_type=plan.data_type, status=self._route.success, request_id=request_id, now=now
        )


def _most_bytes(route: Route, settings: "Settings") -> int:
    return settings.max_webhook_bytes if route.verifies_itself else settings.max_body_bytes


def is_write(route: Route) -> bool:
    """Say whether the door may change something, and so honours an Idempotency-Key."""
    return route.method not in ("GET", "HEAD")


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if re.fullmatch(REQUEST_ID_PATTERN, given) else uuid.uuid4().hex


async def _authorise(route: Route, headers: Headers, app: "App") -> Principal | None:
    if not route.personas:
        return None
    scheme, _, token = headers.get("authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("This needs a bearer token in the Authorization header.")
    if len(token) > MAX_TOKEN_CHARACTERS or not token.isascii():
        raise Unauthenticated("The token is not valid.", code="invalid_token")
    principal = await app.tokens.verify(token)
    if principal.persona not in route.personas:
        allowed = ", ".join(sorted(route.personas))
        raise Forbidden(f"This is for {allowed}; the token is of a {principal.persona}.")
    return principal


def _limited(raw: bytes, limit: int) -> bytes:
    if len(raw) > limit:
        raise TooLarge(limit)
    return raw


def _idempotency_key(headers: Headers) -> str | None:
    key = headers.get("idempotency-key")
    if key is not None and not re.fullmatch(IDEMPOTENCY_KEY_PATTERN, key):
        raise InvalidInput("1 to 128 letters, digits, '-' or '_'.", field="Idempotency-Key")
    return key


async def _check_signature(secrets_of: str, call: Call, path: dict[str, Any]) -> None:
    secrets = await load(secrets_of)(call, **path)
    tolerance = call.app.settings.webhook_tolerance
    verify(secrets, headers=call.headers, body=call.raw_body, now=call.now, tolerance=tolerance)


def _path(plan: Plan, parameters: Mapping[str, str]) -> dict[str, Any]:
    if plan.path is None:
        return {}
    values = plan.path.read({name: [value] for name, value in parameters.items()})
    return {name: getattr(values, name) for name in type(values).model_fields}


def _query(plan: Plan, request: func.HttpRequest) -> dict[str, Any]:
    if plan.query is None:
        return {}
    # the worker keeps one value per name in `params`; the URL has them all
    values = parse_query(request.url) if "?" in request.url else {k: [v] for k, v in request.params.items()}
    return {"query": plan.query.read(values)}


def _body(plan: Plan, raw: bytes, headers: Headers) -> dict[str, Any]:
    if plan.body is None:
        return {}
    if not raw and plan.body_optional:
        return {"body": None}
    check_content_type(headers.get("content-type"), encoding=headers.get("content-encoding"))
    return {"body": parse_body(raw, plan.body)}
