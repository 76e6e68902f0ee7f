"""What may be refunded without a look: per customer and day, and altogether, however many ask at once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.domain.money import Money
from shared.services.disputes.allowances import Allowances
from tests.books import Books, books


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Books]:
    made = books(tmp_path, auto_refunds_per_customer=4000, auto_refunds_per_day=10_000)
    yield made
    await made.app.close()


@pytest.fixture
def allowances(world: Books) -> Allowances:
    return Allowances(world.store, world.clock, world.app.settings)


async def take(
    allowances: Allowances, minor: int, leg: str, customer: str = "alice", currency: str = "USD"
) -> bool:
    return await allowances.take(Money(minor=minor, currency=currency), leg_id=leg, customer_id=customer)


async def test_a_customer_has_a_limit_a_day(allowances: Allowances, world: Books) -> None:
    assert [await take(allowances, 2000, f"l{n}") for n in range(3)] == [True, True, False]
    assert await take(allowances, 2000, "l9", "bob"), "another customer has their own"
    world.clock.pass_(hours=10)
    assert await take(allowances, 2000, "l3"), "another day"


async def test_all_customers_together_have_one_too(allowances: Allowances) -> None:
    taken = [await take(allowances, 3000, f"l{n}", f"customer-{n}") for n in range(4)]
    assert taken == [True, True, True, False]
    assert await take(allowances, 1000, "l9", "zoe"), "what is left is enough for this"


async def test_the_same_leg_counts_once(allowances: Allowances) -> None:
    assert [await take(allowances, 3000, "l1") for _ in range(5)] == [True] * 5
    assert await take(allowances, 1000, "l2")


async def test_another_currency_is_never_within_it(allowances: Allowances) -> None:
    assert not await take(allowances, 1, "l1", currency="EUR")


async def test_many_at_once_never_get_more_than_the_limit(allowances: Allowances) -> None:
    answers = await asyncio.gather(
        *(take(allowances, 700, f"l{n}", f"customer-{n % 3}") for n in range(30)), return_exceptions=True
    )
    taken = sum(answer is True for answer in answers)
    assert taken * 700 <= 10_000
    assert all(answer in (True, False) for answer in answers if not isinstance(answer, BaseException))
    for n in range(3):
        own = [answer for m, answer in enumerate(answers) if m % 3 == n]
        assert sum(answer is True for answer in own) * 700 <= 4000
