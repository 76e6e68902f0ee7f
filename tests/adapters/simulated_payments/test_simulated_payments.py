"""Customers' payments at the embedded provider: whatever is asked, in whatever order and how often."""

from datetime import timedelta

import pytest
from payment_kit import START, Bench, asked, cancelling, capturing, money, refunding

from shared.errors import Conflict, InvalidInput, NotFound, PaymentDeclined
from shared.ports.payments import PaymentState

# --- authorise, capture, cancel -----------------------------------------------------------------------


async def test_an_authorised_amount_is_reserved_and_moves_nothing(bench: Bench) -> None:
    payment = await bench.provider.authorise(asked(5000, group="ord_1"))
    assert (payment.state, payment.captured, payment.group) == (PaymentState.AUTHORISED, 0, "ord_1")
    assert await bench.provider.payment(payment.id) == payment
    assert (await bench.balance(), await bench.movements()) == (0, [])


async def test_a_capture_takes_the_amount_less_the_fee(bench: Bench) -> None:
    payment = await bench.provider.authorise(asked(5000))
    after = await bench.provider.capture(capturing(payment, 5000))
    assert (after.state, after.captured) == (PaymentState.CAPTURED, 5000)
    (line,) = await bench.movements()
    assert (line.kind, line.source_id) == ("payment", payment.id)
    assert (line.amount, line.fee, line.at) == (money(5000), money(175), START)
    assert await bench.balance() == 4825


async def test_a_capture_of_less_lets_the_rest_go(bench: Bench) -> None:
    payment = await bench.provider.authorise(asked(5000))
    await bench.provider.capture(capturing(payment, 3000))
    after = await bench.provider.payment(payment.id)
    assert (after.state, after.amount, after.captured) == (PaymentState.CAPTURED, money(5000), 3000)
    with pytest.raises(Conflict, match="captured"):
        await bench.provider.capture(capturing(payment, 2000, key="the rest"))
    assert await bench.balance() == 3000 - 117


async def test_a_payment_can_be_taken_at_once(bench: Bench) -> None:
    payment = await bench.provider.authorise(asked(5000, capture=True))
    assert (payment.state, payment.captured) == (PaymentState.CAPTURED, 5000)
    assert await bench.balance() == 4825


@pytest.mark.parametrize(("minor", "currency"), [(5001, "USD"), (5000, "EUR")])
async def test_what_was_not_authorised_is_not_captured(bench: Bench, minor: int, currency: str) -> None:
    payment = await bench.provider.authorise(asked(5000))
    with pytest.raises(Conflict) as told:
        await bench.provider.capture(capturing(payment, minor, currency=currency))
    assert told.value.code == "capture_exceeds_authorisation"
    assert (await bench.provider.payment(payment.id)).state is PaymentState.AUTHORISED
    assert await bench.movements() == []


async def test_a_cancelled_authorisation_is_gone(bench: Bench) -> None:
    payment = await bench.provider.authorise(asked())
    assert (await bench.provider.cancel(cancelling(payment))).state is PaymentState.CANCELLED
    assert (await bench.provider.cancel(cancelling(payment, key="again"))).state is PaymentState.CANCELLED
    with pytest.raises(Conflict) as told:
        await bench.provider.capture(capturing(payment, 1))
    assert told.value.code == "not_capturable"
    assert await bench.told() == ["payment_changed"] * 2, "the second cancel changed nothing"


async def test_what_was_captured_cannot_be_cancelled(bench: Bench) -> None:
    payment = await bench.taken()
    with pytest.raises(Conflict) as told:
        await bench.provider.cancel(cancelling(payment))
    assert told.value.code == "already_captured"
    assert (await bench.provider.payment(payment.id)).state is PaymentState.CAPTURED


async def test_an_authorisation_lapses_after_seven_days(bench: Bench) -> None:
    payment = await bench.provider.authorise(asked())
    bench.clock.pass_(days=7, seconds=-1)
    assert (await bench.provider.payment(payment.id)).state is PaymentState.AUTHORISED
    bench.clock.pass_(seconds=1)
    assert (await bench.provider.payment(payment.id)).state is PaymentState.CANCELLED
    with pytest.raises(Conflict) as told:
        await bench.provider.capture(capturing(payment, 1))
    assert told.value.code == "not_capturable"
    assert await bench.told() == ["payment_changed"], "nobody has looked yet"
    assert await bench.provider.catch_up() == 1
    assert await bench.told() == ["payment_changed"] * 2
    assert await bench.provider.catch_up() == 0


