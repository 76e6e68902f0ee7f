"""The rules of the ledger, one by one: entries, the order's book, own accounts, splits, sums, comparisons."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.domain.ledger import (
    Account,
    AccountKind,
    Book,
    Entry,
    Home,
    Posting,
    Side,
    Terms,
    credit,
    debit,
    reversal,
    split,
)
from shared.domain.ledger.own import OwnAccount, lines_of
from shared.domain.ledger.reconciliation import DifferenceKind, Moved, compare
from shared.domain.ledger.statement import order_statement
from shared.domain.ledger.trial import Totals, trial_balance
from shared.domain.money import Money
from shared.errors import Conflict, LedgerError

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
K = AccountKind
RATES = st.integers(0, 10_000)
CURRENCIES = st.sampled_from(["USD", "JPY", "KWD"])


def usd(minor: int) -> Money:
    return Money(minor=minor)


def entry(*postings: Posting, key: str = "k", currency: str = "USD", **more: Any) -> Entry:
    return Entry(key=key, at=NOW, currency=currency, postings=postings, **more)


def moves(debited: K, credited: K, minor: int, *, owners: tuple[str, str] = ("", ""), **more: Any) -> Entry:
    return entry(debit(debited, owners[0], usd(minor)), credit(credited, owners[1], usd(minor)), **more)


CAPTURE = entry(
    debit(K.PROVIDER_BALANCE, "", usd(1000), reference="pi"),
    credit(K.HELD, "l1", usd(600)),
    credit(K.HELD, "l2", usd(400)),
    key="capture",
)


# --- entries ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("debited", "credited"), [(10, 9), (9, 10), (1, 2**53)])
def test_an_entry_that_is_not_balanced_cannot_be_made(debited: int, credited: int) -> None:
    with pytest.raises(ValidationError, match="debits"):
        entry(debit(K.HELD, "l", usd(debited)), credit(K.REFUNDS, "o", usd(credited)))


@pytest.mark.parametrize("sides", [{}, {"debit": 1, "credit": 1}, {"debit": -1}, {"credit": -1}])
def test_a_posting_is_of_something_and_on_one_side(sides: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Posting(account=Account(kind=K.HELD, owner="l"), **sides)


def test_a_reversal_takes_back_every_line_and_names_its_origin() -> None:
    back = reversal(CAPTURE, key="back", at=NOW + timedelta(days=1), reason="wrong")
    assert (back.reverses, back.key, back.reason) == ("capture", "back", "wrong")
    both = Book().posted(CAPTURE).posted(back)
    assert {id for id, (debited, credited) in both.turnover.items() if debited != credited} == set()


@given(st.sampled_from(K), st.text(alphabet="abc-_.0", max_size=20))
def test_an_account_is_read_from_its_id(kind: K, owner: str) -> None:
    account = Account(kind=kind, owner=owner)
    assert Account.parse(account.id) == account


@pytest.mark.parametrize("kind", list(K))
def test_an_account_grows_on_its_side(kind: K) -> None:
    account = Account(kind=kind)
    assert account.balance(5, 2) == (3 if account.side is Side.DEBIT else -3)
    assert account.is_taken_by(0, 1) is (account.side is Side.DEBIT)
    assert account.home is not Home.OWN or account.side is Side.CREDIT


# --- the book of an order ---------------------------------------------------------------------------


def test_held_is_released_refunded_fees_and_remaining() -> None:
    book = Book().posted(CAPTURE)
    book = book.posted(
        entry(
            debit(K.HELD, "l1", usd(600)),
            credit(K.VENDOR_PAYABLE, "v", usd(540)),
            credit(K.PLATFORM_FEE, "", usd(60)),
            key="release",
        )
    )
    book = book.posted(moves(K.HELD, K.REFUNDS, 150, owners=("l2", "o"), key="refund"))
    where = book.summary()
    assert [where.held, where.released, where.refunded, where.fees, where.remaining] == [
        usd(1000), usd(540), usd(150), usd(60), usd(250),
    ]  # fmt: skip
    sent = book.posted(moves(K.REFUNDS, K.PROVIDER_BALANCE, 150, owners=("o", ""), key="sent"))
    assert sent.summary() == where, "what went back was held all the same"


def test_credits_come_into_an_order_like_money() -> None:
    paid = entry(
        debit(K.PROVIDER_BALANCE, "", usd(700)),
        debit(K.CREDITS, "alice", usd(300)),
        credit(K.HELD, "l1", usd(1000)),
    )
    where = Book().posted(paid).summary()
    assert (where.held, where.remaining) == (usd(1000), usd(1000))


def test_more_than_is_held_cannot_leave() -> None:
    book = Book().posted(CAPTURE)
    with pytest.raises(LedgerError, match="held:l2"):
        book.posted(moves(K.HELD, K.REFUNDS, 401, owners=("l2", "o"), key="too-much"))
    with pytest.raises(LedgerError, match="refunds:o"):
        book.posted(moves(K.REFUNDS, K.PROVIDER_BALANCE, 1, owners=("o", ""), key="unowed"))


def test_a_clawback_may_leave_a_vendor_with_a_debt() -> None:
    book = Book().posted(moves(K.VENDOR_PAYABLE, K.REFUNDS, 70, owners=("v", "o")))
    assert book.balance(K.VENDOR_PAYABLE, "v") == usd(-70)


def test_a_book_has_one_currency() -> None:
    with pytest.raises(LedgerError, match="JPY"):
        Book().posted(CAPTURE).posted(entry(*CAPTURE.postings, key="yen", currency="JPY"))


def test_a_statement_shows_each_entry_with_what_each_account_then_held() -> None:
    refund = moves(K.HELD, K.REFUNDS, 150, owners=("l2", "o"), key="refund", reason="late")
    book = Book().posted(CAPTURE).posted(refund)
    statement = order_statement("o", [CAPTURE, refund], book)
    assert (statement.balanced, statement.complete) == (True, True)
    assert statement.debits == statement.credits == 1150
    assert [[line.balance.minor for line in each.lines] for each in statement.entries] == [
        [1000, 600, 400],
        [250, 150],
    ]
    assert statement.entries[1].reason == "late"


def test_a_statement_says_when_an_entry_is_missing() -> None:
    refund = moves(K.HELD, K.REFUNDS, 150, owners=("l2", "o"), key="refund")
    book = Book().posted(CAPTURE).posted(refund)
    assert not order_statement("o", [CAPTURE], book).complete


# --- own accounts -----------------------------------------------------------------------------------

ALICE = Account(kind=K.CREDITS, owner="alice")


def alice(minor: int) -> OwnAccount:
    (line,) = [
        line
        for line in lines_of(moves(K.GOODWILL, K.CREDITS, minor, owners=("", "alice"), key="grant"))
        if line.posting.account == ALICE
    ]
    return OwnAccount(account=ALICE).posted(line)


def test_a_fact_spends_what_was_reserved_for_its_order() -> None:
    reserved = alice(100).reserving("ord_1", usd(60))
    assert reserved is not None
    spending = moves(K.CREDITS, K.HELD, 60, owners=("alice", "l1"), key="charge", order_id="ord_1")
    after = reserved.posted(lines_of(spending)[0])
    assert (after.balance("USD"), after.reserved) == (usd(40), {})


def test_money_that_comes_in_for_an_order_spends_no_reservation() -> None:
    reserved = alice(100).reserving("ord_1", usd(60))
    assert reserved is not None
    back = moves(K.REFUNDS, K.CREDITS, 5, owners=("o", "alice"), key="back", order_id="ord_1")
    after = reserved.posted(lines_of(back)[1])
    assert (after.balance("USD"), after.available("USD")) == (usd(105), usd(45))


@given(
    st.integers(0, 100),
    st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 60), st.booleans()), max_size=30),
)
def test_reservations_never_exceed_the_balance(minor: int, asked: list[tuple[str, int, bool]]) -> None:
    account = alice(minor) if minor else OwnAccount(account=ALICE)
    for key, amount, frees in asked:
        if frees:
            account = account.freed(key)
            continue
        try:
            account = account.reserving(key, usd(amount)) or account
        except Conflict:
            assert account.reserved[key] != usd(amount)
        assert account.available("USD").minor >= 0
        assert account.balance("USD") == usd(minor)
        assert account.set_aside("USD").minor == sum(each.minor for each in account.reserved.values())


# --- splits -----------------------------------------------------------------------------------------


@given(st.integers(0, 10**12), CURRENCIES, RATES, RATES, st.sampled_from(["", "limo"]))
def test_the_parts_of_a_split_add_up_and_nobody_takes_more_than_their_rate(
    minor: int, currency: str, fee_bps: int, commission_bps: int, affiliate: str
) -> None:
    amount = Money(minor=minor, currency=currency)
    terms = Terms(fee_bps=fee_bps, affiliate_id=affiliate, commission_bps=commission_bps)
    parts = split(amount, terms)
    assert parts.fee + parts.commission + parts.vendor == amount
    assert min(parts.fee.minor, parts.commission.minor, parts.vendor.minor) >= 0
    assert parts.fee.minor * 10_000 <= minor * fee_bps < (parts.fee.minor + 1) * 10_000
    assert parts.commission.minor * 10_000 <= minor * commission_bps
    assert affiliate or parts.commission.minor == 0


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD"])
@pytest.mark.parametrize(
    ("minor", "fee_bps", "commission_bps", "parts"),
    [
        (1, 3333, 3333, (0, 0, 1)),
        (3, 3333, 3333, (0, 0, 3)),
        (3, 3334, 3334, (1, 1, 1)),
        (1, 10_000, 10_000, (1, 0, 0)),
        (0, 1000, 500, (0, 0, 0)),
        (999, 1000, 500, (99, 49, 851)),
        (10, 9_999, 9_999, (9, 1, 0)),
    ],
)
def test_awkward_amounts_leave_the_fraction_with_the_vendor(
    currency: str, minor: int, fee_bps: int, commission_bps: int, parts: tuple[int, int, int]
) -> None:
    terms = Terms(fee_bps=fee_bps, affiliate_id="limo", commission_bps=commission_bps)
    found = split(Money(minor=minor, currency=currency), terms)
    assert (found.fee.minor, found.commission.minor, found.vendor.minor) == parts


# --- sums -------------------------------------------------------------------------------------------


def test_a_trial_balance_adds_containers_kinds_and_currencies_up() -> None:
    yen = entry(
        debit(K.PROVIDER_BALANCE, "", Money(minor=7, currency="JPY")),
        credit(K.CUSTOMER_FUNDS, "o", Money(minor=7, currency="JPY")),
        key="yen",
        currency="JPY",
    )
    one = Totals().plus([CAPTURE], cursor="1")
    other = Totals().plus([yen, moves(K.GOODWILL, K.CREDITS, 20, owners=("", "a"))], cursor="9")
    trial = trial_balance([one, other])
    assert (trial.entries, trial.balanced) == (3, True)
    assert [(s.currency, s.debits, s.credits) for s in trial.sums] == [("JPY", 7, 7), ("USD", 1020, 1020)]
    assert trial.balance(K.HELD, "USD") == usd(1000)
    assert trial.balance(K.HELD, "JPY") == Money(minor=0, currency="JPY")


def test_a_ledger_that_is_not_balanced_says_so() -> None:
    broken = Totals(sums={"held": {"USD": (0, 10)}, "provider_balance": {"USD": (9, 0), "JPY": (1, 1)}})
    trial = trial_balance([broken])
    assert not trial.balanced
    assert [each.balanced for each in trial.sums] == [True, False]


# --- comparing --------------------------------------------------------------------------------------


def moved(reference: str, minor: int, *, key: str = "", currency: str = "USD") -> Moved:
    amount = Money(minor=minor, currency=currency)
    return Moved(reference=reference, amount=amount, at=NOW, key=key or f"{reference}{minor}")


@pytest.mark.parametrize(
    ("ours", "theirs", "kind"),
    [
        ([moved("a", 5)], [], DifferenceKind.MISSING_AT_PROVIDER),
        ([], [moved("a", 5)], DifferenceKind.MISSING_HERE),
        ([moved("a", 5)], [moved("a", 6)], DifferenceKind.AMOUNT_DIFFERS),
        ([moved("a", 5), moved("a", 5)], [moved("a", 5)], DifferenceKind.AMOUNT_DIFFERS),
    ],
)
def test_what_does_not_agree_is_named(ours: list[Moved], theirs: list[Moved], kind: DifferenceKind) -> None:
    (difference,), agreed = compare(ours, theirs)
    assert (difference.kind, difference.reference, list(agreed)) == (kind, "a", [])


def test_a_payment_taken_in_two_parts_agrees_with_one_entry() -> None:
    differences, agreed = compare([moved("a", 5)], [moved("a", 2), moved("a", 3)])
    assert (list(differences), len(agreed)) == ([], 2)


def test_the_same_amount_in_another_currency_or_direction_does_not_agree() -> None:
    for theirs in (moved("a", 5, currency="JPY"), moved("a", -5)):
        differences, _ = compare([moved("a", 5)], [theirs])
        assert [each.kind for each in differences] == [
            DifferenceKind.MISSING_AT_PROVIDER,
            DifferenceKind.MISSING_HERE,
        ] or [each.kind for each in differences] == [
            DifferenceKind.MISSING_HERE,
            DifferenceKind.MISSING_AT_PROVIDER,
        ]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(-50, 50).filter(bool)), max_size=20), st.data())
def test_the_differences_account_for_the_whole_gap(
    written: list[tuple[str, int]], data: st.DataObject
) -> None:
    every = [moved(reference, minor, key=str(n)) for n, (reference, minor) in enumerate(written)]
    ours = [each for each in every if data.draw(st.booleans())]
    differences, _ = compare(ours, every)
    gap = sum(each.amount.minor for each in every) - sum(each.amount.minor for each in ours)
    assert sum(each.gap() for each in differences) == gap
