"""What the changes of an order mean for its book: pure, one balanced entry per change (M15, M16).

A leg's hold says where its money is; the book says how much. `booked` derives the entry of a change from the
order before and after it, so that neither can move without the other; the moves that a hold alone does not
tell (release, freezing, a bank's chargeback) have functions of their own.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import datetime

from shared.domain.ledger import AccountKind, Entry, Posting, credit, debit, split
from shared.domain.ledger.split import Split
from shared.domain.money import Money, apportioned
from shared.domain.orders import (
    DeliveryOutcome,
    Movement,
    Order,
    OrderLeg,
    RefundDue,
    RefundPart,
    delivery_owner,
    with_leg,
    with_movement,
    without_hold,
)
from shared.domain.status import HoldStatus, LegStatus
from shared.errors import Conflict, LedgerError

FROZEN = {HoldStatus.HELD: AccountKind.HELD, HoldStatus.DISPUTED: AccountKind.DISPUTED}
"""The account in which a leg's money lies while it is neither released nor refunded."""


def booked(
    before: Order, after: Order, *, key: str, at: datetime, reason: str = ""
) -> tuple[Order, Sequence[Entry]]:
    """Book what changed between two versions of an order: movements, holds, prices.

    What is taken and not held is owed back to the customer, and so is what is no longer held. Raises
    LedgerError when more would be held than was taken.
    """
    postings = [*_moved(before, after), *_held(before, after)]
    owed = sum(each.debit - each.credit for each in postings)
    if owed:
        amount = Money(minor=abs(owed), currency=after.currency())
        owe = credit if owed > 0 else debit
        postings.append(owe(AccountKind.REFUNDS, after.id, amount))
        if owed > 0:
            new = frozenset(m.key for m in after.movements) - frozenset(m.key for m in before.movements)
            after = with_due(after, amount, key=key, reason=reason, first=new)
    return posted(after, postings, key=key, at=at, reason=reason)


def with_due(
    order: Order, amount: Money, *, key: str, reason: str, first: Container[str] = frozenset()
) -> Order:
    """Note what is owed back and by which ways: the movements of `first` first, then in turn, credits last.

    So what was taken in vain goes back itself, whatever has become of the others. The ways are settled here,
    in the order's own write, so that two refunds never count on the same money. Raises LedgerError when
    more is owed than came in.
    """
    left, parts = amount.minor, list[RefundPart]()
    ways = (movement for movement in order.movements if movement.amount.minor > 0)
    for came in sorted(ways, key=lambda m: (m.key not in first, m.credit)):
        minor = min(left, came.amount.minor - _given_back(order, came.key))
        if minor > 0:
            part = Money(minor=minor, currency=amount.currency)
            parts.append(
                RefundPart(movement_key=came.key, payment_id=came.receipt_id, amount=part, credit=came.credit)
            )
            left -= minor
    if left:
        raise LedgerError(f"{order.id} owes {amount} for {key}, which is {left} more than came in")
    due = RefundDue(key=key, amount=amount, parts=tuple(parts), reason=reason)
    return order.model_copy(update={"refunds": (*order.refunds, due)})


def sent(order: Order, key: str) -> Order:
    """The refund that was due under `key` has gone out."""
    refunds = tuple(due.model_copy(update={"sent": True}) if due.key == key else due for due in order.refunds)
    return order.model_copy(update={"refunds": refunds})


def posted(
    order: Order, postings: Sequence[Posting], *, key: str, at: datetime, reason: str
) -> tuple[Order, Sequence[Entry]]:
    """Put one entry into the order's book; nothing to post is no entry."""
    if not postings:
        return order, ()
    entry = Entry(
        key=key,
        at=at,
        currency=order.currency(),
        postings=tuple(postings),
        reason=reason[:500],
        order_id=order.id,
    )
    return order.model_copy(update={"book": order.book.posted(entry)}), (entry,)


def held_of(order: Order, leg: OrderLeg) -> Money:
    """What is held or frozen for a leg."""
    return order.book.balance(AccountKind.HELD, leg.id) + order.book.balance(AccountKind.DISPUTED, leg.id)


