"""Commissions: on a dashboard, order by order, paid out (2.6-3); performance for admins (5.4-12)."""

from typing import Any

import pytest

from shared.domain.affiliates.models import account_of
from shared.domain.ledger import AccountKind
from shared.domain.money import Money
from shared.ports.events import CloudEvent
from shared.services.affiliates.wing import ORDER_NEWS
from tests.affiliates import Partnership, bought, clicked, delivered, registered
from tests.harness import World
from tests.street import flowers, opened


@pytest.fixture
async def bo(world: World) -> Partnership:
    await opened(world, "corner", flowers("red", "red", 10_000), flowers("white", "white", 4_000))
    return await registered(world)


async def sold(world: World, bo: Partnership, *items: str) -> dict[str, Any]:
    """An order through the affiliate's link, delivered."""
    order = await bought(world, await clicked(world, await bo.link()), *items)
    await delivered(world, order)
    return order


async def refund(world: World, order: dict[str, Any], minor: int, *, n: int = 0, key: str = "r1") -> None:
    leg = order["legs"][n]["id"]
    await world.app.funds.refund(leg, Money(minor=minor), key=f"{leg}:{key}", reason="wilted")
    await world.settle()


async def in_the_books(world: World, bo: Partnership, *orders: dict[str, Any]) -> int:
    """What the ledger says that the affiliate earned on these orders."""
    books = [(await world.app.orders.get(order["id"])).book for order in orders]
    return sum(book.balance(AccountKind.AFFILIATE_COMMISSION, bo.id).minor for book in books)


@pytest.mark.flow("2.6-3")
async def test_a_commission_is_pending_until_the_delivery_then_earned_then_paid(
    world: World, bo: Partnership
) -> None:
    order = await bought(world, await clicked(world, await bo.link()), "red")
    assert await bo.earned() == {"total": 500, "pending": 500, "payable": 0, "paid": 0}
    await delivered(world, order)
    assert await bo.earned() == {"total": 500, "pending": 0, "payable": 500, "paid": 0}
    assert await in_the_books(world, bo, order) == 500
    await bo.is_paid()
    assert await bo.earned() == {"total": 500, "pending": 0, "payable": 0, "paid": 500}
    (commission,) = await bo.commissions()
    assert commission["status"] == "paid"
    (payout,) = await bo.owner.get(f"{bo.base}/payouts")
    assert (payout["status"], payout["amount"]["minor"]) == ("paid", 500)
    assert sorted((await bo.told())[2:]) == [
        "$5.00 was paid out to you.",
        "A commission of $5.00 was paid out.",
        "An order came through your link: $5.00 once it is delivered.",
        "You earned $5.00; it goes out with your next payout.",
    ]


@pytest.mark.flow("2.6-3")
async def test_the_dashboard_shows_clicks_conversions_and_sums(world: World, bo: Partnership) -> None:
    link = await bo.link()
    clicks = [await clicked(world, link) for _ in range(4)]
    await delivered(world, await bought(world, clicks[0], "red"))
    await bought(world, clicks[1], "white")
    shown = await bo.owner.get(f"{bo.base}/dashboard")
    figures = shown["performance"]
    assert (figures["clicks"], figures["conversions"], figures["conversion_rate"]) == (4, 2, 0.5)
    assert await bo.earned() == {"total": 700, "pending": 200, "payable": 500, "paid": 0}
    assert (shown["payouts"]["schedule"], shown["payouts"]["next"]) == ("weekly", "2026-05-11")
    assert shown["tracking_id"] == (await bo.now())["tracking_id"]


@pytest.mark.flow("2.6-3")
async def test_each_order_is_broken_down(world: World, bo: Partnership) -> None:
    order = await sold(world, bo, "red", "white")
    (commission,) = await bo.commissions()
    assert commission["order_value"]["minor"] == 14_000
    assert commission["commission"]["minor"] == 700
    assert [
        (leg["name"], leg["value"]["minor"], leg["type"], leg["rate_bps"], leg["earned"]["minor"])
        for leg in commission["legs"]
    ] == [("Red Flowers", 10_000, "cpe", 500, 500), ("White Flowers", 4_000, "cpe", 500, 200)]
    assert commission["order_id"] == order["id"]


