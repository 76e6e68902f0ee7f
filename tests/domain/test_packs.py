"""Counting as people do: a dozen roses are one bunch."""

import pytest

from shared.domain.catalogue import Product
from shared.domain.money import Money
from shared.domain.packs import amount_of, counted_as_sold, pieces_in


def product(name: str, category: str) -> Product:
    return Product(
        id="p", vendor_id="v", name=name, category=category, price=Money(minor=100, currency="USD")
    )


@pytest.mark.parametrize(
    ("name", "pieces"),
    [
        ("Dozen Red Roses", 12),
        ("Two Dozen Red Roses", 24),
        ("Half Dozen Bagels", 6),
        ("Signature Chocolate Box of 24", 24),
        ("Set of Two Whiskey Glasses", 2),
        ("Pink Peony Bouquet", None),
        ("Box of Chocolates", None),
    ],
)
def test_a_name_says_how_many_it_holds_or_says_nothing(name: str, pieces: int | None) -> None:
    assert pieces_in(name) == pieces


@pytest.mark.parametrize(
    ("counted", "name", "category", "amount"),
    [
        (12, "Dozen Red Roses", "flowers", 1),
        (13, "Dozen Red Roses", "flowers", 2),
        (12, "Two Dozen Red Roses", "flowers", 1),
        (12, "Pink Peony Bouquet", "flowers", 1),
        (2, "Dark Chocolate Layer Cake", "cake", 2),
        (1, "Dozen Red Roses", "flowers", 1),
    ],
)
def test_pieces_become_packs(counted: int, name: str, category: str, amount: int) -> None:
    assert amount_of(product(name, category), counted, as_sold=False) == amount


@pytest.mark.parametrize("words", ["boxes of truffles", "rose bouquets", "bottles of champagne"])
def test_what_is_counted_as_it_is_sold_stays_so(words: str) -> None:
    assert counted_as_sold(words)
    assert amount_of(product("Box of 24", "chocolates"), 2, as_sold=counted_as_sold(words)) == 2


def test_flowers_are_counted_in_pieces() -> None:
    assert not counted_as_sold("red roses")