def released(
    order: Order, leg_id: str, amount: Money | None = None, *, key: str, at: datetime
) -> tuple[Order, Split, Sequence[Entry]]:
    """Let the vendor, the platform and the affiliate have a leg's money, or `amount` of it (1.3-3 step 5).

    Fees are of what is released, so nobody earns on what was refunded. Raises Conflict when nothing is held
    (`not_held`) or a dispute keeps it frozen (`disputed`).
    """
    leg = order.leg(leg_id)
    if leg.hold is HoldStatus.DISPUTED:
        raise Conflict(f"The money for {leg.name} is frozen by a dispute.", code="disputed")
    account = _lies_in(leg)
    there = order.book.balance(account, leg.id)
    part = amount or there
    parts = split(part, leg.terms)
    postings = [debit(account, leg.id, part), *_shares(leg, parts, credit)] if part.minor else []
    order, entries = posted(order, postings, key=key, at=at, reason=leg.name)
    earned = leg.earned + parts if leg.earned else parts
    hold = HoldStatus.RELEASED if part == there else leg.hold
    return with_leg(order, leg.model_copy(update={"hold": hold, "earned": earned})), parts, entries


def refunded(
    order: Order, leg_id: str, amount: Money, *, key: str, at: datetime, reason: str
) -> tuple[Order, Split, Sequence[Entry]]:
    """Owe the customer `amount` of a leg: out of what is held, and beyond that out of what was released.

    What was released is clawed back from everyone in the proportion in which they had it; the vendor's part
    nets against its next payout. The split says what was clawed back. Raises Conflict for more than there is.
    """
    if amount.minor <= 0 or (amount - refundable(order, order.leg(leg_id))).minor > 0:
        raise Conflict(
            f"{amount} cannot be refunded of {order.leg(leg_id).name}.", code="refund_exceeds_payment"
        )
    return _given_up(
        with_due(order, amount, key=key, reason=reason), leg_id, amount, key=key, at=at, reason=reason
    )


def _given_up(
    order: Order, leg_id: str, amount: Money, *, key: str, at: datetime, reason: str
) -> tuple[Order, Split, Sequence[Entry]]:
    """Take `amount` from those who have it, first from the hold, and owe it back.

    With the last of it, what the platform gave for the leg out of its own pocket comes back to the platform.
    """
    leg = order.leg(leg_id)
    kept = held_of(order, leg)
    ours = leg.goodwill if amount == refundable(order, leg) else 0
    gone = Money(minor=min(amount.minor + ours, _there(order, leg)), currency=amount.currency)
    from_hold = _at_most(gone, kept.minor)
    clawback = _clawed(leg, gone - from_hold)
    postings: list[Posting] = [credit(AccountKind.REFUNDS, order.id, amount)]
    if gone != amount:
        postings.append(credit(AccountKind.GOODWILL, "", gone - amount))
    if from_hold.minor:
        postings.append(debit(_lies_in(leg), leg.id, from_hold))
    postings += _shares(leg, clawback, debit)
    order, entries = posted(order, postings, key=key, at=at, reason=reason)
    earned = leg.earned and leg.earned - clawback
    used_up = kept.minor > 0 and from_hold == kept
    settled = HoldStatus.RELEASED if earned and earned.total().minor else HoldStatus.REFUNDED
    leg = leg.model_copy(
        update={
            "refunded": leg.refunded + gone.minor,
            "goodwill": leg.goodwill - (gone - amount).minor,
            "earned": earned,
            "hold": settled if used_up or not kept.minor else leg.hold,
        }
    )
    return with_leg(order, leg), clawback, entries


def refunded_by_platform(
    order: Order, leg_id: str, amount: Money, *, key: str, at: datetime, reason: str
) -> tuple[Order, Sequence[Entry]]:
    """Owe the customer `amount` of a leg at the platform's own cost: its vendor is paid all the same (M16).

    Raises Conflict for more than the customer paid for the leg.
    """
    leg = order.leg(leg_id)
    paid_for = leg.hold not in {None, HoldStatus.REFUNDED}
    if not paid_for or not 0 < amount.minor <= leg.price.minor - leg.refunded - leg.goodwill:
        raise Conflict(f"{amount} cannot be refunded of {leg.name}.", code="refund_exceeds_payment")
    postings = [debit(AccountKind.GOODWILL, "", amount), credit(AccountKind.REFUNDS, order.id, amount)]
    order = with_due(order, amount, key=key, reason=reason)
    order, entries = posted(order, postings, key=key, at=at, reason=reason)
    return with_leg(order, leg.model_copy(update={"goodwill": leg.goodwill + amount.minor})), entries


