import pytest
from affiliate_kit import NOW, order
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.affiliates.commissions import (
    CommissionStatus,
    CommissionTransaction,
    Earnings,
    added_up,
    affiliates_of,
    is_confirmed,
    laid_over,
    news,
    read_off,
)
from shared.domain.affiliates.performance import Ranking, figures
from shared.domain.ledger import AccountKind, Terms
from shared.domain.money import Money
from shared.domain.order_money import held_of, refundable, refunded, released
from shared.domain.orders import Order
from shared.domain.status import OrderStatus
from shared.errors import LedgerError

FIVE = Terms(fee_bps=1000, affiliate_id="aff_1", link_id="aff_1-k1", commission_bps=500)
NOBODYS = Terms(fee_bps=1000)
NOTHING = Earnings(id="aff_1-sum", created_at=NOW, updated_at=NOW, affiliate_id="aff_1")


def usd(minor: int) -> Money:
    return Money(minor=minor)


def off(one: Order, known: CommissionTransaction | None = None) -> CommissionTransaction:
    return read_off(one, "aff_1", known, at=NOW)


def let_go(one: Order, n: int = 1, part: int | None = None) -> Order:
    key = f"release{one.revision}"
    amount = None if part is None else usd(part)
    after, _, _ = released(one, f"ord_1-l{n}", amount, key=key, at=NOW)
    return after.model_copy(update={"revision": one.revision + 1})


def give_back(one: Order, minor: int, n: int = 1) -> Order:
    key = f"refund{one.revision}"
    after, _, _ = refunded(one, f"ord_1-l{n}", usd(minor), key=key, at=NOW, reason="")
    return after.model_copy(update={"revision": one.revision + 1})


def test_what_is_held_is_pending_what_is_released_is_earned_what_is_paid_is_paid() -> None:
    one = order((10_000, FIVE), (5_000, NOBODYS))
    waiting = off(one)
    assert (waiting.status, waiting.pending, waiting.earned) == (CommissionStatus.PENDING, 500, 0)
    assert (waiting.order_value, waiting.link_id, len(waiting.legs)) == (10_000, "aff_1-k1", 1)
    earned = off(let_go(one), waiting)
    assert (earned.status, earned.pending, earned.earned, earned.due) == (
        CommissionStatus.PAYABLE,
        0,
        500,
        500,
    )
    (paid,) = laid_over(500, [earned])
    assert (paid.status, paid.due) == (CommissionStatus.PAID, 0)


def test_an_order_counts_only_once_it_has_come_about() -> None:
    one = order((10_000, FIVE))
    assert is_confirmed(one)
    assert not is_confirmed(one.model_copy(update={"status": OrderStatus.PAID}))
    assert not is_confirmed(one.model_copy(update={"status": OrderStatus.CANCELLED}))
    assert is_confirmed(let_go(one).model_copy(update={"status": OrderStatus.REFUNDED}))
    assert affiliates_of(one) == ["aff_1"]
    assert affiliates_of(order((1, NOBODYS))) == []


def test_what_goes_back_before_it_was_released_is_lost() -> None:
    one = order((10_000, FIVE))
    half = off(give_back(one, 4_000), off(one))
    assert (half.status, half.pending, half.order_value) == (CommissionStatus.PENDING, 300, 6_000)
    none = off(give_back(one, 10_000), off(one))
    assert (none.status, none.pending, none.order_value) == (CommissionStatus.CANCELLED, 0, 0)


def test_what_goes_back_after_it_was_paid_leaves_the_difference_for_the_next_commission() -> None:
    one = let_go(order((10_000, FIVE)))
    (paid,) = laid_over(500, [off(one)])
    after = off(give_back(one, 4_000), paid)
    assert (after.earned, after.paid, after.due) == (300, 300, 0)
    assert after.status is CommissionStatus.PAID
    sums = added_up(added_up(NOTHING, None, paid), paid, after)
    assert sums.of("USD").covered == 300
    gone = off(give_back(one, 10_000), paid)
    assert (gone.status, gone.earned, gone.paid) == (CommissionStatus.CANCELLED, 0, 0)


