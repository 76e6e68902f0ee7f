"""The public durable HTTP API (extension: HttpApiHandler), mountable under any prefix."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from aiohttp import web

from devhost.durable import events as ev
from devhost.durable.errors import AlreadyExists, BadRequest, DurableError, Gone, NotFound, NotTerminal
from devhost.durable.management import Management
from devhost.durable.models import FAILED, TERMINAL
from devhost.durable.status import PAGE_SIZE, Filters

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CONTINUATION = "x-ms-continuation-token"
_STATUS_OF = {BadRequest: 400, NotFound: 404, Gone: 410, NotTerminal: 412, AlreadyExists: 500}
_MAX_PAGE = 10_000
_DEFAULT_WAIT = 10.0


def add_routes(app: web.Application, engine: Management, prefix: str) -> None:
    """Mount the API under `prefix`. Keys are checked by whoever mounts it, for instance by a middleware."""
    api = _HttpApi(engine, prefix.rstrip("/"))
    base = prefix.rstrip("/")
    router = app.router
    for path in ("/orchestrators/{name}", "/orchestrators/{name}/{id}"):
        router.add_post(base + path, _answering(api.start))
    router.add_post(base + "/orchestrators/{name}/{id}/createAndWait", _answering(api.start))
    for path in ("/instances", "/instances/"):
        router.add_get(base + path, _answering(api.list_instances), allow_head=False)
        router.add_delete(base + path, _answering(api.purge_by))
    router.add_get(base + "/instances/{id}", _answering(api.get), allow_head=False)
    router.add_delete(base + "/instances/{id}", _answering(api.purge))
    router.add_post(base + "/instances/{id}/raiseEvent/{event}", _answering(api.raise_event))
    router.add_post(base + "/instances/{id}/{operation}", _answering(api.operate))
    for path in ("/entities", "/entities/", "/entities/{name}", "/entities/{name}/"):
        router.add_get(base + path, _answering(api.list_entities), allow_head=False)
    router.add_get(base + "/entities/{name}/{key}", _answering(api.read_entity), allow_head=False)
    router.add_post(base + "/entities/{name}/{key}", _answering(api.signal_entity))
    router.add_delete(base + "/entities/{name}/{key}", _answering(api.signal_entity))
    router.add_post(base + "/makeprimary", _answering(api.left_out))


def client_binding(
    *,
    base_url: str,
    rpc_base_url: str,
    task_hub: str = "DevHost",
    connection: str = "Storage",
    key: str | None = None,
) -> str:
    """Make the value of a durableClient binding (extension: BindingHelper).

    `base_url` is where the public API is mounted, `rpc_base_url` where the SDK's calls go.
    """
    query = f"taskHub={task_hub}&connection={connection}" + (f"&code={quote(key)}" if key else "")
    urls = management_urls(base_url.rstrip("/"), "INSTANCEID", query)
    create = f"{base_url.rstrip('/')}/orchestrators/{{functionName}}[/{{instanceId}}]"
    binding = {
        "taskHubName": task_hub,
        "connectionName": connection,
        "creationUrls": {
            "createNewInstancePostUri": f"{create}?{query}",
            "createAndWaitOnNewInstancePostUri": f"{create}?timeout={{timeoutInSeconds}}"
            f"&pollingInterval={{intervalInSeconds}}&{query}",
        },
        "managementUrls": urls,
        "baseUrl": base_url.rstrip("/"),
        "requiredQueryStringParameters": query,
        "rpcBaseUrl": rpc_base_url.rstrip("/") + "/",
        "httpBaseUrl": base_url.rstrip("/"),
    }
    return json.dumps(binding)


def management_urls(base: str, instance_id: str, query: str) -> dict[str, str]:
    """Return the URLs under which an instance is managed."""
    instance = f"{base}/instances/{instance_id}"
    tail = f"?{query}" if query else ""
    reason = "?reason={text}" + (f"&{query}" if query else "")
    return {
        "id": instance_id,
        "statusQueryGetUri": instance + tail,
        "sendEventPostUri": f"{instance}/raiseEvent/{{eventName}}{tail}",
        "terminatePostUri": f"{instance}/terminate{reason}",
        "rewindPostUri": f"{instance}/rewind{reason}",
        "purgeHistoryDeleteUri": instance + tail,
        "restartPostUri": f"{instance}/restart{tail}",
        "suspendPostUri": f"{instance}/suspend{reason}",
        "resumePostUri": f"{instance}/resume{reason}",
    }


class _HttpApi:
    def __init__(self, engine: Management, base_path: str) -> None:
        self._engine = engine
        self._base_path = base_path

    async def start(self, request: web.Request) -> web.Response:
        text = await _body(request)
        instance_id = await self._engine.start_new(
            request.match_info["name"],
            text,
            request.match_info.get("id"),
            version=request.query.get("version", ""),
        )
        wait = request.query.get("timeout")
        if wait is not None or request.path.endswith("/createAndWait"):
            return await self._wait(request, instance_id, _seconds(wait))
        return self._accepted(request, instance_id)

    async def _wait(self, request: web.Request, instance_id: str, seconds: float) -> web.Response:
        try:
            async with asyncio.timeout(seconds):
                status = await self._engine.wait_for_end(instance_id)
        except TimeoutError:
            return self._accepted(request, instance_id)
        if status["runtimeStatus"] == FAILED:
            return web.json_response(status, status=500, dumps=ev.dumps)
        return web.json_response(status["output"], dumps=ev.dumps)

    def _accepted(self, request: web.Request, instance_id: str) -> web.Response:
        base = f"{request.scheme}://{request.host}{self._base_path}"
        query = f"code={quote(request.query['code'])}" if "code" in request.query else ""
        urls = management_urls(base, instance_id, query)
        headers = {"Location": urls["statusQueryGetUri"], "Retry-After": "10"}
        return web.json_response(urls, status=202, headers=headers, dumps=ev.dumps)

    async def get(self, request: web.Request) -> web.Response:
        status = await self._engine.get_status(
            request.match_info["id"],
            show_input=_flag(request, "showInput", default=True),
            show_history=_flag(request, "showHistory"),
            show_history_output=_flag(request, "showHistoryOutput"),
        )
        if status["runtimeStatus"] not in TERMINAL:
            headers = {"Location": str(request.url), "Retry-After": "5"}
            return web.json_response(status, status=202, headers=headers, dumps=ev.dumps)
        failed = status["runtimeStatus"] == FAILED
        as_error = failed and _flag(request, "returnInternalServerErrorOnFailure")
        return web.json_response(status, status=500 if as_error else 200, dumps=ev.dumps)

    async def list_instances(self, request: web.Request) -> web.Response:
        page = await self._engine.list_instances(
            _filters(request),
            request.headers.get(CONTINUATION),
            show_input=_flag(request, "showInput", default=True),
        )
        headers = {CONTINUATION: page.continuation or ""}
        return web.json_response(page.items, headers=headers, dumps=ev.dumps)

    async def purge(self, request: web.Request) -> web.Response:
        count = await self._engine.purge(request.match_info["id"])
        return web.json_response({"instancesDeleted": count}, dumps=ev.dumps)

    async def purge_by(self, request: web.Request) -> web.Response:
        if "createdTimeFrom" not in request.query:
            raise BadRequest("Please provide value for 'createdTimeFrom' parameter.")
        count = await self._engine.purge_by(_filters(request))
        return web.json_response({"instancesDeleted": count}, status=200 if count else 404, dumps=ev.dumps)

    async def raise_event(self, request: web.Request) -> web.Response:
        if request.body_exists and request.content_type != "application/json":
            raise BadRequest("Only application/json request content is supported")
        text = await _body(request)
        await self._engine.raise_event(request.match_info["id"], request.match_info["event"], text)
        return web.Response(status=202)

    async def operate(self, request: web.Request) -> web.Response:
        operation, instance_id = request.match_info["operation"].lower(), request.match_info["id"]
        reason = request.query.get("reason", "")
        if operation == "terminate":
            await self._engine.terminate(instance_id, reason)
        elif operation == "suspend":
            await self._engine.suspend(instance_id, reason)
        elif operation == "resume":
            await self._engine.resume(instance_id, reason)
        elif operation == "restart":
            fresh = _flag(request, "restartWithNewInstanceId", default=True)
            return self._accepted(request, await self._engine.restart(instance_id, with_new_id=fresh))
        elif operation == "rewind":
            return await self.left_out(request)
        else:
            return web.Response(status=404)
        return web.Response(status=202)

    async def list_entities(self, request: web.Request) -> web.Response:
        page = await self._engine.list_entities(
            request.match_info.get("name", ""),
            request.headers.get(CONTINUATION),
            fetch_state=_flag(request, "fetchState"),
            page_size=_page_size(request),
        )
        headers = {CONTINUATION: page.continuation or ""}
        return web.json_response(page.items, headers=headers, dumps=ev.dumps)

    async def read_entity(self, request: web.Request) -> web.Response:
        state = await self._engine.read_entity(request.match_info["name"], request.match_info["key"])
        return web.Response(text=state or "null", content_type="application/json")

    async def signal_entity(self, request: web.Request) -> web.Response:
        operation = "delete" if request.method == "DELETE" else request.query.get("op", "")
        await self._engine.signal_entity(
            request.match_info["name"], request.match_info["key"], operation, await _body(request)
        )
        return web.Response(status=202)

    async def left_out(self, request: web.Request) -> web.Response:
        message = f"{request.method} {request.path} is not part of this host."
        return web.json_response({"Message": message}, status=501, dumps=ev.dumps)


def _answering(handler: Handler) -> Handler:
    """Turn the engine's refusals into answers of the extension's form."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except DurableError as error:
            status = _STATUS_OF[type(error)]
            body: dict[str, Any] = {
                "Message": "One or more of the arguments submitted is incorrect"
                if status == 400
                else "Something went wrong while processing your request",
                "ExceptionMessage": str(error),
                "ExceptionType": type(error).__name__,
            }
            return web.json_response(body, status=status, dumps=ev.dumps)

    return answer


