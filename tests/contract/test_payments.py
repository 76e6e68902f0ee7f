"""The contract of the payment port: one suite for every provider, the embedded one and Stripe.

A provider is added to RIGS together with a way to rehearse what customers and banks do.
"""

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest

from shared.adapters.sqlite_store import SqliteStore
from shared.adapters.stripe_payments import StripePayments
from shared.domain.money import Money
from shared.errors import Conflict, NotFound, PaymentDeclined
from shared.ports.payments import (
    AuthoriseRequest,
    CancelRequest,
    CaptureRequest,
    DisputeState,
    Evidence,
    MovementKind,
    Payment,
    PaymentProvider,
    PaymentState,
    RefundRequest,
    ReversalRequest,
    TransferRequest,
)
from shared.settings import Settings
from tests.breakers import breakers
from tests.clocks import HandClock
from tests.peers.stripe.peer import running_peer
from tests.peers.stripe.rehearsal import StripeRehearsal

NOW = datetime(2026, 5, 4, 14, tzinfo=UTC)


class Rehearsal(Protocol):
    """What a test may let customers, payees and banks do."""

    async def decline(self, customer_id: str, *, declined: bool = True) -> None: ...

    async def require_action(self, customer_id: str, *, required: bool = True) -> None: ...

    async def act(self, payment_id: str, *, succeed: bool = True) -> Any: ...

    async def onboard(self, account_id: str, *, complete: bool = True) -> Any: ...

    async def open_dispute(
        self, key: str, payment_id: str, *, reason: str, amount: Money | None = None
    ) -> Any: ...

    async def close_dispute(self, dispute_id: str, *, won: bool) -> Any: ...


@dataclass(frozen=True, slots=True)
class Rig:
    """A provider and its rehearsal."""

    pay: PaymentProvider
    rehearse: Rehearsal

    async def held(self, minor: int = 5000, *, key: str = "auth", customer: str = "alice") -> Payment:
        return await self.pay.authorise(
            AuthoriseRequest(key=key, customer_id=customer, amount=Money(minor=minor), group="ord_1")
        )

    async def taken(self, minor: int = 5000, *, key: str = "auth") -> Payment:
        payment = await self.held(minor, key=key)
        return await self.pay.capture(capture(payment, minor, key=f"{key}-capture"))

    async def payee(self) -> str:
        account = await self.pay.open_account("open", payee_id="vendor")
        await self.rehearse.onboard(account.id)
        return account.id


@contextlib.asynccontextmanager
async def stripe(folder: Path) -> AsyncIterator[Rig]:
    """Stripe's adapter in front of the tests' own Stripe."""
    clock = HandClock()
    store = SqliteStore(folder / "uso.sqlite", clock)
    async with running_peer(clock.now) as peer:
        settings = Settings.model_validate(
            {
                "stripe_key": peer.api_key,
                "stripe_webhook_secrets": "whsec_x",
                "stripe_base_url": peer.url,
                "stripe_retries": 0,
            }
        )
        provider = StripePayments(settings, store, clock, breakers(clock))
        try:
            yield Rig(provider, StripeRehearsal(peer))
        finally:
            await provider.close()
            await store.close()


RIGS: dict[str, Callable[[Path], AbstractAsyncContextManager[Rig]]] = {"stripe": stripe}


@pytest.fixture(params=RIGS)
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    async with RIGS[request.param](tmp_path) as rig:
        yield rig


def usd(minor: int) -> Money:
    return Money(minor=minor)


def capture(payment: Payment, minor: int, *, key: str = "capture") -> CaptureRequest:
    return CaptureRequest(key=key, payment_id=payment.id, amount=usd(minor))


def refund(payment: Payment, minor: int, *, key: str = "refund") -> RefundRequest:
    return RefundRequest(key=key, payment_id=payment.id, amount=usd(minor))


# --- payments ---------------------------------------------------------------------------------------


async def test_a_payment_is_held_then_captured_in_part_and_refunded_in_part(rig: Rig) -> None:
    held = await rig.held(5000)
    assert (held.state, held.amount, held.captured, held.key) == (
        PaymentState.AUTHORISED,
        usd(5000),
        0,
        "auth",
    )
    taken = await rig.pay.capture(capture(held, 4000))
    assert (taken.state, taken.captured, taken.refunded) == (PaymentState.CAPTURED, 4000, 0)
    given = await rig.pay.refund(refund(taken, 1500))
    assert (given.amount, given.payment_id) == (usd(1500), held.id)
    now = await rig.pay.payment(held.id)
    assert (now.captured, now.refunded, now.group) == (4000, 1500, "ord_1")


