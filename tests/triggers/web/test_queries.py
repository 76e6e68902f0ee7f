from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from web_support import answer_of, door


async def read(query: str) -> dict[str, object]:
    status, answer = await answer_of(door("search", method="GET"), query=query)
    assert status == 200, answer
    return answer["data"]


async def test_texts_become_what_the_model_says() -> None:
    data = await read("?q=12&limit=5&tags=a&tags=b&sizes=3&near=1.5&fresh=true&colour=pink")
    assert data == {
        "q": "12",
        "limit": 5,
        "tags": ["a", "b"],
        "sizes": [3],
        "near": 1.5,
        "fresh": True,
        "colour": "pink",
    }


async def test_no_query_means_the_defaults() -> None:
    assert (await read(""))["limit"] == 20


async def test_escapes_and_plus_signs_are_decoded() -> None:
    assert (await read("?q=red+roses%20%26%20more"))["q"] == "red roses & more"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?limit=0", "limit"),
        ("?limit=1.0", "limit"),
        ("?limit=%205", "limit"),
        ("?limit=", "limit"),
        ("?limit=5&limit=6", "limit"),
        ("?limit=9999999999999999999999", "limit"),
        ("?fresh=yes", "fresh"),
        ("?near=inf", "near"),
        ("?near=1e999", "near"),
        ("?sizes=3&sizes=x", "sizes.1"),
        ("?colour=blue", "colour"),
        ("?color=red", "color"),
        ("?q=%ff", "query"),
        ("?" + "&".join(f"tags={n}" for n in range(200)), "query"),
    ],
)
async def test_a_wrong_field_of_the_query_is_named(query: str, field: str) -> None:
    status, problem = await answer_of(door("search", method="GET"), query=query)
    assert (status, problem["errors"][0]["field"]) == (400, field)


@settings(max_examples=150, deadline=None)
@given(
    pairs=st.lists(
        st.tuples(
            st.sampled_from(["q", "limit", "tags", "sizes", "near", "fresh", "colour", "x"]),
            st.text(max_size=12) | st.integers().map(str) | st.floats().map(str),
        ),
        max_size=6,
    )
)
async def test_arbitrary_queries_are_never_our_fault(pairs: list[tuple[str, str]]) -> None:
    query = "?" + "&".join(f"{name}={quote(value.encode(errors='surrogatepass'))}" for name, value in pairs)
    assert (await answer_of(door("search", method="GET"), query=query))[0] in (200, 400)
