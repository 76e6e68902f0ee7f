"""A whole ledger in memory, moved by the rules that the services use: orders, own accounts, totals.

Beside it stands a tally that knows nothing of accounts: what the provider took in and gave out.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any

from shared.domain import order_money as money
from shared.domain import orders as rules
from shared.domain.ledger import Account, AccountKind, Book, Entry, Home, Terms, credit, debit, split
from shared.domain.ledger.own import OwnAccount, lines_of
from shared.domain.ledger.trial import Totals, TrialBalance, trial_balance
from shared.domain.money import Money
from shared.domain.orders import Movement, Order, OrderLeg, Paying
from shared.domain.payouts import Payout, TakeBack, payout_entry, payout_id, take_back_entry
from shared.domain.places import GeoPoint, Place
from shared.domain.status import HoldStatus
from shared.domain.timechain import Timeline
from shared.services.payouts.gig_payments import ScanPayment, scan_entry

START = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOME = Place(address="500 Congress Ave, Austin", point=GeoPoint(latitude=30.27, longitude=-97.74))
PAYEES = (AccountKind.VENDOR_PAYABLE, AccountKind.AFFILIATE_COMMISSION, AccountKind.GIG_WALLET)


@dataclass
class Taken:
    """A chargeback that is open."""

    order_id: str
    key: str
    amount: Money


@dataclass
class Ledger:
    """All of it. `now` only moves on."""

    orders: dict[str, Order] = field(default_factory=dict)
    own: dict[str, OwnAccount] = field(default_factory=dict)
    totals: Totals = field(default_factory=Totals)
    entries: dict[str, Entry] = field(default_factory=dict)
    provider: Counter[str] = field(default_factory=Counter)
    """What the provider holds, by currency."""
    payouts: list[Payout] = field(default_factory=list)
    chargebacks: list[Taken] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    """Orders that have changed since somebody looked."""
    count: int = 0
    now: datetime = START

    # --- orders -----------------------------------------------------------------------------------

    def placed(
        self,
        prices: Sequence[int],
        terms: Terms,
        *,
        fee: int,
        credit_: int,
        currency: str,
        customer: str,
    ) -> Order:
        """Pay for an order, out of the customer's credits as far as they were reserved."""
        id = f"ord_{len(self.orders)}"
        legs = tuple(
            _leg(id, n, Money(minor=price, currency=currency), terms) for n, price in enumerate(prices)
        )
        order = Order.model_construct(
            id=id,
            revision=1,
            created_at=self.now,
            updated_at=self.now,
            customer_id=customer,
            thread_id="thr",
            legs=legs,
            deliver_to=HOME,
            deliver_by=START,
            zone="America/Chicago",
            timeline=Timeline.model_construct(),
            book=Book(currency=currency),
            delivery_fee=Money(minor=fee, currency=currency) if fee else None,
        )
        spent = self._reserved(order, credit_)
        order = order.model_copy(update={"paying": Paying(credit=spent)})
        after = rules.dispatched(rules.paid(order))
        for movement in _movements(order):
            after = rules.with_movement(after, movement)
        self._commit(*money.booked(order, after, key=f"{id}:charge", at=self.tick()))
        self.provider[currency] += order.to_charge().minor
        return self.orders[id]

    def _reserved(self, order: Order, wanted: int) -> int:
        account = credits_of(order.customer_id)
        amount = Money(minor=min(wanted, order.total().minor), currency=order.currency())
        if amount.minor == 0:
            return 0
        after = self.account(account).reserving(order.id, amount)
        if after is None:
            assert (self.account(account).available(amount.currency) - amount).minor < 0
            return 0
        self.own[account.id] = after
        return amount.minor

    def release(self, leg: OrderLeg, amount: Money | None) -> None:
        """Release a leg, or a part of it; whoever earns gets no more than their rate."""
        order = self.order_of(leg)
        after, parts, entries = money.released(
            order, leg.id, amount, key=self.key(leg.id, "release"), at=self.tick()
        )
        released_ = amount or money.held_of(order, leg)
        assert parts.total() == released_
        assert parts == split(released_, leg.terms)
        assert min(parts.fee.minor, parts.commission.minor, parts.vendor.minor) >= 0
        assert parts.fee.minor * 10_000 <= released_.minor * leg.terms.fee_bps
        assert parts.commission.minor * 10_000 <= released_.minor * leg.terms.commission_bps
        self._commit(after, entries)

    def refund(self, leg: OrderLeg, amount: Money) -> None:
        """Owe a part of a leg to the customer: out of what is held, then out of what was earned."""
        key = self.key(leg.id, "refund")
        after, _, entries = money.refunded(
            self.order_of(leg), leg.id, amount, key=key, at=self.tick(), reason=""
        )
        self._commit(after, entries)

    def refund_by_platform(self, leg: OrderLeg, amount: Money) -> None:
        """Owe it at the platform's own cost."""
        key = self.key(leg.id, "goodwill")
        after, entries = money.refunded_by_platform(
            self.order_of(leg), leg.id, amount, key=key, at=self.tick(), reason=""
        )
        self._commit(after, entries)

    def send(self, order: Order) -> None:
        """Send the first refund that is due, each part the way it came."""
        due = next(due for due in order.refunds if not due.sent)
        gone = [
            Movement(
                key=f"{due.key}@{part.movement_key}",
                receipt_id="" if part.credit else f"re_{self.count}",
                amount=-part.amount,
                reason="",
                credit=part.credit,
            )
            for part in due.parts
        ]
        after = reduce(rules.with_movement, gone, money.sent(order, due.key))
        self._commit(*money.booked(order, after, key=f"{due.key}:sent", at=self.tick()))
        for movement in gone:
            if not movement.credit:
                self.provider[order.currency()] += movement.amount.minor

    def freeze(self, leg: OrderLeg) -> None:
        """A dispute is opened."""
        by = self.key(leg.id, "dispute")
        self._commit(*money.frozen(self.order_of(leg), leg.id, by=by, key=f"{by}:freeze", at=self.tick()))

    def thaw(self, leg: OrderLeg) -> None:
        """The oldest dispute about a leg is over."""
        by = self.disputes(leg)[0]
        self._commit(*money.thawed(self.order_of(leg), leg.id, by=by, key=f"{by}:thaw", at=self.tick()))

    def disputes(self, leg: OrderLeg) -> list[str]:
        """The customer's open disputes about a leg; a bank's end otherwise."""
        return [by for by in leg.frozen_by if by not in {taken.key for taken in self.chargebacks}]

    def scan(self, order: Order) -> None:
        """A worker has scanned something of an order."""
        payment = ScanPayment(
            key=self.key(order.id, "scan"),
            order_id=order.id,
            task="t",
            worker_id="walt",
            amount=Money(minor=350, currency=order.currency()),
        )
        entry = scan_entry(order, payment, at=self.tick())
        self._commit(order.model_copy(update={"book": order.book.posted(entry)}), [entry])

    # --- chargebacks --------------------------------------------------------------------------------

    def bank_takes(self, order: Order, minor: int) -> None:
        """A bank takes a payment back, or a part of it."""
        amount = Money(minor=minor, currency=order.currency())
        by = self.key(order.id, "chargeback")
        after, entries = money.bank_took(order, amount, reference=by, by=by, key=f"{by}:took", at=self.tick())
        self.chargebacks.append(Taken(order.id, by, amount))
        self._commit(after, entries)
        self.provider[order.currency()] -= minor

    def bank_decides(self, taken: Taken, *, won: bool) -> None:
        """It gives it back, or keeps it."""
        order, by = self.orders[taken.order_id], taken.key
        if won:
            after, entries = money.bank_returned(
                order, taken.amount, reference=by, by=by, key=f"{by}:returned", at=self.tick()
            )
            self.provider[order.currency()] += taken.amount.minor
        else:
            after, clawed, entries = money.bank_kept(
                order, taken.amount, payment_id="pi", by=by, key=f"{by}:kept", at=self.tick()
            )
            ours = sum(leg.goodwill for leg in order.legs)  # comes back with the last of a leg's money
            assert sum(part.total().minor for part in clawed.values()) <= taken.amount.minor + ours
        self.chargebacks.remove(taken)
        self._commit(after, entries)

    # --- own accounts -------------------------------------------------------------------------------

    def grant(self, customer: str, minor: int, currency: str) -> None:
        """Apologise."""
        amount = Money(minor=minor, currency=currency)
        self._book(
            Entry(
                key=self.key(customer, "grant"),
                at=self.tick(),
                currency=currency,
                postings=(
                    debit(AccountKind.GOODWILL, "", amount),
                    credit(AccountKind.CREDITS, customer, amount),
                ),
            )
        )

    def pay_out(self, account: OwnAccount, amount: Money) -> None:
        """Reserve, send and book a payout."""
        n = len(self.payouts) + 1
        payout = Payout(
            id=payout_id(account.account, n),
            number=n,
            account=account.account,
            amount=amount,
            destination="acct",
            created_at=self.tick(),
        )
        reserved = account.reserving(payout.key, amount)
        assert reserved is not None
        assert reserved.available(amount.currency) == account.available(amount.currency) - amount
        self.own[account.account.id] = reserved
        self._book(payout_entry(payout, transfer_id=f"tr_{n}", at=self.now))
        self.provider[amount.currency] -= amount.minor
        self.payouts.append(payout)

    def take_back(self, n: int, minor: int) -> None:
        """Reverse a part of a payout."""
        payout = self.payouts[n]
        amount = Money(minor=minor, currency=payout.amount.currency)
        taken = TakeBack(key=self.key(payout.id, "back"), payout_id=payout.id, amount=amount)
        entry = take_back_entry(payout, taken, reversal_id=f"trr_{self.count}", at=self.tick())
        assert entry.reverses in self.entries
        self._book(entry)
        self.provider[amount.currency] += minor
        self.payouts[n] = payout.model_copy(update={"returned": payout.returned + minor})

    # --- what it looks like -------------------------------------------------------------------------

    def account(self, account: Account) -> OwnAccount:
        return self.own.get(account.id) or OwnAccount(account=account)

    def order_of(self, leg: OrderLeg) -> Order:
        return self.orders[leg.id.partition("-")[0]]

    def legs(self, admits: Callable[[Order, OrderLeg], Any]) -> list[OrderLeg]:
        return [leg for order in self.orders.values() for leg in order.legs if admits(order, leg)]

    def trial(self) -> TrialBalance:
        return trial_balance([self.totals])

    def tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def key(self, about: str, what: str) -> str:
        return f"{about}:{what}:{len(self.entries)}"

    def _commit(self, order: Order, entries: Sequence[Entry]) -> None:
        """As `Records.commit` does: the order is checked, and its entries are booked."""
        order.verify()
        self.orders[order.id] = order
        self.touched.add(order.id)
        for entry in entries:
            self._book(entry)
        if not entries:
            self.count += 1

    def _book(self, entry: Entry) -> None:
        """As the projection does: every posting of an own account, and the totals."""
        assert entry.key not in self.entries
        self.entries[entry.key] = entry
        for line in lines_of(entry):
            if line.posting.account.home is Home.OWN:
                account = line.posting.account
                self.own[account.id] = self.account(account).posted(line)
        self.totals = self.totals.plus([entry], cursor=str(len(self.entries)))
        self.count += 1


