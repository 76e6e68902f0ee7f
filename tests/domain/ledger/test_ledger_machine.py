"""The ledger under everything that can happen to money, in any order, in awkward amounts and currencies.

5,000 operations here; 100,000 in the nightly profile (`USO_NIGHTLY=1`, or hypothesis' profile `nightly`).
"""

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from shared.domain import order_money as money
from shared.domain.ledger import Account, AccountKind, Home, Terms
from shared.domain.money import Money
from shared.domain.orders import Order, OrderLeg
from shared.domain.status import HoldStatus
from shared.errors import Conflict
from tests.domain.ledger.ledger_model import PAYEES, Ledger, charged, credits_of, holds

STEPS = 50
EXAMPLES, OPERATIONS = 130, 5_000
NIGHTLY_EXAMPLES, NIGHTLY_OPERATIONS = 2_600, 100_000
IS_NIGHT = os.environ.get("USO_NIGHTLY") == "1" or settings.get_current_profile_name() == "nightly"

PRICES = st.one_of(st.sampled_from([0, 1, 2, 3, 99, 100, 101, 9_999, 33_333]), st.integers(0, 2_000_000))
RATES = st.sampled_from([0, 1, 250, 333, 1_000, 1_999, 3_333, 5_000, 9_999, 10_000])
CURRENCIES = st.sampled_from(["USD", "JPY", "KWD"])
CUSTOMERS = st.sampled_from(["alice", "bob"])
FEW = 8
"""Orders of one run: more happens to each."""
PICKS = st.integers(0, 10_000)
SHARES = st.integers(1, 1_000)
"""Of 1,000: how much of what there is."""


