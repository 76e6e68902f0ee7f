"""Shopify that fails, is busy, or refuses: Unavailable each time, and never a secret in the words."""

import asyncio

import pytest
from pydantic import SecretStr

from shared.adapters.shopify.gateway import Gateway
from shared.errors import Unavailable
from tests.peers.shopify.bench import Bench
from tests.peers.shopify.peer import PATH, TOKEN
from tests.peers.stripe.faults import Fault, Kind


@pytest.mark.parametrize("kind", ["drop", "rubbish", "cut"])
async def test_an_answer_that_is_none_is_no_answer(bench: Bench, kind: Kind) -> None:
    bench.peer.sell("1001")
    bench.peer.faults = [Fault(kind=kind, after=True)]
    with pytest.raises(Unavailable):
        await bench.shop.order("1001")
    assert (await bench.shop.order("1001")).number == "#1001"


@pytest.mark.parametrize("status", [301, 302, 400, 402, 403, 404, 423, 429, 430, 500, 503])
async def test_any_other_status_is_no_answer(bench: Bench, status: int) -> None:
    bench.peer.sell("1001")
    bench.peer.faults = [Fault(kind="status", status=status)]
    with pytest.raises(Unavailable, match=str(status)):
        await bench.shop.order("1001")


@pytest.mark.parametrize("token", ["", "shpat_wrong", TOKEN + "x"])
async def test_a_token_that_does_not_count_is_no_answer_and_is_not_repeated(bench: Bench, token: str) -> None:
    with pytest.raises(Unavailable) as refused:
        await bench.of(token).order("1001")

    assert "401" in refused.value.detail
    assert "shpat_" not in f"{refused.value!r} {refused.value.__cause__!r}"
    assert bench.peer.asked == []


async def test_no_error_repeats_the_token(bench: Bench) -> None:
    said: list[str] = []
    bench.peer.sell("1001")
    for fault in (
        Fault(kind="drop"),
        Fault(kind="rubbish"),
        Fault(kind="cut"),
        Fault(kind="status", status=403),
    ):
        bench.peer.faults = [fault]
        with pytest.raises(Unavailable) as error:
            await bench.shop.order("1001")
        said.append(f"{error.value!r} {error.value.__cause__!r}")
    gateway = Gateway(bench.outbound, f"ftp://shop.example{PATH}", SecretStr(TOKEN))
    with pytest.raises(Unavailable) as nowhere:
        await gateway.ask("{ shop { id } }", "", {}, "shop")

    assert TOKEN not in " ".join([*said, repr(nowhere.value), repr(gateway._token)])


async def test_errors_of_a_document_are_told_in_shopify_s_words(bench: Bench) -> None:
    """As when a version of the API no longer has what is asked for."""
    gateway = Gateway(bench.outbound, f"{bench.peer.url}{PATH}", SecretStr(TOKEN))
    for document, why in [
        ("query Q($id: ID!) { order(id: $id) { id colour } }", "Cannot query field 'colour'"),
        ("query Q($id: ID!, $n: Int!) { order(id: $id) { refunds(first: $n) { id } } }", "'\\$n'"),
        ("query Q($id: Int!) { order(id: $id) { id } }", "'\\$id'"),
        ("query Q { order { id } }", "is required"),
        ("query Q {", "Syntax Error"),
    ]:
        with pytest.raises(Unavailable, match=f"Shopify refused Q: .*{why}"):
            await gateway.ask(document, "Q", {"id": "gid://shopify/Order/1"}, "order")


async def test_what_is_answered_beside_errors_is_not_taken(bench: Bench) -> None:
    bench.peer.sell("1001")
    bench.peer.says = [
        {"message": "Access denied for customer field.", "extensions": {"code": "ACCESS_DENIED"}}
    ]
    with pytest.raises(Unavailable, match="Access denied for customer field"):
        await bench.shop.order("1001")


async def test_want_of_points_is_waited_out_once(bench: Bench) -> None:
    bench.peer.sell("1001")
    bench.peer.throttled = 1
    assert (await bench.shop.order("1001")).number == "#1001"
    assert bench.peer.asked == ["UsoOrder"]


async def test_want_of_points_that_lasts_is_no_answer(bench: Bench) -> None:
    bench.peer.sell("1001")
    bench.peer.throttled = 2
    with pytest.raises(Unavailable, match="Throttled"):
        await bench.shop.order("1001")
    assert bench.peer.asked == []
    assert bench.peer.throttled == 0


async def test_points_are_waited_for_as_long_as_they_take_and_never_long(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    asleep = asyncio.sleep

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        await asleep(0)

    monkeypatch.setattr("shared.adapters.shopify.gateway.asyncio.sleep", sleep)
    bench.peer.sell("1001")
    for rate in (50.0, 0.5):
        bench.peer.throttled, bench.peer.restore_rate = 1, rate
        await bench.shop.order("1001")
    assert [each for each in waited if each] == [1.82, 5.0]
