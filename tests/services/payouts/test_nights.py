"""The nights: whoever is due is paid once, nobody is forgotten, and old debts come back."""

from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain.ledger import Account, AccountKind, Entry, credit, debit
from shared.domain.money import Money
from shared.domain.payouts import Schedule
from shared.errors import Conflict, Unavailable
from shared.ports.payments import ReversalRequest
from shared.ports.store import Create
from shared.services.records import entry_document
from tests.books import Books, Died, affiliate, books, vendor
from tests.clocks import HandClock

V = vendor()


async def earns(ledger: Books, id: str, account: Account = V, price: int = 10_000) -> None:
    """Something is released for a vendor, or through an affiliate."""
    if account.kind is AccountKind.AFFILIATE_COMMISSION:
        await ledger.paid_order(id, price=price, vendor="nobody", affiliate=account.owner)
    else:
        await ledger.paid_order(id, price=price, vendor=account.owner)
    await ledger.app.funds.release(f"{id}-l1", key=f"{id}-l1:release")


async def night(ledger: Books, *, days: int = 1) -> None:
    """At four in the morning, `days` days later."""
    at = (ledger.clock.now() + timedelta(days=days)).replace(hour=4, minute=0)
    ledger.clock.instant = at
    await ledger.app.nightly_payouts.run()
    await ledger.app.nightly_payouts.run()
    await ledger.sends_what_is_due()


async def paid_on(ledger: Books, account: Account, schedule: Schedule, days: int) -> list[str]:
    """Earn a little every day; return the days on which a payout was made."""
    await ledger.onboarded(account)
    await ledger.app.payees.set_schedule(account, schedule)
    seen, result = 0, []
    for n in range(days):
        await earns(ledger, f"ord_{n}", account)
        await night(ledger)
        payouts = len(await ledger.app.payouts.history(account, limit=100))
        if payouts > seen:
            result.append(f"{ledger.clock.now():%a %d}")
        assert payouts - seen <= 1
        seen = payouts
    return result


async def test_daily_is_every_night(ledger: Books) -> None:
    assert await paid_on(ledger, V, Schedule.DAILY, 3) == ["Tue 05", "Wed 06", "Thu 07"]


async def test_weekly_is_mondays(ledger: Books) -> None:
    assert await paid_on(ledger, affiliate(), Schedule.WEEKLY, 15) == ["Mon 11", "Mon 18"]


async def test_monthly_is_the_first(ledger: Books) -> None:
    assert await paid_on(ledger, affiliate(), Schedule.MONTHLY, 30) == ["Mon 01"]


async def test_manual_is_never_by_itself(ledger: Books) -> None:
    assert await paid_on(ledger, V, Schedule.MANUAL, 8) == []


async def test_a_missed_night_is_made_up_for(ledger: Books) -> None:
    await ledger.onboarded(V)
    await ledger.app.payees.set_schedule(V, Schedule.WEEKLY)
    await earns(ledger, "ord_1")
    assert str(await ledger.app.payees.next_payout(V)) == "2026-05-11"
    await night(ledger, days=9)
    assert await ledger.balance(V) == 0
    assert str(await ledger.app.payees.next_payout(V)) == "2026-05-18"


async def test_a_release_that_nobody_heard_of_is_paid_the_next_night(ledger: Books) -> None:
    await ledger.onboarded(V)
    await earns(ledger, "ord_1")
    assert ledger.bus.of("payout.due") == []
    await night(ledger)
    assert await ledger.balance(V) == 0


async def test_a_changed_schedule_pays_by_the_new_one_alone(ledger: Books) -> None:
    await ledger.onboarded(V)
    await ledger.app.payees.set_schedule(V, Schedule.DAILY)
    await ledger.app.payees.set_schedule(V, Schedule.WEEKLY)
    await earns(ledger, "ord_1")
    await night(ledger)
    assert await ledger.balance(V) == 9000
    await night(ledger, days=6)
    assert await ledger.balance(V) == 0


async def test_whoever_is_not_ready_on_their_day_is_paid_once_they_are(ledger: Books) -> None:
    payee = await ledger.app.payees.open_account(V)
    await ledger.app.payees.set_schedule(V, Schedule.DAILY)
    await earns(ledger, "ord_1")
    await night(ledger)
    assert (await ledger.app.payees.get(V)).waiting
    await ledger.provider.onboard(payee.provider_account)
    await night(ledger)
    assert await ledger.balance(V) == 0