def test_payouts_cover_the_oldest_first_and_the_last_one_in_part() -> None:
    due = [off(let_go(order((minor, FIVE)))) for minor in (10_000, 4_000, 6_000)]
    covered = laid_over(550, due)
    assert [(each.paid, each.due) for each in covered] == [(500, 0), (50, 150)]
    assert [each.status for each in covered] == [CommissionStatus.PAID, CommissionStatus.PAYABLE]
    assert laid_over(0, due) == []


def test_a_transaction_that_says_more_is_paid_than_earned_is_never_written() -> None:
    wrong = off(let_go(order((10_000, FIVE)))).model_copy(update={"paid": 600})
    with pytest.raises(LedgerError):
        wrong.verify()


def test_only_a_change_of_status_is_news_and_a_commission_of_nothing_never_is() -> None:
    free = order((10_000, FIVE.model_copy(update={"commission_bps": 0})))
    assert news(None, off(free)) is None
    one = order((10_000, FIVE))
    assert news(None, off(one)) is CommissionStatus.PENDING
    assert news(off(one), off(one)) is None
    assert news(off(one), off(let_go(one))) is CommissionStatus.PAYABLE


moves = st.lists(
    st.tuples(
        st.sampled_from(["release", "part", "refund", "payout", "look", "late look"]),
        st.integers(1, 3),
        st.integers(1, 9_999),
    ),
    max_size=25,
)


@given(st.lists(st.integers(1, 50_000), min_size=3, max_size=3), moves)
def test_whatever_happens_commissions_are_what_the_books_say(
    amounts: list[int], steps: list[tuple[str, int, int]]
) -> None:
    """Looks come late, twice or never in between; in the end all adds up with the ledger's account."""
    one = order(*((minor, FIVE) for minor in amounts))
    versions, known, earnings, paid_out = [one], None, NOTHING, 0

    def look(at: Order) -> None:
        nonlocal known, earnings
        if known is not None and known.order_revision >= at.revision:
            return
        after = off(at, known)
        earnings = added_up(earnings, known, after)
        known = after

    def cover() -> None:
        nonlocal known, earnings
        for after in laid_over(paid_out - earnings.of("USD").covered, [known] if known and known.due else []):
            earnings = added_up(earnings, known, after)
            known = after

    for what, n, minor in steps:
        held = held_of(one, one.leg(f"ord_1-l{n}")).minor
        back = refundable(one, one.leg(f"ord_1-l{n}")).minor
        if what == "release" and held:
            one = let_go(one, n)
        elif what == "part" and held:
            one = let_go(one, n, 1 + minor % held)
        elif what == "refund" and back:
            one = give_back(one, 1 + minor % back, n)
        elif what == "payout":
            paid_out += minor
        elif what == "late look":
            look(versions[minor % len(versions)])
        else:
            look(one)
        cover()
        versions.append(one)
        if known is not None:
            known.verify()
            sums = earnings.of("USD")
            assert (sums.pending, sums.earned, sums.covered) == (known.pending, known.earned, known.paid)
            assert known.due == 0 or paid_out <= sums.covered
    look(one)
    cover()
    assert known is not None
    assert known.earned == one.book.balance(AccountKind.AFFILIATE_COMMISSION, "aff_1").minor
    assert earnings.orders == 1
    assert known.paid == min(known.earned, paid_out)


def test_figures_add_up_and_rates_are_of_something() -> None:
    earned = off(let_go(order((10_000, FIVE))))
    one = figures(
        shown={"k1": 10},
        clicks={"k1": 4, "k2": 6},
        earnings=added_up(NOTHING, None, earned),
        paid={"USD": 200},
    )
    both = one + one
    shown = both.performance()
    assert (shown.shown, shown.clicks, shown.conversions) == (20, 20, 2)
    assert (shown.click_through_rate, shown.conversion_rate) == (0.4, 0.1)
    assert (shown.earned[0].total, shown.earned[0].payable) == (usd(1000), usd(600))
    empty = figures(shown={}, clicks={}, earnings=NOTHING, paid={}).performance()
    assert (empty.click_through_rate, empty.conversion_rate, empty.earned) == (None, None, ())
    assert [one.rank(by, trust=7) for by in Ranking] == [0, 7, 10, 1, 500]
