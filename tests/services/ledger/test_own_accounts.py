"""Accounts of their own: never more reserved or spent than there is, each key once, whoever comes between."""

import pytest

from shared.domain.ledger import Account, AccountKind, Entry, credit, debit
from shared.domain.money import Money
from shared.errors import Conflict, LedgerError
from shared.services.credits import credits_of
from shared.services.ledger.accounts import OwnAccounts
from tests.books import MONDAY, Books, granted, vendor

ALICE = credits_of("alice")


def usd(minor: int) -> Money:
    return Money(minor=minor)


def spending(minor: int, *, key: str = "spend", kind: AccountKind = AccountKind.CREDITS) -> Entry:
    """Take from alice's credits, or another account of hers."""
    return Entry(
        key=key,
        at=MONDAY,
        currency="USD",
        postings=(debit(kind, "alice", usd(minor)), credit(AccountKind.GOODWILL, "", usd(minor))),
    )


@pytest.fixture
def accounts(ledger: Books) -> OwnAccounts:
    return ledger.app.own_accounts


async def available(accounts: OwnAccounts, account: Account = ALICE) -> int:
    return (await accounts.balance(account)).available("USD").minor


async def test_an_account_that_nothing_was_posted_to_is_empty(accounts: OwnAccounts) -> None:
    empty = await accounts.balance(ALICE)
    assert (empty.balance("USD").minor, empty.postings) == (0, 0)


async def test_a_grant_counts_once(accounts: OwnAccounts) -> None:
    assert await accounts.post_own(granted("alice", 2000)) is True
    assert await accounts.post_own(granted("alice", 2000)) is False
    assert await available(accounts) == 2000


async def test_what_is_reserved_is_not_available_and_not_reserved_twice(accounts: OwnAccounts) -> None:
    await accounts.post_own(granted("alice", 2000))
    assert await accounts.reserve(ALICE, "ord_1", usd(1500))
    assert await accounts.reserve(ALICE, "ord_1", usd(1500))
    assert await available(accounts) == 500
    assert (await accounts.balance(ALICE)).balance("USD") == usd(2000)


async def test_more_than_is_available_is_not_reserved(accounts: OwnAccounts) -> None:
    await accounts.post_own(granted("alice", 2000))
    assert await accounts.reserve(ALICE, "ord_1", usd(1500))
    assert not await accounts.reserve(ALICE, "ord_2", usd(501))
    assert await accounts.reserve(ALICE, "ord_3", usd(500))
    assert await available(accounts) == 0


async def test_a_key_is_for_one_amount(accounts: OwnAccounts) -> None:
    await accounts.post_own(granted("alice", 2000))
    await accounts.reserve(ALICE, "ord_1", usd(1500))
    with pytest.raises(Conflict) as reused:
        await accounts.reserve(ALICE, "ord_1", usd(1000))
    assert reused.value.code == "key_reused"


async def test_another_currency_is_another_balance(accounts: OwnAccounts) -> None:
    await accounts.post_own(granted("alice", 2000))
    assert not await accounts.reserve(ALICE, "ord_1", Money(minor=1, currency="JPY"))


async def test_what_was_released_is_available_and_its_key_is_used_up(accounts: OwnAccounts) -> None:
    await accounts.post_own(granted("alice", 2000))
    await accounts.reserve(ALICE, "ord_1", usd(1500))
    await accounts.release(ALICE, "ord_1")
    await accounts.release(ALICE, "ord_1")
    assert await available(accounts) == 2000
    assert not await accounts.reserve(ALICE, "ord_1", usd(1500)), "a late repetition of an undone step"
    assert await available(accounts) == 2000


async def test_an_undo_that_comes_first_keeps_its_step_from_happening(accounts: OwnAccounts) -> None:
    await accounts.post_own(granted("alice", 2000))
    await accounts.release(ALICE, "ord_1")
    assert not await accounts.reserve(ALICE, "ord_1", usd(100))


async def test_spending_uses_its_reservation_up_for_good(accounts: OwnAccounts) -> None:
    await accounts.post_own(granted("alice", 2000))
    await accounts.reserve(ALICE, "spend", usd(1500))
    await accounts.post_own(spending(1500))
    assert await available(accounts) == 500
    assert await accounts.reserve(ALICE, "spend", usd(1500)), "the same reservation, spent by now"
    assert await available(accounts) == 500


