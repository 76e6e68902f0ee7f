"""What is done at Shopify is done once: sent again, after lost answers, and while it is still being done."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from shared.domain.money import Money
from shared.domain.operations.purchases import Tracking
from shared.errors import Conflict, NotFound, Unavailable
from shared.ports.shop import FulfilmentRequest, ShopRefundRequest
from tests.peers.shopify.bench import Bench
from tests.peers.shopify.orders import Line, Order, charge
from tests.peers.shopify.state import MOST_NOTE
from tests.peers.stripe.faults import Fault, Kind
from tests.shop_orders import AUSTIN, usd

TRACKING = Tracking(number="LX1", carrier="CJPacket", url="https://track.example/LX1")
MOVED = AUSTIN.model_copy(update={"line1": "1 Main St", "city": "Waco", "phone": "+15125550100"})
Act = Callable[[Bench], Awaitable[Any]]


def parcel(*lines: tuple[str, int], number: str = "LX1", key: str = "p1:show-1") -> FulfilmentRequest:
    tracking = TRACKING.model_copy(update={"number": number})
    return FulfilmentRequest(key=key, shop_order_id="1001", lines=lines or (("1", 1),), tracking=tracking)


def back(minor: int, key: str = "sho_1001:r1", **more: Any) -> ShopRefundRequest:
    return ShopRefundRequest(key=key, shop_order_id="1001", amount=usd(minor), **more)


@pytest.fixture
def order(bench: Bench) -> Order:
    return bench.peer.sell("1001")


ACTS: dict[str, tuple[str, Act]] = {
    "fulfil": ("UsoFulfil", lambda bench: bench.shop.fulfil(parcel())),
    "refund": ("UsoRefund", lambda bench: bench.shop.refund(back(500))),
    "cancel": ("UsoCancel", lambda bench: bench.shop.cancel("c1", "1001", reason="lost")),
    "set_address": ("UsoAddress", lambda bench: bench.shop.set_address("a1", "1001", MOVED)),
}


def state(order: Order) -> tuple[Any, ...]:
    cancelled = order.cancelled_at is not None
    return order.sent, len(order.fulfilments), order.given_back, cancelled, order.address


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("kind", ["drop", "status", "rubbish", "cut"])
@pytest.mark.parametrize("act", ACTS)
async def test_what_is_in_doubt_is_done_once_when_it_is_sent_again(
    bench: Bench, order: Order, act: str, kind: Kind, after: bool
) -> None:
    operation, do = ACTS[act]
    before = state(order)
    bench.peer.faults = [Fault(kind=kind, after=after, path=operation)]
    with pytest.raises(Unavailable):
        await do(bench)
    assert (state(order) != before) is after

    await do(bench)
    done = state(order)
    await do(bench)

    assert state(order) == done != before
    assert bench.peer.told == []


@pytest.mark.parametrize("act", ACTS)
async def test_a_refusal_is_a_conflict_in_the_shop_s_words(bench: Bench, order: Order, act: str) -> None:
    names = {
        "fulfil": "fulfillmentCreate",
        "refund": "refundCreate",
        "cancel": "orderCancel",
        "set_address": "orderUpdate",
    }
    before = state(order)
    bench.peer.refuses = {names[act]: "That cannot be."}
    with pytest.raises(Conflict, match=r"That cannot be\.") as refused:
        await ACTS[act][1](bench)

    assert refused.value.code == "shop_refused"
    assert state(order) == before


@pytest.mark.parametrize("act", ACTS)
async def test_want_of_points_before_a_write_does_not_double_it(bench: Bench, order: Order, act: str) -> None:
    operation, do = ACTS[act]
    bench.peer.throttled = 1
    await do(bench)
    assert bench.peer.times(operation) == 1


@pytest.mark.parametrize("act", ["fulfil", "refund", "cancel"])
async def test_an_order_that_is_not_there_is_not_found(bench: Bench, act: str) -> None:
    with pytest.raises(NotFound):
        await ACTS[act][1](bench)


# --- fulfilments ------------------------------------------------------------------------------------


async def test_a_parcel_is_sent_with_its_number_and_the_shop_writes_to_nobody(
    bench: Bench, order: Order
) -> None:
    id = await bench.shop.fulfil(parcel(("1", 1), ("2", 1)))

    (made,) = order.fulfilments
    assert made["id"] == id == await bench.shop.fulfil(parcel(("1", 1), ("2", 1)))
    assert made["trackingInfo"] == [
        {"number": "LX1", "company": "CJPacket", "url": "https://track.example/LX1"}
    ]
    assert order.sent == [1, 1]
    assert bench.peer.told == []


async def test_the_rest_of_a_line_goes_with_the_next_parcel_and_then_nothing_is_left(
    bench: Bench, order: Order
) -> None:
    await bench.shop.fulfil(parcel(("2", 1)))
    with pytest.raises(Conflict) as too_many:
        await bench.shop.fulfil(parcel(("2", 2), number="LX2"))
    await bench.shop.fulfil(parcel(("2", 1), ("1", 1), number="LX2"))
    with pytest.raises(Conflict) as refused:
        await bench.shop.fulfil(parcel(("2", 1), number="LX3"))

    assert (too_many.value.code, refused.value.code) == ("nothing_to_fulfil", "nothing_to_fulfil")
    assert bench.peer.times("UsoFulfil") == 2
    assert order.sent == [1, 2]
    assert len(order.fulfilments) == 2


async def test_a_number_alone_is_enough_to_follow_a_parcel(bench: Bench, order: Order) -> None:
    bare = FulfilmentRequest(
        key="k", shop_order_id="1001", lines=(("1", 1),), tracking=Tracking(number="LX1")
    )
    await bench.shop.fulfil(bare)
    assert order.fulfilments[0]["trackingInfo"] == [{"number": "LX1"}]


async def test_a_fulfilment_that_someone_cancelled_does_not_count_as_sent(bench: Bench, order: Order) -> None:
    first = await bench.shop.fulfil(parcel())
    order.fulfilments[0]["status"] = "CANCELLED"

    assert await bench.shop.fulfil(parcel()) != first
    assert order.sent == [1, 0]


async def test_what_is_cancelled_or_held_is_not_sent(bench: Bench, order: Order) -> None:
    order.held = "ON_HOLD"
    with pytest.raises(Conflict, match="open status"):
        await bench.shop.fulfil(parcel())
    order.cancelled_at = "2026-05-04T15:00:00Z"
    with pytest.raises(Conflict) as cancelled:
        await bench.shop.fulfil(parcel())
    assert cancelled.value.code == "nothing_to_fulfil"


async def test_a_parcel_sent_again_takes_the_place_of_the_one_that_got_lost(
    bench: Bench, order: Order
) -> None:
    id = await bench.shop.fulfil(parcel())
    for _ in range(3):
        await bench.shop.retrack("k2", id, Tracking(number="LX9"))

    assert order.fulfilments[0]["trackingInfo"] == [{"number": "LX9"}]
    assert bench.peer.times("UsoRetrack") == 1
    assert bench.peer.told == []


async def test_a_fulfilment_that_is_not_there_cannot_be_retracked(bench: Bench, order: Order) -> None:
    with pytest.raises(NotFound):
        await bench.shop.retrack("k", "gid://shopify/Fulfillment/1", TRACKING)


async def test_a_new_number_that_the_shop_refuses_is_a_conflict(bench: Bench, order: Order) -> None:
    id = await bench.shop.fulfil(parcel())
    bench.peer.refuses = {"fulfillmentTrackingInfoUpdate": "That cannot be."}
    with pytest.raises(Conflict, match=r"That cannot be\.") as refused:
        await bench.shop.retrack("k", id, Tracking(number="LX9"))

    assert refused.value.code == "shop_refused"
    assert [each["number"] for each in order.fulfilments[0]["trackingInfo"]] == ["LX1"]


@pytest.mark.parametrize("after", [False, True])
async def test_a_new_number_in_doubt_is_put_in_when_it_is_sent_again(
    bench: Bench, order: Order, after: bool
) -> None:
    id = await bench.shop.fulfil(parcel())
    bench.peer.faults = [Fault(kind="drop", after=after, path="UsoRetrack")]
    with pytest.raises(Unavailable):
        await bench.shop.retrack("k", id, Tracking(number="LX9"))
    await bench.shop.retrack("k", id, Tracking(number="LX9"))
    assert order.fulfilments[0]["trackingInfo"] == [{"number": "LX9"}]


# --- refunds ----------------------------------------------------------------------------------------


async def test_money_goes_back_once_per_key_to_the_way_it_was_paid(bench: Bench, order: Order) -> None:
    first = await bench.shop.refund(back(500, reason="late"))
    again = await bench.shop.refund(back(500, reason="late"))
    other = await bench.shop.refund(back(500, key="sho_1001:r2"))

    assert first == again
    assert (first.amount, first.payment_refund_id, other.id != first.id) == (usd(500), "", True)
    assert order.given_back == 10
    assert order.refunds[0]["note"] == "late [sho_1001:r1]"
    assert bench.peer.told == []


async def test_two_who_give_back_under_one_key_at_once_give_back_once(bench: Bench, order: Order) -> None:
    made = await asyncio.gather(*(bench.shop.refund(back(500)) for _ in range(4)))
    assert {each.id for each in made} == {made[0].id}
    assert order.given_back == 5


async def test_a_key_in_another_refund_s_reason_is_not_that_refund(bench: Bench, order: Order) -> None:
    await bench.shop.refund(back(500, key="r9", reason="they wrote: [sho_1001:r1]"))
    await bench.shop.refund(back(300))
    assert order.given_back == 8


@pytest.mark.parametrize("reason", ["", "late", "because " * 200])
async def test_a_refund_is_known_when_shopify_has_forgotten_its_key(
    bench: Bench, order: Order, reason: str
) -> None:
    """It keeps keys for a day; a plan that was stopped for longer sends the same again."""
    first = await bench.shop.refund(back(500, reason=reason))
    bench.peer.kept.clear()

    assert await bench.shop.refund(back(500, reason=reason)) == first
    assert order.given_back == 5
    assert len(order.refunds[0]["note"]) <= MOST_NOTE


async def test_the_same_key_at_another_order_is_another_refund(bench: Bench, order: Order) -> None:
    other = bench.peer.sell("1002")
    await bench.shop.refund(back(500))
    await bench.shop.refund(back(500).model_copy(update={"shop_order_id": "1002"}))

    assert (order.given_back, other.given_back) == (5, 5)
    assert len(bench.peer.kept) == 2


async def test_nothing_goes_back_in_a_currency_that_was_not_meant(bench: Bench) -> None:
    """Shopify would read 5.00 as the customer's own 5.00 francs."""
    order = bench.peer.sell("1001", paid_in="CHF")
    with pytest.raises(Conflict) as refused:
        await bench.shop.refund(back(500))

    assert refused.value.code == "other_currency"
    assert (order.given_back, bench.peer.times("UsoRefund")) == (0, 0)


