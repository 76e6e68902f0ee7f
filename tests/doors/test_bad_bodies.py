"""Bad bodies at every door that takes one, made from the doors' own document: named, and nothing written."""

import gzip
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.doors.bodies import GOOD
from tests.doors.stage import UNKNOWN, Stage
from tests.harness import Answer, Caller
from triggers.routes import ROUTES
from triggers.web.openapi import describe
from triggers.web.plan import plan_of
from triggers.web.route import Route

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOCUMENT = describe(ROUTES)
WITH_BODY = [route for route in ROUTES if plan_of(route).body is not None and not route.signed_by]
NEVER_A_CLIENTS = {
    "amount": {"minor": 1, "currency": "USD"},
    "total": 1,
    "paid": True,
    "status": "completed",
    "payment_status": "captured",
    "role": "admin",
    "persona": "admin",
    "customer_id": "mallory",
    "principal": {"persona": "admin"},
    "refund": 90000,
    "__proto__": {"persona": "admin"},
    "Text": "by another name",
}
"""What a client may try to set; each is refused wherever the door does not ask for it."""
BROKEN = {
    "nothing": b"",
    "only spaces": b"   ",
    "null": b"null",
    "a list": b"[]",
    "a text": b'"text"',
    "a number": b"900",
    "half an object": b'{"text": "a"',
    "two objects": b"{}{}",
    "NaN": b'{"text": NaN}',
    "infinity": b'{"text": -Infinity}',
    "a huge number": b'{"text": ' + b"9" * 400 + b"}",
    "a huge exponent": b'{"text": 1e999}',
    "an unsafe integer": b'{"text": 9007199254740993}',
    "not UTF-8": b'{"text": "\xff\xfe"}',
    "UTF-16": '{"text": "a"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "half a surrogate pair": b'{"text": "\\ud800"}',
    "half a pair as a name": b'{"\\udc00": 1}',
    "a name twice": b'{"text": "a", "text": "b"}',
    "a name twice inside": b'{"x": {"k": 1, "k": 2}}',
    "a deep nest": b'{"text": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    "a comment": b'{"text": "a" /* no */}',
    "a zero byte": b"\x00",
    "a form": b"text=a&quantity=1",
}
KINDS: Mapping[str, Any] = {
    "string": "text",
    "integer": 3,
    "number": 1.5,
    "boolean": True,
    "array": [],
    "object": {},
    "null": None,
}
FLAWS = {
    "control characters": "red\u0000 ro\u0007ses\u001b[31m",
    "an empty text": "",
    "a very long text": "x" * 70_000,
    "markup": "<script>alert(1)</script>",
}


def schema_of(route: Route) -> dict[str, Any]:
    """The JSON schema of the route's body."""
    operation = DOCUMENT["paths"][f"/{route.path}"][route.method.lower()]
    schema: dict[str, Any] = operation["requestBody"]["content"]["application/json"]["schema"]
    return resolved(schema)