async def test_nobody_spends_what_is_reserved_for_something_else(accounts: OwnAccounts) -> None:
    await accounts.post_own(granted("alice", 2000))
    await accounts.reserve(ALICE, "ord_1", usd(1500))
    with pytest.raises(Conflict) as refused:
        await accounts.post_own(spending(501))
    assert refused.value.code == "insufficient_funds"
    assert await accounts.post_own(spending(500))
    assert await available(accounts) == 0


@pytest.mark.parametrize("kind", [AccountKind.CREDITS, AccountKind.VENDOR_PAYABLE, AccountKind.GIG_WALLET])
async def test_what_is_asked_for_never_takes_an_account_below_nothing(
    accounts: OwnAccounts, kind: AccountKind
) -> None:
    with pytest.raises(Conflict, match="which has"):
        await accounts.post_own(spending(1, kind=kind))
    assert (await accounts.balance(Account(kind=kind, owner="alice"))).postings == 0


async def test_an_entry_belongs_to_exactly_one_own_account(accounts: OwnAccounts) -> None:
    of_two = Entry(
        key="k",
        at=MONDAY,
        currency="USD",
        postings=(
            debit(AccountKind.VENDOR_PAYABLE, "v", usd(5)),
            credit(AccountKind.CREDITS, "alice", usd(5)),
        ),
    )
    with pytest.raises(LedgerError, match="one own account"):
        await accounts.post_own(of_two)


async def test_two_reservations_at_once_never_exceed_the_balance(ledger: Books) -> None:
    accounts = ledger.app.own_accounts
    await accounts.post_own(granted("alice", 2000))

    async def other() -> None:
        assert await accounts.reserve(ALICE, "ord_2", usd(1500))

    ledger.store.meddled(other)
    assert not await accounts.reserve(ALICE, "ord_1", usd(1500))
    assert (await accounts.balance(ALICE)).reserved == {"ord_2": usd(1500)}


async def test_two_entries_at_once_never_exceed_the_balance(ledger: Books) -> None:
    accounts = ledger.app.own_accounts
    await accounts.post_own(granted("alice", 2000))

    async def other() -> None:
        assert await accounts.post_own(spending(1500, key="other"))

    ledger.store.meddled(other)
    with pytest.raises(Conflict):
        await accounts.post_own(spending(1500, key="one"))
    assert await available(accounts) == 500


async def test_the_same_entry_at_once_is_booked_once(ledger: Books) -> None:
    accounts = ledger.app.own_accounts

    async def other() -> None:
        assert await accounts.post_own(granted("alice", 2000))

    ledger.store.meddled(other)
    assert not await accounts.post_own(granted("alice", 2000))
    assert await available(accounts) == 2000


async def test_a_release_and_a_reservation_at_once_leave_nothing_set_aside(ledger: Books) -> None:
    accounts = ledger.app.own_accounts
    await accounts.post_own(granted("alice", 2000))

    async def other() -> None:
        await accounts.release(ALICE, "ord_1")

    ledger.store.meddled(other)
    assert not await accounts.reserve(ALICE, "ord_1", usd(1500))
    assert await available(accounts) == 2000


async def test_a_debt_is_dated_from_the_entry_that_made_it(ledger: Books) -> None:
    await ledger.paid_order()
    await ledger.releases("ord_1-l1")
    await ledger.onboarded(vendor())
    await ledger.app.payouts.begin(vendor())
    await ledger.sends_what_is_due()
    ledger.clock.pass_(days=3)
    await ledger.claws_back("ord_1-l1", 1000)
    held = await ledger.app.own_accounts.balance(vendor())
    assert held.balance("USD") == usd(-900)
    assert held.negative_since == {"USD": ledger.clock.now()}
    ledger.clock.pass_(days=3)
    await ledger.paid_order("ord_2")
    await ledger.releases("ord_2-l1")
    held = await ledger.app.own_accounts.balance(vendor())
    assert held.negative_since == {}
