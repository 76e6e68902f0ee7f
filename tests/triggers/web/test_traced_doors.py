"""Every answer says in which trace it was given, whether or not anybody collects."""

import pytest
from web_support import answer_of, door, request

from shared.ports.telemetry import parse

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
GIVEN = f"00-{TRACE}-00f067aa0ba902b7-01"


@pytest.mark.parametrize("handler", ["wish", "clash", "crash"])
async def test_every_answer_names_its_trace(handler: str) -> None:
    response = await door(handler).answer(request({"text": "x"}))
    assert parse(response.headers["traceresponse"])


@pytest.mark.parametrize("handler", ["clash", "crash"])
async def test_a_problem_names_the_trace_of_its_answer(handler: str) -> None:
    tried = door(handler)
    response = await tried.answer(request({"text": "x"}, headers={"traceparent": GIVEN}))
    _, problem = await answer_of(tried, {"text": "x"}, headers={"traceparent": GIVEN})
    assert problem["trace_id"] == TRACE
    answered = parse(response.headers["traceresponse"])
    assert answered is not None
    assert (answered.trace_id, answered.span_id != "00f067aa0ba902b7") == (TRACE, True)


@pytest.mark.parametrize("forged", ["x", GIVEN + "0" * 10_000, "00-" + "0" * 32 + "-00f067aa0ba902b7-01"])
async def test_a_forged_trace_is_answered_with_one_of_our_own(forged: str) -> None:
    status, problem = await answer_of(door("clash"), headers={"traceparent": forged})
    assert status == 409
    assert len(problem["trace_id"]) == 32
    assert problem["trace_id"] not in forged


async def test_the_hosts_span_is_the_nearer_one() -> None:
    host = f"00-{TRACE}-{'b' * 16}-01"
    response = await door("wish").answer(
        request({"text": "x"}, headers={"traceparent": GIVEN}), host_trace=host
    )
    assert response.headers["traceresponse"].startswith(f"00-{TRACE}-")
