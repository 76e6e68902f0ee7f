"""Session tokens: the newest of each physical partition, of whatever answer."""

import pytest

from shared.adapters.cosmos_store.sessions import TOKEN, Sessions


def after(*tokens: str) -> str | None:
    sessions = Sessions()
    for token in tokens:
        sessions.note("c", {TOKEN: token})
    return sessions.token("c")


def test_before_anything_is_known_nothing_is_sent() -> None:
    assert Sessions().token("c") is None
    assert after("") is None


@pytest.mark.parametrize(
    ("tokens", "newest"),
    [
        (["0:-1#5", "0:-1#7"], "0:-1#7"),
        (["0:-1#7", "0:-1#5"], "0:-1#7"),
        (["0:-1#9", "0:-1#10#1=10"], "0:-1#10#1=10"),
        (["0:1#900", "0:2#3"], "0:2#3"),
        (["0:2#3", "0:1#900"], "0:2#3"),
        (["0:5", "0:12", "0:7"], "0:12"),
        (["0:-1#5", "0:garbage"], "0:-1#5"),
    ],
)
def test_an_older_token_never_takes_the_place_of_a_newer_one(tokens: list[str], newest: str) -> None:
    assert after(*tokens) == newest


def test_each_physical_partition_has_its_own() -> None:
    assert after("0:-1#5", "1:-1#3", "0:-1#6") == "0:-1#6,1:-1#3"
    assert after("0:-1#5,1:-1#3") == "0:-1#5,1:-1#3"


def test_containers_have_nothing_to_do_with_each_other() -> None:
    sessions = Sessions()
    sessions.note("c", {TOKEN: "0:-1#5"})
    sessions.note("d", None)
    assert sessions.token("d") is None