async def test_one_payees_trouble_is_no_one_elses(ledger: Books, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("a-shop", "b-shop"):
        await ledger.onboarded(vendor(name))
        await ledger.app.payees.set_schedule(vendor(name), Schedule.DAILY)
        await earns(ledger, f"ord_{name[0]}", vendor(name))
    await ledger.app.projection.catch_up()

    async def trouble() -> None:
        raise Unavailable("trouble")

    ledger.clock.pass_(days=1)
    ledger.store.meddled(trouble)
    assert await ledger.app.nightly_payouts.run() == 1
    assert "a-shop" in caplog.text
    assert await ledger.app.nightly_payouts.run() == 1, "it stayed due"
    await ledger.sends_what_is_due()
    assert await ledger.balance(vendor("a-shop")) == await ledger.balance(vendor("b-shop")) == 0


# --- old debts ------------------------------------------------------------------------------------


async def indebted(ledger: Books, *minor: int) -> None:
    """Two payouts of $90 and $45, and clawbacks after both."""
    await ledger.onboarded(V)
    await earns(ledger, "ord_1")
    await night(ledger)
    await earns(ledger, "ord_2", price=5000)
    await night(ledger)
    for part in minor:
        await ledger.claws_back("ord_1-l1", part)


def reversed_amounts(ledger: Books) -> list[int]:
    return [each.amount.minor for each in ledger.provider.asked if isinstance(each, ReversalRequest)]


async def test_a_debt_has_its_time(ledger: Books) -> None:
    await indebted(ledger, 2000)
    await night(ledger, days=29)
    assert reversed_amounts(ledger) == []
    assert await ledger.balance(V) == -1800


async def test_a_debt_that_stays_is_taken_back_from_the_latest_payout(ledger: Books) -> None:
    await indebted(ledger, 2000)
    await night(ledger, days=31)
    assert reversed_amounts(ledger) == [1800]
    assert await ledger.balance(V) == 0
    latest, first = await ledger.app.payouts.history(V)
    assert (latest.returned, first.returned) == (1800, 0)
    page = await ledger.app.statements.statement_of_account(V, limit=1)
    assert page.lines[0].line.reverses == latest.key
    assert (await ledger.app.payees.get(V)).paid == {"USD": 13500 - 1800}
    assert [t.reversed for t in await ledger.provider.transfers()] == [0, 1800]
    await ledger.adds_up()


async def test_a_debt_larger_than_the_latest_payout_goes_on_with_the_one_before(ledger: Books) -> None:
    await indebted(ledger, 8000)
    await night(ledger, days=31)
    assert reversed_amounts(ledger) == [4500, 2700]
    assert await ledger.balance(V) == 0
    await night(ledger, days=31)
    assert len(reversed_amounts(ledger)) == 2


async def test_new_earnings_settle_a_debt_before_its_time(ledger: Books) -> None:
    await indebted(ledger, 2000)
    await night(ledger, days=20)
    await earns(ledger, "ord_3")
    await night(ledger, days=20)
    assert reversed_amounts(ledger) == []
    assert await ledger.balance(V) == 0


async def test_a_reversal_whose_answer_was_lost_is_booked_once(ledger: Books) -> None:
    await indebted(ledger, 2000)
    ledger.provider.loses = 1
    await night(ledger, days=31)
    await night(ledger)
    assert len({each.key for each in ledger.provider.asked if isinstance(each, ReversalRequest)}) == 1
    assert [t.reversed for t in await ledger.provider.transfers()] == [0, 1800]
    assert await ledger.balance(V) == 0


async def test_what_cannot_be_taken_back_is_a_persons_business(ledger: Books) -> None:
    await indebted(ledger, 2000)
    ledger.provider.refuses = Conflict("Their account is empty.", code="insufficient_balance")
    await night(ledger, days=31)
    (task,) = await ledger.app.escalations.queue()
    assert (task.subject, task.reason) == (f"debt-{V.id}-2026-05-06", "payout_failed")
    assert await ledger.balance(V) == -1800
    ledger.provider.refuses = None
    await night(ledger)
    keys = [each.key for each in ledger.provider.asked if isinstance(each, ReversalRequest)]
    assert len(set(keys)) > 1, "the provider remembers its no under the key"
    assert await ledger.balance(V) == 0


async def test_a_debt_without_a_payout_to_take_it_from_is_told_of_once(ledger: Books) -> None:
    amount = Money(minor=500)
    entry = Entry(
        key="by-hand",
        at=ledger.clock.now(),
        currency="USD",
        postings=(
            debit(AccountKind.VENDOR_PAYABLE, V.owner, amount),
            credit(AccountKind.PLATFORM_FEE, "", amount),
        ),
    )
    await ledger.store.batch("orders", "ord_x", [Create(*entry_document(entry))])
    await ledger.app.projection.catch_up()
    for _ in range(3):
        await night(ledger, days=31)
    (task,) = await ledger.app.escalations.queue()
    assert "no payout left" in task.summary
    assert await ledger.balance(V) == -500


async def test_a_debt_in_one_currency_waits_for_none_in_another(ledger: Books) -> None:
    await indebted(ledger, 2000)
    yen = Money(minor=700, currency="JPY")
    entry = Entry(
        key="by-hand",
        at=ledger.clock.now() - timedelta(days=9),
        currency="JPY",
        postings=(debit(AccountKind.VENDOR_PAYABLE, V.owner, yen), credit(AccountKind.PLATFORM_FEE, "", yen)),
    )
    await ledger.store.batch("orders", "ord_x", [Create(*entry_document(entry))])
    await ledger.app.projection.catch_up()
    await night(ledger, days=31)
    assert await ledger.balance(V) == 0
    assert await ledger.balance(V, "JPY") == -700
    (task,) = await ledger.app.escalations.queue()
    assert "JPY 700" in task.summary


@pytest.mark.parametrize("before", [False, True])
async def test_a_death_at_any_write_takes_a_debt_back_exactly_once(tmp_path: Path, before: bool) -> None:
    fatal, died = 0, True
    while died:
        fatal += 1
        clock = HandClock()
        ledger = books(tmp_path / str(fatal), clock)
        await indebted(ledger, 8000)
        clock.pass_(days=31)
        ledger.store.mortal(fatal, before=before)
        try:
            await ledger.app.nightly_payouts.run()
            died = False
        except Died:
            died = True
        await ledger.app.close()
        again = books(tmp_path / str(fatal), clock)
        await again.app.nightly_payouts.run()
        assert await again.balance(V) == 0
        assert [t.reversed for t in await again.provider.transfers()] == [2700, 4500]
        assert (await again.app.payees.get(V)).taking_back is None
        assert (await again.app.payees.get(V)).paid == {"USD": 13500 - 7200}
        await again.adds_up()
        await again.app.close()
    assert fatal > 4