async def test_no_more_goes_back_than_is_left(bench: Bench, order: Order) -> None:
    await bench.shop.refund(back(3000))
    with pytest.raises(Conflict):
        await bench.shop.refund(back(451, key="r2"))
    await bench.shop.refund(back(450, key="r2"))
    assert order.given_back == order.total
    assert order.status == "REFUNDED"


async def test_a_refund_that_is_still_being_made_is_no_refusal(bench: Bench, order: Order) -> None:
    """A person who reads of a refusal would give the money back by hand."""
    bench.peer.refuses = {"refundCreate": "This request is currently in progress, please try again."}
    with pytest.raises(Unavailable):
        await bench.shop.refund(back(500))


async def test_the_payment_that_went_through_is_what_is_given_back(bench: Bench, order: Order) -> None:
    order.paid_by = [
        charge(1, "34.50", status="FAILURE"),
        charge(2, "34.50", kind="AUTHORIZATION"),
        charge(3, "34.50", gateway=None),
        charge(4, "34.50", kind="CAPTURE", gateway="paypal"),
    ]
    await bench.shop.refund(back(500))

    sent = bench.peer.variables[-1]["input"]["transactions"]
    assert [(each["parentId"], each["gateway"]) for each in sent] == [
        ("gid://shopify/OrderTransaction/4", "paypal")
    ]
    order.paid_by = order.paid_by[:3]
    with pytest.raises(Conflict) as refused:
        await bench.shop.refund(back(500, key="r2"))
    assert refused.value.code == "not_paid"