def refundable(order: Order, leg: OrderLeg) -> Money:
    """What of a leg could still be given back: what is held, and what was earned with it."""
    left = leg.price.minor - leg.refunded - leg.goodwill
    return Money(minor=max(0, min(_there(order, leg), left)), currency=order.currency())


def _there(order: Order, leg: OrderLeg) -> int:
    """What is held for a leg and what was earned with it, in minor units."""
    return held_of(order, leg).minor + (leg.earned.total().minor if leg.earned else 0)


def is_charged_back(order: Order) -> bool:
    """Whether a bank has taken money of this order and not decided yet."""
    return order.book.balance(AccountKind.CHARGEBACK, order.id).minor > 0


def claimable(order: Order, leg: OrderLeg) -> Money:
    """What of a leg its customer may ask back: of a partial delivery only the part that they did not keep."""
    there = refundable(order, leg)
    if leg.delivered is None or leg.delivered.outcome is not DeliveryOutcome.PARTIAL:
        return there
    kept = leg.price.minor * leg.delivered.accepted // leg.quantity
    left = leg.price.minor - kept - leg.refunded - leg.goodwill
    return Money(minor=max(0, min(there.minor, left)), currency=there.currency)


def frozen(order: Order, leg_id: str, *, by: str, key: str, at: datetime) -> tuple[Order, Sequence[Entry]]:
    """Freeze a leg's money while the dispute `by` is open; what was released is not there to be frozen.

    Several disputes may freeze the same money: a customer's and a bank's.
    """
    leg = order.leg(leg_id)
    if leg.hold not in FROZEN or by in leg.frozen_by:
        return order, ()
    held = leg.hold is HoldStatus.HELD
    leg = leg.model_copy(update={"hold": HoldStatus.DISPUTED, "frozen_by": (*leg.frozen_by, by)})
    order = with_leg(order, leg)
    there = order.book.balance(AccountKind.HELD, leg.id)
    if not held or there.minor == 0:
        return order, ()
    postings = [debit(AccountKind.HELD, leg.id, there), credit(AccountKind.DISPUTED, leg.id, there)]
    return posted(order, postings, key=key, at=at, reason=f"{leg.name} is disputed")


def thawed(order: Order, leg_id: str, *, by: str, key: str, at: datetime) -> tuple[Order, Sequence[Entry]]:
    """The dispute `by` is over: unless another one goes on, the leg's money is held as before.

    If the leg was called off meanwhile, its money is owed back to the customer instead.
    """
    leg = order.leg(leg_id)
    if by not in leg.frozen_by:
        return order, ()
    others = tuple(each for each in leg.frozen_by if each != by)
    if others or leg.hold is not HoldStatus.DISPUTED:
        return with_leg(order, leg.model_copy(update={"frozen_by": others})), ()
    there = order.book.balance(AccountKind.DISPUTED, leg.id)
    held = leg.model_copy(update={"frozen_by": (), "hold": HoldStatus.HELD})
    if leg.status is LegStatus.CANCELLED:
        return _returned(order, held, there, key=key, at=at)
    order = with_leg(order, held)
    if there.minor == 0:
        return order, ()
    postings = [debit(AccountKind.DISPUTED, leg.id, there), credit(AccountKind.HELD, leg.id, there)]
    return posted(order, postings, key=key, at=at, reason=f"the dispute about {leg.name} is over")


def _returned(
    order: Order, leg: OrderLeg, there: Money, *, key: str, at: datetime
) -> tuple[Order, Sequence[Entry]]:
    """Owe back what was frozen for a leg that was called off meanwhile."""
    after = without_hold(leg)
    ours = Money(minor=leg.goodwill - after.goodwill, currency=there.currency)
    postings, reason = list[Posting](), f"{leg.name} was called off"
    order = with_leg(order, after)
    if there != ours:
        order = with_due(order, there - ours, key=key, reason=reason)
        postings.append(credit(AccountKind.REFUNDS, order.id, there - ours))
    if ours.minor:
        postings.append(credit(AccountKind.GOODWILL, "", ours))
    if postings:
        postings.append(debit(AccountKind.DISPUTED, leg.id, there))
    return posted(order, postings, key=key, at=at, reason=reason)


