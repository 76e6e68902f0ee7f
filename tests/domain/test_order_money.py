"""An order's money, whatever happens to it in whatever order: nothing is lost, owed twice or taken twice."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import order_money as money
from shared.domain import orders as rules
from shared.domain.ledger import AccountKind, Book, Entry, Terms
from shared.domain.money import Money
from shared.domain.orders import Delivered, DeliveryOutcome, Movement, Order, OrderLeg, RefundDue
from shared.domain.places import GeoPoint, Place
from shared.domain.status import HoldStatus, LegStatus, OrderStatus, PaymentStatus
from shared.domain.timechain import Timeline
from shared.errors import Conflict, LedgerError

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOME = Place(address="500 Congress Ave, Austin", point=GeoPoint(latitude=30.27, longitude=-97.74))
CURRENCIES = ("USD", "JPY", "KWD")
AFFILIATE = Terms(fee_bps=1000, affiliate_id="aff", commission_bps=500)
CHARGE = "ord_x:charge"
HELD, DISPUTED, REFUNDS = AccountKind.HELD, AccountKind.DISPUTED, AccountKind.REFUNDS


def leg(number: int, price: int, *, currency: str = "USD", **more: Any) -> OrderLeg:
    known = {
        "id": f"ord_x-l{number}",
        "slot": f"ord_x-l{number}",
        "product_id": f"p{number}",
        "name": f"Item {number}",
        "vendor_id": f"v{number}",
        "vendor_name": f"Vendor {number}",
        "quantity": 3,
        "price": Money(minor=price, currency=currency),
        "status": LegStatus.ACCEPTED,
        "terms": AFFILIATE if number % 2 else Terms(fee_bps=1250),
    }
    return OrderLeg.model_validate(known | more)


def order_of(*legs: OrderLeg, fee: int = 0, credit: int = 0) -> Order:
    """An order that nobody has paid yet."""
    return Order.model_construct(
        id="ord_x",
        revision=1,
        created_at=NOW,
        updated_at=NOW,
        customer_id="alice",
        thread_id="thr",
        legs=legs,
        deliver_to=HOME,
        deliver_by=NOW + timedelta(days=1),
        zone="America/Chicago",
        delivery_fee=Money(minor=fee, currency=legs[0].price.currency) if fee else None,
        timeline=Timeline.model_construct(),
        book=Book(currency=legs[0].price.currency),
        paying=rules.Paying(credit=credit),
    )


def movement(key: str, minor: int, *, currency: str = "USD", credit: bool = False) -> Movement:
    receipt = "" if credit else f"pi_{key}"
    amount = Money(minor=minor, currency=currency)
    return Movement(key=key, receipt_id=receipt, amount=amount, reason="order", credit=credit)


def recorded(
    order: Order, *moved: Movement, key: str, change: Callable[[Order], Order] = lambda order: order
) -> tuple[Order, Sequence[Entry]]:
    """What `OrderMoney.record` writes."""
    after = change(order)
    for each in moved:
        after = rules.with_movement(after, each)
    return money.booked(order, after, key=key, at=NOW, reason="test")


def paid(order: Order) -> Order:
    """The order, its money taken and held."""
    moved = [movement(CHARGE, order.to_charge().minor, currency=order.currency())]
    if order.paying.credit:
        moved.append(movement("ord_x:credit", order.paying.credit, currency=order.currency(), credit=True))
    moved = [each for each in moved if each.amount.minor]
    return rules.dispatched(recorded(order, *moved, key=CHARGE, change=rules.paid)[0])


def sent(order: Order, due: RefundDue) -> Order:
    """What `OrderMoney.send_refund` writes."""
    gone = [
        movement(
            f"{due.key}@{part.movement_key}",
            -part.amount.minor,
            currency=order.currency(),
            credit=part.credit,
        )
        for part in due.parts
    ]
    return recorded(order, *gone, key=f"{due.key}:sent", change=lambda o: money.sent(o, due.key))[0]


def adds_up(order: Order) -> None:
    """What holds after every single change."""
    order.verify()
    total = order.book.summary()
    assert total.held == total.released + total.refunded + total.fees + total.remaining
    unsent = sum(due.amount.minor for due in order.refunds if not due.sent)
    assert order.book.balance(REFUNDS, order.id).minor == unsent
    for came in (each for each in order.movements if each.amount.minor > 0):
        back = [part for due in order.refunds for part in due.parts if part.movement_key == came.key]
        assert sum(part.amount.minor for part in back) <= came.amount.minor, "more is due than came in"
    for due in order.refunds:
        ways = sum(part.amount.minor for part in due.parts)
        assert ways == due.amount.minor or due.reason == "chargeback lost", "every cent has a way back"
    for each in order.legs:
        there = money.held_of(order, each).minor
        if each.earned:
            assert min(each.earned.vendor.minor, each.earned.fee.minor, each.earned.commission.minor) >= 0
        if each.hold in {HoldStatus.HELD, HoldStatus.DISPUTED}:
            assert there + each.refunded + _earned(each) == each.price.minor
        else:
            assert there == 0
        if each.hold is HoldStatus.RELEASED:
            assert each.refunded + _earned(each) == each.price.minor
    for kind, share in (
        ("vendor", AccountKind.VENDOR_PAYABLE),
        ("commission", AccountKind.AFFILIATE_COMMISSION),
    ):
        wanted = sum(getattr(each.earned, kind).minor for each in order.legs if each.earned)
        assert order.book.sum_of({share}).minor == wanted


def _earned(leg: OrderLeg) -> int:
    return leg.earned.total().minor if leg.earned else 0


# --- whatever happens ---------------------------------------------------------------------------------

DEEDS = "swap change drop release partial refund goodwill freeze thaw take return keep send settle"
WHAT = st.sampled_from(DEEDS.split())
STEPS = st.lists(
    st.tuples(WHAT, st.integers(1, 3), st.sampled_from(["d1", "d2"]), st.integers(-400, 2000)), max_size=30
)
PRICES = st.lists(st.sampled_from([0, 1, 2, 3, 10, 99, 1000, 1499]), min_size=1, max_size=3)


class Life:
    """One order and what happens to it, each with the rule that its service applies."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.number = 0
        self.banks: dict[str, tuple[int, str]] = {}

    def goes(self, what: str, n: int, by: str, minor: int) -> None:
        """Do it, or find that it is refused; a refusal changes nothing."""
        self.number += 1
        before = self.order
        legs = self.order.legs
        try:
            getattr(self, f"_{what}")(legs[n % len(legs)], by, minor)
        except Conflict:
            self.order = before

    def _m(self, minor: int) -> Money:
        return Money(minor=minor, currency=self.order.currency())

    def _swap(self, old: OrderLeg, by: str, minor: int) -> None:
        """Another vendor takes over, dearer or cheaper (`RecoverySteps.swap`), or is withdrawn."""
        if old.replaces or old.status not in rules.LIVE:
            return
        new = leg(
            len(self.order.legs) + 1, max(0, old.price.minor + minor), currency=self.order.currency()
        ).model_copy(update={"slot": old.slot, "replaces": old.id})
        self.order = rules.with_leg(self.order, new)
        self._exchange(new.price - old.price, lambda order: rules.swapped(order, old.id, new.id))
        if self.order.leg(new.id).replaces:
            self.order = rules.dropped(self.order, new.id, "withdrawn")

    def _change(self, which: OrderLeg, by: str, minor: int) -> None:
        """The vendor agrees to something else (`NegotiationSteps.accept`)."""
        extra = self._m(max(minor, -which.price.minor))
        self._exchange(
            extra,
            lambda order: rules.changed(
                order, which.id, None, name="other", extra=extra, by=f"n{self.number}"
            ),
        )

    def _exchange(self, difference: Money, change: Callable[[Order], Order]) -> None:
        key, moved = f"x{self.number}", list[Movement]()
        if difference.minor > 0:
            moved = [movement(key, difference.minor, currency=self.order.currency())]
        try:
            self.order = recorded(self.order, *moved, key=key, change=change)[0]
        except Conflict:
            self.order = recorded(self.order, *moved, key=f"{key}:undo")[0]

    def _drop(self, which: OrderLeg, by: str, minor: int) -> None:
        """It is called off (`RecoverySteps._call_off`)."""

        def change(order: Order) -> Order:
            after = rules.dropped(order, which.id, "called off")
            if after is order or after.planned_legs():
                return after
            return rules.cancelled(after, "everything was", payment=PaymentStatus.REFUNDED)

        self.order = recorded(self.order, key=f"{which.id}:refund", change=change)[0]

    def _release(self, which: OrderLeg, by: str, minor: int) -> None:
        self.order = money.released(self.order, which.id, key=f"r{self.number}", at=NOW)[0]

    def _partial(self, which: OrderLeg, by: str, minor: int) -> None:
        if which.hold is HoldStatus.HELD and which.delivered is None and which.status in rules.LIVE:
            kept = Delivered(outcome=DeliveryOutcome.PARTIAL, accepted=1 + minor % 2, at=NOW, by="alice")
            done = {"delivered": kept, "status": LegStatus.COMPLETED}
            self.order = rules.with_leg(self.order, which.model_copy(update=done))
            part = self._m(money.held_of(self.order, which).minor * kept.accepted // which.quantity)
            self.order = money.released(self.order, which.id, part, key=f"p{self.number}", at=NOW)[0]

    def _refund(self, which: OrderLeg, by: str, minor: int) -> None:
        if not money.is_charged_back(self.order):
            key = f"f{self.number}"
            self.order = money.refunded(self.order, which.id, self._m(minor), key=key, at=NOW, reason="bad")[
                0
            ]

    def _goodwill(self, which: OrderLeg, by: str, minor: int) -> None:
        if not money.is_charged_back(self.order):
            self.order, _ = money.refunded_by_platform(
                self.order, which.id, self._m(minor), key=f"g{self.number}", at=NOW, reason="our fault"
            )

    def _freeze(self, which: OrderLeg, by: str, minor: int) -> None:
        self.order, _ = money.frozen(self.order, which.id, by=by, key=f"z{self.number}", at=NOW)

    def _thaw(self, which: OrderLeg, by: str, minor: int) -> None:
        self.order, _ = money.thawed(self.order, which.id, by=by, key=f"t{self.number}", at=NOW)

    def _take(self, which: OrderLeg, by: str, minor: int) -> None:
        """A bank takes back what the provider still has of one payment, or a part of it."""
        ways = [each for each in self.order.movements if each.amount.minor > 0 and not each.credit]
        if self.banks or not ways:
            return
        came = ways[self.number % len(ways)]
        back = sum(
            part.amount.minor
            for due in self.order.refunds
            for part in due.parts
            if part.movement_key == came.key
        )
        amount = min(abs(minor), came.amount.minor - back)
        if amount > 0:
            bank = f"b{self.number}"
            self.order, _ = money.bank_took(
                self.order, self._m(amount), reference="dp", by=bank, key=f"{bank}:took", at=NOW
            )
            self.banks[bank] = (amount, came.receipt_id)

    def _return(self, which: OrderLeg, by: str, minor: int) -> None:
        if self.banks:
            bank, (amount, _) = self.banks.popitem()
            self.order, _ = money.bank_returned(
                self.order, self._m(amount), reference="dp", by=bank, key=f"{bank}:won", at=NOW
            )

    def _keep(self, which: OrderLeg, by: str, minor: int) -> None:
        if self.banks:
            bank, (amount, payment_id) = self.banks.popitem()
            self.order, _, _ = money.bank_kept(
                self.order, self._m(amount), payment_id=payment_id, by=bank, key=f"{bank}:lost", at=NOW
            )

    def _send(self, which: OrderLeg, by: str, minor: int) -> None:
        due = next((due for due in self.order.refunds if not due.sent), None)
        if due is not None:
            self.order = sent(self.order, due)

    def _settle(self, which: OrderLeg, by: str, minor: int) -> None:
        done = rules.settled(self.order)
        if done is self.order:
            return
        last = money.delivery_released if done.status is OrderStatus.COMPLETED else money.delivery_refunded
        self.order, _ = last(done, key=f"d{self.number}", at=NOW)


@given(
    prices=PRICES,
    currency=st.sampled_from(CURRENCIES),
    fee=st.sampled_from([0, 1, 1299]),
    credit=st.integers(0, 500),
    steps=STEPS,
)
@settings(max_examples=400)
def test_whatever_happens_the_money_of_an_order_adds_up(
    prices: list[int], currency: str, fee: int, credit: int, steps: list[tuple[str, int, str, int]]
) -> None:
    """No sequence of what the services do meets a LedgerError, and after each step everything adds up."""
    legs = [leg(n, price, currency=currency) for n, price in enumerate(prices, 1)]
    order = order_of(*legs, fee=fee, credit=min(credit, sum(prices) + fee))
    adds_up(order)
    life = Life(paid(order))
    adds_up(life.order)
    for what, n, by, minor in steps:
        life.goes(what, n, by, minor)
        adds_up(life.order)
    for _ in range(len(life.order.refunds)):
        life._send(life.order.legs[0], "", 0)
        adds_up(life.order)
    assert life.order.book.balance(REFUNDS, "ord_x").minor == 0, "every refund that was due could be sent"


# --- one by one -----------------------------------------------------------------------------------------


def held(*legs: OrderLeg, **more: int) -> Order:
    return paid(order_of(*legs, **more))


def usd(minor: int) -> Money:
    return Money(minor=minor)


def test_what_was_paid_lies_with_its_legs_and_its_delivery() -> None:
    order = held(leg(1, 1000), leg(2, 499), fee=1299, credit=300)
    lies = {kind: order.book.balance(kind, owner).minor for kind, owner in BALANCES}
    assert list(lies.values()) == [2798 - 300, 0, 0]
    assert [money.held_of(order, each).minor for each in order.legs] == [1000, 499]
    assert order.book.balance(HELD, "ord_x-delivery").minor == 1299
    assert order.book.balance(AccountKind.CREDITS, "alice").minor == -300, "what was granted is elsewhere"
    adds_up(order)


BALANCES = ((AccountKind.PROVIDER_BALANCE, ""), (AccountKind.CUSTOMER_FUNDS, "ord_x"), (REFUNDS, "ord_x"))


def test_a_free_leg_is_released_like_any_other_and_nobody_earns() -> None:
    order, parts, entries = money.released(held(leg(1, 0)), "ord_x-l1", key="r", at=NOW)
    assert (order.leg("ord_x-l1").hold, parts.total().minor, entries) == (HoldStatus.RELEASED, 0, ())
    assert rules.settled(order).status is OrderStatus.COMPLETED


@pytest.mark.parametrize(
    ("price", "accepted", "released"),
    [(1000, 1, 333), (1000, 2, 666), (1, 2, 0), (2, 2, 1), (100, 1, 33)],
)
@pytest.mark.parametrize("currency", CURRENCIES)
def test_of_a_partial_delivery_every_unit_is_released_or_held(
    price: int, accepted: int, released: int, currency: str
) -> None:
    """Whole minor units of whatever currency; the fraction stays held, for the customer's sake."""
    order = held(leg(1, price, currency=currency))
    part = Money(minor=price * accepted // 3, currency=currency)
    order, parts, _ = money.released(order, "ord_x-l1", part, key="p", at=NOW)
    assert parts.total().minor == released
    assert money.held_of(order, order.legs[0]).minor == price - released
    assert order.legs[0].hold is HoldStatus.HELD
    adds_up(order)
    if price > released:
        order, _, _ = money.refunded(
            order,
            "ord_x-l1",
            part.model_copy(update={"minor": price - released}),
            key="f",
            at=NOW,
            reason="kept less",
        )
        assert order.legs[0].hold is (HoldStatus.RELEASED if released else HoldStatus.REFUNDED)
        adds_up(order)


@given(
    price=st.integers(1, 5000),
    fee=st.integers(0, 10_000),
    commission=st.integers(0, 10_000),
    first=st.integers(0, 5000),
    parts=st.lists(st.integers(1, 5000), max_size=6),
)
def test_a_full_clawback_leaves_nobody_a_cent(
    price: int, fee: int, commission: int, first: int, parts: list[int]
) -> None:
    """Released at once or in two parts, refunded in however many."""
    terms = Terms(fee_bps=fee, affiliate_id="aff", commission_bps=commission)
    order = held(leg(1, price, terms=terms))
    if 0 < first < price:
        order = money.released(order, "ord_x-l1", usd(first), key="p", at=NOW)[0]
    order = money.released(order, "ord_x-l1", key="r", at=NOW)[0]
    left = price
    for n, wanted in enumerate([*parts, price]):
        part = min(wanted, left)
        if part:
            order = money.refunded(order, "ord_x-l1", usd(part), key=f"f{n}", at=NOW, reason="bad")[0]
            adds_up(order)
        left -= part
    shares = {AccountKind.VENDOR_PAYABLE, AccountKind.PLATFORM_FEE, AccountKind.AFFILIATE_COMMISSION}
    assert order.book.sum_of(shares).minor == 0
    assert _earned(order.legs[0]) == 0
    assert order.legs[0].hold is HoldStatus.REFUNDED
    with pytest.raises(Conflict, match="cannot be refunded"):
        money.refunded(order, "ord_x-l1", usd(1), key="more", at=NOW, reason="bad")


def goodwill(order: Order, minor: int, leg_id: str = "ord_x-l1") -> Order:
    return money.refunded_by_platform(order, leg_id, usd(minor), key="g", at=NOW, reason="our fault")[0]


def test_what_the_platform_gave_for_a_leg_comes_back_to_it_when_the_leg_is_called_off() -> None:
    """The customer gets back what they paid, not more."""
    order = goodwill(held(leg(1, 1000), leg(2, 500)), 300)
    order, _ = recorded(order, key="l1:refund", change=lambda o: rules.dropped(o, "ord_x-l1", "called off"))
    assert [due.amount.minor for due in order.refunds] == [300, 700]
    assert order.book.balance(AccountKind.GOODWILL).minor == 0
    assert (order.legs[0].refunded, order.legs[0].goodwill) == (1000, 0)
    adds_up(order)


@pytest.mark.parametrize("released", [False, True])
def test_what_the_platform_gave_for_a_leg_comes_back_to_it_with_the_last_of_the_refund(
    released: bool,
) -> None:
    order = goodwill(held(leg(1, 1000)), 300)
    if released:
        order = money.released(order, "ord_x-l1", key="r", at=NOW)[0]
    for n, part in enumerate((200, 500), 1):
        assert order.book.balance(AccountKind.GOODWILL).minor == 300
        order = money.refunded(order, "ord_x-l1", usd(part), key=f"f{n}", at=NOW, reason="bad")[0]
        adds_up(order)
    assert order.book.balance(AccountKind.GOODWILL).minor == 0
    assert order.book.sum_of({HELD, AccountKind.VENDOR_PAYABLE, AccountKind.PLATFORM_FEE}).minor == 0
    assert order.legs[0].hold is HoldStatus.REFUNDED
    with pytest.raises(Conflict):
        goodwill(order, 1)


@pytest.mark.parametrize("how", ["refunded", "goodwill", "released"])
def test_a_leg_that_is_settled_in_part_is_neither_changed_nor_swapped(how: str) -> None:
    order = held(leg(1, 1000))
    match how:
        case "refunded":
            order = money.refunded(order, "ord_x-l1", usd(100), key="f", at=NOW, reason="late")[0]
        case "goodwill":
            order = goodwill(order, 100)
        case _:
            order = money.released(order, "ord_x-l1", usd(100), key="p", at=NOW)[0]
    order = rules.with_leg(order, leg(2, 800, replaces="ord_x-l1"))
    with pytest.raises(Conflict, match="settled in part"):
        rules.swapped(order, "ord_x-l1", "ord_x-l2")
    with pytest.raises(Conflict, match="settled in part"):
        rules.changed(order, "ord_x-l1", None, name="other", extra=usd(-100), by="n1")
    order, _ = recorded(order, key="l1:refund", change=lambda o: rules.dropped(o, "ord_x-l1", "called off"))
    adds_up(order)


def test_what_was_taken_in_vain_goes_back_the_way_it_came() -> None:
    """Else it would be counted on another payment, which a bank may have taken back meanwhile."""
    order, _ = recorded(held(leg(1, 1000)), movement("extra", 200), key="extra:undo")
    (due,) = order.refunds
    assert [(part.payment_id, part.amount.minor) for part in due.parts] == [("pi_extra", 200)]


def test_a_refund_goes_back_the_way_the_money_came_and_credits_last() -> None:
    order = held(leg(1, 1000), credit=300)
    order = money.refunded(order, "ord_x-l1", usd(900), key="f", at=NOW, reason="bad")[0]
    (due,) = order.refunds
    assert [(part.credit, part.amount.minor) for part in due.parts] == [(False, 700), (True, 200)]
    order = sent(order, due)
    assert order.book.balance(AccountKind.CREDITS, "alice").minor == -100
    assert order.paid().minor == 100
    adds_up(order)


def test_more_than_came_in_is_never_owed() -> None:
    order = held(leg(1, 1000))
    with pytest.raises(LedgerError, match="more than came in"):
        money.with_due(order, usd(1001), key="f", reason="bad")
    with pytest.raises(LedgerError):
        recorded(
            order,
            key="k",
            change=lambda o: rules.with_leg(o, o.legs[0].model_copy(update={"price": usd(1001)})),
        )


def test_an_order_that_failed_gives_up_every_hold_and_the_delivery() -> None:
    order = held(leg(1, 1000), leg(2, 500), fee=1299)
    order = order.model_copy(update={"status": OrderStatus.PAID})
    order, _ = recorded(order, key="void", change=rules.unpaid)
    assert [due.amount.minor for due in order.refunds] == [2799]
    assert order.book.sum_of({HELD}).minor == 0
    assert order.payment_status is PaymentStatus.REFUNDED
    again, entries = recorded(order, key="void", change=rules.unpaid)
    assert (again.refunds, entries) == (order.refunds, ())
