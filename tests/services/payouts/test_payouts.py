"""Payouts: exactly once whatever fails, kept for those who cannot be paid yet, never more than was earned."""

from pathlib import Path

import pytest

from shared.domain.ledger import Account
from shared.domain.payouts import Schedule
from shared.domain.status import PayoutStatus
from shared.errors import Conflict, InvalidInput, Unavailable
from shared.ports.events import CloudEvent
from shared.ports.payments import NewsKind, ProviderNews, news_event
from tests.books import Books, Died, affiliate, books, vendor, worker
from tests.clocks import HandClock

V = vendor()


async def released(ledger: Books, id: str = "ord_1", **more: int | str) -> None:
    """An order of $100 whose vendor has earned $90."""
    await ledger.paid_order(id, **more)  # type: ignore[arg-type]
    await ledger.releases(f"{id}-l1")


async def status_of(ledger: Books, account: Account = V) -> list[str]:
    return [payout.status.value for payout in await ledger.app.payouts.history(account)]


def account_changed(ledger: Books, provider_account: str) -> CloudEvent:
    news = ProviderNews(
        id="evt_1", kind=NewsKind.ACCOUNT_CHANGED, object_id=provider_account, at=ledger.clock.now()
    )
    return news_event(news)


async def test_a_vendor_is_paid_when_its_money_is_released(ledger: Books) -> None:
    await ledger.onboarded(V)
    await released(ledger)
    (result,) = await ledger.sends_what_is_due()
    assert result.ok
    assert await ledger.balance(V) == 0
    (transfer,) = await ledger.provider.transfers()
    (payout,) = await ledger.app.payouts.history(V)
    assert (transfer.amount.minor, payout.transfer_id) == (9000, transfer.id)
    assert payout.status is PayoutStatus.PAID
    assert (await ledger.app.payees.get(V)).paid == {"USD": 9000}
    assert [event.data["payout_id"] for event in ledger.bus.of("payout.paid")] == [payout.id]
    await ledger.adds_up()


async def test_a_payout_is_reserved_before_it_is_sent(ledger: Books) -> None:
    await ledger.onboarded(V)
    await released(ledger)
    held = await ledger.app.own_accounts.balance(V)
    assert (held.balance("USD").minor, held.available("USD").minor) == (9000, 0)
    assert await ledger.app.payouts.begin(V) == [], "it is on its way"
    assert await ledger.provider.transfers() == []


async def test_sending_again_and_again_pays_once(ledger: Books) -> None:
    await ledger.onboarded(V)
    await released(ledger)
    for _ in range(4):
        await ledger.sends_what_is_due()
    assert len(await ledger.provider.transfers()) == 1
    assert await ledger.balance(V) == 0


async def test_a_lost_answer_is_asked_for_again_under_the_same_key(ledger: Books) -> None:
    await ledger.onboarded(V)
    await released(ledger)
    ledger.provider.loses = 2
    for _ in range(2):
        with pytest.raises(Unavailable):
            await ledger.sends_what_is_due()
        assert await status_of(ledger) == ["open"]
    await ledger.sends_what_is_due()
    assert len({request.key for request in ledger.provider.asked}) == 1
    assert len(await ledger.provider.transfers()) == 1
    assert await ledger.balance(V) == 0


async def test_a_provider_that_is_away_leaves_the_payout_open(ledger: Books) -> None:
    await ledger.onboarded(V)
    await released(ledger)
    ledger.provider.down = True
    with pytest.raises(Unavailable):
        await ledger.sends_what_is_due()
    assert await status_of(ledger) == ["open"]
    assert await ledger.balance(V) == 9000
    ledger.provider.down = False
    await ledger.sends_what_is_due()
    assert await status_of(ledger) == ["paid"]


async def test_too_little_money_at_the_provider_is_tried_again_under_a_new_key(ledger: Books) -> None:
    """The provider remembers its no under the key; its clear no means that nothing was sent."""
    await ledger.onboarded(V)
    await released(ledger)
    await ledger.provider.pay_out("bank", (await ledger.app.payments.balance("USD")))
    (result,) = await ledger.sends_what_is_due()
    assert (result.ok, result.code) == (False, "insufficient_balance")
    assert await ledger.balance(V) == 9000
    await ledger.paid_order("ord_2", vendor="other")
    (result,) = await ledger.sends_what_is_due()
    assert result.ok
    assert [request.key[-1] for request in ledger.provider.asked] == ["1", "2"]
    assert len(await ledger.provider.transfers()) == 1


