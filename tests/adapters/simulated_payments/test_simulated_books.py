"""The provider's books: every movement once, on its day, whenever the process dies."""

import contextlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from payment_kit import (
    AGES_AGO,
    START,
    Bench,
    Dying,
    Killed,
    asked,
    cancelling,
    capturing,
    money,
    refunding,
    reversing,
    sending,
)

from shared.adapters.simulated_payments import CONTAINER, SimulatedPayments
from shared.adapters.simulated_payments.books import PAGE
from shared.ports.payments import BalanceMovement, Evidence, PaymentState
from shared.ports.store import Upsert
from tests.clocks import HandClock
from tests.feeds import whole_feed

ONE_DAY = timedelta(days=1)


async def test_the_log_is_read_by_span_oldest_first(bench: Bench) -> None:
    for n in range(5):
        await bench.taken(100 + n, key=f"{n}")
        bench.clock.pass_(hours=13)
    amounts = [line.amount.minor for line in await bench.movements()]
    assert amounts == [100, 101, 102, 103, 104]
    second = START + timedelta(hours=13)
    fourth = START + timedelta(hours=39)
    between = await bench.movements(second, fourth)
    assert [line.amount.minor for line in between] == [101, 102], "since is included, until is not"
    assert await bench.movements(second, second) == []
    assert await bench.movements(bench.clock.instant, bench.clock.instant + ONE_DAY) == []
    assert await bench.movements(AGES_AGO, START) == []


async def test_the_log_goes_on_over_pages_of_the_feed(bench: Bench) -> None:
    """More than a page of strangers' documents, then more than a page of the provider's own."""
    for n in range(PAGE + 50):
        await bench.store.batch(CONTAINER, "news", [Upsert(f"inbox:{n}", {"kind": "inbox"})])
    payment = await bench.taken(2_000)
    for n in range(300):
        await bench.provider.refund(refunding(payment, 1, key=f"{n}"))
    assert await bench.balance() == 2_000 - 88 - 300
    lines = await bench.movements()
    assert len(lines) == len({line.id for line in lines}) == 301


async def test_reading_what_was_read_writes_nothing(bench: Bench) -> None:
    await bench.taken()
    await bench.movements()
    before = await whole_feed(bench.store, CONTAINER)
    for _ in range(3):
        await bench.movements()
        await bench.balance()
    assert await whole_feed(bench.store, CONTAINER) == before


def net(lines: list[BalanceMovement]) -> int:
    return sum(line.amount.minor - line.fee.minor for line in lines)


async def a_month(provider: SimulatedPayments, clock: HandClock) -> list[Any]:
    """All that can happen, as a client does it that may be killed with the provider and begin again.

    Returns the answers to what was asked with a key.
    """
    clock.instant = START
    answers: list[Any] = []
    first = await provider.authorise(asked(9000, key="1"))
    answers += [first, await provider.capture(capturing(first, 8000, key="1c"))]
    await provider.require_action("bob")
    second = await provider.authorise(asked(4000, key="2", customer="bob", capture=True))
    if (await provider.payment(second.id)).state is PaymentState.REQUIRES_ACTION:
        await provider.act(second.id)
    await provider.shape_news(delay=timedelta(hours=1), copies=2)
    account = await provider.open_account("a", payee_id="shop")
    await provider.onboard(account.id)
    transfer = await provider.transfer(sending(account.id, 3000, key="t"))
    clock.instant = START + timedelta(days=1)
    await provider.catch_up()
    answers += [second, account, transfer]
    answers += [await provider.transfer(sending(account.id, 2000, key="t2", payment_id=first.id))]
    answers += [await provider.reverse(reversing(transfer, 1000, key="r"))]
    answers += [await provider.refund(refunding(first, 500, key="f"))]
    dispute = await provider.open_dispute("d", second.id, reason="fraudulent", amount=money(3000))
    answers += [dispute, await provider.stage_evidence("s", dispute.id, Evidence(customer_name="Bob"))]
    answers += [await provider.submit_evidence("e", dispute.id, Evidence(shipping_date="today"))]
    await provider.close_dispute(dispute.id, won=True)
    answers += [await provider.pay_out("p", money(100))]
    await provider.shape_news(delay=timedelta(0), copies=1)
    third = await provider.authorise(asked(100, key="3"))
    answers += [third, await provider.cancel(cancelling(third, key="3c"))]
    answers += [await provider.authorise(asked(100, key="4"))]
    clock.instant = START + timedelta(days=30)
    await provider.catch_up()
    answers += [await provider.balance("USD")]
    return answers


async def test_a_process_that_dies_after_any_write_changes_nothing(tmp_path: Path) -> None:
    whole = Bench(tmp_path / "whole")
    expected = await a_month(whole.provider, whole.clock)
    documents, lines = await whole.everything(), await whole.movements()
    assert net(lines) == expected[-1].minor == await whole.balance()
    assert len(lines) == 9
    writes = 0
    while True:
        bench = Bench(tmp_path / f"{writes}")
        died = False
        with contextlib.suppress(Killed):
            await a_month(bench.on(Dying(bench.store, writes)), bench.clock)
            died = True
        died = not died
        bench.clock.instant = START + timedelta(days=30)
        assert net(await bench.movements()) == await bench.balance(), f"after write {writes}"
        assert await a_month(bench.provider, bench.clock) == expected, f"after write {writes}"
        assert await bench.movements() == lines, f"after write {writes}"
        assert differences(documents, await bench.everything()) == [], f"after write {writes}"
        await bench.store.close()
        if not died:
            break
        writes += 1
    await whole.store.close()
    assert writes > 60, "the month has lost most of its writes: is it still what it says?"


def differences(one: dict[Any, Any], other: dict[Any, Any]) -> list[Any]:
    return [(key, one.get(key), other.get(key)) for key in {*one, *other} if one.get(key) != other.get(key)]


@pytest.mark.parametrize("fatal", range(8))
async def test_a_count_that_dies_half_way_counts_nothing_twice(bench: Bench, fatal: int) -> None:
    for n in range(3):
        await bench.taken(1000, key=f"{n}")
        bench.clock.pass_(days=1)
    with contextlib.suppress(Killed):
        await bench.on(Dying(bench.store, fatal)).balance("USD")
    assert await bench.balance() == 3 * 941
    assert len(await bench.movements()) == 3
