import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devhost.routes import RouteError, parse_template, split_path


@pytest.mark.parametrize(
    ("template", "path", "values"),
    [
        ("orders", "orders", {}),
        ("orders", "ORDERS/", {}),
        ("orders/{id}", "orders/a%20b", {"id": "a b"}),
        ("orders/{id}", "orders/a%2Fb", {"id": "a%2Fb"}),
        ("orders/{id}", "orders/a%2525b", {"id": "a%25b"}),
        ("orders/{id:int}", "orders/-12", {"id": "-12"}),
        ("orders/{id:guid}", "orders/0f8fad5b-d9cb-469f-a165-70867728950e", None),
        ("orders/{id?}", "orders", {}),
        ("orders/{id?}", "orders/7", {"id": "7"}),
        ("orders/{id:int?}", "orders", {}),
        ("pages/{page=1}", "pages", {"page": "1"}),
        ("pages/{page:int=1}", "pages/3", {"page": "3"}),
        ("files/{name}.{ext}", "files/a.tar.gz", {"name": "a.tar", "ext": "gz"}),
        ("files/{name}.{ext?}", "files/a.tar.gz", {"name": "a.tar", "ext": "gz"}),
        ("files/{name}.{ext?}", "files/readme", {"name": "readme"}),
        ("v{version:int}/x", "v2/x", {"version": "2"}),
        ("{*rest}", "a/b/c", {"rest": "a/b/c"}),
        ("{*rest}", "", {}),
        ("a/{**rest}", "a", {}),
        (".well-known/x", ".well-known/x", {}),
        ("", "", {}),
        ("x/{v:alpha}", "x/abc", {"v": "abc"}),
        ("x/{v:bool}", "x/True", {"v": "True"}),
        ("x/{v:min(3)}", "x/3", {"v": "3"}),
        ("x/{v:max(3)}", "x/3", {"v": "3"}),
        ("x/{v:range(2,4)}", "x/4", {"v": "4"}),
        ("x/{v:length(3)}", "x/abc", {"v": "abc"}),
        ("x/{v:length(1,3)}", "x/ab", {"v": "ab"}),
        ("x/{v:minlength(2):maxlength(3)}", "x/abc", {"v": "abc"}),
        (r"x/{v:regex(^\d{{3}}$)}", "x/123", {"v": "123"}),
        ("x/{v:decimal}", "x/1.5", {"v": "1.5"}),
        ("x/{{literal}}", "x/{literal}", {}),
    ],
)
def test_a_path_that_fits_yields_its_values(template: str, path: str, values: dict[str, str] | None) -> None:
    expected = {"id": "0f8fad5b-d9cb-469f-a165-70867728950e"} if values is None else values
    assert parse_template(template).match(path) == expected


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("orders", "order"),
        ("orders", "orders/1"),
        ("orders/{id}", "orders"),
        ("orders/{id}", "orders//"),
        ("orders/{id:int}", "orders/x"),
        ("orders/{id:int}", "orders/99999999999"),
        ("orders/{id:int}", "orders/٣"),
        ("orders/{id:guid}", "orders/7"),
        ("x/{v:alpha}", "x/a1"),
        ("x/{v:bool}", "x/yes"),
        ("x/{v:min(3)}", "x/2"),
        ("x/{v:max(3)}", "x/4"),
        ("x/{v:range(2,4)}", "x/5"),
        ("x/{v:length(3)}", "x/ab"),
        ("x/{v:minlength(2)}", "x/a"),
        (r"x/{v:regex(^\d{{3}}$)}", "x/12"),
        ("files/{name}.{ext}", "files/readme"),
    ],
)
def test_a_path_that_does_not_fit_is_refused(template: str, path: str) -> None:
    assert parse_template(template).match(path) is None


@pytest.mark.parametrize(
    "template",
    [
        "a//b",
        "a/{id",
        "a/id}",
        "a/{}",
        "a/{id:nope}",
        "a/{id:length(x)}",
        "a/{id:regex([)}",
        "a/{*rest}/b",
        "a/{x}/{x}",
        "a/{x?}/b",
        "a/b?",
        "a/x{*rest}",
        "a/{id:min(3}",
    ],
)
def test_a_template_that_cannot_work_is_refused(template: str) -> None:
    with pytest.raises(RouteError):
        parse_template(template)


def test_a_template_that_says_more_comes_first() -> None:
    texts = [
        "{*rest}",
        "orders/{id}",
        "orders/{id:int}",
        "orders/mine",
        "orders/v{n}",
        "orders/{*rest:alpha}",
    ]
    ordered = sorted((parse_template(text) for text in texts), key=lambda item: item.precedence)
    assert [item.text for item in ordered] == [
        "orders/mine",
        "orders/v{n}",
        "orders/{id:int}",
        "orders/{id}",
        "orders/{*rest:alpha}",
        "{*rest}",
    ]


segment = st.text(st.characters(codec="utf-8", exclude_characters="/%"), min_size=1, max_size=8)


@given(st.lists(segment, min_size=1, max_size=4))
def test_any_segments_come_back_as_parameters(segments: list[str]) -> None:
    from urllib.parse import quote

    template = parse_template("/".join(f"{{p{index}}}" for index in range(len(segments))))
    path = "/".join(quote(item, safe="") for item in segments)
    assert template.match(path) == {f"p{index}": item for index, item in enumerate(segments)}


@given(st.integers())
def test_the_int_constraint_takes_what_fits_32_bits(number: int) -> None:
    matched = parse_template("{n:int}").match(str(number)) is not None
    assert matched == (-(2**31) <= number < 2**31)


@given(st.text(max_size=30))
def test_no_path_breaks_the_matcher(path: str) -> None:
    for text in ("{a}/{b?}", "{*rest}", "x/{n:int}", "{name}.{ext?}", "{a:regex(^a+$)}"):
        found = parse_template(text).match(path)
        assert found is None or isinstance(found, dict)
    assert isinstance(split_path(path), list)


@given(st.text(alphabet="{}:?*/=()ab.", max_size=20))
def test_any_template_is_parsed_or_refused_with_words(text: str) -> None:
    with contextlib.suppress(RouteError):
        assert parse_template(text).segments is not None
