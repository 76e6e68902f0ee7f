"""Money to vendors and to the platform's bank: never more than there is, back only what went out."""

import pytest
from payment_kit import START, Bench, money, refunding, reversing, sending

from shared.errors import Conflict, NotFound
from shared.ports.payments import ConnectedAccount

# --- accounts -------------------------------------------------------------------------------------------


async def test_an_account_is_opened_once_per_key_and_misses_its_details(bench: Bench) -> None:
    account = await bench.provider.open_account("k", payee_id="shop", email="shop@example.org")
    assert account.can_be_paid is False
    assert account.missing == ("external_account", "tos_acceptance")
    assert await bench.provider.open_account("k", payee_id="shop", email="shop@example.org") == account
    assert await bench.provider.account(account.id) == account
    assert (await bench.provider.open_account("k2", payee_id="shop")).id != account.id


async def test_an_onboarding_link_leads_straight_back_for_the_details_are_complete(bench: Bench) -> None:
    account = await bench.provider.open_account("k", payee_id="shop")
    link = await bench.provider.onboarding_link(
        account.id, return_url="https://a/done", refresh_url="https://a/"
    )
    assert link.url == "https://a/done"
    assert link.expires_at > START
    assert await bench.provider.account(account.id) == ConnectedAccount(id=account.id, can_be_paid=True)
    await bench.provider.onboarding_link(account.id, return_url="https://a/done", refresh_url="https://a/")
    assert await bench.told() == ["account_changed"] * 2, "opened and onboarded; the second link is no news"


async def test_an_account_that_is_not_ready_gets_nothing(bench: Bench) -> None:
    await bench.taken()
    account = await bench.provider.open_account("k", payee_id="shop")
    for key, complete in (("1", False), ("2", False)):
        with pytest.raises(Conflict) as told:
            await bench.provider.transfer(sending(account.id, 100, key=key))
        assert told.value.code == "account_not_ready"
        await bench.provider.onboard(account.id)
        await bench.provider.onboard(account.id, complete=complete)
    assert await bench.balance() == 9680
    await bench.provider.onboard(account.id)
    assert (await bench.provider.transfer(sending(account.id, 100, key="3"))).amount == money(100)


async def test_an_unknown_account_is_not_found(bench: Bench) -> None:
    await bench.taken()
    for wanted in (
        bench.provider.account("acct_ghost"),
        bench.provider.onboard("acct_ghost"),
        bench.provider.onboarding_link("acct_ghost", return_url="", refresh_url=""),
        bench.provider.transfer(sending("acct_ghost", 1)),
    ):
        with pytest.raises(NotFound):
            await wanted
    assert await bench.balance() == 9680


# --- transfers ------------------------------------------------------------------------------------------


async def test_a_transfer_leaves_the_balance(bench: Bench) -> None:
    await bench.taken()
    transfer = await bench.sent(9000)
    assert (transfer.amount, transfer.reversed) == (money(9000), 0)
    assert await bench.balance() == 680
    line = (await bench.movements())[-1]
    assert (line.kind, line.source_id, line.amount) == ("transfer", transfer.id, money(-9000))


async def test_a_transfer_never_exceeds_the_balance(bench: Bench) -> None:
    await bench.taken()
    with pytest.raises(Conflict) as told:
        await bench.sent(9681, key="1")
    assert told.value.code == "insufficient_balance"
    with pytest.raises(Conflict):
        await bench.provider.transfer(
            sending(await bench.payee(), 1, key="2").model_copy(update={"amount": money(1, "EUR")})
        )
    assert await bench.balance() == 9680
    await bench.sent(9680, key="3")
    assert await bench.balance() == 0
    with pytest.raises(Conflict):
        await bench.sent(1, key="4")


async def test_a_transfer_of_an_empty_provider_is_refused(bench: Bench) -> None:
    with pytest.raises(Conflict) as told:
        await bench.sent(1)
    assert told.value.code == "insufficient_balance"
    assert await bench.movements() == []


async def test_a_transfer_out_of_a_payment_is_limited_by_the_payment_alone(bench: Bench) -> None:
    payment = await bench.taken(1000)
    await bench.sent(900, key="1", payment_id=payment.id)
    with pytest.raises(Conflict) as told:
        await bench.sent(101, key="2", payment_id=payment.id)
    assert told.value.code == "transfer_exceeds_payment"
    await bench.sent(100, key="3", payment_id=payment.id)
    assert await bench.balance() == -59, "the fee is the platform's"


@pytest.mark.parametrize("capture", [False, True])
async def test_a_transfer_names_a_payment_that_was_captured(bench: Bench, capture: bool) -> None:
    await bench.taken(key="enough")
    payment = await bench.taken(500, key="euros", currency="EUR") if capture else None
    with pytest.raises(Conflict if capture else NotFound):
        await bench.sent(100, payment_id=payment.id if payment else "pi_ghost")
    assert await bench.balance() == 9680


# --- reversals and payouts ---------------------------------------------------------------------------------


async def test_a_reversal_takes_back_in_parts_and_never_more(bench: Bench) -> None:
    payment = await bench.taken(10_000)
    transfer = await bench.sent(5000, payment_id=payment.id)
    await bench.provider.reverse(reversing(transfer, 2000, key="1"))
    await bench.provider.reverse(reversing(transfer, 2000, key="1"))
    with pytest.raises(Conflict) as told:
        await bench.provider.reverse(reversing(transfer, 3001, key="2"))
    assert told.value.code == "reversal_exceeds_transfer"
    await bench.provider.reverse(reversing(transfer, 3000, key="3"))
    assert await bench.balance() == 9680
    await bench.sent(10_000, key="all of it", payment_id=payment.id)
    kinds = [line.kind for line in await bench.movements()]
    assert sorted(kinds) == ["payment", "reversal", "reversal", "transfer", "transfer"]


async def test_an_unknown_transfer_is_not_reversed(bench: Bench) -> None:
    transfer = (await _some_transfer(bench)).model_copy(update={"id": "tr_ghost"})
    for id in ("tr_ghost", "balance"):
        with pytest.raises(NotFound):
            await bench.provider.reverse(reversing(transfer.model_copy(update={"id": id}), 1, key=id))


async def _some_transfer(bench: Bench):
    await bench.taken()
    return await bench.sent(100)


async def test_a_payout_leaves_the_balance_for_the_platforms_bank(bench: Bench) -> None:
    await bench.taken()
    payout = await bench.provider.pay_out("k", money(9000))
    assert await bench.provider.pay_out("k", money(9000)) == payout
    with pytest.raises(Conflict) as told:
        await bench.provider.pay_out("k2", money(681))
    assert told.value.code == "insufficient_balance"
    assert await bench.balance() == 680
    assert (await bench.movements())[-1].source_id == payout.id
    (news,) = [each.news for each in await bench.deliveries() if each.news.kind == "payout_changed"]
    assert news.object_id == payout.id


async def test_a_refund_may_overdraw_the_balance(bench: Bench) -> None:
    payment = await bench.taken(1000)
    await bench.provider.pay_out("k", money(941))
    await bench.provider.refund(refunding(payment, 1000))
    assert await bench.balance() == -1000
    with pytest.raises(Conflict):
        await bench.provider.pay_out("k2", money(1))
