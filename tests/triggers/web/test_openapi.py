import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from web_routes import ROUTES as TRIED
from web_support import answer_of, door

from triggers.routes import ROUTES
from triggers.web.openapi import describe, document

SPEC = describe(TRIED)


def parameters(path: str, method: str) -> dict[str, Any]:
    return {parameter["name"]: parameter for parameter in SPEC["paths"][path][method]["parameters"]}


@pytest.mark.parametrize("routes", [TRIED, ROUTES], ids=["tried", "real"])
def test_the_document_is_valid_openapi_3_1(routes: Any) -> None:
    spec = json.loads(document(routes))
    validate(spec)
    assert spec["openapi"] == "3.1.0"


def test_every_door_is_described_once() -> None:
    ids = [operation["operationId"] for path in SPEC["paths"].values() for operation in path.values()]
    assert sorted(ids) == sorted(route.name for route in TRIED)


def test_the_answer_schema_is_exact() -> None:
    schema = SPEC["paths"]["/api/wishes"]["post"]["responses"]["201"]["content"]["application/json"]["schema"]
    answer = SPEC["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    assert answer["required"] == ["data", "machine_readable", "adaptive_card", "metadata"]
    assert answer["properties"]["data"] == {"$ref": "#/components/schemas/Echo"}
    assert SPEC["components"]["schemas"]["Echo"]["required"] == ["text", "who", "key"]


async def test_a_real_answer_fits_its_schema() -> None:
    _, answer = await answer_of(door("wish"), {"text": "x"})
    schema = SPEC["paths"]["/api/wishes"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    Draft202012Validator(schema | {"components": SPEC["components"]}).validate(answer)


async def test_a_real_problem_fits_its_schema() -> None:
    _, problem = await answer_of(door("wish"), {"text": 5})
    schema = SPEC["components"]["responses"]["Problem400"]["content"]["application/problem+json"]["schema"]
    Draft202012Validator(schema | {"components": SPEC["components"]}).validate(problem)


def test_query_parameters_are_those_that_are_read_and_never_null() -> None:
    read = parameters("/api/search", "get")
    assert read["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}
    assert read["sizes"]["schema"]["type"] == "array"
    assert "null" not in json.dumps(read)
    assert {parameter["in"] for parameter in read.values()} == {"query"}


def test_path_parameters_have_their_pattern() -> None:
    assert parameters("/api/wishes/{order_id}", "get")["order_id"]["schema"]["pattern"].startswith(
        "^[A-Za-z0-9]"
    )


def test_numbers_have_the_bounds_that_are_enforced() -> None:
    assert (
        SPEC["components"]["schemas"]["TypedWish"]["properties"]["budget"]["anyOf"][0]["maximum"] == 2**53 - 1
    )


def test_problems_are_listed_as_they_apply() -> None:
    assert set(SPEC["paths"]["/api/wishes/{order_id}"]["get"]["responses"]) == {
        "200",
        "400",
        "401",
        "403",
        "404",
        "503",
    }
    assert set(SPEC["paths"]["/api/wishes"]["get"]["responses"]) == {"200", "503"}
    assert {"409", "413", "415", "422"} <= set(SPEC["paths"]["/api/wishes"]["post"]["responses"])


def test_who_may_call_is_said() -> None:
    place = SPEC["paths"]["/api/wishes"]["post"]
    assert place["security"] == [{"bearer": []}]
    assert place["x-personas"] == ["agent", "customer"]
    assert place["x-flows"] == ["1.2-1"]
    assert "For: agent, customer." in place["description"]
    assert SPEC["paths"]["/api/wishes"]["get"]["security"] == []


def test_webhooks_ask_for_their_three_headers() -> None:
    headers = parameters("/api/webhooks/{partner_id}", "post")
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        assert headers[name]["required"]
        assert headers[name]["in"] == "header"
    assert "Idempotency-Key" not in headers


def test_writes_take_an_idempotency_key() -> None:
    assert not parameters("/api/wishes", "post")["Idempotency-Key"]["required"]
    assert "Idempotency-Key" not in parameters("/api/search", "get")


def test_a_body_that_may_be_missing_is_optional() -> None:
    assert not SPEC["paths"]["/api/wishes"]["put"]["requestBody"]["required"]
    assert SPEC["paths"]["/api/wishes"]["post"]["requestBody"]["required"]


async def test_the_door_serves_the_document() -> None:
    from triggers.system import openapi
    from triggers.web.answer import Document

    served = await openapi()
    assert isinstance(served, Document)
    assert json.loads(served.content)["paths"]["/api/health"]
