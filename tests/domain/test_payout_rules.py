"""Who is paid when, and how a payout is named and booked."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.ledger import Account, AccountKind
from shared.domain.money import Money
from shared.domain.payouts import (
    BY_DATE,
    CHOICES,
    Payee,
    Payout,
    Schedule,
    TakeBack,
    next_due,
    payout_entry,
    payout_id,
    take_back_entry,
)
from shared.domain.status import PayoutStatus
from shared.errors import IllegalMove

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
V = Account(kind=AccountKind.VENDOR_PAYABLE, owner="rosewood")
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def payout(**more: object) -> Payout:
    known = {
        "id": payout_id(V, 1),
        "number": 1,
        "account": V,
        "amount": Money(minor=900),
        "destination": "acct_1",
        "created_at": NOW,
    }
    return Payout.model_validate(known | more)


@given(DAYS)
def test_a_schedule_pays_on_its_next_day(day: date) -> None:
    assert next_due(Schedule.DAILY, day) == day + timedelta(days=1)
    week, month = next_due(Schedule.WEEKLY, day), next_due(Schedule.MONTHLY, day)
    assert week is not None
    assert (week.weekday(), month and month.day) == (0, 1)
    assert 1 <= (week - day).days <= 7
    assert month is not None
    assert 1 <= (month - day).days <= 31
    assert next_due(Schedule.MANUAL, day) is next_due(Schedule.ON_RELEASE, day) is None


@pytest.mark.parametrize("kind", list(CHOICES))
def test_a_payee_starts_with_the_default_of_their_kind(kind: AccountKind) -> None:
    payee = Payee.of(Account(kind=kind, owner="x"))
    assert payee.schedule is CHOICES[kind][0]
    assert not payee.can_be_paid


def test_every_schedule_with_days_is_one_that_someone_can_have() -> None:
    assert set(BY_DATE) == {each for each in Schedule if next_due(each, NOW.date())}


@given(st.text(max_size=60), st.integers(1, 10**6))
def test_an_id_of_a_payout_may_name_a_plan(owner: str, number: int) -> None:
    id = payout_id(Account(kind=AccountKind.GIG_WALLET, owner=owner), number)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", payout(id=id).plan)


def test_a_payout_ends_once() -> None:
    paid = payout().moved(PayoutStatus.PAID, transfer_id="tr_1")
    for target in PayoutStatus:
        with pytest.raises(IllegalMove):
            paid.moved(target)


def test_a_payout_is_booked_against_the_provider_under_the_transfers_id() -> None:
    entry = payout_entry(payout(), transfer_id="tr_1", at=NOW)
    assert [(p.account.id, p.debit, p.credit, p.reference) for p in entry.postings] == [
        ("vendor_payable:rosewood", 900, 0, ""),
        ("provider_balance", 0, 900, "tr_1"),
    ]


def test_what_is_taken_back_names_the_payout_that_it_reverses() -> None:
    taken = TakeBack(key="k", payout_id=payout().id, amount=Money(minor=200))
    entry = take_back_entry(payout(), taken, reversal_id="trr_1", at=NOW)
    assert entry.reverses == payout().key
    assert [(p.account.id, p.debit, p.credit, p.reference) for p in entry.postings] == [
        ("provider_balance", 200, 0, "trr_1"),
        ("vendor_payable:rosewood", 0, 200, ""),
    ]
