"""Held money on its way: delivered, refused, called off, refunded, disputed, in any order and at once."""

import random
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain.ledger import AccountKind
from shared.domain.money import Money
from shared.domain.negotiations import EscalationReason
from shared.domain.orders import DeliveryOutcome, Order, dropped
from shared.domain.status import HoldStatus, LegStatus, OrderStatus, PartnerStatus
from shared.errors import Conflict, InvalidInput
from shared.services.carts import Line
from shared.services.deliveries import Next, Said
from tests.saga.faults import Fault, Mode
from tests.saga.town import CUSTOMER, Town, unsent
from tests.saga.turns import Turns

PIECES = 3


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    made = Town(tmp_path, Turns)
    await made.open_shops(2)
    yield made
    await made.host.close()


async def delivered(town: Town, *ready: int, express: bool = False, key: str = "o") -> Order:
    """An order of two legs, three pieces each; those of `ready` are done at their vendors."""
    lines = [Line(item_id=f"p{n}", quantity=PIECES) for n in (1, 2)]
    order = await town.place(lines, key=key, express=express)
    await town.host.settle()
    for number in ready:
        leg_id = order.legs[number - 1].id
        await town.app.orders.answer(order.id, leg_id, accepted=True)
        await town.app.orders.progress(order.id, leg_id, PartnerStatus.READY_FOR_PICKUP)
    await town.host.settle()
    return await town.order(order.id)


async def says(
    town: Town, order: Order, number: int, outcome: DeliveryOutcome, accepted: int | None = None
) -> None:
    said = Said(leg_id=order.legs[number - 1].id, outcome=outcome, accepted=accepted)
    await town.app.deliveries.confirm(order.id, [said], by=CUSTOMER)
    await town.host.settle()


async def released_of(town: Town, order: Order) -> int:
    """What vendors, platform and affiliates have of an order, in cents."""
    shares = {AccountKind.VENDOR_PAYABLE, AccountKind.PLATFORM_FEE, AccountKind.AFFILIATE_COMMISSION}
    return (await town.must_add_up(order.id)).book.sum_of(shares).minor


# --- delivered -----------------------------------------------------------------------------------------


@pytest.mark.flow("1.3-3")
async def test_what_the_customer_confirms_is_released_at_once_and_the_rest_waits(town: Town) -> None:
    order = await delivered(town, 1, 2)
    await says(town, order, 1, DeliveryOutcome.ACCEPTED)
    order = await town.must_add_up(order.id)
    assert [leg.hold for leg in order.legs] == [HoldStatus.RELEASED, HoldStatus.HELD]
    assert await released_of(town, order) == order.legs[0].price.minor
    assert order.status is OrderStatus.PROCESSING
    assert town.host.result(f"{order.legs[0].id}-release") == {"outcome": "released"}
    assert [m.kind for m in town.channel.sent if m.leg_id == order.legs[0].id] == ["order", "notice"]


@pytest.mark.flow("2.8-1")
@pytest.mark.flow("1.3-3")
async def test_silence_confirms_three_days_after_everything_should_have_arrived(town: Town) -> None:
    order = await delivered(town, 1)
    due = max(order.timeline.arrival, town.clock.now()) + town.app.settings.confirm_within
    await town.host.advance(due - timedelta(seconds=1) - town.clock.now())
    assert await released_of(town, order) == 0
    await town.host.advance(timedelta(seconds=1))
    order = await town.must_add_up(order.id)
    assert order.legs[0].delivered is not None
    assert order.legs[0].delivered.by == "silence"
    assert [leg.hold for leg in order.legs] == [HoldStatus.RELEASED, HoldStatus.HELD]


async def test_silence_confirms_nothing_that_its_vendor_does_not_deliver(town: Town) -> None:
    """The vendor was done and then withdrew: the leg waits for who replaces it, or calls it off."""
    order = await delivered(town, 1)
    await town.app.orders.answer(order.id, order.legs[0].id, accepted=False)
    await town.host.run_out(timedelta(days=30))
    order = await town.must_add_up(order.id)
    assert (order.legs[0].status, order.legs[0].delivered) == (LegStatus.REJECTED, None)
    assert await released_of(town, order) == 0
    review = await town.app.deliveries.review(order.legs[0].id, 1)
    assert review.action is Next.WAIT


