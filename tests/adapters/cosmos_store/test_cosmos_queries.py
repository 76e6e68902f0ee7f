"""Queries as SQL of the NoSQL API."""

import pytest

from shared.adapters.cosmos_store.queries import statement_of
from shared.ports.store import Query, Where


def test_a_query_names_its_partition_in_the_text_and_binds_every_value() -> None:
    text, parameters = statement_of("p'; --", Query([Where("n", ">=", 5)], order_by="-n", limit=10))
    assert text == (
        "SELECT TOP 11 * FROM c WHERE c.partition = @p0"
        ' AND c["body"]["n"] >= @p1'
        ' AND (IS_DEFINED(c["body"]["n"]) AND NOT IS_NULL(c["body"]["n"]))'
        ' ORDER BY c["body"]["n"] DESC, c.key ASC'
    )
    assert list(parameters) == [{"name": "@p0", "value": "p'; --"}, {"name": "@p1", "value": 5}]


def test_without_an_order_documents_come_by_key() -> None:
    text, _ = statement_of("p", Query())
    assert text == "SELECT TOP 101 * FROM c WHERE c.partition = @p0 ORDER BY c.key"


@pytest.mark.parametrize(("order_by", "sign"), [("n", ">"), ("-n", "<")])
def test_a_page_goes_on_after_the_last_row(order_by: str, sign: str) -> None:
    text, parameters = statement_of("p", Query(order_by=order_by, continuation='[3, "x"]'))
    field = 'c["body"]["n"]'
    assert f"({field} {sign} @p1 OR ({field} = @p1 AND c.key > @p2))" in text
    assert [each["value"] for each in parameters] == ["p", 3, "x"]


@pytest.mark.parametrize(
    ("value", "test"), [("a", "IS_STRING"), (True, "IS_BOOL"), (1, "IS_NUMBER"), (1.5, "IS_NUMBER")]
)
def test_unequal_finds_what_is_of_another_type_too(value: str | float | bool, test: str) -> None:
    text, _ = statement_of("p", Query([Where("n", "!=", value)]))
    assert f'NOT {test}(c["body"]["n"]) OR c["body"]["n"] != @p1' in text
