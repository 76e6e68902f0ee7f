"""Money to others through the real SDK: accounts, onboarding, transfers and reversals."""

from datetime import timedelta

import pytest

from shared.domain.money import Money
from shared.errors import Conflict, NotFound
from shared.ports.payments import TransferRequest
from tests.adapters.stripe_payments.bench import GROUP, NOW, Bench, reversal_of, usd


async def test_a_payee_can_be_paid_once_they_are_on_board(bench: Bench) -> None:
    opened = await bench.stripe.open_account("open", payee_id="vendor", email="shop@example.com")
    assert not opened.can_be_paid
    assert "external_account" in opened.missing
    bench.peer.onboard(opened.id)
    known = await bench.stripe.account(opened.id)
    assert (known.can_be_paid, known.missing) == (True, ())
    bench.peer.onboard(opened.id, complete=False)
    assert not (await bench.stripe.account(opened.id)).can_be_paid


async def test_an_account_is_express_with_the_platform_answering_for_it(bench: Bench) -> None:
    opened = await bench.stripe.open_account("open", payee_id="vendor")
    account = bench.peer.state.get("account", opened.id)
    assert account["controller"] == {
        "fees": {"payer": "application"},
        "losses": {"payments": "application"},
        "requirement_collection": "stripe",
        "stripe_dashboard": {"type": "express"},
    }
    assert list(account["capabilities"]) == ["transfers"]
    assert account["metadata"]["uso_payee"] == "vendor"


async def test_an_account_is_opened_once_per_key(bench: Bench) -> None:
    first = await bench.stripe.open_account("open", payee_id="vendor")
    assert (await bench.stripe.open_account("open", payee_id="vendor")).id == first.id
    with pytest.raises(Conflict) as refused:
        await bench.stripe.open_account("open", payee_id="another")
    assert refused.value.code == "key_reused"
    assert bench.peer.count("account") == 1


async def test_an_onboarding_link_is_new_each_time_and_soon_over(bench: Bench) -> None:
    account = await bench.payee()
    pages = {"return_url": "https://uso.example/done", "refresh_url": "https://uso.example/again"}
    first = await bench.stripe.onboarding_link(account, **pages)
    second = await bench.stripe.onboarding_link(account, **pages)
    assert first.url != second.url
    assert NOW < first.expires_at <= NOW + timedelta(hours=1)


async def test_a_transfer_is_tied_to_its_payment_and_group(bench: Bench) -> None:
    transfer = await bench.transferred(2000)
    assert (transfer.amount, transfer.reversed, transfer.key) == (usd(2000), 0, "transfer")
    stored = bench.peer.state.get("transfer", transfer.id)
    assert stored["transfer_group"] == GROUP
    assert bench.peer.state.get("charge", stored["source_transaction"])["transfer_group"] == GROUP


async def test_of_one_payment_no_more_than_it_brought_is_sent(bench: Bench) -> None:
    payment, account = await bench.captured(5000), await bench.payee()
    request = TransferRequest(
        key="t1", account_id=account, amount=usd(3000), group=GROUP, payment_id=payment.id
    )
    await bench.stripe.transfer(request)
    with pytest.raises(Conflict) as refused:
        await bench.stripe.transfer(request.model_copy(update={"key": "t2", "amount": usd(2001)}))
    assert refused.value.code == "transfer_exceeds_payment"
    await bench.stripe.transfer(request.model_copy(update={"key": "t3", "amount": usd(2000)}))
    assert bench.peer.count("transfer") == 2


async def test_without_a_payment_the_balance_must_cover_it(bench: Bench) -> None:
    await bench.captured(5000)
    account = await bench.payee()
    request = TransferRequest(key="t", account_id=account, amount=usd(1000))
    with pytest.raises(Conflict) as refused:
        await bench.stripe.transfer(request)
    assert refused.value.code == "insufficient_balance"
    bench.clock.pass_(days=3)  # what was charged has settled, and so a new key is asked with
    sent = await bench.stripe.transfer(request.model_copy(update={"key": "later"}))
    assert sent.amount == usd(1000)


async def test_a_refusal_for_lack_of_balance_is_not_for_ever(bench: Bench) -> None:
    """Stripe repeats a refusal with its key for a day; after that the same key may succeed."""
    await bench.captured(5000)
    account = await bench.payee()
    request = TransferRequest(key="t", account_id=account, amount=usd(1000))
    for _ in range(2):
        with pytest.raises(Conflict):
            await bench.stripe.transfer(request)
    bench.clock.pass_(days=3)
    assert (await bench.stripe.transfer(request)).amount == usd(1000)
    assert bench.peer.count("transfer") == 1


async def test_a_payee_that_is_not_on_board_is_not_paid(bench: Bench) -> None:
    payment = await bench.captured()
    account = await bench.stripe.open_account("open", payee_id="vendor")
    with pytest.raises(Conflict) as refused:
        await bench.stripe.transfer(
            TransferRequest(key="t", account_id=account.id, amount=usd(100), payment_id=payment.id)
        )
    assert refused.value.code == "account_not_ready"


async def test_what_is_not_captured_is_not_passed_on(bench: Bench) -> None:
    payment, account = await bench.authorised(), await bench.payee()
    with pytest.raises(Conflict) as refused:
        await bench.stripe.transfer(
            TransferRequest(key="t", account_id=account, amount=usd(100), payment_id=payment.id)
        )
    assert refused.value.code == "payment_not_captured"


async def test_a_transfer_is_taken_back_until_nothing_is_left(bench: Bench) -> None:
    transfer = await bench.transferred(2000)
    first = await bench.stripe.reverse(reversal_of(transfer, 500, key="v1"))
    assert (first.amount, first.transfer_id, first.key) == (usd(500), transfer.id, "v1")
    assert await bench.stripe.reverse(reversal_of(transfer, 500, key="v1")) == first
    await bench.stripe.reverse(reversal_of(transfer, 1500, key="v2"))
    with pytest.raises(Conflict) as refused:
        await bench.stripe.reverse(reversal_of(transfer, 1, key="v3"))
    assert refused.value.code == "reversal_exceeds_transfer"
    assert bench.peer.state.get("transfer", transfer.id)["amount_reversed"] == 2000


async def test_a_reversal_in_another_currency_is_refused_where_stripe_would_not_ask(bench: Bench) -> None:
    transfer = await bench.transferred()
    euros = reversal_of(transfer, 100).model_copy(update={"amount": Money(minor=100, currency="EUR")})
    with pytest.raises(Conflict):
        await bench.stripe.reverse(euros)
    assert bench.peer.count("transfer_reversal") == 0


async def test_what_is_not_there_is_not_found(bench: Bench) -> None:
    payment = await bench.captured()
    nowhere = TransferRequest(key="t", account_id="acct_nowhere", amount=usd(1), payment_id=payment.id)
    pages = {"return_url": "https://uso.example/a", "refresh_url": "https://uso.example/b"}
    transfer = await bench.transferred()
    lost = transfer.model_copy(update={"id": "tr_nowhere"})
    for ask, what in (
        (bench.stripe.account("acct_nowhere"), "account"),
        (bench.stripe.onboarding_link("acct_nowhere", **pages), "account"),
        (bench.stripe.transfer(nowhere), "account"),
        (
            bench.stripe.transfer(nowhere.model_copy(update={"payment_id": "pi_nowhere", "key": "u"})),
            "payment",
        ),
        (bench.stripe.reverse(reversal_of(lost, 1)), "transfer"),
    ):
        with pytest.raises(NotFound) as missing:
            await ask
        assert missing.value.what == what