def bank_took(
    order: Order, amount: Money, *, reference: str, by: str, key: str, at: datetime
) -> tuple[Order, Sequence[Entry]]:
    """A bank took a payment back for its customer (ops-x4): it is the bank's until the dispute is decided.

    Whatever is still held is frozen.
    """
    postings = [
        debit(AccountKind.CHARGEBACK, order.id, amount),
        credit(AccountKind.PROVIDER_BALANCE, "", amount, reference=reference),
    ]
    order, entries = posted(order, postings, key=key, at=at, reason="chargeback opened")
    booked_ = list(entries)
    for leg in order.legs:
        order, more = frozen(order, leg.id, by=by, key=f"{key}:{leg.id}", at=at)
        booked_ += more
    return order, booked_


def bank_returned(
    order: Order, amount: Money, *, reference: str, by: str, key: str, at: datetime
) -> tuple[Order, Sequence[Entry]]:
    """The bank gave it back: the dispute is won, and what it froze is held as before."""
    postings = [
        debit(AccountKind.PROVIDER_BALANCE, "", amount, reference=reference),
        credit(AccountKind.CHARGEBACK, order.id, amount),
    ]
    order, entries = posted(order, postings, key=key, at=at, reason="chargeback won")
    order, more = _all_thawed(order, by=by, key=key, at=at)
    return order, [*entries, *more]


def bank_kept(
    order: Order, amount: Money, *, payment_id: str, by: str, key: str, at: datetime
) -> tuple[Order, Mapping[str, Split], Sequence[Entry]]:
    """The bank kept it: what the legs can still give back pays for it, then what is held for the delivery.

    The rest is the platform's loss. The customer has that much of the payment back, so no refund will count
    on it any more. The splits say what was clawed back, by leg. What is left of the legs is held as before.
    """
    left, clawed, entries = amount, dict[str, Split](), list[Entry]()
    for leg in order.legs:
        part = _at_most(left, refundable(order, leg).minor)
        if part.minor:
            order, clawed[leg.id], more = _given_up(
                order, leg.id, part, key=f"{key}:{leg.id}", at=at, reason="chargeback lost"
            )
            entries += more
            left -= part
    delivery = delivery_owner(order.id)
    fee = _at_most(left, order.book.balance(AccountKind.HELD, delivery).minor)
    if fee.minor:
        postings = [debit(AccountKind.HELD, delivery, fee), credit(AccountKind.REFUNDS, order.id, fee)]
        order, more = posted(order, postings, key=f"{key}:{delivery}", at=at, reason="chargeback lost")
        entries += more
        left -= fee
    covered = amount - left
    postings = [credit(AccountKind.CHARGEBACK, order.id, amount)]
    if covered.minor:
        postings.append(debit(AccountKind.REFUNDS, order.id, covered))
    if left.minor:
        postings.append(debit(AccountKind.GOODWILL, "", left))
    order, last = posted(order, postings, key=key, at=at, reason="chargeback lost")
    order = _taken_by_bank(order, amount, payment_id=payment_id, key=key)
    order, thawed_ = _all_thawed(order, by=by, key=f"{key}:rest", at=at)
    return order, clawed, [*entries, *last, *thawed_]


def _all_thawed(order: Order, *, by: str, key: str, at: datetime) -> tuple[Order, Sequence[Entry]]:
    entries = list[Entry]()
    for leg in order.legs:
        order, more = thawed(order, leg.id, by=by, key=f"{key}:{leg.id}", at=at)
        entries += more
    return order, entries


def _taken_by_bank(order: Order, amount: Money, *, payment_id: str, key: str) -> Order:
    """Note what of a payment its customer got back from their bank, as a refund that has gone out already."""
    parts = tuple(
        RefundPart(movement_key=came.key, payment_id=payment_id, amount=part)
        for came in order.movements
        if came.receipt_id == payment_id and came.amount.minor > 0
        for part in [_at_most(amount, came.amount.minor - _given_back(order, came.key))]
        if part.minor > 0
    )
    due = RefundDue(key=key, amount=amount, parts=parts, reason="chargeback lost", sent=True)
    gone = Movement(key=key, receipt_id=payment_id, amount=-amount, reason="chargeback lost")
    return with_movement(order.model_copy(update={"refunds": (*order.refunds, due)}), gone)


def _at_most(amount: Money, minor: int) -> Money:
    return Money(minor=min(amount.minor, minor), currency=amount.currency)


def _given_back(order: Order, movement_key: str) -> int:
    """What of a movement went back or is due back by now, in minor units."""
    parts = (part for due in order.refunds for part in due.parts)
    return sum(part.amount.minor for part in parts if part.movement_key == movement_key)


