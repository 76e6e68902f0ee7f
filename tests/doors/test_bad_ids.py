"""Ids that are none, ids of other things, and query strings that no one means."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.doors.bodies import GOOD, QUERIES
from tests.doors.stage import UNKNOWN, Stage
from tests.doors.test_bad_bodies import DOCUMENT, assert_refused, fields_of, kinds_of, may_call
from triggers.routes import ROUTES
from triggers.web.plan import plan_of
from triggers.web.route import Route

pytestmark = pytest.mark.asyncio(loop_scope="module")

WITH_ID = [route for route in ROUTES if route.parameters and not route.signed_by]
WITH_QUERY = [route for route in ROUTES if plan_of(route).query is not None]
READS = [route for route in WITH_ID if route.method == "GET"]
MALFORMED = (
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "%00",
    "a%00b",
    "%ff%fe",
    "%ed%a0%80",
    "'%20OR%201%3D1%20--",
    "%24%7Bjndi%3Aldap%7D",
    "{order_id}",
    "%20",
    "a%20b",
    "%E2%80%AEgnp",
    "%F0%9F%8C%B9",
    "-1",
    "null",
    "event:x",
    "x" * 200,
    "1" * 128,
    "me",
    "*",
)
FREE = {"sku": ("null", "me")}
"""What a shop may call its goods, and an id of ours is not."""


def paths_of(route: Route, id: str) -> list[str]:
    """The route's path with `id` in the place of each parameter in turn."""
    return ["/" + route.path.format(**{**UNKNOWN, name: id}) for name in route.parameters]


@pytest.mark.parametrize("route", WITH_ID, ids=lambda route: route.name)
async def test_what_is_no_id_is_refused(stage: Stage, route: Route) -> None:
    before = await stage.at_rest()
    caller = may_call(stage, route)
    for id in MALFORMED:
        for path in paths_of(route, id):
            if any(id in FREE.get(name, ()) for name in route.parameters):
                continue
            answer = await caller.call(route.method, path, GOOD.get(route.name))
            assert answer.status in (400, 404, 405), (path, answer.status, answer.body)
            if answer.status == 400:
                assert_refused(answer, about=path)
                assert set(fields_of(answer)) <= set(route.parameters)
    assert stage.everything() == before


@pytest.mark.parametrize("route", READS, ids=lambda route: route.name)
async def test_the_id_of_something_else_is_not_there(stage: Stage, route: Route) -> None:
    """Whatever lies in the store, each door shows only its own kind of thing."""
    stored = {id for container, _, id in stage.everything() if container not in ("products", "catalogue")}
    others = {id for _, partition, id in stage.everything() for id in (partition, id) if len(id) < 120}
    for id in sorted({*list(stored)[:300], *list(others)[:300], *stage.ids.values()}):
        for caller in (may_call(stage, route), stage.world.admin()):
            path = "/" + route.path.format(**{**stage.ids, route.parameters[-1]: quote(id, safe="")})
            answer = await caller.call("GET", path)
            assert answer.status in (200, 302, 400, 403, 404), (path, answer.body)


def parameters_of(route: Route) -> list[dict[str, Any]]:
    operation = DOCUMENT["paths"][f"/{route.path}"][route.method.lower()]
    return [each for each in operation["parameters"] if each["in"] == "query"]


def wrong_for(schema: dict[str, Any]) -> list[str]:
    """Texts that are no value of `schema`."""
    wrong = ["%00", "%ff", "%ed%a0%80", "red%07"]
    kinds = kinds_of(schema)
    if "string" not in kinds and "array" not in kinds:
        wrong += ["", "many", "NaN", "Infinity", "1e999", "9" * 400, "0x10", "%31%30%20", "true%20", "null"]
    if "integer" in kinds:
        wrong += ["-1", "1.5", "9007199254740993"]
    if "enum" in json.dumps(schema) or schema.get("format") in ("date-time", "date"):
        wrong += ["", "sometime", "2026-02-30T00:00:00Z", "2026-05-07T09:00:00", "0"]
    return wrong


