"""The embedded payment provider: whatever is asked, in whatever order and how often, the books balance."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.adapters.clocks import SystemClock
from shared.adapters.simulated_payments import CONTAINER, SimulatedPayments
from shared.adapters.sqlite_store import SqliteStore
from shared.domain.money import Money
from shared.errors import Conflict, PaymentDeclined
from shared.ports.payments import ChargeRequest, Receipt, RefundRequest


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "store.sqlite", SystemClock())
    yield opened
    await opened.close()


@pytest.fixture
def payments(store: SqliteStore) -> SimulatedPayments:
    return SimulatedPayments(store)


def charge(minor: int = 1000, *, key: str = "o:charge", customer: str = "alice") -> ChargeRequest:
    return ChargeRequest(key=key, customer_id=customer, amount=Money(minor=minor))


def refund(receipt: Receipt, minor: int, *, key: str = "o:refund", currency: str = "USD") -> RefundRequest:
    return RefundRequest(key=key, charge_id=receipt.id, amount=Money(minor=minor, currency=currency))


async def refunded(store: SqliteStore, receipt: Receipt) -> int:
    document = await store.read(CONTAINER, receipt.id, "charge")
    assert document is not None
    return int(document.body["refunded"])


async def test_the_same_key_charges_once(payments: SimulatedPayments) -> None:
    first = await payments.charge(charge())
    assert await payments.charge(charge()) == first
    assert await payments.charge(charge(key="other")) != first


async def test_many_who_charge_at_once_under_one_key_get_one_receipt(payments: SimulatedPayments) -> None:
    receipts = await asyncio.gather(*(payments.charge(charge()) for _ in range(20)))
    assert len({receipt.id for receipt in receipts}) == 1


async def test_a_declined_customer_pays_nothing_until_accepted_again(payments: SimulatedPayments) -> None:
    await payments.decline("alice")
    with pytest.raises(PaymentDeclined):
        await payments.charge(charge())
    assert (await payments.charge(charge(key="bob", customer="bob"))).amount.minor == 1000
    await payments.decline("alice", declined=False)
    await payments.decline("alice", declined=False)
    assert (await payments.charge(charge())).amount.minor == 1000


async def test_a_charge_that_went_through_is_not_declined_afterwards(payments: SimulatedPayments) -> None:
    receipt = await payments.charge(charge())
    await payments.decline("alice")
    assert await payments.charge(charge()) == receipt


async def test_the_same_key_refunds_once(store: SqliteStore, payments: SimulatedPayments) -> None:
    receipt = await payments.charge(charge())
    first = await payments.refund(refund(receipt, 300))
    assert await payments.refund(refund(receipt, 300)) == first
    assert await refunded(store, receipt) == 300


@pytest.mark.parametrize(("minor", "currency"), [(1001, "USD"), (0, "USD"), (-5, "USD"), (100, "EUR")])
async def test_a_refund_that_is_none_moves_nothing(
    store: SqliteStore, payments: SimulatedPayments, minor: int, currency: str
) -> None:
    receipt = await payments.charge(charge())
    with pytest.raises(Conflict, match="cannot be refunded"):
        await payments.refund(refund(receipt, minor, currency=currency))
    assert await refunded(store, receipt) == 0


async def test_a_refund_of_nothing_charged_is_refused(payments: SimulatedPayments) -> None:
    with pytest.raises(Conflict) as told:
        await payments.refund(RefundRequest(key="k", charge_id="ch_none", amount=Money(minor=1)))
    assert told.value.code == "unknown_charge"


_examples = itertools.count()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    charged=st.integers(1, 1000),
    asked=st.lists(st.tuples(st.integers(0, 4), st.integers(-10, 700)), min_size=1, max_size=12),
)
async def test_refunds_never_exceed_their_charge_in_any_order_and_with_any_reuse_of_keys(
    store: SqliteStore, payments: SimulatedPayments, charged: int, asked: list[tuple[int, int]]
) -> None:
    run = next(_examples)
    receipt = await payments.charge(charge(charged, key=f"{run}"))

    async def give_back(key: int, minor: int) -> Receipt | None:
        try:
            return await payments.refund(refund(receipt, minor, key=f"{run}:{key}"))
        except Conflict:
            return None

    answers = [answer for answer in await asyncio.gather(*(give_back(*each) for each in asked)) if answer]
    by_key: dict[str, set[int]] = {}
    for answer in answers:
        by_key.setdefault(answer.key, set()).add(answer.amount.minor)
    assert all(len(amounts) == 1 for amounts in by_key.values()), "one key, one refund"
    moved = sum(amount for amounts in by_key.values() for amount in amounts)
    assert moved == await refunded(store, receipt) <= charged
