"""Customers' payments through the real SDK: held, captured, let go, given back, declined, confirmed."""

import pytest

from shared.domain.money import Money
from shared.errors import Conflict, InvalidInput, NotFound, PaymentDeclined, Unavailable
from shared.ports.payments import CancelRequest, CaptureRequest, PaymentState
from tests.adapters.stripe_payments.bench import GROUP, Bench, asked, refund_of, usd
from tests.peers.stripe.cards import DECLINES, NEEDS_HOLDER, NO_CARD


async def test_an_amount_is_held_and_not_taken(bench: Bench) -> None:
    payment = await bench.authorised(5000)
    assert (payment.state, payment.amount, payment.captured) == (PaymentState.AUTHORISED, usd(5000), 0)
    assert (payment.key, payment.group) == ("auth", GROUP)
    assert bench.peer.count("balance_transaction") == 0
    (asked_of_stripe,) = bench.peer.writes("payment_intents")
    assert asked_of_stripe.key == "auth"
    assert asked_of_stripe.params["capture_method"] == "manual"
    assert asked_of_stripe.params["off_session"] is True
    assert "payment_method_types" not in asked_of_stripe.params


async def test_a_price_difference_is_taken_at_once(bench: Bench) -> None:
    payment = await bench.authorised(500, capture=True)
    assert (payment.state, payment.captured) == (PaymentState.CAPTURED, 500)


async def test_a_held_amount_is_captured(bench: Bench) -> None:
    payment = await bench.captured(5000)
    assert (payment.state, payment.captured, payment.refunded) == (PaymentState.CAPTURED, 5000, 0)
    assert await bench.stripe.payment(payment.id) == payment


async def test_of_a_partial_capture_the_rest_is_let_go_and_not_refunded(bench: Bench) -> None:
    payment = await bench.captured(5000, take=3000)
    assert (payment.amount, payment.captured, payment.refunded) == (usd(5000), 3000, 0)
    await bench.stripe.refund(refund_of(payment, 1000))
    assert (await bench.stripe.payment(payment.id)).refunded == 1000
    with pytest.raises(Conflict) as refused:
        await bench.stripe.refund(refund_of(payment, 2001, key="more"))
    assert refused.value.code == "refund_exceeds_payment"


async def test_more_than_was_held_is_not_captured(bench: Bench) -> None:
    payment = await bench.authorised(5000)
    with pytest.raises(Conflict) as refused:
        await bench.stripe.capture(CaptureRequest(key="c", payment_id=payment.id, amount=usd(5001)))
    assert refused.value.code == "capture_exceeds_authorisation"
    assert (await bench.stripe.payment(payment.id)).state is PaymentState.AUTHORISED


@pytest.mark.parametrize("gone", ["cancelled", "lapsed", "captured"])
async def test_what_is_gone_is_not_captured(bench: Bench, gone: str) -> None:
    payment = await bench.authorised()
    match gone:
        case "cancelled":
            await bench.stripe.cancel(CancelRequest(key="cancel", payment_id=payment.id))
        case "lapsed":
            bench.peer.lapse(payment.id)
        case _:
            await bench.stripe.capture(CaptureRequest(key="1", payment_id=payment.id, amount=usd(100)))
    with pytest.raises(Conflict) as refused:
        await bench.stripe.capture(CaptureRequest(key="2", payment_id=payment.id, amount=usd(100)))
    assert refused.value.code == "not_capturable"


async def test_a_hold_is_let_go_once_and_again(bench: Bench) -> None:
    payment = await bench.authorised()
    for key in ("cancel", "cancel", "by another plan"):
        cancelled = await bench.stripe.cancel(CancelRequest(key=key, payment_id=payment.id))
        assert (cancelled.state, cancelled.captured) == (PaymentState.CANCELLED, 0)


async def test_what_was_captured_is_not_cancelled(bench: Bench) -> None:
    payment = await bench.captured()
    for key in ("cancel", "cancel", "again"):
        with pytest.raises(Conflict) as refused:
            await bench.stripe.cancel(CancelRequest(key=key, payment_id=payment.id))
        assert refused.value.code == "already_captured"
    assert (await bench.stripe.payment(payment.id)).captured == 5000


async def test_a_refund_gives_a_part_back_until_nothing_is_left(bench: Bench) -> None:
    payment = await bench.captured(5000)
    first = await bench.stripe.refund(refund_of(payment, 2000, key="r1"))
    assert (first.amount, first.payment_id, first.key) == (usd(2000), payment.id, "r1")
    await bench.stripe.refund(refund_of(payment, 3000, key="r2"))
    assert (await bench.stripe.payment(payment.id)).refunded == 5000
    for minor in (1, 5000):
        with pytest.raises(Conflict) as refused:
            await bench.stripe.refund(refund_of(payment, minor, key=f"r3-{minor}"))
        assert refused.value.code == "refund_exceeds_payment"