def credits_of(customer: str) -> Account:
    return Account(kind=AccountKind.CREDITS, owner=customer)


def holds(order: Order, leg: OrderLeg) -> bool:
    """Something is held, and nobody has frozen it."""
    return leg.hold is HoldStatus.HELD and money.held_of(order, leg).minor > 0


def charged(order: Order) -> int:
    """What a bank could take back of an order: what was charged and is not on its way back."""
    there = sum(m.amount.minor for m in order.movements if m.amount.minor > 0 and not m.credit)
    back = sum(part.amount.minor for due in order.refunds for part in due.parts if not part.credit)
    return there - back - order.book.balance(AccountKind.CHARGEBACK, order.id).minor


def _leg(order_id: str, n: int, price: Money, terms: Terms) -> OrderLeg:
    return OrderLeg(
        id=f"{order_id}-l{n}",
        slot=f"{order_id}-l{n}",
        product_id=f"p{n}",
        name=f"Item {n}",
        vendor_id=f"v{n % 3}",
        vendor_name=f"Vendor {n}",
        quantity=1,
        price=price,
        terms=terms,
    )


def _movements(order: Order) -> list[Movement]:
    result = []
    if order.to_charge().minor:
        result.append(
            Movement(key=f"{order.id}:charge", receipt_id="pi", amount=order.to_charge(), reason="order")
        )
    if order.paying.credit:
        amount = Money(minor=order.paying.credit, currency=order.currency())
        result.append(
            Movement(key=f"{order.id}:credit", receipt_id="", amount=amount, reason="", credit=True)
        )
    return result