async def test_whoever_cannot_be_paid_yet_keeps_it_and_is_paid_once_ready(ledger: Books) -> None:
    await released(ledger)
    assert ledger.bus.of("payout.due") == []
    assert await ledger.balance(V) == 9000
    payee = await ledger.app.payees.open_account(V)
    assert payee.waiting
    await ledger.provider.onboard(payee.provider_account)
    for _ in range(3):
        await ledger.app.payouts.hear_news(account_changed(ledger, payee.provider_account))
    assert len(ledger.bus.of("payout.due")) == 1
    await ledger.sends_what_is_due()
    assert await ledger.balance(V) == 0


async def test_an_account_that_closes_meanwhile_gives_the_money_back_to_its_payee(ledger: Books) -> None:
    await ledger.onboarded(V)
    await released(ledger)
    account = (await ledger.app.payees.get(V)).provider_account
    await ledger.provider.onboard(account, complete=False)
    (result,) = await ledger.sends_what_is_due()
    assert (result.ok, result.code) == (False, "account_not_ready")
    held = await ledger.app.own_accounts.balance(V)
    assert (held.available("USD").minor, await status_of(ledger)) == (9000, ["failed"])
    await ledger.provider.onboard(account)
    await ledger.app.payouts.hear_news(account_changed(ledger, account))
    await ledger.sends_what_is_due()
    assert await status_of(ledger) == ["paid", "failed"]
    assert [transfer.amount.minor for transfer in await ledger.provider.transfers()] == [9000]


async def test_a_refusal_that_nobody_expects_is_a_persons_business_and_stays_reserved(ledger: Books) -> None:
    await ledger.onboarded(V)
    await released(ledger)
    ledger.provider.refuses = Conflict("no", code="key_reused")
    (result,) = await ledger.sends_what_is_due()
    assert result.code == "key_reused"
    (payout,) = await ledger.app.payouts.history(V)
    for _ in range(2):
        await ledger.app.payouts.report_unsent(V, payout.id, "no")
    (task,) = await ledger.app.escalations.queue()
    assert (task.subject, task.reason) == (f"{payout.id}-1", "payout_failed")
    assert payout.transfer_key in task.summary
    assert (await ledger.app.own_accounts.balance(V)).available("USD").minor == 0
    ledger.provider.refuses = None
    await ledger.app.payouts.begin(V)
    assert [event.data["plan"][-2:] for event in ledger.bus.of("payout.due")] == ["-1", "-2"]
    await ledger.sends_what_is_due()
    assert len({request.key for request in ledger.provider.asked}) == 1, "it may have been sent before"
    assert len(await ledger.provider.transfers()) == 1


async def test_what_is_earned_while_a_payout_is_on_its_way_is_paid_after_it(ledger: Books) -> None:
    await ledger.onboarded(V)
    await released(ledger)
    await released(ledger, "ord_2", price=5000)
    assert len(ledger.bus.of("payout.due")) == 1
    await ledger.sends_what_is_due()
    await ledger.sends_what_is_due()
    assert sorted(t.amount.minor for t in await ledger.provider.transfers()) == [4500, 9000]
    assert await ledger.balance(V) == 0


async def test_a_clawback_nets_against_the_next_earnings(ledger: Books) -> None:
    await ledger.onboarded(V)
    await released(ledger)
    await ledger.sends_what_is_due()
    await ledger.claws_back("ord_1-l1", 2000)
    assert await ledger.balance(V) == -1800
    await released(ledger, "ord_2")
    await ledger.sends_what_is_due()
    assert sorted(t.amount.minor for t in await ledger.provider.transfers()) == [7200, 9000]
    assert await ledger.balance(V) == 0
    await ledger.adds_up()


async def test_a_clawback_while_a_payout_is_on_its_way_leaves_a_debt_and_nothing_unpaid(
    ledger: Books,
) -> None:
    await ledger.onboarded(V)
    await released(ledger)
    await ledger.paid_order("ord_2", vendor="other")
    await ledger.claws_back("ord_1-l1", 10_000)
    assert await ledger.balance(V) == 0
    await ledger.sends_what_is_due()
    assert await ledger.balance(V) == -9000
    assert await status_of(ledger) == ["paid"]
    assert await ledger.app.payouts.begin(V) == []
    await ledger.adds_up()


