"""The peer itself: it refuses what Stripe's SDK does not declare, and keeps answers as Stripe does."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st
from stripe._encode import _api_encode

from tests.peers.stripe.forms import decode
from tests.peers.stripe.params import checked
from tests.peers.stripe.peer import VERSION, StripePeer, running_peer
from tests.peers.stripe.refusals import Refusal

NOW = datetime(2026, 5, 4, 14, tzinfo=UTC)


@pytest.fixture
async def peer() -> AsyncIterator[StripePeer]:
    async with running_peer(lambda: NOW) as peer:
        yield peer


async def post(peer: StripePeer, path: str, form: str, **headers: str) -> tuple[int, Any]:
    sent = {"Authorization": f"Bearer {peer.api_key}", "Stripe-Version": VERSION, "Idempotency-Key": "k"}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{peer.url}{path}", data=form.encode(), headers=sent | headers) as answer,
    ):
        return answer.status, await answer.json()


# --- parameters -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "code", "param"),
    [
        ("currency=usd", "parameter_missing", "amount"),
        ("amount=500", "parameter_missing", "currency"),
        ("amount=5.5&currency=usd", "parameter_invalid_integer", "amount"),
        ("amount=many&currency=usd", "parameter_invalid_integer", "amount"),
        ("amount=500&currency=usd&confirm=perhaps", "parameter_invalid_boolean", "confirm"),
        ("amount=500&currency=usd&capture=false", "parameter_unknown", "capture"),
        ("amount=500&currency=usd&stripe_version=x", "parameter_unknown", "stripe_version"),
        ("amount=500&currency=usd&expand=latest_charge", "parameter_invalid", "expand"),
        ("amount=500&currency=usd&metadata=text", "parameter_invalid", "metadata"),
        ("amount=500&currency=usd&shipping[nme]=Ann", "parameter_unknown", "shipping[nme]"),
        ("amount=500&currency=usd&shipping[name]=Ann", "parameter_missing", "shipping[address]"),
        (
            "amount=500&currency=usd&payment_method_types[0]=card",
            "payment_method_types_no_longer_supported",
            "payment_method_types",
        ),
    ],
)
async def test_parameters_that_the_sdk_does_not_declare_are_refused(
    peer: StripePeer, form: str, code: str, param: str
) -> None:
    status, answer = await post(peer, "/v1/payment_intents", form)
    error = answer["error"]
    assert (status, error["type"]) == (400, "invalid_request_error")
    assert (error["code"], error["param"]) == (code, param)
    assert peer.count("payment_intent") == 0


async def test_a_good_form_is_typed_as_declared(peer: StripePeer) -> None:
    form = (
        "amount=500&currency=usd&metadata[a]=1&expand[]=latest_charge&automatic_payment_methods[enabled]=true"
    )
    status, intent = await post(peer, "/v1/payment_intents", form)
    assert (status, intent["amount"], intent["metadata"]) == (200, 500, {"a": "1"})
    (asked,) = peer.asked
    assert asked.params["automatic_payment_methods"] == {"enabled": True}


@pytest.mark.parametrize("name", ["AccountCreateParams", "DisputeUpdateParams", "TransferListParams"])
def test_no_request_option_of_the_sdk_is_a_parameter(name: str) -> None:
    declared = getattr(stripe.params, name)
    for option in stripe.RequestOptions.__annotations__:
        with pytest.raises(Refusal):
            checked({option: "x"}, declared)


LEAF = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=6)
NAME = st.text("abc_", min_size=1, max_size=4)
TREE = st.dictionaries(
    NAME,
    st.recursive(
        LEAF,
        lambda inner: (
            st.lists(LEAF, min_size=1, max_size=3) | st.dictionaries(NAME, inner, min_size=1, max_size=3)
        ),
        max_leaves=8,
    ),
    max_size=4,
)


@given(TREE)
def test_what_the_sdk_encodes_is_decoded_to_the_same(tree: dict[str, Any]) -> None:
    from urllib.parse import urlencode

    assert decode(urlencode(list(_api_encode(tree)))) == tree


# --- keys and headers -------------------------------------------------------------------------------


async def test_the_first_answer_to_a_key_stands(peer: StripePeer) -> None:
    first = await post(peer, "/v1/customers", "email=a%40b.c")
    assert await post(peer, "/v1/customers", "email=a%40b.c") == first
    status, answer = await post(peer, "/v1/customers", "email=other%40b.c")
    assert (status, answer["error"]["type"]) == (400, "idempotency_error")
    status, answer = await post(peer, "/v1/refunds", "email=a%40b.c")
    assert status == 400
    assert peer.count("customer") == 1


async def test_a_refusal_of_parameters_does_not_use_a_key_up(peer: StripePeer) -> None:
    assert (await post(peer, "/v1/payment_intents", "amount=500"))[0] == 400
    assert (await post(peer, "/v1/payment_intents", "amount=500&currency=usd"))[0] == 200


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("Authorization", "Bearer sk_test_wrong", 401),
        ("Stripe-Version", "2024-06-20", 400),
        ("Idempotency-Key", "", 400),
        ("Idempotency-Key", "x" * 256, 400),
    ],
)
async def test_who_asks_wrongly_is_refused(peer: StripePeer, header: str, value: str, status: int) -> None:
    assert (await post(peer, "/v1/customers", "", **{header: value}))[0] == status
    assert peer.count("customer") == 0


async def test_a_path_that_is_not_stripes_is_not_there(peer: StripePeer) -> None:
    assert (await post(peer, "/v1/nothing", ""))[0] == 404
