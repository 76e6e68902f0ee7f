import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.domain.money import Money, apportioned

amounts = st.integers(-(10**12), 10**12)
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=20)


def usd(minor: int) -> Money:
    return Money(minor=minor)


@given(amounts, weights)
def test_the_parts_add_up_to_the_total_to_the_cent(total: int, weights: list[int]) -> None:
    parts = apportioned(usd(total), weights)
    assert len(parts) == len(weights)
    assert Money.total(parts) == usd(total)


@given(st.integers(0, 10**9), weights)
def test_no_part_is_a_cent_away_from_its_share(total: int, weights: list[int]) -> None:
    whole = sum(weights) or len(weights)
    fair = weights if sum(weights) else [1] * len(weights)
    for part, weight in zip(apportioned(usd(total), weights), fair, strict=True):
        assert abs(part.minor * whole - total * weight) < whole


@given(st.integers(0, 10**9), weights)
def test_no_part_of_a_price_is_negative_and_nothing_gets_nothing(total: int, weights: list[int]) -> None:
    for part, weight in zip(apportioned(usd(total), weights), weights, strict=True):
        assert part.minor >= 0
        if weight == 0 and any(weights):
            assert part.minor == 0


def test_cents_left_over_go_to_the_largest_remainder_then_to_the_first() -> None:
    assert [part.minor for part in apportioned(usd(100), [1, 1, 1])] == [34, 33, 33]
    assert [part.minor for part in apportioned(usd(10), [1, 2, 4])] == [1, 3, 6]
    assert [part.minor for part in apportioned(usd(5), [0, 0])] == [3, 2]
    assert apportioned(Money.zero("EUR"), [3, 4]) == [Money.zero("EUR")] * 2


@given(amounts, amounts)
def test_adding_and_taking_away_cancel_out(one: int, other: int) -> None:
    assert usd(one) + usd(other) - usd(other) == usd(one)
    assert usd(one) + usd(other) == usd(other) + usd(one)


@given(amounts, st.integers(0, 50))
def test_times_is_adding_as_often(minor: int, times: int) -> None:
    assert usd(minor) * times == Money.total([usd(minor)] * times)


@pytest.mark.parametrize(
    "operate", [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: Money.total([a, b])]
)
def test_currencies_never_mix(operate: object) -> None:
    with pytest.raises(ValueError, match="cannot mix USD and EUR"):
        operate(usd(1), Money(minor=1, currency="EUR"))  # type: ignore[operator]


def test_an_empty_sum_has_the_currency_that_was_asked_for() -> None:
    assert Money.total([], "EUR") == Money.zero("EUR")
    assert Money.total([Money(minor=3, currency="JPY")], "EUR").currency == "JPY"


@pytest.mark.parametrize("wrong", ["usd", "US", "USDX", "", "U$D"])
def test_a_currency_is_three_capital_letters(wrong: str) -> None:
    with pytest.raises(ValidationError):
        Money(minor=1, currency=wrong)


@pytest.mark.parametrize("wrong", [1.5, "1.5", None])
def test_an_amount_is_whole(wrong: object) -> None:
    with pytest.raises(ValidationError):
        Money.model_validate({"minor": wrong})


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (5, "USD", "$0.05"),
        (5500, "USD", "$55.00"),
        (-1299, "USD", "-$12.99"),
        (0, "USD", "$0.00"),
        (100, "EUR", "EUR 1.00"),
        (-5, "EUR", "-EUR 0.05"),
    ],
)
def test_an_amount_reads_as_people_write_it(minor: int, currency: str, words: str) -> None:
    assert str(Money(minor=minor, currency=currency)) == words