@pytest.mark.flow("2.6-3")
async def test_commissions_come_page_by_page_newest_first(world: World, bo: Partnership) -> None:
    click = await clicked(world, await bo.link())
    orders = [(await bought(world, click, "white"))["id"] for _ in range(3)]
    await world.advance(minutes=1)
    orders.append((await bought(world, click, "white"))["id"])
    paged: list[str] = []
    while more := await bo.commissions(limit=1, **({"after": paged[-1]} if paged else {})):
        paged += [commission["order_id"] for commission in more]
    assert paged[0] == orders[-1]
    assert sorted(paged) == sorted(orders)
    answer = await bo.owner.call("GET", f"{bo.base}/commissions", after="ord_0000000000000000")
    assert (answer.status, answer.body["errors"][0]["field"]) == (400, "after")


@pytest.mark.flow("2.6-3")
async def test_a_refund_takes_its_part_of_the_commission_back_also_after_it_was_paid(
    world: World, bo: Partnership
) -> None:
    first = await sold(world, bo, "red")
    await bo.is_paid()
    await refund(world, first, 4_000)
    assert await bo.earned() == {"total": 300, "pending": 0, "payable": -200, "paid": 500}
    assert await in_the_books(world, bo, first) == 300
    second = await sold(world, bo, "red")
    assert await bo.earned() == {"total": 800, "pending": 0, "payable": 300, "paid": 500}
    assert await in_the_books(world, bo, first, second) == 800
    await bo.is_paid()
    assert {each["status"] for each in await bo.commissions()} == {"paid"}
    assert await bo.earned() == {"total": 800, "pending": 0, "payable": 0, "paid": 800}


@pytest.mark.flow("2.6-3")
async def test_a_refund_of_everything_cancels_the_commission(world: World, bo: Partnership) -> None:
    order = await sold(world, bo, "red")
    await refund(world, order, 10_000)
    (commission,) = await bo.commissions()
    assert (commission["status"], commission["commission"]["minor"]) == ("cancelled", 0)
    assert await bo.earned() == {"total": 0, "pending": 0, "payable": 0, "paid": 0}
    assert (await bo.told())[-1] == "A commission was cancelled: the order was refunded."


@pytest.mark.flow("2.6-3")
async def test_news_again_late_and_in_the_wrong_order_changes_nothing(world: World, bo: Partnership) -> None:
    order = await sold(world, bo, "red", "white")
    await bo.is_paid()
    settled, told = await bo.commissions(), await bo.told()
    assert settled[0]["status"] == "paid"
    for type_ in reversed(ORDER_NEWS):
        event = CloudEvent(
            id=f"late:{type_}",
            type=type_,
            subject=order["id"],
            time=world.now(),
            data={"order_id": order["id"]},
        )
        await world.app.affiliates.commissions.hear_order(event)
    (payout,) = await bo.owner.get(f"{bo.base}/payouts")
    data = {"account": f"affiliate_commission:{bo.id}", "payout_id": payout["id"]}
    paid = CloudEvent(
        id="late:paid",
        type="uso.payout.paid",
        subject=payout["id"],
        time=world.now(),
        data={**data, "minor": 700, "currency": "USD"},
    )
    await world.app.affiliates.commissions.hear_payout(paid)
    assert await bo.commissions() == settled
    assert await bo.told() == told
    assert await bo.earned() == {"total": 700, "pending": 0, "payable": 0, "paid": 700}


@pytest.mark.flow("2.6-3")
async def test_payouts_of_others_are_not_the_affiliates(world: World, bo: Partnership) -> None:
    order = await sold(world, bo, "red")
    shop = world.partner(order["legs"][0]["vendor_id"])
    await shop.post("/api/v1/partners/me/payouts/account")
    await shop.post("/api/v1/partners/me/payouts")
    await world.settle()
    assert (await shop.get("/api/v1/partners/me/finance"))["paid"] == [{"minor": 8_500, "currency": "USD"}]
    assert await bo.earned() == {"total": 500, "pending": 0, "payable": 500, "paid": 0}
    assert await bo.owner.get(f"{bo.base}/payouts") == []