async def test_currencies_are_paid_apart(ledger: Books) -> None:
    await ledger.onboarded(V)
    await ledger.app.payees.set_schedule(V, Schedule.MANUAL)
    await released(ledger, "ord_1", price=1001, currency="KWD")
    await released(ledger, "ord_2", price=5000, currency="JPY")
    begun = await ledger.app.payouts.begin(V)
    assert [str(payout.amount) for payout in begun] == ["JPY 4500", "KWD 0.901"]
    assert len({payout.id for payout in begun}) == 2


async def test_whoever_is_not_paid_on_release_waits_for_their_day(ledger: Books) -> None:
    await ledger.onboarded(V)
    await ledger.app.payees.set_schedule(V, Schedule.WEEKLY)
    await released(ledger)
    assert ledger.bus.of("payout.due") == []


async def test_affiliates_and_workers_have_schedules_of_their_own(ledger: Books) -> None:
    assert (await ledger.app.payees.get(affiliate())).schedule is Schedule.WEEKLY
    assert (await ledger.app.payees.get(worker())).schedule is Schedule.ON_RELEASE
    await ledger.app.payees.set_schedule(affiliate(), Schedule.MONTHLY)
    for account, wrong in ((affiliate(), Schedule.DAILY), (worker(), Schedule.WEEKLY)):
        with pytest.raises(InvalidInput) as refused:
            await ledger.app.payees.set_schedule(account, wrong)
        assert refused.value.field == "schedule"


async def test_an_account_at_the_provider_is_opened_once(ledger: Books) -> None:
    one = await ledger.app.payees.open_account(V)
    other = await ledger.app.payees.open_account(V)
    assert one.provider_account == other.provider_account != ""
    assert await ledger.app.payees.find(one.provider_account) == V


async def test_an_account_that_was_asked_for_before_is_asked_for_in_the_same_words(ledger: Books) -> None:
    """The provider keeps a key for one request; the first one's answer may have been lost."""
    ledger.store.mortal(3)
    with pytest.raises(Died):
        await ledger.app.payees.open_account(V, email="a@rose.example")
    ledger.store.mortal(None)
    payee = await ledger.app.payees.open_account(V, email="b@rose.example")
    assert (payee.email, payee.provider_account != "") == ("a@rose.example", True)


async def test_two_who_begin_at_once_begin_one_payout(ledger: Books) -> None:
    await ledger.onboarded(V)
    await ledger.app.payees.set_schedule(V, Schedule.MANUAL)
    await released(ledger)
    await ledger.app.projection.catch_up()

    async def other() -> None:
        assert len(await ledger.app.payouts.begin(V)) == 1

    ledger.store.meddled(other)
    assert await ledger.app.payouts.begin(V) == []
    assert len(ledger.bus.of("payout.due")) == 1


async def test_two_who_send_at_once_book_one_payout(ledger: Books) -> None:
    await ledger.onboarded(V)
    await released(ledger)
    ledger.store.meddled(ledger.sends_what_is_due, at=3)
    await ledger.sends_what_is_due()
    assert ledger.store.meddle is None
    assert len(await ledger.provider.transfers()) == 1
    assert await ledger.balance(V) == 0
    await ledger.adds_up()


@pytest.mark.parametrize("before", [False, True])
async def test_a_death_at_any_write_and_a_second_run_pay_exactly_once(tmp_path: Path, before: bool) -> None:
    fatal = 0
    while True:
        fatal += 1
        clock = HandClock()
        ledger = books(tmp_path / str(fatal), clock)
        await ledger.onboarded(V)
        await ledger.paid_order()
        await ledger.app.funds.release("ord_1-l1", key="ord_1-l1:release")
        event = ledger.bus.of("funds.released")[-1]
        ledger.store.mortal(fatal, before=before)
        died = await _pays(ledger, event)
        await ledger.app.close()
        again = books(tmp_path / str(fatal), clock)
        assert not await _pays(again, event)
        assert [t.amount.minor for t in await again.provider.transfers()] == [9000]
        assert await again.balance(V) == 0
        assert await status_of(again) == ["paid"]
        assert (await again.app.own_accounts.balance(V)).reserved == {}
        await again.adds_up()
        await again.app.close()
        if not died:
            break
    assert fatal > 8


async def _pays(ledger: Books, event: CloudEvent) -> bool:
    """Hear of the release and send what the store says is due; say whether the process died over it."""
    try:
        await ledger.app.payouts.hear_release(event)
        await ledger.app.outbox.relay_all()
        payee = await ledger.app.payees.get(V)
        for id in payee.open.values():
            await ledger.app.payouts.send(V, id)
    except Died:
        return True
    return False