def share(there: int, parts: int) -> int:
    """At least one unit of a positive amount."""
    return max(1, there * parts // 1_000)


class Money_(RuleBasedStateMachine):  # noqa: N801 - hypothesis names the class in its reports
    """What customers, vendors, workers, affiliates, banks and admins do."""

    operations = 0

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.grants = 0

    @initialize(minor=st.integers(1, 5_000), currency=CURRENCIES)
    def begins_with_an_apology(self, minor: int, currency: str) -> None:
        self.ledger.grant("alice", minor, currency)

    # --- orders -----------------------------------------------------------------------------------

    @precondition(lambda self: len(self.ledger.orders) < FEW)
    @rule(
        prices=st.lists(PRICES, min_size=1, max_size=4),
        fee_bps=RATES,
        commission_bps=RATES,
        affiliate=st.sampled_from(["", "limo"]),
        fee=st.sampled_from([0, 0, 1, 1_299]),
        credit=st.sampled_from([0, 0, 1, 500, 5_000, 10**9]),
        currency=CURRENCIES,
        customer=CUSTOMERS,
    )
    def capture(
        self,
        prices: list[int],
        fee_bps: int,
        commission_bps: int,
        affiliate: str,
        fee: int,
        credit: int,
        currency: str,
        customer: str,
    ) -> None:
        terms = Terms(fee_bps=fee_bps, affiliate_id=affiliate, commission_bps=commission_bps)
        spendable = self.ledger.account(credits_of(customer)).available(currency).minor
        order = self.ledger.placed(
            prices,
            terms,
            fee=fee,
            credit_=min(credit, max(spendable, 0)),
            currency=currency,
            customer=customer,
        )
        assert order.paid() == order.total()
        assert sum(money.held_of(order, leg).minor for leg in order.legs) == sum(prices)

    @precondition(lambda self: self.some(holds))
    @rule(pick=PICKS)
    def release(self, pick: int) -> None:
        self.ledger.release(self.leg(pick, holds), None)

    @precondition(lambda self: self.some(holds))
    @rule(pick=PICKS, parts=SHARES)
    def release_a_part(self, pick: int, parts: int) -> None:
        leg = self.leg(pick, holds)
        there = money.held_of(self.ledger.order_of(leg), leg)
        self.ledger.release(leg, Money(minor=share(there.minor, parts), currency=there.currency))

    @precondition(lambda self: self.some(refundable))
    @rule(pick=PICKS, parts=st.one_of(st.just(1_000), SHARES))
    def refund(self, pick: int, parts: int) -> None:
        """In part or in full, before the release or after it: then it is clawed back."""
        leg = self.leg(pick, refundable)
        there = money.refundable(self.ledger.order_of(leg), leg)
        self.ledger.refund(leg, Money(minor=share(there.minor, parts), currency=there.currency))

    @precondition(lambda self: self.ledger.orders)
    @rule(pick=PICKS, more=st.integers(1, 100))
    def refund_too_much(self, pick: int, more: int) -> None:
        leg = self.leg(pick, lambda order, leg: True)
        order = self.ledger.order_of(leg)
        there = money.refundable(order, leg)
        with pytest.raises(Conflict):
            self.ledger.refund(leg, Money(minor=there.minor + more, currency=there.currency))
        assert self.ledger.order_of(leg) is order
        self.ledger.count += 1

    @precondition(lambda self: self.some(forgivable))
    @rule(pick=PICKS, parts=SHARES)
    def refund_at_the_platforms_cost(self, pick: int, parts: int) -> None:
        leg = self.leg(pick, forgivable)
        amount = share(forgivable(self.ledger.order_of(leg), leg), parts)
        self.ledger.refund_by_platform(leg, Money(minor=amount, currency=leg.price.currency))

    @precondition(lambda self: self.orders(has_refunds))
    @rule(pick=PICKS)
    def send_a_refund(self, pick: int) -> None:
        self.ledger.send(self.order(pick, has_refunds))

    @precondition(lambda self: self.some(holds))
    @rule(pick=PICKS)
    def dispute(self, pick: int) -> None:
        self.ledger.freeze(self.leg(pick, holds))

    @precondition(lambda self: self.some(self.is_disputed))
    @rule(pick=PICKS)
    def settle_a_dispute(self, pick: int) -> None:
        self.ledger.thaw(self.leg(pick, self.is_disputed))

    @precondition(lambda self: self.ledger.orders)
    @rule(pick=PICKS)
    def scan(self, pick: int) -> None:
        self.ledger.scan(self.order(pick, lambda order: True))

    # --- banks --------------------------------------------------------------------------------------

    @precondition(lambda self: self.orders(charged))
    @rule(pick=PICKS, parts=SHARES)
    def charge_back(self, pick: int, parts: int) -> None:
        order = self.order(pick, charged)
        self.ledger.bank_takes(order, share(charged(order), parts))

    @precondition(lambda self: self.ledger.chargebacks)
    @rule(pick=PICKS, won=st.booleans())
    def decide_a_chargeback(self, pick: int, won: bool) -> None:
        taken = self.ledger.chargebacks[pick % len(self.ledger.chargebacks)]
        self.ledger.bank_decides(taken, won=won)

    # --- own accounts -------------------------------------------------------------------------------

    @precondition(lambda self: self.grants < FEW)
    @rule(customer=CUSTOMERS, minor=st.sampled_from([1, 500, 2_000]), currency=CURRENCIES)
    def apologise(self, customer: str, minor: int, currency: str) -> None:
        self.ledger.grant(customer, minor, currency)
        self.grants += 1

    @precondition(lambda self: self.payable())
    @rule(pick=PICKS, parts=SHARES)
    def pay_out(self, pick: int, parts: int) -> None:
        payable = self.payable()
        account, there = payable[pick % len(payable)]
        amount = Money(minor=share(there.minor, parts), currency=there.currency)
        self.ledger.pay_out(self.ledger.account(account), amount)

    @rule(kind=st.sampled_from(PAYEES), currency=CURRENCIES, more=st.integers(1, 100))
    def pay_out_too_much(self, kind: AccountKind, currency: str, more: int) -> None:
        owner = {AccountKind.VENDOR_PAYABLE: "v0", AccountKind.GIG_WALLET: "walt"}.get(kind, "limo")
        account = self.ledger.account(Account(kind=kind, owner=owner))
        there = max(account.available(currency).minor, 0)
        assert account.reserving("k", Money(minor=there + more, currency=currency)) is None
        self.ledger.count += 1

    @precondition(lambda self: self.debts())
    @rule(pick=PICKS)
    def take_back_a_debt(self, pick: int) -> None:
        debts = self.debts()
        n, minor = debts[pick % len(debts)]
        self.ledger.take_back(n, minor)

    # --- what holds after each of them ----------------------------------------------------------------

    @invariant()
    def every_order_adds_up(self) -> None:
        while self.ledger.touched:
            order = self.ledger.orders[self.ledger.touched.pop()]
            order.verify()
            where = order.book.summary()
            assert where.held == where.released + where.refunded + where.fees + where.remaining
            for id in order.book.turnover:
                account = Account.parse(id)
                guarded = account.home is Home.ORDER
                assert not guarded or order.book.balance(account.kind, account.owner).minor >= 0, id

    @invariant()
    def nothing_goes_negative_that_may_not(self) -> None:
        assert not [id for id, account in self.ledger.own.items() if account.is_overdrawn]

    @invariant()
    def the_whole_ledger_balances_and_says_what_its_parts_say(self) -> None:
        trial = self.ledger.trial()
        assert trial.balanced
        for currency in ("USD", "JPY", "KWD"):
            there = trial.balance(AccountKind.PROVIDER_BALANCE, currency).minor
            assert there == self.ledger.provider[currency]
            for kind in (*PAYEES, AccountKind.CREDITS):
                own = [account for account in self.ledger.own.values() if account.account.kind is kind]
                parts = sum(account.balance(currency).minor for account in own)
                assert parts == trial.balance(kind, currency).minor

    def teardown(self) -> None:
        Money_.operations += self.ledger.count

    # --- picking --------------------------------------------------------------------------------------

    def is_disputed(self, order: Order, leg: OrderLeg) -> bool:
        return bool(self.ledger.disputes(leg))

    def some(self, admits: Callable[[Order, OrderLeg], Any]) -> bool:
        return bool(self.ledger.legs(admits))

    def leg(self, pick: int, admits: Callable[[Order, OrderLeg], Any]) -> OrderLeg:
        legs = self.ledger.legs(admits)
        return legs[pick % len(legs)]

    def orders(self, admits: Callable[[Order], Any]) -> list[Order]:
        return [order for order in self.ledger.orders.values() if admits(order)]

    def order(self, pick: int, admits: Callable[[Order], Any]) -> Order:
        orders = self.orders(admits)
        return orders[pick % len(orders)]

    def payable(self) -> list[tuple[Account, Money]]:
        return [
            (account.account, there)
            for account in self.ledger.own.values()
            if account.account.kind in PAYEES
            for currency in account.turnover
            if (there := account.available(currency)).minor > 0
        ]

    def debts(self) -> list[tuple[int, int]]:
        return [
            (n, min(owed, payout.left().minor))
            for n, payout in enumerate(self.ledger.payouts)
            if (owed := -self.ledger.account(payout.account).balance(payout.amount.currency).minor) > 0
            and payout.left().minor > 0
        ]


def refundable(order: Order, leg: OrderLeg) -> int:
    """While a bank decides, nothing is refunded beside it."""
    return 0 if money.is_charged_back(order) else money.refundable(order, leg).minor


def forgivable(order: Order, leg: OrderLeg) -> int:
    gone = money.is_charged_back(order) or leg.hold is HoldStatus.REFUNDED
    return 0 if gone else leg.price.minor - leg.refunded - leg.goodwill


def has_refunds(order: Order) -> bool:
    return any(not due.sent for due in order.refunds)


def test_money_never_appears_or_vanishes(capsys: pytest.CaptureFixture[str]) -> None:
    Money_.operations = 0
    profile = settings(
        max_examples=NIGHTLY_EXAMPLES if IS_NIGHT else EXAMPLES,
        stateful_step_count=STEPS,
        derandomize=not IS_NIGHT,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Money_, settings=profile)
    with capsys.disabled():
        print(f"\nledger: {Money_.operations:,} operations, 0 violations")
    assert Money_.operations >= (NIGHTLY_OPERATIONS if IS_NIGHT else OPERATIONS)
