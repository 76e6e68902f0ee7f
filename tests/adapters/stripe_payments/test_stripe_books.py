"""The provider's books through the real SDK: every movement once, whatever the pages; and the balance."""

from datetime import timedelta

import pytest

from shared.domain.money import Money
from shared.errors import Unavailable
from shared.ports.payments import BalanceMovement, MovementKind
from tests.adapters.stripe_payments.bench import NOW, Bench, refund_of, reversal_of, usd

DAY = timedelta(days=1)


async def movements(bench: Bench, since: timedelta = -DAY, until: timedelta = DAY) -> list[BalanceMovement]:
    return [line async for line in bench.stripe.movements(NOW + since, NOW + until)]


async def test_every_movement_names_what_moved_it(bench: Bench) -> None:
    payment = await bench.captured(5000, take=4000)
    refund = await bench.stripe.refund(refund_of(payment, 500))
    transfer = await bench.transferred(2000)
    reversal = await bench.stripe.reverse(reversal_of(transfer, 300))
    lost, won = (bench.peer.open_dispute(payment.id, amount=n)["id"] for n in (100, 200))
    bench.peer.close_dispute(lost, won=False)
    bench.peer.close_dispute(won, won=True)
    payout = bench.peer.pay_out(50)
    found = {(line.kind, line.source_id): (line.amount, line.fee) for line in await movements(bench)}
    other = bench.peer.state.all("payment_intent")[-1]["id"]
    assert found == {
        (MovementKind.PAYMENT, payment.id): (usd(4000), usd(146)),
        (MovementKind.PAYMENT, other): (usd(5000), usd(175)),
        (MovementKind.REFUND, refund.id): (usd(-500), usd(0)),
        (MovementKind.TRANSFER, transfer.id): (usd(-2000), usd(0)),
        (MovementKind.REVERSAL, reversal.id): (usd(300), usd(0)),
        (MovementKind.DISPUTE, lost): (usd(-100), usd(1500)),
        (MovementKind.DISPUTE, won): (usd(-200), usd(1500)),
        (MovementKind.DISPUTE_WON, won): (usd(200), usd(0)),
        (MovementKind.PAYOUT, payout["id"]): (usd(-50), usd(0)),
    }


async def test_the_balance_is_the_sum_of_its_movements_pending_money_included(bench: Bench) -> None:
    payment = await bench.captured(5000)
    await bench.stripe.refund(refund_of(payment, 500))
    await bench.transferred(2000)
    lines = await movements(bench)
    assert await bench.stripe.balance("USD") == Money.total(line.amount - line.fee for line in lines)
    assert await bench.stripe.balance("JPY") == Money.zero("JPY")


async def test_what_stripe_alone_knows_is_listed_as_other(bench: Bench) -> None:
    bench.peer.state.book("stripe_fee", "fee_1", -25, "usd")
    (line,) = await movements(bench)
    assert (line.kind, line.amount) == (MovementKind.OTHER, usd(-25))


async def test_of_more_than_a_page_none_is_missing_and_none_twice(bench: Bench) -> None:
    for n in range(250):
        bench.peer.state.book("adjustment", f"x_{n}", n + 1, "usd")
    lines = await movements(bench)
    assert sorted(line.amount.minor for line in lines) == list(range(1, 251))
    assert len([each for each in bench.peer.asked if each.path == "/v1/balance_transactions"]) == 3


async def test_a_period_holds_its_beginning_and_not_its_end(bench: Bench) -> None:
    for seconds in (0, 1, 2, 3):
        bench.peer.state.book("adjustment", f"x_{seconds}", seconds + 1, "usd")
        bench.clock.pass_(seconds=1)
    second = timedelta(seconds=1)
    assert [line.amount.minor for line in await movements(bench, second, 3 * second)] == [3, 2]
    half = timedelta(milliseconds=500)
    assert [line.amount.minor for line in await movements(bench, half, 2 * second + half)] == [3, 2]
    assert await movements(bench, 5 * second, 9 * second) == []


async def test_a_page_that_is_lost_ends_the_list_with_an_error_and_not_early(bench: Bench) -> None:
    for n in range(150):
        bench.peer.state.book("adjustment", f"x_{n}", n + 1, "usd")
    lines = bench.stripe.movements(NOW - DAY, NOW + DAY)
    for _ in range(100):
        await anext(lines)
    bench.peer.fail("status", path="balance_transactions")
    with pytest.raises(Unavailable):
        await anext(lines)
    assert len(await movements(bench)) == 150
