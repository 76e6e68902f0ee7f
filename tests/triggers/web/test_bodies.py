import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web_support import answer_of, door

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
wishes = st.fixed_dictionaries(
    {},
    optional={
        name: json_values | st.text(max_size=30)
        for name in ("text", "lines", "colours", "by", "budget", "gift", "extra", "other")
    },
)


async def problem_of(body: bytes) -> tuple[int, str, list[str]]:
    status, problem = await answer_of(door("wish"), body)
    return status, problem["detail"], [fault["field"] for fault in problem["errors"]]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"text":"a","text":"b"}', "'text' twice"),
        (b'{"text":"a","extra":{"x":{"k":1,"k":2}}}', "'k' twice"),
        (b'{"text":"a","budget":NaN}', "NaN is not JSON"),
        (b'{"text":"a","budget":-Infinity}', "-Infinity is not JSON"),
        (b'{"text":"a","budget":1e999}', "larger than"),
        (b'{"text":"a","extra":{"n":9007199254740993}}', "larger than"),
        (b'{"text":"a","extra":{"n":' + b"9" * 5000 + b"}}", "larger than"),
        (b'{"text":"\xff"}', "not UTF-8"),
        (b'{"text":"a","extra":{"x":' + b"[" * 40 + b"]" * 40 + b"}}", "deeper than 32"),
        (b"[" * 100_000, "deeper than 32"),
        (b"{", "not JSON"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b'{"text":"a"} x', "not JSON"),
        (b"\x00", "not JSON"),
    ],
)
async def test_what_readers_could_take_differently_is_refused(body: bytes, words: str) -> None:
    status, detail, fields = await problem_of(body)
    assert (status, fields) == (400, ["body"])
    assert words in detail


@pytest.mark.parametrize(
    ("body", "words", "field"),
    [
        (b'{"text":"\\ud800"}', "surrogate", "text"),
        (b'{"text":"a","extra":{"\\udc00":1}}', "surrogate", "extra"),
        (b'{"\\udc00":"a"}', "surrogate", "body"),
        (b'{"text":"a\\u0000"}', "control", "text"),
        (b'{"text":"a","extra":{"x":[1,"\\u001b[2J"]}}', "control", "extra.x.1"),
        (b'{"text":"a","extra":{"x\\u007f":1}}', "control", "extra"),
    ],
)
async def test_text_that_no_person_writes_is_refused_where_it_stands(
    body: bytes, words: str, field: str
) -> None:
    status, detail, fields = await problem_of(body)
    assert (status, fields) == (400, [field])
    assert words in detail


async def test_lines_and_tabs_are_text() -> None:
    assert (await answer_of(door("wish"), {"text": "a\r\n\tb"}))[0] == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": 5}, "text"),
        ({"text": ""}, "text"),
        ({"text": "a", "colour": "red"}, "colour"),
        ({"text": "a", "lines": [{"product": "p", "quantity": "2"}]}, "lines.0.quantity"),
        ({"text": "a", "lines": [{"product": "p", "quantity": 0}]}, "lines.0.quantity"),
        ({"text": "a", "gift": "yes"}, "gift"),
        ({"text": "a", "by": "tomorrow"}, "by"),
        ({"text": "a", "by": "0"}, "by"),
        ({"text": "a", "by": "2026-05-07T09:00:00"}, "by"),
        ({"text": "a", "by": "9999-12-31T23:59:59-14:00"}, "by"),
        ({"text": "a", "by": "2026-02-30T09:00:00Z"}, "by"),
        ({"text": "a", "on": "0"}, "on"),
        ({"text": "a", "on": "2026-02-30"}, "on"),
        ({"text": "a", "on": "2026-05-07T00:00:00Z"}, "on"),
        ({"text": "a", "lines": [{"product": "p", "quantity": 2.5}]}, "lines.0.quantity"),
        ({"text": "a", "colours": ["blue"]}, "colours.0"),
        ([], "body"),
        (None, "body"),
        ("text", "body"),
    ],
)
async def test_a_wrong_field_is_named_by_its_path(body: object, field: str) -> None:
    status, _, fields = await problem_of(json.dumps(body).encode())
    assert status == 400
    assert field in fields


async def test_a_whole_number_may_be_written_with_a_point() -> None:
    body = b'{"text": "a", "lines": [{"product": "p", "quantity": 2.0}, {"product": "q", "quantity": 1e1}]}'
    assert (await answer_of(door("wish"), body))[0] == 200


@pytest.mark.parametrize(
    "by", ["2026-05-07T09:00:00Z", "2026-05-07t09:00:00.123456789z", "2026-05-07 09:00:00-05:00"]
)
async def test_an_instant_is_rfc_3339(by: str) -> None:
    assert (await answer_of(door("wish"), {"text": "a", "by": by, "on": "2026-05-07"}))[0] == 200


async def test_what_was_sent_is_not_repeated() -> None:
    _, problem = await answer_of(door("wish"), {"text": "a", "gift": "4111111111111111"})
    assert "4111" not in json.dumps(problem)


async def test_an_empty_body_where_one_is_needed_is_bad_input() -> None:
    assert (await answer_of(door("wish"), b"", headers={"Content-Type": "application/json"}))[0] == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": ""},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/xml"},
        {"Content-Type": "application/json\r\nX: y"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Encoding": "gzip"},
    ],
)
async def test_only_plain_json_is_read(headers: dict[str, str]) -> None:
    status, problem = await answer_of(door("wish"), {"text": "a"}, headers=headers)
    assert (status, problem["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"']
)
async def test_json_may_be_announced_in_any_spelling(kind: str) -> None:
    assert (await answer_of(door("wish"), {"text": "é"}, headers={"Content-Type": kind}))[0] == 200


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200))
async def test_arbitrary_bytes_are_never_our_fault(body: bytes) -> None:
    status, _ = await answer_of(door("wish"), body)
    assert status in (400, 415)


@settings(max_examples=150, deadline=None)
@given(body=wishes | json_values)
async def test_arbitrary_json_is_never_our_fault(body: object) -> None:
    status, _ = await answer_of(door("wish"), json.dumps(body).encode())
    assert status in (200, 400)


@settings(max_examples=150, deadline=None)
@given(
    headers=st.dictionaries(
        st.sampled_from(
            ["Content-Type", "Authorization", "Idempotency-Key", "X-Request-Id", "Content-Encoding"]
        ),
        st.text(max_size=60),
    )
)
async def test_arbitrary_headers_are_never_our_fault(headers: dict[str, str]) -> None:
    status, _ = await answer_of(door("wish"), {"text": "a"}, headers=headers)
    assert status in (200, 400, 415)
