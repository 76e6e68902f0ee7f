"""Our books against the provider's: fees booked, every difference told, one task for a person."""

from datetime import date, datetime, timedelta

import pytest

from shared.domain.ledger import AccountKind, Entry, credit, debit
from shared.domain.ledger.reconciliation import DifferenceKind, Reconciliation
from shared.domain.money import Money
from shared.errors import InvalidInput, NotFound
from shared.ports.payments import AuthoriseRequest
from shared.ports.store import Create
from shared.services.records import entry_document
from tests.books import Books, vendor

MONDAY, TUESDAY = date(2026, 5, 4), date(2026, 5, 5)


async def a_day_of_business(ledger: Books) -> None:
    """A payment, a payout, a refund: all of them booked."""
    await ledger.paid_order(legs=2)
    await ledger.releases("ord_1-l1")
    await ledger.onboarded(vendor())
    await ledger.app.payouts.begin(vendor())
    await ledger.sends_what_is_due()
    await ledger.claws_back("ord_1-l2", 2500)


async def next_night(ledger: Books) -> Reconciliation:
    ledger.clock.instant = datetime.fromisoformat("2026-05-05T03:00:00+00:00")
    return await ledger.app.reconciliation.reconcile(ledger.app.reconciliation.yesterday())


async def charged_behind_our_back(ledger: Books, minor: int = 777, key: str = "stray") -> str:
    payment = await ledger.app.payments.authorise(
        AuthoriseRequest(key=key, customer_id="bob", amount=Money(minor=minor), capture=True)
    )
    return payment.id


async def booked(ledger: Books, minor: int, reference: str, *, key: str = "by-hand") -> None:
    """Book a payment without its order; the fact is in the ledger all the same."""
    amount = Money(minor=minor)
    entry = Entry(
        key=key,
        at=ledger.clock.now(),
        currency="USD",
        postings=(
            debit(AccountKind.PROVIDER_BALANCE, "", amount, reference=reference),
            credit(AccountKind.CUSTOMER_FUNDS, "ord_x", amount),
        ),
    )
    await ledger.store.batch("orders", "ord_x", [Create(*entry_document(entry))])


async def provider_total(ledger: Books) -> tuple[int, int]:
    trial = await ledger.app.statements.trial_balance()
    theirs = await ledger.app.payments.balance("USD")
    return trial.balance(AccountKind.PROVIDER_BALANCE, "USD").minor, theirs.minor


async def test_a_day_on_which_all_is_booked_agrees_to_the_cent(ledger: Books) -> None:
    await a_day_of_business(ledger)
    report = await next_night(ledger)
    assert report.agrees
    assert report.differences == ()
    assert report.matched == 3
    ours, theirs = await provider_total(ledger)
    assert ours == theirs
    assert await ledger.app.escalations.queue() == []