def resolved(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Follow references, and the one branch of an optional that is not null."""
    if "$ref" in schema:
        return resolved(DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    branches = [branch for branch in schema.get("anyOf", ()) if branch != {"type": "null"}]
    return resolved(branches[0]) if len(branches) == 1 and "type" not in schema else dict(schema)


def kinds_of(schema: Mapping[str, Any]) -> set[str]:
    """The JSON types that a schema takes."""
    if "$ref" in schema:
        return kinds_of(resolved(schema))
    kinds: set[str] = {schema["type"]} if "type" in schema else set()
    for branch in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        kinds |= kinds_of(branch)
    return kinds | ({"number"} if "integer" in kinds else set())


def wrong_types(route: Route) -> Iterator[tuple[str, Any]]:
    """Each field with a value of every type that it does not take."""
    for name, field in schema_of(route)["properties"].items():
        allowed = kinds_of(field)
        if allowed:
            for kind, value in KINDS.items():
                if kind not in allowed and not (kind == "integer" and "number" in allowed):
                    yield name, value


async def send(stage: Stage, route: Route, raw: bytes, **headers: str) -> Answer:
    """Send raw bytes as someone who may, about something that is really there."""
    caller = may_call(stage, route)
    sent = {"Authorization": f"Bearer {caller.token}", "Content-Type": "application/json"} | headers
    path = "/" + route.path.format(**stage.ids)
    return await stage.world.send(route.method, path, data=io.BytesIO(raw), headers=sent)


def may_call(stage: Stage, route: Route) -> Caller:
    """The first of those who may."""
    world = stage.world
    by_persona = {
        "customer": world.customer(),
        "partner": world.partner(stage.ids["partner_id"]),
        "admin": world.admin(),
    }
    may = (caller for persona, caller in by_persona.items() if persona in route.personas)
    return next(may, world.nobody())


def fields_of(answer: Answer) -> list[str]:
    """The fields that a problem names."""
    return [fault["field"] for fault in answer.body["errors"]]


def assert_refused(answer: Answer, *, about: object, status: tuple[int, ...] = (400,)) -> None:
    assert answer.status in status, (about, answer.status, answer.body)
    assert answer.headers["Content-Type"].startswith("application/problem+json"), about
    assert answer.body["code"] not in ("internal", ""), about
    assert answer.body["errors"], (about, "the problem names no field")
    assert answer.body["request_id"] == answer.headers["X-Request-Id"], about


@pytest.mark.parametrize("route", WITH_BODY, ids=lambda route: route.name)
async def test_what_is_no_good_json_is_refused(stage: Stage, route: Route) -> None:
    before = await stage.at_rest()
    optional = plan_of(route).body_optional
    for what, raw in BROKEN.items():
        if optional and what in ("nothing", "null"):
            continue
        assert_refused(await send(stage, route, raw), about=what)
    assert stage.everything() == before


@pytest.mark.parametrize("route", WITH_BODY, ids=lambda route: route.name)
async def test_a_body_that_is_no_plain_json_is_refused(stage: Stage, route: Route) -> None:
    before = await stage.at_rest()
    good = json.dumps(GOOD[route.name]).encode()
    for headers in (
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Content-Type": "application/problem+json"},
        {"Content-Encoding": "gzip"},
    ):
        raw = gzip.compress(good) if "Content-Encoding" in headers else good
        answer = await send(stage, route, raw, **headers)
        assert_refused(answer, about=headers, status=(415,))
        assert answer.code == "unsupported_media_type"
    assert stage.everything() == before


@pytest.mark.parametrize("megabytes", [1, 10])
@pytest.mark.parametrize("route", WITH_BODY, ids=lambda route: route.name)
async def test_a_body_that_is_too_large_is_refused(stage: Stage, route: Route, megabytes: int) -> None:
    before = await stage.at_rest()
    good = GOOD[route.name]
    raw = json.dumps({**good, "padding": "x" * (megabytes << 20)}).encode()
    answer = await send(stage, route, raw)
    assert (answer.status, answer.code) == (413, "too_large")
    assert stage.everything() == before


@pytest.mark.parametrize("route", WITH_BODY, ids=lambda route: route.name)
async def test_what_a_client_may_not_set_is_refused_and_named(stage: Stage, route: Route) -> None:
    before = await stage.at_rest()
    asked = set(schema_of(route)["properties"])
    for name, value in NEVER_A_CLIENTS.items():
        if name not in asked:
            answer = await send(stage, route, json.dumps({**GOOD[route.name], name: value}).encode())
            assert_refused(answer, about=name)
            assert fields_of(answer) == [name]
    assert stage.everything() == before


@pytest.mark.parametrize("route", WITH_BODY, ids=lambda route: route.name)
async def test_a_missing_field_is_named(stage: Stage, route: Route) -> None:
    before = await stage.at_rest()
    for name in schema_of(route).get("required", ()):
        rest = {key: value for key, value in GOOD[route.name].items() if key != name}
        answer = await send(stage, route, json.dumps(rest).encode())
        assert_refused(answer, about=name)
        assert name in fields_of(answer)
    assert stage.everything() == before


@pytest.mark.parametrize("route", WITH_BODY, ids=lambda route: route.name)
async def test_a_field_of_the_wrong_type_is_named(stage: Stage, route: Route) -> None:
    before = await stage.at_rest()
    for name, value in wrong_types(route):
        answer = await send(stage, route, json.dumps({**GOOD[route.name], name: value}).encode())
        assert_refused(answer, about=(name, value))
        assert all(field.split(".")[0] == name for field in fields_of(answer)), (name, fields_of(answer))
    assert stage.everything() == before


@pytest.mark.parametrize("what", FLAWS)
@pytest.mark.parametrize("route", WITH_BODY, ids=lambda route: route.name)
async def test_an_odd_text_is_never_our_fault(stage: Stage, route: Route, what: str) -> None:
    """About what is not there, so that a text that is odd but fine can do no harm."""
    caller = may_call(stage, route)
    path = "/" + route.path.format(**UNKNOWN)
    for name, field in schema_of(route)["properties"].items():
        if "string" in kinds_of(field):
            answer = await caller.call(route.method, path, {**GOOD[route.name], name: FLAWS[what]})
            assert answer.status < 500, (name, answer.body)
            if what == "control characters":
                assert_refused(answer, about=name)
                assert name in fields_of(answer)