async def test_what_was_never_captured_is_not_refunded(bench: Bench) -> None:
    payment = await bench.authorised()
    with pytest.raises(Conflict) as refused:
        await bench.stripe.refund(refund_of(payment, 100))
    assert refused.value.code == "refund_exceeds_payment"
    assert (await bench.stripe.payment(payment.id)).state is PaymentState.AUTHORISED


async def test_what_the_bank_takes_back_is_not_refunded_as_well(bench: Bench) -> None:
    payment = await bench.captured()
    bench.peer.open_dispute(payment.id)
    with pytest.raises(Conflict) as refused:
        await bench.stripe.refund(refund_of(payment, 100))
    assert refused.value.code == "payment_disputed"


async def test_a_refund_that_the_bank_does_not_take_is_no_refund(bench: Bench) -> None:
    payment = await bench.captured()
    refund = await bench.stripe.refund(refund_of(payment, 100))
    bench.peer.bounce(refund.id)
    with pytest.raises(Conflict) as refused:
        await bench.stripe.refund(refund_of(payment, 100))
    assert refused.value.code == "refund_failed"
    assert (await bench.stripe.payment(payment.id)).refunded == 0


async def test_another_currency_is_refused_where_stripe_would_not_ask(bench: Bench) -> None:
    """Neither a capture nor a refund names its currency on the wire."""
    payment = await bench.captured(key="paid")
    held = await bench.authorised(key="held")
    euros = Money(minor=100, currency="EUR")
    with pytest.raises(Conflict):
        await bench.stripe.capture(CaptureRequest(key="c", payment_id=held.id, amount=euros))
    with pytest.raises(Conflict):
        await bench.stripe.refund(refund_of(payment, 100).model_copy(update={"amount": euros}))
    assert (await bench.stripe.payment(held.id)).captured == 0
    assert bench.peer.count("refund") == 0


# --- declines ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("card", DECLINES)
async def test_a_decline_moves_nothing_and_tells_only_what_may_be_told(bench: Bench, card: str) -> None:
    bench.peer.pays_with("alice", card)
    for _ in range(2):
        with pytest.raises(PaymentDeclined) as declined:
            await bench.authorised()
        assert declined.value.detail.endswith("Nothing was charged.")
        assert not {"stolen", "fraud"} & set(declined.value.detail.lower().split())
    assert bench.peer.count("payment_intent") == 1
    assert bench.peer.count("charge") == 0


async def test_insufficient_funds_are_named(bench: Bench) -> None:
    bench.peer.pays_with("alice", "pm_card_chargeDeclinedInsufficientFunds")
    with pytest.raises(PaymentDeclined, match="insufficient funds"):
        await bench.authorised()


async def test_a_declined_key_stays_declined_whatever_the_customer_does(bench: Bench) -> None:
    bench.peer.pays_with("alice", "pm_card_chargeDeclined")
    with pytest.raises(PaymentDeclined):
        await bench.authorised(key="first")
    bench.peer.pays_with("alice", "pm_card_visa")
    bench.clock.pass_(days=3)
    with pytest.raises(PaymentDeclined):
        await bench.authorised(key="first")
    assert (await bench.authorised(key="second")).state is PaymentState.AUTHORISED


async def test_a_customer_without_a_stored_method_is_declined_for_good(bench: Bench) -> None:
    bench.peer.pays_with("alice", "")
    for card in ("", "pm_card_visa"):
        bench.peer.pays_with("alice", card)
        with pytest.raises(PaymentDeclined, match="no stored payment method"):
            await bench.authorised()
    assert bench.peer.count("payment_intent") == 0


async def test_a_method_that_cannot_be_held_is_a_decline(bench: Bench) -> None:
    bench.peer.pays_with("alice", NO_CARD)
    with pytest.raises(PaymentDeclined, match="cannot be used here"):
        await bench.authorised()


async def test_a_named_method_is_charged_and_a_strange_one_is_not(bench: Bench) -> None:
    await bench.authorised(key="first")
    (method,) = bench.peer.state.all("payment_method")
    payment = await bench.authorised(key="second", method=method["id"])
    assert bench.peer.intent(payment.id)["payment_method"] == method["id"]
    with pytest.raises(NotFound):
        await bench.authorised(key="third", method="pm_unknown")
    with pytest.raises(Conflict) as refused:
        await bench.authorised(key="fourth", customer="bob", method=method["id"])
    assert refused.value.code == "provider_refused"


