"""How documents lie in Cosmos DB: ids that it takes, sizes that it takes, numbers that it keeps."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.cosmos_store.items import (
    MAX_ITEM,
    MAX_KEY,
    batch_of,
    change_of,
    document_of,
    item_id,
)
from shared.errors import InvalidInput, TooLarge
from shared.ports.store import Create, Delete, Replace, Upsert


@pytest.mark.parametrize("key", ["ord_7", "a:b|c@d.e", "entry:ord_1:leg_2:capture", "A-b_c,d+e=f"])
def test_an_id_of_plain_characters_is_stored_as_it_is(key: str) -> None:
    assert item_id(key) == key


@pytest.mark.parametrize(
    ("key", "stored"),
    [
        ("a/b", "a~2fb"),
        ("a\\b", "a~5cb"),
        ("?", "~3f"),
        ("#", "~23"),
        ("~", "~7e"),
        (" ", "~20"),
        ("é", "~c3~a9"),
    ],
)
def test_what_cosmos_does_not_take_in_an_id_is_spelt_out(key: str, stored: str) -> None:
    assert item_id(key) == stored


@given(st.lists(st.text(max_size=12) | st.text("~/2f", max_size=6), min_size=2, max_size=8, unique=True))
def test_different_keys_have_different_ids(keys: list[str]) -> None:
    assert len({item_id(key) for key in keys}) == len(keys)


@given(st.text(max_size=600))
def test_every_id_is_one_that_cosmos_takes(key: str) -> None:
    stored = item_id(key)
    assert stored
    assert stored.isascii()
    assert len(stored) <= MAX_KEY
    assert not set("/\\?# \n").intersection(stored)


def test_a_key_that_is_too_long_is_told_by_its_digest_and_meets_no_other() -> None:
    long = [item_id("x" * length) for length in (MAX_KEY, MAX_KEY + 1, MAX_KEY + 2)]
    assert long[0] == "x" * MAX_KEY
    assert long[1].startswith("~~")
    assert len({*long, item_id(long[1])}) == 4


def test_operations_are_the_ones_of_the_sdk_with_their_conditions() -> None:
    formed = batch_of(
        "p",
        [
            Create("a/b", {"n": 1}, ttl=60),
            Upsert("u", {"id": "other", "ttl": 5}),
            Replace("r", {}, if_match='"e"'),
            Replace("s", {}),
            Delete("d", if_match='"f"'),
        ],
    )
    frame = {"partition": "p"}
    assert formed == [
        ("create", ({"id": "a~2fb", "key": "a/b", "place": 0, "body": {"n": 1}, "ttl": 60, **frame},), {}),
        ("upsert", ({"id": "u", "key": "u", "place": 1, "body": {"id": "other", "ttl": 5}, **frame},), {}),
        (
            "replace",
            ("r", {"id": "r", "key": "r", "place": 2, "body": {}, **frame}),
            {"if_match_etag": '"e"'},
        ),
        ("replace", ("s", {"id": "s", "key": "s", "place": 3, "body": {}, **frame}), {}),
        ("delete", ("d",), {"if_match_etag": '"f"'}),
    ]


def stored(place: int, lsn: int = 7) -> dict[str, Any]:
    item = {"id": "x", "partition": "p", "key": "x", "place": place, "body": {"n": 1}, "_etag": '"e"'}
    return {**item, "_lsn": lsn}


def test_what_is_read_is_the_document_as_the_app_wrote_it() -> None:
    found = document_of({**stored(0), "key": "a/b", "id": "a~2fb"})
    assert (found.partition, found.id, found.body, found.etag) == ("p", "a/b", {"n": 1}, '"e"')


def test_versions_order_transactions_and_within_one_the_operations() -> None:
    versions = [change_of(stored(place, lsn)).version for lsn, place in [(7, 0), (7, 99), (8, 0), (8, 1)]]
    assert versions == sorted(set(versions))


def test_a_document_of_more_than_two_megabytes_is_refused() -> None:
    with pytest.raises(TooLarge):
        batch_of("p", [Create("x", {"text": "x" * MAX_ITEM})])
    with pytest.raises(TooLarge):
        batch_of("p", [Create("x", {"text": "é" * (MAX_ITEM // 2)})])
    batch_of("p", [Create("x", {"text": "x" * (MAX_ITEM - 1000)})])


def test_a_batch_of_more_than_two_megabytes_is_refused() -> None:
    half = {"text": "x" * (MAX_ITEM // 2)}
    with pytest.raises(TooLarge):
        batch_of("p", [Create("x", half), Create("y", half)])


def test_a_partition_whose_name_is_too_long_is_refused() -> None:
    with pytest.raises(InvalidInput):
        batch_of("p" * 2049, [Delete("x")])


@pytest.mark.parametrize("number", [2**53 + 1, -(2**53) - 1, 10**18])
def test_a_number_that_would_come_back_as_another_is_refused(number: int) -> None:
    for body in ({"n": number}, {"l": [{"n": number}]}):
        with pytest.raises(InvalidInput, match=str(number)):
            batch_of("p", [Create("x", body)])


@pytest.mark.parametrize("value", [2**53, -(2**53), 0.1234567890123456789, "12345678901234567890", True])
def test_what_is_kept_exactly_is_not(value: Any) -> None:
    ((_, (item,), _),) = batch_of("p", [Create("x", {"n": value})])
    assert json.loads(json.dumps(item))["body"] == {"n": value}