async def test_a_price_difference_is_taken_at_once(rig: Rig) -> None:
    request = AuthoriseRequest(key="more", customer_id="alice", amount=usd(700), capture=True)
    payment = await rig.pay.authorise(request)
    assert (payment.state, payment.captured) == (PaymentState.CAPTURED, 700)


async def test_the_same_key_is_the_same_effect(rig: Rig) -> None:
    payment = await rig.taken()
    assert (await rig.held()).id == payment.id
    assert (await rig.pay.capture(capture(payment, 5000, key="auth-capture"))).captured == 5000
    first = await rig.pay.refund(refund(payment, 100))
    assert await rig.pay.refund(refund(payment, 100)) == first
    assert (await rig.pay.payment(payment.id)).refunded == 100


async def test_a_key_that_comes_with_another_request_is_refused(rig: Rig) -> None:
    payment = await rig.taken()
    await rig.pay.refund(refund(payment, 100))
    for ask in (rig.held(4999), rig.held(customer="bob"), rig.pay.refund(refund(payment, 101))):
        with pytest.raises(Conflict) as refused:
            await ask
        assert refused.value.code == "key_reused"


async def test_what_the_states_do_not_allow_is_a_conflict_with_a_code(rig: Rig) -> None:
    held = await rig.held(key="held")
    gone = await rig.held(key="gone")
    taken = await rig.taken(key="taken")
    await rig.pay.cancel(CancelRequest(key="x", payment_id=gone.id))
    for ask, code in (
        (rig.pay.capture(capture(held, 5001, key="1")), "capture_exceeds_authorisation"),
        (rig.pay.capture(capture(gone, 100, key="2")), "not_capturable"),
        (rig.pay.capture(capture(taken, 100, key="3")), "not_capturable"),
        (rig.pay.cancel(CancelRequest(key="4", payment_id=taken.id)), "already_captured"),
        (rig.pay.refund(refund(taken, 5001, key="5")), "refund_exceeds_payment"),
        (rig.pay.refund(refund(held, 1, key="6")), "refund_exceeds_payment"),
    ):
        with pytest.raises(Conflict) as refused:
            await ask
        assert refused.value.code == code
    again = await rig.pay.cancel(CancelRequest(key="y", payment_id=gone.id))
    assert again.state is PaymentState.CANCELLED


async def test_a_decline_moves_nothing_and_a_new_key_may_succeed(rig: Rig) -> None:
    await rig.rehearse.decline("alice")
    for _ in range(2):
        with pytest.raises(PaymentDeclined):
            await rig.held()
    await rig.rehearse.decline("alice", declined=False)
    assert (await rig.held(key="another")).state is PaymentState.AUTHORISED
    assert [line async for line in rig.pay.movements(NOW, NOW + timedelta(days=1))] == []


@pytest.mark.parametrize(("succeed", "state"), [(True, "authorised"), (False, "cancelled")])
async def test_a_customer_who_must_act_decides(rig: Rig, succeed: bool, state: str) -> None:
    await rig.rehearse.require_action("alice")
    payment = await rig.held()
    assert payment.state is PaymentState.REQUIRES_ACTION
    action = await rig.pay.action(payment.id)
    assert action is not None
    assert action.url.startswith("http")
    assert action.client_secret.get_secret_value()
    await rig.rehearse.act(payment.id, succeed=succeed)
    assert (await rig.pay.payment(payment.id)).state == state
    assert await rig.pay.action(payment.id) is None


# --- transfers --------------------------------------------------------------------------------------


async def test_a_payee_is_paid_out_of_a_payment_and_gives_back(rig: Rig) -> None:
    payment, account = await rig.taken(), await rig.payee()
    request = TransferRequest(
        key="t", account_id=account, amount=usd(3000), group="ord_1", payment_id=payment.id
    )
    transfer = await rig.pay.transfer(request)
    assert (transfer.account_id, transfer.amount, transfer.reversed) == (account, usd(3000), 0)
    with pytest.raises(Conflict) as refused:
        await rig.pay.transfer(request.model_copy(update={"key": "more", "amount": usd(2001)}))
    assert refused.value.code == "transfer_exceeds_payment"
    back = ReversalRequest(key="r", transfer_id=transfer.id, amount=usd(1000))
    first = await rig.pay.reverse(back)
    assert await rig.pay.reverse(back) == first
    with pytest.raises(Conflict) as refused:
        await rig.pay.reverse(back.model_copy(update={"key": "r2", "amount": usd(2001)}))
    assert refused.value.code == "reversal_exceeds_transfer"