async def test_a_captured_payment_does_not_lapse(bench: Bench) -> None:
    payment = await bench.provider.authorise(asked())
    await bench.provider.catch_up()
    await bench.provider.capture(capturing(payment, 10_000))
    bench.clock.pass_(days=8)
    await bench.provider.catch_up()
    assert (await bench.provider.payment(payment.id)).state is PaymentState.CAPTURED
    assert await bench.told() == ["payment_changed"] * 2


@pytest.mark.parametrize("minor", [0, -1])
async def test_an_amount_to_move_is_positive(bench: Bench, minor: int) -> None:
    payment = await bench.provider.authorise(asked())
    taken = await bench.taken(key="taken")
    account = await bench.payee()
    before = await bench.everything()
    for refused in (
        bench.provider.authorise(asked(minor, key="none")),
        bench.provider.capture(capturing(payment, minor)),
        bench.provider.refund(refunding(taken, minor)),
        bench.provider.open_dispute("none", taken.id, reason="fraud", amount=money(minor)),
        bench.provider.pay_out("none", money(minor)),
    ):
        with pytest.raises(InvalidInput) as told:
            await refused
        assert told.value.field == "amount"
    assert account
    assert await bench.everything() == before


async def test_what_is_not_there_is_not_found(bench: Bench) -> None:
    ghost = (await bench.provider.authorise(asked())).model_copy(update={"id": "pi_ghost"})
    for wanted in (
        bench.provider.payment(ghost.id),
        bench.provider.action(ghost.id),
        bench.provider.capture(capturing(ghost, 1, key="1")),
        bench.provider.cancel(cancelling(ghost, key="2")),
        bench.provider.refund(refunding(ghost, 1, key="3")),
        bench.provider.act(ghost.id),
        bench.provider.payment("declines"),
        bench.provider.payment("balance"),
    ):
        with pytest.raises(NotFound):
            await wanted


# --- declines and actions ------------------------------------------------------------------------------


async def test_a_declined_customer_pays_nothing_until_accepted_again(bench: Bench) -> None:
    await bench.provider.decline("alice")
    with pytest.raises(PaymentDeclined) as told:
        await bench.provider.authorise(asked(key="1", capture=True))
    assert "card was declined" in told.value.detail
    assert (await bench.taken(key="2", customer="bob")).captured == 10_000
    await bench.provider.decline("alice", declined=False)
    await bench.provider.decline("alice", declined=False)
    assert (await bench.taken(key="3")).captured == 10_000
    assert len(await bench.movements()) == 2


async def test_a_declined_key_stays_declined(bench: Bench) -> None:
    """As at Stripe: whoever tries another card takes another key."""
    await bench.provider.decline("alice")
    for declined in (True, False):
        await bench.provider.decline("alice", declined=declined)
        with pytest.raises(PaymentDeclined) as told:
            await bench.provider.authorise(asked())
        assert told.value.code == "payment_declined"
    assert await bench.movements() == []


async def test_a_payment_that_went_through_is_not_declined_afterwards(bench: Bench) -> None:
    payment = await bench.taken()
    await bench.provider.decline("alice")
    assert await bench.taken() == payment


@pytest.mark.parametrize(
    ("capture", "state", "balance"),
    [(False, PaymentState.AUTHORISED, 0), (True, PaymentState.CAPTURED, 9680)],
)
async def test_a_customer_who_is_asked_to_act_pays_when_they_have(
    bench: Bench, capture: bool, state: PaymentState, balance: int
) -> None:
    await bench.provider.require_action("alice")
    payment = await bench.provider.authorise(asked(capture=capture))
    assert payment.state is PaymentState.REQUIRES_ACTION
    action = await bench.provider.action(payment.id)
    assert action is not None
    assert action.url.endswith(f"/api/v1/simulator/payments/{payment.id}/action")
    assert action.client_secret.get_secret_value().startswith(f"{payment.id}_secret_")
    assert await bench.provider.action(payment.id) == action, "the same whenever it is asked for"
    assert await bench.balance() == 0
    assert (await bench.provider.act(payment.id)).state is state
    assert await bench.provider.action(payment.id) is None
    assert await bench.balance() == balance


