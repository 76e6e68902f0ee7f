"""What a mandate may claim. A limit that is not understood refuses all of it."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.mandates import MandateTerms, check_times, read_claims
from shared.domain.mandates.compact import MAX_NUMBER
from shared.errors import InvalidInput
from tests.harness import MONDAY
from tests.wallet import Wallet, dumped, seconds

PHONE = Wallet()
AT = seconds(MONDAY)
DAYS_90 = timedelta(days=90)
MINUTE = timedelta(minutes=1)
GOOD_LIMITS: dict[str, Any] = {
    "currency": "USD",
    "total": 10_000,
    "per_order": 5000,
    "uses": 3,
    "payees": ["rosewood"],
    "categories": ["flowers"],
}


def read(**claims: Any) -> MandateTerms:
    return read_claims(dumped(PHONE.claims(**claims)))


def refusal(payload: bytes) -> InvalidInput:
    with pytest.raises(InvalidInput) as refused:
        read_claims(payload)
    assert refused.value.code == "invalid_mandate"
    return refused.value


def test_everything_that_is_claimed_becomes_a_term() -> None:
    terms = read(limits=GOOD_LIMITS, nbf=AT + 60)
    assert (terms.issued_at, terms.not_before) == (MONDAY, MONDAY + MINUTE)
    assert terms.expires_at == MONDAY + timedelta(days=30)
    assert (terms.reference, terms.agent, terms.customer_id) == ("m1", "assistant", "alice")
    assert terms.limits.model_dump(mode="json") == GOOD_LIMITS


@pytest.mark.parametrize("claim", ["iss", "sub", "aud", "jti", "iat", "exp", "agent", "limits"])
def test_a_missing_claim_is_named(claim: str) -> None:
    claims = {name: value for name, value in PHONE.claims().items() if name != claim}
    assert refusal(dumped(claims)).field == f"token.{claim}"


@given(st.text(max_size=20), st.sampled_from([1, True, "x", [], {}, 0, False]))
def test_an_unknown_claim_refuses_the_mandate(name: str, value: object) -> None:
    """Also one whose value looks like `no limit`: who does not understand it cannot know."""
    claims = PHONE.claims()
    if name not in (*claims, "nbf"):
        refusal(dumped({**claims, name: value}))


@given(st.text(max_size=20), st.sampled_from([1, True, "x", [], {}, 0, False]))
def test_an_unknown_limit_refuses_the_mandate(name: str, value: object) -> None:
    if name not in GOOD_LIMITS:
        refused = refusal(dumped(PHONE.claims(limits={**GOOD_LIMITS, name: value})))
        assert refused.field is not None
        assert refused.field.startswith("token.limits")


@pytest.mark.parametrize(
    ("limit", "values"),
    [
        ("total", [-1, 0, 1.0, 1.5, "100", True, None, [], 10**12 + 1, 10**16, 10**400]),
        ("per_order", [-1, 0, 1.0, 2.5, "1", False, None]),
        ("uses", [-1, 0, 1.0, 1.5, "3", True, None, 100_001]),
        ("currency", ["usd", "US", "USDX", "", 840, None, "U$D"]),
        ("payees", [[], [""], "rosewood", [None], ["a b"], [1], None, {}, ["x" * 65], ["v"] * 51]),
        ("categories", [[], [""], "flowers", [None], [1], None, ["x" * 61], ["c"] * 51]),
    ],
)
def test_a_limit_of_the_wrong_kind_refuses_the_mandate(limit: str, values: list[object]) -> None:
    for value in values:
        refused = refusal(dumped(PHONE.claims(limits={**GOOD_LIMITS, limit: value})))
        assert refused.field == "token" or refused.field.startswith(f"token.limits.{limit}")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        ("aud", ["another", ["uso"], "", "USO"]),
        ("jti", ["", "a b", "../x", "x" * 129, 5, ".x"]),
        ("agent", ["", "a b", "x" * 256, ["assistant"], "агент", "a\nb"]),
        ("sub", ["", ["alice"], 5]),
        ("iat", [-1, 1.5, 1e9, "1777903200", True, 10**12, MAX_NUMBER + 1]),
        ("nbf", [-1, 1.5, "now", None]),
        ("exp", [-1, 1.5, "never", None, 10**12]),
        ("limits", [None, [], "none", {}, 5]),
    ],
)
def test_a_claim_of_the_wrong_kind_refuses_the_mandate(claim: str, values: list[object]) -> None:
    for value in values:
        refusal(dumped({**PHONE.claims(), claim: value}))


def test_authority_is_given_over_ones_own_money_only() -> None:
    assert refusal(dumped(PHONE.claims(iss="bob"))).field == "token.iss"


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b"[]",
        b"5",
        b"{",
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":1e400}',
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b'{"a":"\\ud800"}',
        b'{"a":' + b"9" * 5000 + b"}",
        b"[" * 8000,
        b'{"a":"\x00"}',
        b"{} {}",
        b"{'a':1}",
        b'{"a":1,}',
    ],
)
def test_what_is_no_json_is_refused(payload: bytes) -> None:
    assert refusal(payload).field is not None


def test_a_refusal_repeats_nothing_of_what_was_signed() -> None:
    assert "topsecret" not in refusal(dumped(PHONE.claims(limits={"currency": "topsecret"}))).detail
    assert "topsecret" not in refusal(dumped(PHONE.claims(agent="top secret topsecret"))).detail


def check(**claims: Any) -> None:
    check_times(read(**claims), now=MONDAY, longest=DAYS_90, skew=MINUTE)


def field_of(**claims: Any) -> str | None:
    with pytest.raises(InvalidInput) as refused:
        check(**claims)
    return refused.value.field


def test_a_mandate_lasts_as_long_as_allowed_and_no_longer() -> None:
    longest = int(DAYS_90.total_seconds())
    check(exp=AT + longest)
    assert field_of(exp=AT + longest + 1) == "token.exp"
    check(iat=AT - longest + 1, exp=AT + 1)


def test_a_mandate_that_is_over_is_refused() -> None:
    check(exp=AT + 1)
    assert field_of(iat=AT - 10, exp=AT) == "token.exp"
    assert field_of(iat=AT - 10, exp=AT - 1) == "token.exp"
    assert field_of(iat=0, exp=1) == "token.exp"


def test_a_wallets_clock_may_be_a_little_ahead() -> None:
    check(iat=AT + 60)
    assert field_of(iat=AT + 61) == "token.iat"


def test_a_mandate_begins_before_it_ends() -> None:
    check(nbf=AT + 99, exp=AT + 100)
    assert field_of(nbf=AT + 100, exp=AT + 100) == "token.exp"
    assert field_of(iat=AT + 60, exp=AT + 60) == "token.exp"
