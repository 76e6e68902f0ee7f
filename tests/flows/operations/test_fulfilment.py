"""A paid order of the shop becomes an order at a supplier, once (flow ops-1)."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from tests.flows.operations.shopping import NOWHERE, Street
from tests.harness import World, running

pytestmark = [pytest.mark.flow("ops-1"), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with running(tmp_path_factory.mktemp("fulfilment") / "data") as world:
        yield world


@pytest_asyncio.fixture(loop_scope="module")
async def street(world: World) -> Street:
    return await Street(world).calm()


async def bought_for(street: Street, number: str) -> list[str]:
    """The keys under which suppliers have orders for an order of the shop."""
    keys = [each["order"]["key"] for each in await street.bought()]
    return [key for key in keys if key.startswith(f"sho_{number}-")]


@pytest.mark.everywhere
async def test_a_paid_order_is_bought_of_its_usual_source_and_booked_at_once(street: Street) -> None:
    number = await street.buys("NECK-MASSAGER", email="plain@example.com")
    order = await street.seen(number)
    assert order["status"] == "ordered"
    (purchase,) = order["purchases"]
    assert (purchase["supplier_id"], purchase["status"], purchase["cost"]["minor"]) == ("ali", "placed", 1250)
    assert order["profit"]["profit"]["minor"] == 3900 + 499 - 1250
    assert await bought_for(street, number) == [purchase["id"]]
    assert await street.letters("plain@example.com") == []
    await street.books_balance()


@pytest.mark.everywhere
async def test_lines_of_one_supplier_are_one_purchase_with_one_delivery(street: Street) -> None:
    number = await street.buys("PHONE-STAND", "DESK-LAMP", "RAIN-JACKET-M")
    order = await street.seen(number)
    costs = {each["supplier_id"]: each["cost"]["minor"] for each in order["purchases"]}
    assert costs == {"ali": 310 + 1690 + 199, "cj": 2350 + 250}
    assert order["status"] == "ordered"


async def test_webhooks_twice_reordered_and_after_a_week_buy_nothing_again(street: Street) -> None:
    await street.shop_troubles(keeps_news=True)
    number = await street.buys("YOGA-MAT", email="webhooks@example.com")
    assert await bought_for(street, number) == []
    await street.readdressed(number, {**NOWHERE, "line1": "501 Congress Ave", "postal_code": "78701"})
    paid, changed = (await street.news())[-2:]
    await street.shop_troubles()
    assert (await street.delivers(changed)).data["outcome"] == "new"
    assert await bought_for(street, number) == []
    assert (await street.delivers(paid)).data["outcome"] == "new"
    assert len(await bought_for(street, number)) == 1
    for delivery in (paid, paid, changed):
        assert (await street.delivers(delivery)).data["outcome"] == "known"
    await street.world.advance(days=7)
    late = await street.delivers(paid)
    assert late.status < 500
    assert len(await bought_for(street, number)) == 1
    assert (await street.seen(number))["address"]["line1"] == "501 Congress Ave"
    await street.books_balance()


@pytest.mark.everywhere
async def test_a_lost_answer_of_the_supplier_buys_once(street: Street) -> None:
    await street.supplier_troubles("ali", lost_answers=2)
    number = await street.buys("WATER-BOTTLE")
    await street.world.advance(minutes=30)
    order = await street.seen(number)
    assert (order["status"], len(order["purchases"])) == ("ordered", 1)
    assert len(await bought_for(street, number)) == 1
    assert order["profit"]["cost_of_goods"]["minor"] == 420
    await street.books_balance()


async def test_the_shop_is_down_for_a_day_and_the_order_is_neither_lost_nor_bought_twice(
    street: Street,
) -> None:
    await street.shop_troubles(keeps_news=True)
    number = await street.buys("PET-BRUSH")
    (paid,) = (await street.news())[-1:]
    await street.shop_troubles(away=timedelta(days=1))
    await street.delivers(paid)
    await street.world.advance(hours=20)
    assert await bought_for(street, number) == []
    await street.world.advance(hours=12)
    assert (await street.seen(number))["status"] == "ordered"
    assert len(await bought_for(street, number)) == 1


async def test_a_supplier_that_is_away_for_a_day_is_waited_for(street: Street) -> None:
    await street.supplier_troubles("ali", away=timedelta(days=1))
    number = await street.buys("CAR-MOUNT", email="waits@example.com")
    await street.world.advance(hours=20)
    assert (await street.seen(number))["purchases"] == []
    await street.world.advance(hours=12)
    order = await street.seen(number)
    assert [each["supplier_id"] for each in order["purchases"]] == ["ali"]
    assert await street.letters("waits@example.com") == []


async def test_an_order_that_was_cancelled_before_it_was_heard_of_is_not_bought(street: Street) -> None:
    await street.shop_troubles(keeps_news=True)
    number = await street.buys("HAIR-DRYER")
    await street.cancelled(number)
    paid, cancelled = (await street.news())[-2:]
    await street.shop_troubles()
    await street.delivers(paid)
    await street.delivers(cancelled)
    assert await bought_for(street, number) == []
    answer = await street.world.admin().call("GET", f"/api/v1/admin/operations/orders/sho_{number}")
    assert answer.status == 404


async def test_an_order_that_is_cancelled_after_it_was_bought_is_called_off_at_the_supplier(
    street: Street,
) -> None:
    number = await street.buys("HAIR-DRYER")
    await street.cancelled(number)
    order = await street.seen(number)
    assert (order["status"], order["purchases"][0]["status"]) == ("cancelled", "cancelled")
    assert order["profit"]["cost_of_goods"]["minor"] == 0
    await street.books_balance()


async def test_what_a_supplier_cannot_call_off_any_more_is_a_persons_task(street: Street) -> None:
    number = await street.buys("HAIR-DRYER")
    (purchase,) = (await street.seen(number))["purchases"]
    path = f"/api/v1/simulator/suppliers/ali/orders/{purchase['supplier_order_id']}"
    await street.world.admin().post(path, {"fate": "ship"})
    await street.cancelled(number)
    tasks = await street.world.admin().get("/api/v1/escalations")
    assert f"{purchase['id']}-not-called-off" in {task["subject"] for task in tasks}
    assert (await street.seen(number))["profit"]["cost_of_goods"]["minor"] == 2140
    await street.books_balance()


async def test_the_shop_that_does_not_answer_about_a_change_is_asked_again(street: Street) -> None:
    number = await street.buys("HAIR-DRYER")
    await street.shop_troubles(keeps_news=True)
    await street.cancelled(number)
    (cancelled,) = (await street.news())[-1:]
    await street.shop_troubles(away=timedelta(hours=2))
    await street.delivers(cancelled)
    assert (await street.seen(number))["status"] == "ordered"
    await street.world.advance(hours=3)
    assert (await street.seen(number))["status"] == "cancelled"
