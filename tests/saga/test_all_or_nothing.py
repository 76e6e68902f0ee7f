"""The atomic checkout under every failure (flow 1.3-1, issue 3): all of it, or nothing, or a person knows.

For 1 to 5 vendors every call of the outside world fails: before anything happened, after it happened, with
its answer lost, a few times or for good, refused; and then its undo fails as well. After each the order, its
book, the stored entries, the provider and the stock must say the same.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain.money import Money
from shared.domain.negotiations import EscalationReason
from shared.domain.orders import Order
from shared.domain.status import HoldStatus, LegStatus, OrderStatus, PaymentState, PaymentStatus
from tests.saga.faults import Fault, Mode
from tests.saga.town import CUSTOMER, Town, unsent

MOST_VENDORS = 5
STEPS = (
    *("reserve_order", "authorise_order", "confirm_vendors", "capture_order", "dispatch_order"),
    *("release_order", "void_payment", "fail_order", "report_left_over", "report_untold"),
)
LEFT_OVER = {EscalationReason.UNDO_FAILED, EscalationReason.REFUND_FAILED}
PRODUCTS = tuple(f"p{n}" for n in range(1, MOST_VENDORS + 1))


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    made = Town(tmp_path)
    await made.open_shops(MOST_VENDORS)
    yield made
    await made.host.close()


def forward(vendors: int) -> Iterator[tuple[str, str]]:
    """Every call that a checkout makes on its way, and which product it is about."""
    products = PRODUCTS[:vendors]
    yield from (("reserve", product) for product in products)
    yield ("authorise", "")
    yield from (("confirm", product) for product in products)
    yield ("capture", "")


def undos(vendors: int) -> Iterator[tuple[str, str]]:
    """Every call that its undo may make; of many vendors the first and the last stand for all."""
    yield from (("release", product) for product in dict.fromkeys((PRODUCTS[0], PRODUCTS[vendors - 1])))
    yield from ((call, "") for call in ("cancel", "payment", "refund"))


# --- what must hold ---------------------------------------------------------------------------------


async def played(town: Town, vendors: int, *faults: Fault) -> tuple[Order, bool]:
    """Order one of each under these faults, with ten days for it; say whether it was said to be done."""
    town.faults.now = list(faults)
    town.faults.calls, town.faults.done, town.channel.sent = [], [], []
    order = await town.place(PRODUCTS[:vendors], key=f"k{next(town.numbers)}")
    await town.host.settle()
    await town.host.run_out(timedelta(days=10))
    town.faults.now = []
    result = town.host.result(order.id)
    return await town.must_add_up(order.id), bool(result["ok"])


async def everything(town: Town, order: Order) -> None:
    """Every vendor and the money, once, and nothing for a person to do."""
    assert (order.status, order.payment_status) == (OrderStatus.PROCESSING, PaymentStatus.CAPTURED)
    assert {leg.hold for leg in order.legs} == {HoldStatus.HELD}
    assert [movement.amount for movement in order.movements] == [order.total()]
    assert order.refunds == ()
    payment = await town.payment(order.id)
    assert payment is not None
    assert (payment.state, payment.captured) == (PaymentState.CAPTURED, order.total().minor)
    assert await town.kept(order.id) == order.paid().minor
    assert [await town.goods_of(leg) for leg in order.legs] == ["sold"] * len(order.legs)
    assert sorted(message.leg_id for message in town.channel.sent) == sorted(leg.id for leg in order.legs)
    assert await town.escalations(order.id) == []


async def nothing(town: Town, order: Order) -> None:
    """No goods, no money, nobody told; what could not be undone stands before a person with all they need."""
    assert order.status is OrderStatus.CANCELLED
    assert {leg.status for leg in order.legs} == {LegStatus.CANCELLED}
    assert town.channel.sent == [], "no vendor hears of an order that is none"
    told = [event for event in town.host.told if event.type == "uso.order.cancelled"]
    assert [event.subject for event in told].count(order.id) == 1
    tasks = [task for task in await town.escalations(order.id) if task.reason in LEFT_OVER]
    words = " ".join(task.summary for task in tasks)
    for leg in order.legs:
        if await town.goods_of(leg) != "nothing":
            assert leg.id in words, f"{leg.name} is lost in silence"
            assert leg.vendor_name in words
    payment = await town.payment(order.id)
    if payment is not None and (
        payment.state in {PaymentState.AUTHORISED, PaymentState.REQUIRES_ACTION}
        or payment.captured != payment.refunded
    ):
        assert f"{order.id}:charge" in words, "money is lost in silence"
        assert str(Money.total(leg.price for leg in order.legs)) in words
        assert CUSTOMER in words
    else:
        assert order.payment_status in {PaymentStatus.FAILED, PaymentStatus.REFUNDED}
    if not tasks:
        assert unsent(order) == []
        assert order.paid().minor == await town.kept(order.id) == 0


async def all_or_nothing(town: Town, vendors: int, *faults: Fault) -> bool:
    before = await town.quantities(PRODUCTS)
    order, ok = await played(town, vendors, *faults)
    await (everything if ok else nothing)(town, order)
    sold = {leg.product_id for leg in order.legs if await town.goods_of(leg) == "sold"}
    assert await town.quantities(PRODUCTS) == {id: count - (id in sold) for id, count in before.items()}
    for instance_id in town.host.plans:
        town.host.result(instance_id)
    town.host.plans.clear()
    town.host.told.clear()
    return ok


# --- one failure --------------------------------------------------------------------------------------


@pytest.mark.flow("1.3-1")
@pytest.mark.parametrize("vendors", range(1, MOST_VENDORS + 1))
async def test_without_failure_every_vendor_and_the_money_are_there_once(town: Town, vendors: int) -> None:
    assert await all_or_nothing(town, vendors)
    made = [call for call, _, _ in town.faults.calls if call not in STEPS]
    assert made == ["reserve"] * vendors + ["authorise"] + ["confirm"] * vendors + ["capture"]


@pytest.mark.flow("1.3-1")
@pytest.mark.parametrize("vendors", range(1, MOST_VENDORS + 1))
@pytest.mark.parametrize("mode", [Mode.BEFORE, Mode.AFTER, Mode.LOST])
@pytest.mark.parametrize("times", [1, 4])
async def test_a_failure_that_passes_changes_nothing(
    town: Town, vendors: int, mode: Mode, times: int
) -> None:
    for call, about in forward(vendors):
        assert await all_or_nothing(town, vendors, Fault(call, mode, about, times)), (call, about)


@pytest.mark.flow("1.3-1")
@pytest.mark.parametrize("vendors", range(1, MOST_VENDORS + 1))
@pytest.mark.parametrize("mode", Mode)
async def test_a_failure_for_good_leaves_nothing_behind(town: Town, vendors: int, mode: Mode) -> None:
    for call, about in forward(vendors):
        assert not await all_or_nothing(town, vendors, Fault(call, mode, about)), (call, about)


# --- and its undo fails too -----------------------------------------------------------------------------


@pytest.mark.flow("1.3-1")
@pytest.mark.parametrize("vendors", range(1, MOST_VENDORS + 1))
@pytest.mark.parametrize("mode", [Mode.BEFORE, Mode.LOST, Mode.REFUSED])
@pytest.mark.parametrize("undo_mode", [Mode.BEFORE, Mode.LOST, Mode.REFUSED])
async def test_what_cannot_be_undone_is_put_before_a_person(
    town: Town, vendors: int, mode: Mode, undo_mode: Mode
) -> None:
    for call, about in forward(vendors):
        for undo, undo_about in undos(vendors):
            faults = Fault(call, mode, about), Fault(undo, undo_mode, undo_about)
            assert not await all_or_nothing(town, vendors, *faults), faults


# --- whole steps -----------------------------------------------------------------------------------------


@pytest.mark.flow("1.3-1")
@pytest.mark.parametrize("step", STEPS[:4])
@pytest.mark.parametrize("mode", [Mode.BEFORE, Mode.AFTER])
@pytest.mark.parametrize("undo", [None, "release_order", "void_payment"])
@pytest.mark.parametrize("undo_mode", [Mode.BEFORE, Mode.AFTER])
@pytest.mark.parametrize("times", [None, 12])
async def test_a_step_that_never_gets_through_is_undone_or_put_before_a_person(
    town: Town, step: str, mode: Mode, undo: str | None, undo_mode: Mode, times: int | None
) -> None:
    faults = [Fault(step, mode), *([Fault(undo, undo_mode, times=times)] if undo else [])]
    assert not await all_or_nothing(town, 2, *faults)


@pytest.mark.flow("1.3-1")
@pytest.mark.parametrize("mode", [Mode.BEFORE, Mode.AFTER])
@pytest.mark.parametrize("last", ["report_left_over", "fail_order"])
async def test_an_outage_of_hours_delays_the_end_of_a_failed_order_and_loses_nothing(
    town: Town, mode: Mode, last: str
) -> None:
    faults = Fault("capture_order", Mode.AFTER), Fault("void_payment", mode), Fault(last, mode, times=12)
    begun = town.clock.now()
    assert not await all_or_nothing(town, 2, *faults)
    assert town.clock.now() - begun > timedelta(minutes=30)


@pytest.mark.flow("1.3-1")
@pytest.mark.parametrize("mode", [Mode.BEFORE, Mode.AFTER])
async def test_an_order_whose_vendors_could_not_be_told_goes_on_and_a_person_tells_them(
    town: Town, mode: Mode
) -> None:
    order, ok = await played(town, 3, Fault("dispatch_order", mode), Fault("report_untold", mode, times=6))
    assert ok
    assert (order.status, order.payment_status) == (OrderStatus.PROCESSING, PaymentStatus.CAPTURED)
    untold = {leg.id for leg in order.legs} - {message.leg_id for message in town.channel.sent}
    assert {task.subject for task in await town.escalations(order.id)} == untold
    assert untold == ({leg.id for leg in order.legs} if mode is Mode.BEFORE else set())


@pytest.mark.flow("1.3-1")
async def test_one_vendor_that_cannot_be_told_keeps_nobody_else_waiting(town: Town) -> None:
    town.channel.silent = {"v2"}
    order, ok = await played(town, 3)
    assert ok
    assert {message.leg_id for message in town.channel.sent} == {order.legs[0].id, order.legs[2].id}
    assert [task.subject for task in await town.escalations(order.id)] == [order.legs[1].id]