@pytest.mark.flow("1.3-3")
@pytest.mark.parametrize("accepted", [1, 2])
async def test_of_a_partial_delivery_what_was_kept_is_released_once(town: Town, accepted: int) -> None:
    order = await delivered(town, 1)
    price = order.legs[0].price.minor
    town.faults.now = [Fault("release_funds", Mode.AFTER, times=2)]
    await says(town, order, 1, DeliveryOutcome.PARTIAL, accepted)
    assert await released_of(town, order) == price * accepted // PIECES
    order = await town.must_add_up(order.id)
    assert order.legs[0].hold is HoldStatus.DISPUTED, "the rest waits for a decision"
    rest = Money(minor=price - price * accepted // PIECES)
    await town.app.funds.refund(order.legs[0].id, rest, key="rest", reason="not kept")
    await town.host.settle()
    order = await town.must_add_up(order.id)
    assert order.legs[0].hold is HoldStatus.RELEASED
    assert await town.kept(order.id) == order.total().minor - rest.minor


@pytest.mark.flow("1.3-3")
async def test_what_is_refused_is_held_and_nobody_earns(town: Town) -> None:
    order = await delivered(town, 1)
    await says(town, order, 1, DeliveryOutcome.REFUSED)
    await town.host.run_out(timedelta(days=20))
    order = await town.must_add_up(order.id)
    assert order.legs[0].hold in {HoldStatus.HELD, HoldStatus.DISPUTED}
    assert await released_of(town, order) == 0


async def test_saying_the_same_again_changes_nothing_and_something_else_is_refused(town: Town) -> None:
    order = await delivered(town, 1)
    await says(town, order, 1, DeliveryOutcome.ACCEPTED)
    before = await town.order(order.id)
    await says(town, order, 1, DeliveryOutcome.ACCEPTED)
    assert await town.order(order.id) == before
    for outcome, accepted in ((DeliveryOutcome.REFUSED, None), (DeliveryOutcome.PARTIAL, 1)):
        with pytest.raises(Conflict, match="accepted already"):
            await says(town, order, 1, outcome, accepted)


@pytest.mark.parametrize("accepted", [None, 0, PIECES, PIECES + 1])
async def test_a_partial_delivery_is_of_some_pieces_and_not_all(town: Town, accepted: int | None) -> None:
    order = await delivered(town, 1)
    with pytest.raises(InvalidInput) as refused:
        await says(town, order, 1, DeliveryOutcome.PARTIAL, accepted)
    assert refused.value.field == "legs.0.accepted"


async def test_nothing_is_confirmed_before_a_vendor_has_taken_it_on(town: Town) -> None:
    order = await delivered(town)
    with pytest.raises(Conflict) as refused:
        await says(town, order, 1, DeliveryOutcome.ACCEPTED)
    assert refused.value.code == "not_delivered"
    with pytest.raises(Conflict) as refused:
        await town.app.deliveries.confirm(order.id, [], by=CUSTOMER)
    assert refused.value.code == "not_delivered"
    assert await released_of(town, order) == 0


async def test_everything_arrived_means_everything_that_is_still_paid_for(town: Town) -> None:
    """One leg was refunded before it came: that is no reason to refuse the word about the other."""
    order = await delivered(town, 1, 2)
    await town.app.funds.refund(order.legs[0].id, order.legs[0].price, key="f", reason="broken")
    await town.app.deliveries.confirm(order.id, [], by=CUSTOMER)
    await town.host.settle()
    order = await town.must_add_up(order.id)
    assert [leg.hold for leg in order.legs] == [HoldStatus.REFUNDED, HoldStatus.RELEASED]
    assert order.status is OrderStatus.COMPLETED


# --- the end of an order ----------------------------------------------------------------------------------


async def called_off(town: Town, order: Order, number: int) -> None:
    """As a recovery does when the customer wants the leg no more."""
    leg_id = order.legs[number - 1].id
    await town.app.order_money.record(
        order.id, (), lambda current: dropped(current, leg_id, "called off"), key=f"{leg_id}:refund"
    )
    await town.host.settle()


async def test_an_order_is_complete_when_the_last_leg_that_waited_is_called_off(town: Town) -> None:
    """Else it would be processed for ever, and its delivery held for nobody."""
    order = await delivered(town, 1, express=True)
    assert order.delivery_fee is not None
    await says(town, order, 1, DeliveryOutcome.ACCEPTED)
    await called_off(town, order, 2)
    order = await town.must_add_up(order.id)
    assert order.status is OrderStatus.COMPLETED
    assert order.book.sum_of({AccountKind.HELD}).minor == 0
    assert await town.kept(order.id) == order.legs[0].price.minor + order.delivery_fee.minor  # type: ignore[union-attr]
    assert [event.type for event in town.host.told].count("uso.order.completed") == 1


async def test_an_order_of_which_nothing_was_kept_costs_nothing_not_even_its_delivery(town: Town) -> None:
    order = await delivered(town, 1, 2, express=True)
    for n, leg in enumerate(order.legs):
        await town.app.funds.refund(leg.id, leg.price, key=f"f{n}", reason="broken")
    await town.host.settle()
    order = await town.must_add_up(order.id)
    assert order.status is OrderStatus.REFUNDED
    assert await town.kept(order.id) == order.paid().minor == 0
    assert order.book.sum_of({AccountKind.HELD, AccountKind.REFUNDS}).minor == 0


# --- refunds ----------------------------------------------------------------------------------------------


async def paid_twice(town: Town) -> Order:
    """An order that was paid in two payments: its first leg became dearer."""
    order = await delivered(town, 1, 2)
    leg = order.legs[0]

    def dearer(current: Order) -> Order:
        now = leg.model_copy(update={"price": leg.price + Money(minor=500), "changed_by": "n1"})
        legs = tuple(now if each.id == leg.id else each for each in current.legs)
        return (
            current if current.leg(leg.id).changed_by == "n1" else current.model_copy(update={"legs": legs})
        )

    result = await town.app.order_money.exchange(
        order.id, Money(minor=500), key="more", reason="more", change=dearer
    )
    assert result.ok
    return await town.must_add_up(order.id)


async def test_of_a_refund_by_two_ways_the_part_that_went_is_known_when_the_other_is_refused(
    town: Town,
) -> None:
    order = await paid_twice(town)
    whole = order.paid().minor
    second = order.movements[1].receipt_id
    await town.app.payment_rehearsal.open_dispute("bank", second, reason="x", amount=Money(minor=500))
    for n, leg in enumerate(order.legs):
        await town.app.funds.refund(leg.id, leg.price, key=f"f{n}", reason="broken")
    await town.host.settle()
    order = await town.order(order.id)
    assert order.paid().minor == 500 == order.book.balance(AccountKind.REFUNDS, order.id).minor
    assert await town.kept(order.id) == 0, "the first payment went back in full"
    assert whole - 500 == sum(-m.amount.minor for m in order.movements if m.amount.minor < 0)
    (task,) = [t for t in await town.escalations(order.id) if t.reason is EscalationReason.REFUND_FAILED]
    assert "$5.00 owed to alice" in task.summary
    assert second in task.summary


async def test_two_refunds_that_are_refused_are_two_tasks(town: Town) -> None:
    order = await delivered(town, 1, 2)
    town.faults.now = [Fault("refund", Mode.REFUSED)]
    for n, leg in enumerate(order.legs):
        await town.app.funds.refund(leg.id, Money(minor=100 + n), key=f"f{n}", reason="late")
    await town.host.settle()
    tasks = [t for t in await town.escalations(order.id) if t.reason is EscalationReason.REFUND_FAILED]
    assert sorted(task.summary[:5] for task in tasks) == ["$1.00", "$1.01"]
    assert len(unsent(await town.order(order.id))) == 2


async def test_keys_that_look_alike_are_refunds_of_their_own(town: Town) -> None:
    order = await delivered(town, 1)
    for key in ("a:b", "a_b", "a@b", "a b/c?"):
        await town.app.funds.refund(order.legs[0].id, Money(minor=10), key=key, reason="late")
    await town.host.settle()
    assert await town.kept(order.id) == (await town.must_add_up(order.id)).total().minor - 40


@pytest.mark.parametrize("outage", [1, 15])
async def test_a_refund_waits_for_a_provider_that_is_away_and_goes_once(town: Town, outage: int) -> None:
    order = await delivered(town, 1)
    town.faults.now = [Fault("refund", Mode.LOST, times=outage)]
    await town.app.funds.refund(order.legs[0].id, Money(minor=100), key="f", reason="late")
    await town.host.settle()
    await town.host.run_out()
    assert await town.kept(order.id) == (await town.must_add_up(order.id)).total().minor - 100
    assert await town.escalations(order.id) == []


# --- at once ----------------------------------------------------------------------------------------------


@pytest.mark.flow("1.3-3")
async def test_release_refund_freeze_and_the_customer_s_word_at_once_lose_no_cent(town: Town) -> None:
    turns: Turns = town.app.store  # type: ignore[assignment]
    for seed in range(60):
        order = await delivered(town, 1, 2, express=True, key=f"r{seed}")
        first, second = (leg.id for leg in order.legs)
        chance = random.Random(seed)
        funds, price = town.app.funds, order.legs[0].price
        actors: list[Any] = [
            town.app.deliveries.confirm(order.id, [], by=CUSTOMER),
            town.app.deliveries.release(first),
            town.app.deliveries.release(first),
            funds.refund(first, Money(minor=price.minor // 2), key="half", reason="late"),
            funds.refund(first, Money(minor=price.minor // 2), key="half", reason="late"),
            funds.refund(second, order.legs[1].price, key="all", reason="broken"),
            funds.freeze(first, by="d1"),
            funds.freeze(second, by="d2"),
            town.host.settle(),
        ]
        chance.shuffle(actors)
        for answer in await turns.play(seed, *actors):
            if isinstance(answer, BaseException):
                assert isinstance(answer, Conflict), (seed, answer)
        for by, leg_id in (("d1", first), ("d2", second)):
            await funds.thaw(leg_id, by=by)
        await town.host.settle()
        await town.host.run_out(timedelta(days=40))
        order = await town.must_add_up(order.id)
        assert order.status is OrderStatus.COMPLETED, (seed, [leg.hold for leg in order.legs])
        back = sum(due.amount.minor for due in order.refunds)
        assert await town.kept(order.id) == await released_of(town, order), seed
        assert back >= order.legs[1].price.minor, seed