async def test_the_providers_fees_are_booked_once_by_movement(ledger: Books) -> None:
    await a_day_of_business(ledger)
    before, theirs = await provider_total(ledger)
    report = await next_night(ledger)
    (fee,) = report.fees
    assert (fee.amount.minor, fee.booked_now) == (20000 * 29 // 1000 + 30, True)
    assert before - theirs == fee.amount.minor
    again = await ledger.app.reconciliation.reconcile(MONDAY)
    assert [each.booked_now for each in again.fees] == [False]
    trial = await ledger.app.statements.trial_balance()
    assert trial.balance(AccountKind.PROVIDER_FEES, "USD") == fee.amount
    await ledger.adds_up()


async def test_what_the_provider_has_and_we_have_not_is_missing_here(ledger: Books) -> None:
    await a_day_of_business(ledger)
    stray = await charged_behind_our_back(ledger)
    report = await next_night(ledger)
    (difference,) = report.differences
    assert (difference.kind, difference.reference) == (DifferenceKind.MISSING_HERE, stray)
    assert (difference.ours, difference.theirs) == (None, Money(minor=777))
    assert not report.agrees
    assert [each.unexplained.minor for each in report.closing] == [0]


async def test_what_we_have_and_the_provider_has_not_is_missing_there(ledger: Books) -> None:
    await a_day_of_business(ledger)
    await booked(ledger, 500, "pi_dreamt")
    (difference,) = (await next_night(ledger)).differences
    assert (difference.kind, difference.reference) == (DifferenceKind.MISSING_AT_PROVIDER, "pi_dreamt")
    assert (difference.ours, difference.theirs, difference.keys) == (Money(minor=500), None, ("by-hand",))


async def test_another_amount_is_a_difference(ledger: Books) -> None:
    await booked(ledger, 700, await charged_behind_our_back(ledger, 777))
    (difference,) = (await next_night(ledger)).differences
    assert difference.kind is DifferenceKind.AMOUNT_DIFFERS
    assert (difference.ours, difference.theirs) == (Money(minor=700), Money(minor=777))


async def test_a_payout_to_the_platforms_bank_is_booked_from_the_providers_word(ledger: Books) -> None:
    await a_day_of_business(ledger)
    await ledger.provider.pay_out("po", Money(minor=3000))
    report = await next_night(ledger)
    assert report.agrees
    trial = await ledger.app.statements.trial_balance()
    assert trial.balance(AccountKind.BANK, "USD").minor == 3000
    ours, theirs = await provider_total(ledger)
    assert ours == theirs


async def test_what_moves_around_midnight_is_no_difference(ledger: Books) -> None:
    ledger.clock.instant = datetime.fromisoformat("2026-05-04T23:59:59.900000+00:00")
    stray = await charged_behind_our_back(ledger)
    ledger.clock.pass_(seconds=1)
    await booked(ledger, 777, stray)
    assert (await next_night(ledger)).agrees
    ledger.clock.pass_(days=1)
    assert (await ledger.app.reconciliation.reconcile(TUESDAY)).agrees


async def test_money_on_its_way_at_night_is_not_yesterdays_difference(ledger: Books) -> None:
    await a_day_of_business(ledger)
    ledger.clock.instant = datetime.fromisoformat("2026-05-05T02:59:59+00:00")
    await charged_behind_our_back(ledger)
    report = await next_night(ledger)
    assert report.agrees
    assert [each.unexplained.minor for each in report.closing] == [0]


async def test_a_difference_is_one_task_for_a_person(ledger: Books) -> None:
    await a_day_of_business(ledger)
    stray = await charged_behind_our_back(ledger)
    await next_night(ledger)
    await next_night(ledger)
    (task,) = await ledger.app.escalations.queue()
    assert (task.subject, task.reason, task.order_id) == ("reconciliation-2026-05-04", "books_differ", "")
    assert stray in task.summary
    assert "$7.77" in task.summary


async def test_a_gap_that_was_told_of_is_not_told_of_again_every_night(ledger: Books) -> None:
    await charged_behind_our_back(ledger)
    await next_night(ledger)
    for _ in range(5):
        ledger.clock.pass_(days=1)
        report = await ledger.app.reconciliation.reconcile(ledger.app.reconciliation.yesterday())
    assert [each.kind for each in report.differences] == [DifferenceKind.BALANCE_DIFFERS]
    assert [each.unexplained.minor for each in report.closing] == [777 - 0]
    subjects = [task.subject for task in await ledger.app.escalations.queue()]
    assert subjects == ["reconciliation-2026-05-04", "reconciliation-2026-05-06"], "told, then that it stays"


async def test_an_old_day_can_be_looked_at_again_without_a_closing_balance(ledger: Books) -> None:
    await a_day_of_business(ledger)
    ledger.clock.pass_(days=40)
    report = await ledger.app.reconciliation.reconcile(MONDAY)
    assert (report.matched, report.agrees, report.closing) == (3, True, ())


async def test_the_report_of_a_day_is_kept(ledger: Books) -> None:
    with pytest.raises(NotFound):
        await ledger.app.reconciliation.report(MONDAY)
    report = await next_night(ledger)
    assert await ledger.app.reconciliation.report(MONDAY) == report


async def test_a_day_to_come_cannot_be_reconciled(ledger: Books) -> None:
    with pytest.raises(InvalidInput) as refused:
        await ledger.app.reconciliation.reconcile(ledger.clock.now().date() + timedelta(days=1))
    assert refused.value.field == "day"


async def test_a_chargeback_that_was_won_moves_money_both_ways_and_agrees(ledger: Books) -> None:
    order = await ledger.paid_order()
    payment = order.movements[0].receipt_id
    dispute = await ledger.provider.open_dispute("d", payment, reason="fraudulent")
    await ledger.app.funds.bank_took("ord_1", dispute.amount, reference=dispute.id, by="ord_1-b1")
    await ledger.provider.close_dispute(dispute.id, won=True)
    await ledger.app.funds.bank_returned("ord_1", dispute.amount, reference=dispute.id, by="ord_1-b1")
    report = await next_night(ledger)
    assert report.agrees, report.differences
    assert len(report.fees) == 2, "of the payment and of the dispute"
    ours, theirs = await provider_total(ledger)
    assert ours == theirs


async def test_a_night_that_failed_is_made_up_for_in_the_next(ledger: Books) -> None:
    await a_day_of_business(ledger)
    ledger.clock.instant = datetime.fromisoformat("2026-05-06T03:00:00+00:00")
    assert await ledger.app.reconciliation.reconcile_nights() == 3
    assert (await ledger.app.reconciliation.report(MONDAY)).matched == 3
    assert await ledger.app.reconciliation.reconcile_nights() == 0
    ledger.clock.pass_(days=1)
    assert await ledger.app.reconciliation.reconcile_nights() == 1