async def test_nobody_is_paid_before_onboarding_or_without_balance(rig: Rig) -> None:
    account = await rig.pay.open_account("open", payee_id="vendor", email="shop@example.com")
    assert (account.can_be_paid, bool(account.missing)) == (False, True)
    request = TransferRequest(key="t1", account_id=account.id, amount=usd(100))
    with pytest.raises(Conflict) as refused:
        await rig.pay.transfer(request)
    assert refused.value.code == "account_not_ready"
    await rig.rehearse.onboard(account.id)
    assert (await rig.pay.account(account.id)).can_be_paid
    with pytest.raises(Conflict) as refused:
        await rig.pay.transfer(request.model_copy(update={"key": "t2"}))
    assert refused.value.code == "insufficient_balance"


# --- disputes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("won", [True, False])
async def test_a_dispute_takes_the_money_until_the_bank_decides(rig: Rig, won: bool) -> None:
    payment = await rig.taken()
    before = await rig.pay.balance("USD")
    opened = await rig.rehearse.open_dispute("d", payment.id, reason="fraudulent")
    dispute = await rig.pay.dispute(opened.id)
    assert (dispute.payment_id, dispute.amount, dispute.state) == (
        payment.id,
        usd(5000),
        DisputeState.NEEDS_RESPONSE,
    )
    assert await rig.pay.balance("USD") == before - dispute.amount - dispute.fee
    with pytest.raises(Conflict):
        await rig.pay.refund(refund(payment, 100))
    await rig.rehearse.close_dispute(opened.id, won=won)
    assert (await rig.pay.dispute(opened.id)).state is (DisputeState.WON if won else DisputeState.LOST)
    assert await rig.pay.balance("USD") == before - dispute.fee - (Money.zero() if won else dispute.amount)


async def test_evidence_is_staged_often_and_submitted_once(rig: Rig) -> None:
    opened = await rig.rehearse.open_dispute("d", (await rig.taken()).id, reason="product_not_received")
    for n in range(2):
        staged = await rig.pay.stage_evidence(f"s{n}", opened.id, Evidence(shipping_carrier=f"Carrier {n}"))
        assert not staged.submitted
    proof = Evidence(service_documentation="Handed over.")
    first = await rig.pay.submit_evidence("go", opened.id, proof)
    assert (first.submitted, first.state) == (True, DisputeState.UNDER_REVIEW)
    assert await rig.pay.submit_evidence("again", opened.id, proof) == first
    with pytest.raises(Conflict) as refused:
        await rig.pay.stage_evidence("late", opened.id, proof)
    assert refused.value.code == "evidence_submitted"


# --- books ------------------------------------------------------------------------------------------


async def test_the_books_hold_every_movement_and_add_up_to_the_balance(rig: Rig) -> None:
    payment, account = await rig.taken(), await rig.payee()
    given = await rig.pay.refund(refund(payment, 500))
    transfer = await rig.pay.transfer(
        TransferRequest(key="t", account_id=account, amount=usd(2000), payment_id=payment.id)
    )
    back = await rig.pay.reverse(ReversalRequest(key="r", transfer_id=transfer.id, amount=usd(300)))
    opened = await rig.rehearse.open_dispute("d", payment.id, reason="fraudulent", amount=usd(700))
    await rig.rehearse.close_dispute(opened.id, won=True)
    lines = [line async for line in rig.pay.movements(NOW - timedelta(days=1), NOW + timedelta(days=1))]
    assert {(line.kind, line.source_id): line.amount.minor for line in lines} == {
        (MovementKind.PAYMENT, payment.id): 5000,
        (MovementKind.REFUND, given.id): -500,
        (MovementKind.TRANSFER, transfer.id): -2000,
        (MovementKind.REVERSAL, back.id): 300,
        (MovementKind.DISPUTE, opened.id): -700,
        (MovementKind.DISPUTE_WON, opened.id): 700,
    }
    assert await rig.pay.balance("USD") == Money.total(line.amount - line.fee for line in lines)


async def test_what_is_not_there_is_not_found(rig: Rig) -> None:
    for ask in (
        rig.pay.payment("pi_nowhere"),
        rig.pay.account("acct_nowhere"),
        rig.pay.dispute("du_nowhere"),
        rig.pay.capture(CaptureRequest(key="c", payment_id="pi_nowhere", amount=usd(1))),
        rig.pay.refund(RefundRequest(key="r", payment_id="pi_nowhere", amount=usd(1))),
        rig.pay.reverse(ReversalRequest(key="v", transfer_id="tr_nowhere", amount=usd(1))),
    ):
        with pytest.raises(NotFound):
            await ask