@pytest.mark.flow("2.6-3")
@pytest.mark.parametrize(("schedule", "days"), [("weekly", 7), ("monthly", 28)])
async def test_commissions_are_paid_out_by_themselves_weekly_or_monthly(
    world: World, schedule: str, days: int
) -> None:
    await opened(world, "corner", flowers("red", "red", 10_000))
    bo = await registered(world, payout_schedule=schedule)
    opened_ = await bo.owner.post(f"{bo.base}/account")
    assert opened_["url"].startswith("http")
    assert opened_["payouts"]["schedule"] == schedule
    await sold(world, bo, "red")
    await world.advance(days=days - 1)
    assert (await bo.earned())["paid"] == 0
    await world.advance(days=1)
    assert await bo.earned() == {"total": 500, "pending": 0, "payable": 0, "paid": 500}
    (payout,) = await bo.owner.get(f"{bo.base}/payouts")
    assert (payout["amount"]["minor"], payout["status"]) == (500, "paid")
    await world.advance(days=7)
    assert len(await bo.owner.get(f"{bo.base}/payouts")) == 1


@pytest.mark.flow("2.6-3")
async def test_hundreds_of_commissions_are_covered_by_one_payout(world: World, bo: Partnership) -> None:
    """More than one write holds; read off one order under many ids."""
    first = await sold(world, bo, "white")
    await bo.is_paid()
    order = await world.app.orders.get(first["id"])
    commissions = world.app.affiliates.commissions
    for n in range(90):
        await commissions._read_off(order.model_copy(update={"id": f"ord_copy{n}"}), bo.id)
    account = account_of(bo.id)
    payee = await world.app.payees.read(account)
    much = payee.value.got(Money(minor=90 * 200))
    assert await world.app.payees.write(account, payee.becomes(much))
    await commissions.cover(bo.id, "USD")
    found = await bo.commissions(limit=200)
    assert len(found) == 91
    assert {each["status"] for each in found} == {"paid"}
    assert (await bo.earned())["payable"] == 0


@pytest.mark.flow("5.4-12")
async def test_an_admin_sees_who_does_best(world: World, bo: Partnership) -> None:
    other = await registered(world, by=world.customer("zoe"), name="Zoe's")
    await sold(world, bo, "red")
    link = await other.link()
    for _ in range(3):
        await clicked(world, link)
    admin = world.admin()

    async def ranked(by: str) -> list[str]:
        found = await admin.get("/api/v1/admin/affiliates", rank=by)
        return [each["affiliate"]["name"] for each in found["affiliates"]]

    assert await ranked("earned") == ["Texas Limo Co", "Zoe's"]
    assert await ranked("conversions") == ["Texas Limo Co", "Zoe's"]
    assert await ranked("clicks") == ["Zoe's", "Texas Limo Co"]
    best = await admin.get("/api/v1/admin/affiliates", rank="earned", limit=1)
    assert (len(best["affiliates"]), best["count"]) == (1, 2)
    together = best["together"]
    assert (together["clicks"], together["conversions"]) == (4, 1)
    assert together["earned"][0]["payable"]["minor"] == 500


@pytest.mark.flow("2.6-3")
async def test_a_replaced_item_keeps_its_commission_and_takes_its_own_vendors_fee(
    world: World, bo: Partnership
) -> None:
    other = await opened(world, "second", flowers("rouge", "red", 9_500, name="Red Flowers Too"))
    order = await bought(world, await clicked(world, await bo.link()), "red")
    await world.app.partners.reject("corner", order["legs"][0]["id"], text="sold out")
    await world.settle()
    stored = await world.app.orders.get(order["id"])
    new = stored.legs[-1]
    assert (new.vendor_id, new.terms.affiliate_id, new.terms.commission_bps) == (other.id, bo.id, 500)
    await world.app.partners.accept(other.id, new.id, text="")
    await world.settle()
    assert await bo.earned() == {"total": 475, "pending": 475, "payable": 0, "paid": 0}
    assert (await bo.dashboard())["conversions"] == 1
