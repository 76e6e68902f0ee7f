"""Every write against everything that goes wrong on the way: a clear answer in bounded time, one effect."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from shared.adapters.stripe_payments import StripePayments
from shared.errors import Unavailable
from shared.ports.payments import CancelRequest, CaptureRequest, Evidence, TransferRequest
from tests.adapters.stripe_payments.bench import Bench, asked, refund_of, reversal_of, usd

PATIENCE = 10
"""Seconds after which a call counts as stuck; the calls here take a fraction of one."""
FAULTS: dict[str, dict[str, Any]] = {
    "the connection breaks before": {"kind": "drop"},
    "the connection breaks after": {"kind": "drop", "after": True},
    "no answer, nothing done": {"kind": "hang"},
    "no answer, and it was done": {"kind": "hang", "after": True},
    "an error before": {"kind": "status", "status": 500},
    "an error after": {"kind": "status", "status": 500, "after": True},
    "overload": {"kind": "status", "status": 503},
    "a bad gateway": {"kind": "status", "status": 502, "after": True},
    "too many requests": {"kind": "status", "status": 429},
    "rubbish": {"kind": "rubbish", "after": True},
    "half an answer": {"kind": "cut", "after": True},
}
Call = Callable[[StripePayments], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Write:
    """A call that is the same each time, where it goes, and what it changes once."""

    call: Call
    path: str
    effects: Callable[[], Any]


async def _authorise(bench: Bench) -> Write:
    count = bench.peer.count
    return Write(
        lambda stripe: stripe.authorise(asked()), "POST /v1/payment_intents", lambda: count("payment_intent")
    )


async def _customer(bench: Bench) -> Write:
    count = bench.peer.count
    return Write(
        lambda stripe: stripe.authorise(asked()),
        "POST /v1/customers",
        lambda: (count("customer") + count("payment_intent")) // 2,
    )


async def _capture(bench: Bench) -> Write:
    payment = await bench.authorised()
    request = CaptureRequest(key="c", payment_id=payment.id, amount=usd(3000))
    return Write(
        lambda stripe: stripe.capture(request), "capture", lambda: bench.peer.count("balance_transaction")
    )


async def _cancel(bench: Bench) -> Write:
    payment = await bench.authorised()
    request = CancelRequest(key="x", payment_id=payment.id)
    return Write(
        lambda stripe: stripe.cancel(request),
        "cancel",
        lambda: [each["type"] for each in bench.peer.state.events].count("payment_intent.canceled"),
    )


async def _refund(bench: Bench) -> Write:
    payment = await bench.captured(5000)
    return Write(
        lambda stripe: stripe.refund(refund_of(payment, 5000)),
        "refunds",
        lambda: (
            bench.peer.intent(payment.id)
            and bench.peer.count("refund") * (bench.peer.state.all("charge")[0]["amount_refunded"] == 5000)
        ),
    )


async def _open_account(bench: Bench) -> Write:
    return Write(
        lambda stripe: stripe.open_account("open", payee_id="vendor"),
        "POST /v1/accounts",
        lambda: bench.peer.count("account"),
    )


async def _transfer(bench: Bench) -> Write:
    payment, account = await bench.captured(), await bench.payee()
    request = TransferRequest(key="t", account_id=account, amount=usd(5000), payment_id=payment.id)
    return Write(
        lambda stripe: stripe.transfer(request), "POST /v1/transfers", lambda: bench.peer.count("transfer")
    )


async def _reverse(bench: Bench) -> Write:
    transfer = await bench.transferred(2000)
    return Write(
        lambda stripe: stripe.reverse(reversal_of(transfer, 2000)),
        "reversals",
        lambda: bench.peer.count("transfer_reversal"),
    )


async def _submit(bench: Bench) -> Write:
    dispute = bench.peer.open_dispute((await bench.captured()).id)
    return Write(
        lambda stripe: stripe.submit_evidence("s", dispute["id"], Evidence(customer_name="Alice")),
        "POST /v1/disputes",
        lambda: dispute["evidence_details"]["submission_count"],
    )


WRITES = (
    _authorise,
    _customer,
    _capture,
    _cancel,
    _refund,
    _open_account,
    _transfer,
    _reverse,
    _submit,
)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.__name__[1:])
async def test_a_write_that_went_wrong_is_unavailable_and_done_once_when_asked_again(
    bench: Bench, write: Callable[[Bench], Awaitable[Write]], fault: str
) -> None:
    prepared = await write(bench)
    bench.peer.fail(**FAULTS[fault], path=prepared.path)
    hurried = bench.provider(stripe_timeout=0.25 if FAULTS[fault]["kind"] == "hang" else 20)
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(Unavailable):
            await prepared.call(hurried)
        first = await prepared.call(bench.stripe)
        assert await prepared.call(bench.provider()) == first
    assert prepared.effects() == 1


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_question_that_went_wrong_is_unavailable(bench: Bench, fault: str) -> None:
    payment = await bench.authorised()
    # a question may be repeated by the connection itself, when an old one turns out to be dead
    bench.peer.fail(**FAULTS[fault], path="GET /v1/payment_intents", times=2)
    hurried = bench.provider(stripe_timeout=0.25 if FAULTS[fault]["kind"] == "hang" else 20)
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(Unavailable):
            await hurried.payment(payment.id)
    bench.peer.faults.clear()
    assert await bench.stripe.payment(payment.id) == payment


async def test_a_short_failure_is_bridged_by_the_sdk_with_the_same_key(bench: Bench) -> None:
    bench.peer.fail("drop", after=True, path="POST /v1/payment_intents")
    payment = await bench.provider(stripe_retries=1).authorise(asked())
    first, second = bench.peer.writes("payment_intents")
    assert (first.key, first.params) == (second.key, second.params)
    assert bench.peer.intent(payment.id)["status"] == "requires_capture"
    assert bench.peer.count("payment_intent") == 1


async def test_nobody_there_is_unavailable(bench: Bench) -> None:
    nobody = bench.provider(stripe_base_url="http://127.0.0.1:9")
    with pytest.raises(Unavailable):
        await nobody.balance("USD")


async def test_a_confirmation_whose_answer_is_lost_asks_the_customer_once(bench: Bench) -> None:
    bench.peer.pays_with("alice", "pm_card_authenticationRequired")
    bench.peer.fail("drop", after=True, path="confirm")
    with pytest.raises(Unavailable):
        await bench.authorised()
    payment = await bench.authorised()
    assert bench.peer.intent(payment.id)["status"] == "requires_action"
    assert len(bench.peer.writes("confirm")) == 1