@pytest.mark.parametrize("route", WITH_QUERY, ids=lambda route: route.name)
async def test_a_wrong_query_is_refused_and_named(stage: Stage, route: Route) -> None:
    caller = may_call(stage, route) if route.personas else stage.world.customer()
    path = "/" + route.path.format(**stage.ids)
    good = QUERIES.get(route.name, {})
    for parameter in parameters_of(route):
        name = parameter["name"]
        for text in wrong_for(parameter["schema"]):
            rest = "&".join(f"{key}={quote(value)}" for key, value in good.items() if key != name)
            answer = await caller.call(route.method, f"{path}?{name}={text}&{rest}".rstrip("&"))
            assert_refused(answer, about=(name, text))
            assert {field.partition(".")[0] for field in fields_of(answer)} <= {name, "query"}, (name, text)


@pytest.mark.parametrize("route", WITH_QUERY, ids=lambda route: route.name)
async def test_a_query_says_everything_once_and_nothing_else(stage: Stage, route: Route) -> None:
    caller = may_call(stage, route) if route.personas else stage.world.customer()
    path = "/" + route.path.format(**stage.ids)
    good = "&".join(f"{key}={quote(value)}" for key, value in QUERIES.get(route.name, {}).items())
    for odd in ("customer_id=mallory", "role=admin", "price=1", "__proto__=1", "surprise"):
        answer = await caller.call(route.method, f"{path}?{good}&{odd}")
        assert_refused(answer, about=odd)
        assert fields_of(answer) == [odd.partition("=")[0]]
    for parameter in parameters_of(route):
        if "array" not in kinds_of(parameter["schema"]):
            twice = f"{parameter['name']}=1&{parameter['name']}=1"
            answer = await caller.call(route.method, f"{path}?{twice}")
            assert parameter["name"] in fields_of(answer)
    answer = await caller.call(route.method, f"{path}?" + "&".join(f"x{n}=1" for n in range(200)))
    assert_refused(answer, about="too many")


@pytest.mark.parametrize(
    "route", [r for r in ROUTES if r.method == "GET" and r.personas], ids=lambda r: r.name
)
async def test_a_door_without_a_query_takes_none(stage: Stage, route: Route) -> None:
    if route not in WITH_QUERY:
        path = "/" + route.path.format(**stage.ids)
        answer = await may_call(stage, route).call("GET", f"{path}?customer_id=mallory")
        assert answer.status in (200, 400)


async def test_an_odd_idempotency_key_is_refused(stage: Stage) -> None:
    before = await stage.at_rest()
    for route in ROUTES:
        if route.method != "GET" and route.personas:
            path = "/" + route.path.format(**UNKNOWN)
            for key in ("", "a b", "x" * 129, "ключ", "a/b"):
                headers = {"Idempotency-Key": key.encode().decode("latin-1")}
                headers["Authorization"] = f"Bearer {may_call(stage, route).token}"
                answer = await stage.world.send(
                    route.method, path, json=GOOD.get(route.name, {}), headers=headers
                )
                assert_refused(answer, about=(route.name, key))
                assert fields_of(answer) == ["Idempotency-Key"]
    assert stage.everything() == before


async def test_an_odd_header_is_never_our_fault(stage: Stage) -> None:
    token = stage.world.customer().token
    for headers in (
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer " + "x" * 7000},
        {"Authorization": f"Bearer {token} {token}"},
        {"Authorization": f"Basic {token}"},
        {"Authorization": f"bearer {token}x"},
        {"Authorization": "Bearer \x80\xff"},
    ):
        answer = await stage.world.send("GET", "/api/v1/standing-intents", headers=headers)
        assert answer.status == 401, headers
    asked = {"Authorization": f"Bearer {token}", "X-Request-Id": "a b<script>"}
    answer = await stage.world.send("GET", "/api/v1/standing-intents", headers=asked)
    assert answer.status == 200
    assert "<" not in answer.headers["X-Request-Id"]
