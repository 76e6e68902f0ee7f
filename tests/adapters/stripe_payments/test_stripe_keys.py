"""A key means one thing for ever: repeated, reused, lost on the way, and long after Stripe forgot it."""

import asyncio
import hashlib

import pytest

from shared.errors import Conflict, Unavailable
from shared.ports.payments import CancelRequest, CaptureRequest, PaymentState, TransferRequest
from tests.adapters.stripe_payments.bench import GROUP, Bench, asked, refund_of, reversal_of, usd


async def test_a_repeated_key_gives_the_same_answer(bench: Bench) -> None:
    payment = await bench.captured()
    refund = await bench.stripe.refund(refund_of(payment, 100))
    assert await bench.stripe.refund(refund_of(payment, 100)) == refund
    assert (await bench.stripe.authorise(asked())).id == payment.id
    assert (bench.peer.count("payment_intent"), bench.peer.count("refund")) == (1, 1)


@pytest.mark.parametrize("days", [0, 2, 400])
async def test_a_key_with_another_request_is_refused_however_old(bench: Bench, days: int) -> None:
    payment = await bench.captured()
    await bench.stripe.refund(refund_of(payment, 100))
    bench.clock.pass_(days=days)
    for ask in (
        bench.stripe.refund(refund_of(payment, 101)),
        bench.stripe.authorise(asked(key="refund")),
        bench.stripe.authorise(asked(4999)),
        bench.stripe.authorise(asked(customer="bob")),
        bench.stripe.capture(CaptureRequest(key="refund", payment_id=payment.id, amount=usd(100))),
    ):
        with pytest.raises(Conflict) as refused:
            await ask
        assert refused.value.code == "key_reused"
    assert (await bench.stripe.payment(payment.id)).refunded == 100


async def test_stripe_itself_refuses_a_key_that_our_memory_does_not_hold(bench: Bench) -> None:
    """A cancellation is not remembered here; its key is Stripe's to judge."""
    first, second = await bench.authorised(key="a"), await bench.authorised(key="b")
    await bench.stripe.cancel(CancelRequest(key="cancel", payment_id=first.id))
    with pytest.raises(Conflict) as refused:
        await bench.stripe.cancel(CancelRequest(key="cancel", payment_id=second.id))
    assert refused.value.code == "key_reused"
    assert (await bench.stripe.payment(second.id)).state is PaymentState.AUTHORISED


async def test_many_processes_with_one_key_make_one_payment(bench: Bench) -> None:
    providers = [bench.provider() for _ in range(8)]
    answers = await asyncio.gather(
        *(provider.authorise(asked()) for provider in providers), return_exceptions=True
    )
    made = {answer.id for answer in answers if not isinstance(answer, BaseException)}
    assert len(made) == 1
    assert all(isinstance(each, Unavailable) for each in answers if isinstance(each, BaseException))
    assert bench.peer.count("payment_intent") == 1
    assert bench.peer.count("customer") == 1


async def test_a_key_in_use_elsewhere_is_asked_for_again_later(bench: Bench) -> None:
    bench.peer.fail("status", status=409, path="POST /v1/payment_intents")
    with pytest.raises(Unavailable):
        await bench.authorised()
    assert (await bench.authorised()).state is PaymentState.AUTHORISED


async def test_the_method_that_was_chosen_stays_chosen(bench: Bench) -> None:
    """Otherwise the repetition would be another request to Stripe, or another card."""
    bench.peer.fail("drop", after=True, path="POST /v1/payment_intents")
    with pytest.raises(Unavailable):
        await bench.authorised()
    bench.peer.pays_with("alice", "pm_card_chargeDeclined")
    assert (await bench.authorised()).state is PaymentState.AUTHORISED
    assert bench.peer.count("payment_intent") == 1


@pytest.mark.parametrize("key", ["k" * 200, "ord_1:l1:größe", "a key with\nlines"])
async def test_a_key_that_no_header_carries_goes_as_its_digest(bench: Bench, key: str) -> None:
    payment = await bench.authorised(key=key)
    assert payment.key == key
    (sent,) = bench.peer.writes("payment_intents")
    plain = key.isascii() and key.isprintable() and " " not in key
    assert sent.key == (key if plain else f"sha256:{hashlib.sha256(key.encode()).hexdigest()}")


