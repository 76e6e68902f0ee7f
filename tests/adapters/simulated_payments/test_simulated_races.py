"""Many at once: one key is one effect, and no two together get more than there is."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from payment_kit import (
    Bench,
    Interleaving,
    asked,
    cancelling,
    capturing,
    money,
    refunding,
    reversing,
    sending,
)

from shared.errors import Conflict
from shared.ports.payments import PaymentState

SEEDS = range(15)
T = TypeVar("T")


@pytest.fixture(params=SEEDS)
async def busy(bench: Bench, request: pytest.FixtureRequest) -> Bench:
    """The bench with a provider whose every call lets others in between."""
    bench.provider = bench.on(Interleaving(bench.store, request.param))
    return bench


async def tried(wanted: Awaitable[T]) -> T | str:
    """The answer, or the code of the refusal."""
    try:
        return await wanted
    except Conflict as refused:
        return refused.code


async def test_one_key_is_one_effect_however_many_ask_at_once(busy: Bench) -> None:
    for ask, n in (
        (lambda: busy.provider.authorise(asked(5000, capture=True)), 1),
        (lambda: busy.provider.open_account("a", payee_id="shop"), 1),
        (lambda: busy.provider.pay_out("p", money(1000)), 2),
    ):
        answers = await asyncio.gather(*(ask() for _ in range(10)))
        assert len({answer.model_dump_json() for answer in answers}) == 1
        assert len(await busy.movements()) == n
    assert await busy.balance() == 3825
    assert len(await busy.events()) == 3


async def test_one_key_for_two_requests_serves_one_of_them(busy: Bench) -> None:
    answers = await asyncio.gather(
        *(tried(busy.provider.authorise(asked(minor, capture=True))) for minor in (100, 200) * 5)
    )
    assert sorted(map(str, answers)).count("key_reused") == 5
    assert len({str(answer) for answer in answers}) == 2
    assert len(await busy.movements()) == 1


async def test_refunds_that_race_never_exceed_their_payment(busy: Bench) -> None:
    payment = await busy.taken(1000)
    answers = await asyncio.gather(
        *(tried(busy.provider.refund(refunding(payment, 400, key=f"{n}"))) for n in range(6))
    )
    assert sorted(map(str, answers)).count("refund_exceeds_payment") == 4
    assert (await busy.provider.payment(payment.id)).refunded == 800
    assert await busy.balance() == 1000 - 59 - 800


async def test_a_refund_and_a_dispute_that_race_never_take_the_same_money(busy: Bench) -> None:
    payment = await busy.taken(1000)
    answers = await asyncio.gather(
        tried(busy.provider.refund(refunding(payment, 1000))),
        tried(busy.provider.open_dispute("d", payment.id, reason="x", amount=money(1000))),
    )
    assert len([answer for answer in answers if isinstance(answer, str)]) == 1
    taken = sum(line.amount.minor for line in await busy.movements() if line.kind != "payment")
    assert taken == -1000


async def test_a_capture_and_a_cancel_that_race_have_one_winner(busy: Bench) -> None:
    payment = await busy.provider.authorise(asked(1000))
    captured, cancelled = await asyncio.gather(
        tried(busy.provider.capture(capturing(payment, 1000))),
        tried(busy.provider.cancel(cancelling(payment))),
    )
    state = (await busy.provider.payment(payment.id)).state
    if state is PaymentState.CAPTURED:
        assert cancelled == "already_captured"
    else:
        assert (state, captured) == (PaymentState.CANCELLED, "not_capturable")
    assert len(await busy.movements()) == (1 if state is PaymentState.CAPTURED else 0)


async def test_captures_that_race_take_once(busy: Bench) -> None:
    payment = await busy.provider.authorise(asked(1000))
    answers = await asyncio.gather(
        *(tried(busy.provider.capture(capturing(payment, 600, key=f"{n}"))) for n in range(5))
    )
    assert sorted(map(str, answers)).count("not_capturable") == 4
    assert (await busy.balance(), len(await busy.movements())) == (600 - 47, 1)


async def test_transfers_and_payouts_that_race_never_exceed_the_balance(busy: Bench) -> None:
    payment = await busy.taken(1000)
    payee = await busy.payee()
    answers = await asyncio.gather(
        *(tried(busy.provider.transfer(sending(payee, 300, key=f"t{n}"))) for n in range(4)),
        *(tried(busy.provider.pay_out(f"p{n}", money(300))) for n in range(3)),
        tried(busy.provider.refund(refunding(payment, 1, key="r"))),
    )
    assert sorted(map(str, answers)).count("insufficient_balance") == 4
    assert await busy.balance() == 941 - 900 - 1


async def test_transfers_of_one_payment_that_race_never_exceed_it(busy: Bench) -> None:
    payment = await busy.taken(1000)
    payee = await busy.payee()
    answers = await asyncio.gather(
        *(
            tried(busy.provider.transfer(sending(payee, 400, key=f"{n}", payment_id=payment.id)))
            for n in range(4)
        )
    )
    assert sorted(map(str, answers)).count("transfer_exceeds_payment") == 2
    assert await busy.balance() == 941 - 800


async def test_reversals_that_race_never_exceed_their_transfer(busy: Bench) -> None:
    await busy.taken(1000)
    transfer = await busy.sent(500)
    answers = await asyncio.gather(
        *(tried(busy.provider.reverse(reversing(transfer, 200, key=f"{n}"))) for n in range(4))
    )
    assert sorted(map(str, answers)).count("reversal_exceeds_transfer") == 2
    assert await busy.balance() == 941 - 500 + 400


async def test_a_bank_that_says_both_at_once_says_one_thing(busy: Bench) -> None:
    payment = await busy.taken(1000)
    dispute = await busy.provider.open_dispute("d", payment.id, reason="x")
    answers = await asyncio.gather(
        *(tried(busy.provider.close_dispute(dispute.id, won=won)) for won in (True, False) * 3)
    )
    assert answers.count("dispute_closed") == 3
    won = (await busy.provider.dispute(dispute.id)).state == "won"
    assert await busy.balance() == 941 - 1500 - (0 if won else 1000)


async def test_those_who_count_and_catch_up_at_once_count_and_tell_once(busy: Bench) -> None:
    await busy.provider.shape_news(delay=timedelta(hours=1), copies=2)
    for n in range(4):
        await busy.provider.authorise(asked(1000, key=f"{n}", capture=n % 2 == 0))
    await asyncio.gather(*(busy.provider.balance("USD") for _ in range(5)))
    assert await busy.balance() == 2 * 941
    busy.clock.pass_(days=8)
    await asyncio.gather(*(busy.provider.catch_up() for _ in range(4)))
    assert len(await busy.events()) == 8, "those of the two that lapsed are held for an hour themselves"
    assert len(await busy.deliveries()) == 6


async def test_processes_that_start_at_once_make_one_set_of_secrets(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "data")
    others = [bench.on(bench.store) for _ in range(5)]

    async def secrets_of(n: int) -> tuple[str, ...]:
        return await asyncio.to_thread(others[n]._keys.webhook_secrets)

    made = await asyncio.gather(*(secrets_of(n) for n in range(5)))
    assert len(set(made)) == 1
    await bench.store.close()
    assert [each.name for each in (tmp_path / "data" / "payments").iterdir()] == ["keys.json"]
