"""Amounts on their way to Stripe and back: never rounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.stripe_payments.amounts import digits_at_stripe, from_stripe, to_stripe
from shared.domain.money import Money, digits_of
from shared.errors import InvalidInput
from tests.peers.stripe.amounts import check

CURRENCIES = (
    "USD",
    "EUR",
    "HUF",
    "TWD",
    "JPY",
    "KRW",
    "CLP",
    "PYG",
    "MGA",
    "ISK",
    "UGX",
    "BHD",
    "KWD",
    "TND",
)
AMOUNTS = st.builds(Money, minor=st.integers(1, 10**9), currency=st.sampled_from(CURRENCIES))


@pytest.mark.parametrize(
    ("minor", "currency", "sent"),
    [
        (1050, "USD", 1050),
        (500, "JPY", 500),
        (5, "ISK", 500),
        (5, "UGX", 500),
        (5120, "KWD", 5120),
        (10, "BHD", 10),
    ],
)
def test_the_examples_of_stripes_documentation(minor: int, currency: str, sent: int) -> None:
    assert to_stripe(Money(minor=minor, currency=currency)) == (sent, currency.lower())


@pytest.mark.parametrize(("minor", "currency"), [(5124, "KWD"), (1, "TND"), (1999, "OMR")])
def test_a_thousandth_of_three_decimals_is_refused(minor: int, currency: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        to_stripe(Money(minor=minor, currency=currency))
    assert refused.value.code == "amount_not_representable"


def sent_as(amount: Money) -> tuple[int, str] | None:
    """What goes out for an amount; None when it is refused, which only some currencies may be."""
    try:
        return to_stripe(amount)
    except InvalidInput:
        assert digits_at_stripe(amount.currency) == 3 or digits_of(amount.currency) == 2
        return None


@given(AMOUNTS)
def test_what_goes_out_comes_back_the_same(amount: Money) -> None:
    if (sent := sent_as(amount)) is not None:
        assert from_stripe(*sent) == amount


@given(AMOUNTS)
def test_what_goes_out_is_what_stripe_takes(amount: Money) -> None:
    if (sent := sent_as(amount)) is not None:
        check(*sent)


@given(st.integers(max_value=0), st.sampled_from(CURRENCIES))
def test_only_a_positive_amount_goes_out(minor: int, currency: str) -> None:
    with pytest.raises(InvalidInput):
        to_stripe(Money(minor=minor, currency=currency))


@given(st.integers(-(10**9), 10**9))
def test_a_movement_may_be_negative(minor: int) -> None:
    assert from_stripe(minor, "usd").minor == minor


def test_what_stripe_gives_finer_than_we_can_hold_is_an_error_and_not_rounded() -> None:
    with pytest.raises(ValueError, match="150 isk"):
        from_stripe(150, "isk")
