"""Refunds of the web shop against a shop that fails: sent once, booked once, or before a person."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from shared.domain.operations import money
from shared.domain.operations.shop_orders import ShopOrder
from shared.errors import Conflict, Unavailable
from shared.ports.shop import Shop, ShopRefunded, ShopRefundRequest
from shared.services.kinds import SHOP_ORDERS
from shared.services.operations.refunds import ShopRefunds
from shared.services.records import Stored
from tests.books import Books, books
from tests.shop_orders import back, paid, usd

KEY = "sho_1001-refund-l1"


@dataclass
class FakeShop:
    """Gives money back, once per key, unless it is told to fail."""

    refuses: bool = False
    loses_answers: int = 0
    given: dict[str, ShopRefundRequest] = field(default_factory=dict)

    async def refund(self, request: ShopRefundRequest) -> ShopRefunded:
        if self.refuses:
            raise Conflict("There is nothing left.", code="nothing_left")
        self.given[request.key] = request
        if self.loses_answers:
            self.loses_answers -= 1
            raise Unavailable("The answer was lost.")
        return ShopRefunded(id="r1", amount=request.amount, payment_refund_id="re_1")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Books]:
    made = books(tmp_path)
    yield made
    await made.app.close()


async def arranged(world: Books, shop: FakeShop) -> ShopRefunds:
    order, events = paid(2000).refunding(back(KEY, 1500, line_id="l1"))
    sale = money.sale(order, at=order.created_at)
    await world.app.records.commit(Stored(SHOP_ORDERS, order), events=events, entries=[sale])
    return ShopRefunds(world.app.records, _typed(shop), world.app.escalations)


def _typed(shop: FakeShop) -> Shop:
    return shop  # type: ignore[return-value]


async def stored(world: Books) -> ShopOrder:
    return (await world.app.records.get(SHOP_ORDERS, "sho_1001")).value


async def test_what_is_due_is_given_back_and_booked(world: Books) -> None:
    shop = FakeShop()
    refunds = await arranged(world, shop)

    assert (await refunds.send("sho_1001", KEY)).ok

    order = await stored(world)
    assert order.refund(KEY).refund_id == "re_1"
    assert money.profit_of(order).sales == usd(1000)
    assert shop.given[KEY].amount == usd(1500)
    assert (await world.app.projection.trial_balance()).balanced


async def test_a_lost_answer_is_asked_for_again_under_the_same_key_and_booked_once(world: Books) -> None:
    shop = FakeShop(loses_answers=2)
    refunds = await arranged(world, shop)
    for _ in range(2):
        with pytest.raises(Unavailable):
            await refunds.send("sho_1001", KEY)

    for _ in range(3):
        assert (await refunds.send("sho_1001", KEY)).ok

    assert list(shop.given) == [KEY]
    assert money.profit_of(await stored(world)).sales == usd(1000)


async def test_a_refusal_is_a_persons_task_and_books_nothing(world: Books) -> None:
    refunds = await arranged(world, FakeShop(refuses=True))

    refused = await refunds.send("sho_1001", KEY)
    for _ in range(2):
        await refunds.report("sho_1001", KEY, detail=refused.detail)

    assert (refused.ok, refused.code) == (False, "nothing_left")
    assert money.profit_of(await stored(world)).sales == usd(2500)
    tasks = await world.app.escalations.queue()
    assert [task.subject for task in tasks] == [KEY]
    assert "jane@example.com" in tasks[0].summary
