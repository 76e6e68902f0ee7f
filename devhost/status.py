"""The pages under `/devhost` for a person: what runs, what waits, what failed."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from aiohttp import web

from devhost.advance import BackwardsError, NeverSettlesError, NotVirtualError
from devhost.bindings import HTTP, TIMER, AppFunction
from devhost.clock_http import FieldError, parse_advance
from devhost.durable_setup import durable_warnings, instance_detail, list_entities, list_instances
from devhost.html import Markup, button, code, link, page, table, tag, text
from devhost.messages import Message
from devhost.running import Host

_LISTED = 200
_STEPS = ("PT1M", "PT1H", "P1D", "P7D")


def add_status_routes(app: web.Application, host: Host) -> None:
    """Mount the pages."""

    async def overview(_: web.Request) -> web.Response:
        return _html(await render_overview(host))

    async def instance(request: web.Request) -> web.Response:
        detail = await instance_detail(host.engine, request.match_info["id"])
        if detail is None:
            raise web.HTTPNotFound(text="there is no such instance")
        return _html(render_instance(detail))

    async def resubmit(request: web.Request) -> web.Response:
        host.bus.resubmit(int(request.match_info["sequence"]))
        raise web.HTTPSeeOther("/devhost#dead")

    async def advance(request: web.Request) -> web.Response:
        form = await request.post()
        try:
            await host.conductor.advance(parse_advance(str(form.get("advance", ""))))
        except (FieldError, NotVirtualError, BackwardsError, NeverSettlesError) as error:
            return _html(page("devhost", tag("p", error, class_="bad"), link("/devhost", "back")), status=400)
        raise web.HTTPSeeOther("/devhost")

    async def run_timer(request: web.Request) -> web.Response:
        host.timers.run_now(request.match_info["name"])
        raise web.HTTPSeeOther("/devhost")

    app.router.add_get("/devhost", overview)
    app.router.add_get("/devhost/instances/{id:.+}", instance)
    app.router.add_post(r"/devhost/page/resubmit/{sequence:[0-9]{1,18}}", resubmit)
    app.router.add_post("/devhost/page/advance", advance)
    app.router.add_post("/devhost/page/run/{name}", run_timer)
    app.router.add_get("/devhost/", overview)


def _html(content: str, status: int = 200) -> web.Response:
    policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return web.Response(text=content, status=status, content_type="text/html", headers=headers)


async def render_overview(host: Host) -> str:
    """Render the start page."""
    instances = await list_instances(host.engine, _LISTED)
    return page(
        "devhost",
        tag("h1", "devhost"),
        tag("p", f"{host.options.app} at ", link(host.url, host.url)),
        _clock(host),
        *_warnings(host),
        tag("h2", "Instances"),
        table(
            ("Instance", "Orchestrator", "State", "Created", "Updated"),
            [_instance(item) for item in instances],
            "No orchestration has been started yet.",
        ),
        tag("h2", "Entities"),
        table(
            ("Entity", "Key", "State", "Last operation"),
            [_entity(item) for item in await list_entities(host.engine, _LISTED)],
            "There are no entities.",
        ),
        tag("h2", "Queues and subscriptions"),
        table(
            ("Name", "Waiting", "Scheduled", "Dead"),
            [(name, item.active, item.scheduled, item.dead) for name, item in host.bus.counts().items()],
            "The app uses no Service Bus.",
        ),
        tag("h2", "Dead letters", id="dead"),
        table(
            ("Message", "Queue", "Deliveries", "Why", "Body", ""),
            [_letter(item) for item in host.bus.dead_letters()],
            "There are no dead letters.",
        ),
        tag("h2", "Functions"),
        table(
            ("Function", "Trigger", "Where", ""),
            [_function(host, item) for item in host.index.functions],
            "The app has no functions.",
        ),
    )


def _clock(host: Host) -> Markup:
    conductor = host.conductor
    due = conductor.next_due()
    parts: list[Any] = [f"{conductor.mode} clock: {conductor.now():%Y-%m-%d %H:%M:%S} UTC"]
    if due is not None:
        parts.append(f", next due {due:%Y-%m-%d %H:%M:%S}")
    if conductor.mode == "virtual":
        steps = [Markup(f'<option value="{step}">') for step in _STEPS]
        parts.append(
            tag(
                "form",
                Markup(' <input name="advance" list="steps" value="PT1H" size="8" aria-label="how far"> '),
                tag("datalist", *steps, id="steps"),
                tag("button", "Advance"),
                method="post",
                action="/devhost/page/advance",
            )
        )
    return tag("p", *parts)


def _warnings(host: Host) -> list[Markup]:
    return [tag("p", warning, class_="warn") for warning in [*host.warnings, *durable_warnings(host.engine)]]


def _function(host: Host, function: AppFunction) -> tuple[Any, ...]:
    trigger = function.trigger
    action: Any = (
        button(f"/devhost/page/run/{quote(function.name)}", "Run now") if trigger.type == TIMER else ""
    )
    return (function.name, trigger.type.removesuffix("Trigger"), _where(host, function), action)


def _where(host: Host, function: AppFunction) -> Any:
    trigger = function.trigger
    if trigger.type == HTTP:
        return _routes(host, function)
    if trigger.type == TIMER:
        timer = next((item for item in host.timers.timers if item.function is function), None)
        return f"{trigger.text('schedule')}" + (f", next {timer.next:%Y-%m-%d %H:%M:%S}" if timer else "")
    names = (trigger.text("queueName"), trigger.text("topicName"), trigger.text("subscriptionName"))
    return " / ".join(name for name in names if name)


def _routes(host: Host, function: AppFunction) -> Markup:
    parts: list[Markup] = []
    for route in host.http.describe():
        if route["function"] == function.name:
            key = f"?code={route['key']}" if route["key"] and host.keys.enforced else ""
            parts.append(tag("code", f"{route['methods']} {host.url}{route['path']}{key}"))
    return Markup(" ".join(parts))


def _instance(item: Mapping[str, Any]) -> tuple[Any, ...]:
    name = str(item["instanceId"])
    return (
        link(f"/devhost/instances/{quote(name, safe='')}", name),
        item["name"],
        _state(str(item["runtimeStatus"])),
        item["createdTime"],
        item["lastUpdatedTime"],
    )


def _entity(item: Mapping[str, Any]) -> tuple[Any, ...]:
    named = item["entityId"]
    return (named["name"], named["key"], code(item.get("state")), item["lastOperationTime"])


def _state(state: str) -> Markup:
    return tag("span", state, class_="bad") if state == "Failed" else text(state)


def _letter(letter: Message) -> tuple[Any, ...]:
    return (
        letter.properties.message_id,
        letter.entity,
        letter.delivery_count,
        f"{letter.dead_reason}: {letter.dead_description}",
        tag("pre", letter.body[:400].decode(errors="replace")),
        button(f"/devhost/page/resubmit/{letter.sequence}", "Resubmit"),
    )


def render_instance(detail: Mapping[str, Any]) -> str:
    """Render the page of one orchestration instance."""
    name = str(detail["instanceId"])
    history = detail.get("historyEvents") or []
    return page(
        name,
        tag("p", link("/devhost", "devhost")),
        tag("h1", name),
        tag("p", detail["name"], ": ", _state(str(detail["runtimeStatus"]))),
        tag("p", f"created {detail['createdTime']}, updated {detail['lastUpdatedTime']}", class_="quiet"),
        *(
            part
            for key in ("input", "output", "customStatus")
            for part in (tag("h2", key), code(detail.get(key)) or tag("p", "none", class_="quiet"))
        ),
        tag("h2", "History"),
        table(("When", "Event", "What"), [_event(event) for event in history], "There is no history."),
    )


def _event(event: Mapping[str, Any]) -> tuple[Any, ...]:
    rest = {key: value for key, value in event.items() if key not in ("Timestamp", "EventType")}
    return (event.get("Timestamp"), event.get("EventType"), code(rest) if rest else "")