def delivery_released(order: Order, *, key: str, at: datetime) -> tuple[Order, Sequence[Entry]]:
    """What is left of the delivery's fee is the platform's once every leg is settled."""
    left = order.book.balance(AccountKind.HELD, delivery_owner(order.id))
    if left.minor == 0:
        return order, ()
    postings = [
        debit(AccountKind.HELD, delivery_owner(order.id), left),
        credit(AccountKind.PLATFORM_FEE, "", left),
    ]
    return posted(order, postings, key=key, at=at, reason="delivery")


def delivery_refunded(order: Order, *, key: str, at: datetime) -> tuple[Order, Sequence[Entry]]:
    """What is left of the delivery's fee goes back when nothing of the order was kept."""
    left = order.book.balance(AccountKind.HELD, delivery_owner(order.id))
    if left.minor == 0:
        return order, ()
    order = with_due(order, left, key=key, reason="delivery")
    postings = [debit(AccountKind.HELD, delivery_owner(order.id), left)]
    postings.append(credit(AccountKind.REFUNDS, order.id, left))
    return posted(order, postings, key=key, at=at, reason="delivery")


def _lies_in(leg: OrderLeg) -> AccountKind:
    account = FROZEN.get(leg.hold) if leg.hold else None
    if account is None:
        raise Conflict(f"Nothing is held for {leg.name}: it is {leg.hold or 'not paid'}.", code="not_held")
    return account


def _clawed(leg: OrderLeg, amount: Money) -> Split:
    """Share a clawback in the proportion in which the money was earned; all of it leaves nobody a cent."""
    had = leg.earned or split(Money.zero(amount.currency), leg.terms)
    fee, commission, vendor = apportioned(amount, [had.fee.minor, had.commission.minor, had.vendor.minor])
    return Split(fee=fee, commission=commission, vendor=vendor)


def _shares(leg: OrderLeg, parts: Split, side: Callable[[AccountKind, str, Money], Posting]) -> list[Posting]:
    shares = (
        (AccountKind.VENDOR_PAYABLE, leg.vendor_id, parts.vendor),
        (AccountKind.PLATFORM_FEE, "", parts.fee),
        (AccountKind.AFFILIATE_COMMISSION, leg.terms.affiliate_id, parts.commission),
    )
    return [side(kind, owner, amount) for kind, owner, amount in shares if amount.minor]


def _moved(before: Order, after: Order) -> Iterable[Posting]:
    """Money that came from the customer or went back to them since."""
    known = {movement.key for movement in before.movements}
    for movement in after.movements:
        if movement.key in known or movement.amount.minor == 0:
            continue
        if movement.credit:
            kind, owner, reference = AccountKind.CREDITS, after.customer_id, ""
        else:
            kind, owner, reference = AccountKind.PROVIDER_BALANCE, "", movement.receipt_id
        if movement.amount.minor > 0:
            yield debit(kind, owner, movement.amount, reference=reference)
        else:
            yield credit(kind, owner, -movement.amount, reference=reference)


def _held(before: Order, after: Order) -> Iterable[Posting]:
    """What is held more or less than before, leg by leg, and for the delivery."""
    known = {leg.id: leg for leg in before.legs}
    for leg in after.legs:
        old = known.get(leg.id)
        yield from _change_of_hold(leg.id, _held_more(after, old, leg))
        if old is not None and leg.goodwill < old.goodwill:
            ours = Money(minor=old.goodwill - leg.goodwill, currency=after.currency())
            yield credit(AccountKind.GOODWILL, "", ours)
    owner = delivery_owner(after.id)
    if after.delivery_fee and after.is_paid and not before.is_paid:
        yield from _change_of_hold(owner, after.delivery_fee)
    if before.is_paid and not after.is_paid:
        yield from _change_of_hold(owner, -after.book.balance(AccountKind.HELD, owner))


def _held_more(order: Order, before: OrderLeg | None, after: OrderLeg) -> Money:
    was_held = before is not None and before.hold is HoldStatus.HELD
    is_held = after.hold is HoldStatus.HELD
    if before is not None and was_held and is_held:
        return after.price - before.price
    if is_held:
        return after.price
    there = order.book.balance(AccountKind.HELD, after.id)
    return -there if was_held and after.hold is HoldStatus.REFUNDED else Money.zero(order.currency())


def _change_of_hold(owner: str, change: Money) -> Iterable[Posting]:
    if change.minor > 0:
        yield credit(AccountKind.HELD, owner, change)
    elif change.minor < 0:
        yield debit(AccountKind.HELD, owner, -change)