async def _body(request: web.Request) -> str | None:
    try:
        return (await request.text()) or None
    except (UnicodeDecodeError, LookupError) as error:
        raise BadRequest(f"The body is not text: {error}") from error


def _flag(request: web.Request, name: str, *, default: bool = False) -> bool:
    text = request.query.get(name, "").strip().lower()
    return {"true": True, "false": False}.get(text, default)


def _seconds(text: str | None) -> float:
    try:
        return max(0.0, float(text)) if text else _DEFAULT_WAIT
    except ValueError as error:
        raise BadRequest(f"'{text}' is no number of seconds.") from error


def _instant(request: web.Request, name: str) -> datetime | None:
    text = request.query.get(name)
    if not text:
        return None
    try:
        # A plus sign that was not quoted arrives as a space.
        instant = datetime.fromisoformat(re.sub(r" (?=\d\d:?\d\d$)", "+", text) if "T" in text else text)
    except ValueError as error:
        raise BadRequest(f"'{text}' is no date and time ({name}).") from error
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _page_size(request: web.Request) -> int:
    text = request.query.get("top") or request.query.get("pageSize") or ""
    return min(max(int(text), 1), _MAX_PAGE) if text.isdecimal() and text.isascii() else PAGE_SIZE


def _filters(request: web.Request) -> Filters:
    statuses = {status for value in request.query.getall("runtimeStatus", []) for status in value.split(",")}
    return Filters(
        created_from=_instant(request, "createdTimeFrom"),
        created_to=_instant(request, "createdTimeTo"),
        statuses=frozenset(status for status in statuses if status),
        prefix=request.query.get("instanceIdPrefix", ""),
        page_size=_page_size(request),
    )
