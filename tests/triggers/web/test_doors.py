import json
import logging

import pytest
from web_support import NOW, FakeApp, answer_of, door, request

from shared.domain.identity import Persona
from shared.settings import Settings

CUSTOMERS = frozenset({Persona.CUSTOMER})


async def test_an_answer_has_data_json_ld_card_and_metadata() -> None:
    tried = door("wish", personas=CUSTOMERS, success=201)
    response = await tried.answer(
        request({"text": "roses"}, token="alice", headers={"Idempotency-Key": "k-1", "X-Request-Id": "r1"})
    )
    assert response.status_code == 201
    assert json.loads(response.get_body()) == {
        "data": {"text": "roses", "who": "alice", "key": "k-1"},
        "machine_readable": {"@type": "Order"},
        "adaptive_card": {"type": "AdaptiveCard"},
        "metadata": {
            "request_id": "r1",
            "generated_at": NOW.isoformat().replace("+00:00", "Z"),
            "api_version": "1.0",
            "links": {"self": "/api/tried"},
        },
    }
    assert response.headers["Location"] == "/api/tried/1"


@pytest.mark.parametrize("handler", ["wish", "clash", "crash"])
async def test_every_answer_forbids_sniffing_and_caching(handler: str) -> None:
    response = await door(handler).answer(request({"text": "x"}))
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Request-Id"]
    assert response.headers["Content-Type"].endswith("json; charset=utf-8")


async def test_a_list_is_data_too() -> None:
    assert (await answer_of(door("listed")))[1]["data"] == [{"text": "a", "who": None, "key": None}]


async def test_a_document_is_answered_as_it_is() -> None:
    assert await answer_of(door("plain")) == (200, {"openapi": "3.1.0"})


async def test_a_handler_may_choose_another_status_and_an_optional_body_may_be_missing() -> None:
    assert (await answer_of(door("optional_wish")))[0] == 202


async def test_a_door_without_token_says_what_it_needs() -> None:
    response = await door("wish", personas=CUSTOMERS).answer(request({"text": "x"}))
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="uso"'


@pytest.mark.parametrize(
    "sent", ["Basic YWxpY2U6", "Bearer", "Bearer ", "alice", "Bearer é", "Bearer " + "a" * 5000]
)
async def test_anything_but_a_bearer_token_is_refused(sent: str) -> None:
    tried = door("wish", personas=CUSTOMERS)
    status, problem = await answer_of(tried, {"text": "x"}, headers={"authorization": sent})
    assert (status, problem["code"] in ("unauthenticated", "invalid_token")) == (401, True)


async def test_a_bad_token_is_called_invalid() -> None:
    response = await door("wish", personas=CUSTOMERS).answer(request({"text": "x"}, token="mallory"))
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


async def test_another_persona_is_forbidden_before_its_body_is_read() -> None:
    status, problem = await answer_of(door("wish", personas=CUSTOMERS), b"rubbish", token="shop")
    assert (status, problem["code"]) == (403, "forbidden")


async def test_the_scheme_is_case_insensitive() -> None:
    tried = door("wish", personas=CUSTOMERS)
    assert (await answer_of(tried, {"text": "x"}, headers={"AUTHORIZATION": "bEARER alice"}))[0] == 200


async def test_an_expected_error_answers_with_its_status_and_code() -> None:
    status, problem = await answer_of(door("clash"))
    assert status == 409
    assert problem | {"request_id": "r", "trace_id": "t"} == {
        "type": "urn:uso:problem:conflict",
        "title": "Conflict",
        "status": 409,
        "code": "conflict",
        "detail": "It is already on its way.",
        "errors": [],
        "request_id": "r",
        "trace_id": "t",
    }


async def test_an_unexpected_error_tells_the_log_and_no_one_else(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        status, problem = await answer_of(door("crash"))
    assert (status, problem["code"]) == (500, "internal")
    assert "hunter2" not in json.dumps(problem)
    assert "leaked" not in json.dumps(problem)
    assert "RuntimeError" in caplog.text
    assert problem["request_id"] in caplog.text
    assert "hunter2" not in caplog.text
    assert "eyJ" not in caplog.text


async def test_half_a_surrogate_pair_in_an_error_does_not_break_the_answer() -> None:
    assert (await answer_of(door("half_a_pair")))[1]["detail"] == "odd ? text"


async def test_an_unknown_id_is_not_found_and_a_malformed_one_is_bad_input() -> None:
    tried = door("one", method="GET", path="api/orders/{order_id}")
    assert (await answer_of(tried, path={"order_id": "o-1"}))[0] == 200
    assert (await answer_of(tried, path={"order_id": "o-2"}))[0] == 404
    for bad in ("", "../x", "a b", "x" * 129, "é", "a\n", "..", "<script>", "\ud800"):
        status, problem = await answer_of(tried, path={"order_id": bad})
        assert (status, problem["errors"][0]["field"]) == (400, "order_id"), bad


async def test_a_path_parameter_has_the_type_of_its_annotation() -> None:
    tried = door("numbered", path="api/numbers/{number}")
    assert (await answer_of(tried, path={"number": "12"}))[1]["data"]["text"] == "12"
    for bad in ("x", "1.5", " 1", "9" * 30, "٣"):
        assert (await answer_of(tried, path={"number": bad}))[0] == 400


@pytest.mark.parametrize("key", ["", "a b", "x" * 129, "ключ", "a\r\nb"])
async def test_a_malformed_idempotency_key_is_named(key: str) -> None:
    status, problem = await answer_of(door("wish"), {"text": "x"}, headers={"Idempotency-Key": key})
    assert (status, problem["errors"][0]["field"]) == (400, "Idempotency-Key")


async def test_a_strange_request_id_is_replaced() -> None:
    response = await door("listed").answer(request(headers={"X-Request-Id": "a\r\nSet-Cookie: x"}))
    assert response.headers["X-Request-Id"].isalnum()


async def test_a_body_over_the_limit_is_too_large() -> None:
    small = FakeApp(settings=Settings(max_body_bytes=100))
    assert (await answer_of(door("wish", app=small), {"text": "x" * 100}))[0] == 413
    assert (await answer_of(door("listed", app=small), b" " * 101))[0] == 413


@pytest.mark.parametrize(
    ("handler", "why"),
    [("wants_more", "does not give"), ("unannotated", "annotated")],
)
async def test_a_handler_that_cannot_serve_its_route_is_found_at_once(
    handler: str, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert (await answer_of(door(handler)))[0] == 500
    assert why in caplog.text