@pytest.mark.parametrize(("currency", "minor", "sent"), [("JPY", 500, "500"), ("KWD", 1955, "1.955")])
async def test_amounts_are_sent_in_the_digits_of_their_currency(
    bench: Bench, currency: str, minor: int, sent: str
) -> None:
    bench.peer.sell("1001", Line(1, "SKU-1", "9000"), currency=currency)
    amount = Money(minor=minor, currency=currency)
    made = await bench.shop.refund(ShopRefundRequest(key="r", shop_order_id="1001", amount=amount))

    assert made.amount == amount
    assert bench.peer.variables[-1]["input"]["transactions"][0]["amount"] == sent


# --- cancellations and addresses --------------------------------------------------------------------


async def test_an_order_that_is_being_cancelled_is_cancelled_once(bench: Bench, order: Order) -> None:
    """Shopify's job takes its time: until then the order is shown as it was, and a second job is refused."""
    await bench.shop.cancel("c1", "1001", reason="lost")
    order.looks = 1
    await bench.shop.cancel("c1", "1001", reason="lost")
    order.looks = 9
    with pytest.raises(Conflict):
        await bench.shop.cancel("c1", "1001", reason="lost")

    assert (order.staff_note, order.given_back, order.restocked) == ("lost [c1]", 0, False)
    assert not bench.peer.told
    assert bench.peer.times("UsoCancel") == 3


async def test_a_long_reason_fits_into_the_note_of_a_cancellation(bench: Bench, order: Order) -> None:
    await bench.shop.cancel("c1", "1001", reason="because " * 100)
    assert order.staff_note.startswith("because ")
    assert order.staff_note.endswith(" [c1]")


async def test_an_address_is_corrected_to_what_it_should_be(bench: Bench, order: Order) -> None:
    await bench.shop.set_address("a1", "1001", MOVED)
    await bench.shop.set_address("a2", "1001", MOVED)
    assert (await bench.shop.order("1001")).address == MOVED


async def test_an_address_without_a_region_or_a_phone_is_an_address(bench: Bench, order: Order) -> None:
    zurich = AUSTIN.model_copy(update={"city": "Zurich", "region": "", "country": "CH", "phone": ""})
    await bench.shop.set_address("a1", "1001", zurich)
    assert (await bench.shop.order("1001")).address == zurich


async def test_an_address_without_a_country_is_refused_and_not_tried_forever(
    bench: Bench, order: Order
) -> None:
    with pytest.raises(Conflict):
        await bench.shop.set_address("a1", "1001", AUSTIN.model_copy(update={"country": ""}))


async def test_an_address_of_an_order_that_is_not_there_is_refused(bench: Bench) -> None:
    with pytest.raises(Conflict):
        await bench.shop.set_address("a1", "1001", MOVED)