# --- what the customer must do ----------------------------------------------------------------------


async def test_a_bank_that_insists_on_its_customer_gets_them(bench: Bench) -> None:
    bench.peer.pays_with("alice", NEEDS_HOLDER)
    payment = await bench.authorised()
    assert payment.state is PaymentState.REQUIRES_ACTION
    assert bench.peer.count("charge") == 0
    action = await bench.stripe.action(payment.id)
    assert action is not None
    assert action.url.startswith("https://hooks.stripe.com/")
    assert action.client_secret.get_secret_value() not in repr(action)
    assert await bench.authorised() == payment
    bench.peer.act(payment.id)
    assert (await bench.stripe.payment(payment.id)).state is PaymentState.AUTHORISED
    assert await bench.stripe.action(payment.id) is None
    assert (await bench.authorised()).state is PaymentState.AUTHORISED
    assert [each.path for each in bench.peer.writes("confirm")] == [
        f"/v1/payment_intents/{payment.id}/confirm"
    ]


async def test_a_customer_who_fails_to_confirm_has_declined(bench: Bench) -> None:
    bench.peer.pays_with("alice", NEEDS_HOLDER)
    payment = await bench.authorised()
    bench.peer.act(payment.id, succeed=False)
    assert (await bench.stripe.payment(payment.id)).state is PaymentState.CANCELLED
    assert await bench.stripe.action(payment.id) is None
    with pytest.raises(PaymentDeclined, match="not confirmed"):
        await bench.authorised()
    cancelled = await bench.stripe.cancel(CancelRequest(key="cancel", payment_id=payment.id))
    assert cancelled.state is PaymentState.CANCELLED
    assert bench.peer.intent(payment.id)["status"] == "canceled"


async def test_while_stripe_is_still_working_there_is_no_answer(bench: Bench) -> None:
    payment = await bench.authorised()
    bench.peer.intent(payment.id)["status"] = "processing"
    for ask in (bench.stripe.payment(payment.id), bench.authorised()):
        with pytest.raises(Unavailable):
            await ask
    bench.peer.intent(payment.id)["status"] = "requires_capture"
    assert (await bench.authorised()) == payment


# --- what is not there, and what cannot be ----------------------------------------------------------


async def test_an_unknown_payment_is_not_found(bench: Bench) -> None:
    nowhere = "pi_nowhere"
    for ask in (
        bench.stripe.payment(nowhere),
        bench.stripe.action(nowhere),
        bench.stripe.capture(CaptureRequest(key="c", payment_id=nowhere, amount=usd(1))),
        bench.stripe.cancel(CancelRequest(key="x", payment_id=nowhere)),
    ):
        with pytest.raises(NotFound) as missing:
            await ask
        assert (missing.value.what, missing.value.key) == ("payment", nowhere)


@pytest.mark.parametrize(("minor", "code"), [(49, "amount_too_small"), (100_000_000, "amount_too_large")])
async def test_what_no_card_can_be_charged_with_is_a_conflict(bench: Bench, minor: int, code: str) -> None:
    with pytest.raises(Conflict) as refused:
        await bench.authorised(minor)
    assert refused.value.code == code


@pytest.mark.parametrize("minor", [0, -1])
async def test_an_amount_to_move_is_positive(bench: Bench, minor: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        await bench.stripe.authorise(asked(minor))
    assert refused.value.field == "amount"
    assert bench.peer.asked == []


@pytest.mark.parametrize(
    ("amount", "sent"),
    [
        (Money(minor=500, currency="JPY"), 500),
        (Money(minor=5, currency="ISK"), 500),
        (Money(minor=700, currency="UGX"), 70_000),
        (Money(minor=1230, currency="KWD"), 1230),
    ],
)
async def test_odd_currencies_arrive_as_stripe_writes_them(bench: Bench, amount: Money, sent: int) -> None:
    payment = await bench.authorised(amount=amount, capture=True)
    assert bench.peer.intent(payment.id)["amount"] == sent
    assert (payment.amount, payment.captured) == (amount, amount.minor)
    refund = await bench.stripe.refund(refund_of(payment, 1).model_copy(update={"amount": amount}))
    assert refund.amount == amount


async def test_a_thousandth_that_no_card_knows_is_refused_and_not_rounded(bench: Bench) -> None:
    with pytest.raises(InvalidInput) as refused:
        await bench.authorised(amount=Money(minor=1234, currency="KWD"))
    assert (refused.value.field, refused.value.code) == ("amount", "amount_not_representable")
    assert bench.peer.asked == []