async def test_a_customer_who_fails_to_act_pays_nothing(bench: Bench) -> None:
    await bench.provider.require_action("alice")
    payment = await bench.provider.authorise(asked(capture=True))
    assert (await bench.provider.act(payment.id, succeed=False)).state is PaymentState.CANCELLED
    with pytest.raises(Conflict) as told:
        await bench.provider.act(payment.id)
    assert told.value.code == "no_action_required"
    assert await bench.movements() == []


async def test_what_waits_for_the_customer_can_be_cancelled_but_not_captured(bench: Bench) -> None:
    await bench.provider.require_action("alice")
    payment = await bench.provider.authorise(asked())
    with pytest.raises(Conflict):
        await bench.provider.capture(capturing(payment, 1))
    await bench.provider.cancel(cancelling(payment))
    with pytest.raises(Conflict):
        await bench.provider.act(payment.id)
    await bench.provider.require_action("alice", required=False)
    assert (await bench.provider.authorise(asked(key="2"))).state is PaymentState.AUTHORISED


async def test_the_time_to_capture_begins_when_the_customer_has_acted(bench: Bench) -> None:
    await bench.provider.require_action("alice")
    payment = await bench.provider.authorise(asked())
    bench.clock.pass_(days=30)
    await bench.provider.act(payment.id)
    bench.clock.pass_(days=6)
    assert (await bench.provider.capture(capturing(payment, 1))).captured == 1


async def test_a_clients_secret_stands_nowhere_in_the_store(bench: Bench) -> None:
    await bench.provider.require_action("alice")
    payment = await bench.provider.authorise(asked())
    action = await bench.provider.action(payment.id)
    assert action is not None
    assert "_secret_" not in repr(await bench.everything())
    assert action.client_secret.get_secret_value() not in repr(action)


# --- refunds --------------------------------------------------------------------------------------------


async def test_refunds_give_back_in_parts_and_keep_the_fee(bench: Bench) -> None:
    payment = await bench.taken(5000)
    first = await bench.provider.refund(refunding(payment, 2000, key="1"))
    await bench.provider.refund(refunding(payment, 3000, key="2"))
    after = await bench.provider.payment(payment.id)
    assert (after.state, after.captured, after.refunded) == (PaymentState.CAPTURED, 5000, 5000)
    lines = await bench.movements()
    assert sorted((line.kind, line.amount.minor, line.fee.minor) for line in lines) == [
        ("payment", 5000, 175),
        ("refund", -3000, 0),
        ("refund", -2000, 0),
    ]
    assert first.id in {line.source_id for line in lines}
    assert await bench.balance() == -175


@pytest.mark.parametrize(("minor", "currency"), [(3001, "USD"), (1, "EUR")])
async def test_a_refund_never_exceeds_what_was_captured(bench: Bench, minor: int, currency: str) -> None:
    payment = await bench.provider.authorise(asked(5000))
    await bench.provider.capture(capturing(payment, 3000))
    with pytest.raises(Conflict) as told:
        await bench.provider.refund(refunding(payment, minor, currency=currency))
    assert told.value.code == "refund_exceeds_payment"
    assert (await bench.provider.payment(payment.id)).refunded == 0
    assert len(await bench.movements()) == 1


async def test_what_was_not_captured_is_not_refunded(bench: Bench) -> None:
    payment = await bench.provider.authorise(asked(5000))
    with pytest.raises(Conflict, match=r"\$0.00 are left"):
        await bench.provider.refund(refunding(payment, 1))