async def test_every_write_carries_a_key(bench: Bench) -> None:
    transfer = await bench.transferred()
    await bench.stripe.reverse(reversal_of(transfer, 100))
    assert all(each.key for each in bench.peer.writes())
    ours = {"customer:alice", "transfer-auth", "transfer-auth-capture", "transfer", "reversal"}
    assert ours < {each.key for each in bench.peer.writes()}


# --- an answer that was lost, and Stripe has forgotten the key ---------------------------------------


async def lose(bench: Bench, path: str, ask: object) -> None:
    """Let the work be done, the answer be lost, and two days go by."""
    bench.peer.fail("drop", after=True, path=path)
    with pytest.raises(Unavailable):
        await ask  # type: ignore[misc]
    bench.clock.pass_(days=2)


async def test_a_payment_whose_answer_was_lost_days_ago_is_found(bench: Bench) -> None:
    await bench.authorised(key="another")
    await lose(bench, "POST /v1/payment_intents", bench.authorised())
    payment = await bench.authorised()
    assert (payment.state, payment.key) == (PaymentState.AUTHORISED, "auth")
    assert bench.peer.count("payment_intent") == 2
    assert await bench.authorised() == payment


async def test_a_capture_whose_answer_was_lost_days_ago_is_found(bench: Bench) -> None:
    payment = await bench.authorised()
    request = CaptureRequest(key="c", payment_id=payment.id, amount=usd(3000))
    await lose(bench, "capture", bench.stripe.capture(request))
    assert (await bench.stripe.capture(request)).captured == 3000
    other = request.model_copy(update={"key": "of another plan"})
    with pytest.raises(Conflict):
        await bench.stripe.capture(other)


async def test_a_refund_whose_answer_was_lost_days_ago_is_found(bench: Bench) -> None:
    payment = await bench.captured()
    await bench.stripe.refund(refund_of(payment, 700, key="another"))
    request = refund_of(payment, 1000)
    await lose(bench, "refunds", bench.stripe.refund(request))
    assert (await bench.stripe.refund(request)).amount == usd(1000)
    assert (await bench.stripe.payment(payment.id)).refunded == 1700


async def test_a_transfer_and_its_reversal_whose_answers_were_lost_days_ago_are_found(bench: Bench) -> None:
    payment, account = await bench.captured(), await bench.payee()
    request = TransferRequest(
        key="t", account_id=account, amount=usd(2000), group=GROUP, payment_id=payment.id
    )
    await lose(bench, "transfers", bench.stripe.transfer(request))
    transfer = await bench.stripe.transfer(request)
    back = reversal_of(transfer, 800)
    await lose(bench, "reversals", bench.stripe.reverse(back))
    assert (await bench.stripe.reverse(back)).amount == usd(800)
    assert (bench.peer.count("transfer"), bench.peer.count("transfer_reversal")) == (1, 1)


async def test_an_account_whose_answer_was_lost_days_ago_is_found(bench: Bench) -> None:
    await bench.payee("another")
    await lose(bench, "accounts", bench.stripe.open_account("open", payee_id="vendor"))
    await bench.stripe.open_account("open", payee_id="vendor")
    assert bench.peer.count("account") == 2


async def test_what_never_happened_is_made_however_late(bench: Bench) -> None:
    payment = await bench.captured()
    bench.peer.fail("drop", path="refunds")
    with pytest.raises(Unavailable):
        await bench.stripe.refund(refund_of(payment, 1000))
    bench.clock.pass_(days=2)
    for _ in range(2):
        assert (await bench.stripe.refund(refund_of(payment, 1000))).amount == usd(1000)
    assert (await bench.stripe.payment(payment.id)).refunded == 1000


async def test_an_error_that_stripe_keeps_saying_hides_no_payment_for_ever(bench: Bench) -> None:
    """A 500 is the key's answer for a day, though the work was done: only looking tells."""
    bench.peer.fail("status", after=True, kept=True, path="POST /v1/payment_intents")
    for _ in range(3):
        with pytest.raises(Unavailable):
            await bench.authorised()
    bench.clock.pass_(days=1)
    assert (await bench.authorised()).state is PaymentState.AUTHORISED
    assert bench.peer.count("payment_intent") == 1