# --- fees ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minor", "currency", "fee"),
    [
        (1, "USD", 30),
        (17, "USD", 30),  # 0.493 rounds down
        (18, "USD", 31),  # 0.522 rounds up
        (50, "USD", 31),  # 1.45
        (10_000, "USD", 320),
        (1_000_000, "JPY", 29_030),
        (1_500, "KWD", 74),  # 43.5 rounds up
    ],
)
async def test_the_fee_is_rounded_half_up_to_the_minor_unit(
    bench: Bench, minor: int, currency: str, fee: int
) -> None:
    await bench.taken(minor, currency=currency)
    (line,) = await bench.movements()
    assert line.fee == money(fee, currency)
    assert await bench.balance(currency) == minor - fee


async def test_each_currency_has_a_balance_of_its_own(bench: Bench) -> None:
    await bench.taken(5000, key="usd")
    await bench.taken(7000, key="eur", currency="EUR")
    assert (await bench.balance("USD"), await bench.balance("EUR"), await bench.balance("JPY")) == (
        4825,
        6767,
        0,
    )


# --- keys -----------------------------------------------------------------------------------------------


async def test_a_repeated_key_gets_its_first_answer_whatever_happened_since(bench: Bench) -> None:
    payment = await bench.provider.authorise(asked())
    captured = await bench.provider.capture(capturing(payment, 4000))
    refund = await bench.provider.refund(refunding(payment, 1000))
    bench.clock.pass_(days=90)
    before = await bench.everything()
    assert await bench.provider.authorise(asked()) == payment
    assert await bench.provider.capture(capturing(payment, 4000)) == captured
    assert await bench.provider.refund(refunding(payment, 1000)) == refund
    assert await bench.everything() == before


async def test_a_refused_request_is_refused_again_under_its_key_for_a_day(bench: Bench) -> None:
    payment = await bench.provider.authorise(asked(5000))
    refused = refunding(payment, 1000)
    for hours in (0, 23):
        bench.clock.pass_(hours=hours)
        with pytest.raises(Conflict) as told:
            await bench.provider.refund(refused)
        assert told.value.code == "refund_exceeds_payment"
        await bench.provider.capture(capturing(payment, 5000))
    assert (await bench.provider.refund(refunding(payment, 1000, key="another"))).amount == money(1000)
    bench.clock.pass_(hours=1)
    refund = await bench.provider.refund(refused)
    bench.clock.pass_(days=90)
    assert await bench.provider.refund(refused) == refund, "what was done is done for good"
    assert (await bench.provider.payment(payment.id)).refunded == 2000


async def test_a_key_belongs_to_one_request(bench: Bench) -> None:
    payment = await bench.provider.authorise(asked(5000, key="k"))
    taken = await bench.taken(key="taken")
    account = await bench.payee("k2")
    before = await bench.everything()
    for other in (
        bench.provider.authorise(asked(5001, key="k")),
        bench.provider.authorise(asked(5000, key="k", customer="bob")),
        bench.provider.authorise(asked(5000, key="k", capture=True)),
        bench.provider.capture(capturing(payment, 5000, key="k")),
        bench.provider.cancel(cancelling(payment, key="k")),
        bench.provider.refund(refunding(taken, 1, key="k")),
        bench.provider.open_account("k", payee_id="vendor"),
        bench.provider.open_account("k2", payee_id="someone else"),
        bench.provider.open_dispute("k", taken.id, reason="fraud"),
        bench.provider.pay_out("k", money(1)),
    ):
        with pytest.raises(Conflict) as told:
            await other
        assert told.value.code == "key_reused"
    assert account
    assert await bench.everything() == before


async def test_another_process_knows_the_keys(bench: Bench) -> None:
    payment = await bench.taken()
    assert await bench.on(bench.store).authorise(asked(capture=True)) == payment
    assert len(await bench.movements()) == 1


async def test_the_settings_say_how_long_and_how_much(tmp_path) -> None:
    bench = Bench(
        tmp_path / "other",
        authorisation_lifetime=timedelta(hours=1),
        processing_fee_bps=0,
        processing_fee_fixed=7,
    )
    payment = await bench.provider.authorise(asked())
    await bench.taken(100, key="taken")
    assert await bench.balance() == 93
    bench.clock.pass_(hours=1)
    assert (await bench.provider.payment(payment.id)).state is PaymentState.CANCELLED
    await bench.store.close()
