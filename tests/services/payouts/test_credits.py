"""Apology credits: one per order and reason, spendable once, never more than there is."""

from typing import Any

import pytest

from shared.domain.orders import Order, Paying
from shared.errors import Conflict, InvalidInput, NotFound
from shared.services.credits import Apology, Grant, credits_of
from tests.books import Books

ALICE = credits_of("alice")


def apology(**more: Any) -> Grant:
    given = {"customer_id": "alice", "order_id": "ord_1", "apology": Apology.LATE, "by": "ops"}
    return Grant.model_validate(given | more)


async def left(ledger: Books) -> int:
    return (await ledger.app.credits.available("alice", "USD")).minor


async def test_a_credit_is_twenty_dollars_at_the_platforms_cost(ledger: Books) -> None:
    await ledger.paid_order()
    granted = await ledger.app.credits.grant(apology())
    assert str(granted.amount) == "$20.00"
    assert await left(ledger) == 2000
    await ledger.adds_up()


async def test_an_order_is_apologised_for_once_per_reason(ledger: Books) -> None:
    await ledger.paid_order()
    one = await ledger.app.credits.grant(apology(key="a"))
    assert await ledger.app.credits.grant(apology(key="b", by="someone else")) == one
    assert await left(ledger) == 2000
    await ledger.app.credits.grant(apology(apology=Apology.DAMAGED))
    assert await left(ledger) == 4000


async def test_a_key_is_for_one_request(ledger: Books) -> None:
    await ledger.paid_order()
    await ledger.app.credits.grant(apology(key="a"))
    with pytest.raises(Conflict) as reused:
        await ledger.app.credits.grant(apology(key="a", apology=Apology.DAMAGED))
    assert reused.value.code == "idempotency_key_reused"
    assert await left(ledger) == 2000
    await ledger.app.credits.grant(apology(key="a", by="another admin", apology=Apology.DAMAGED))


async def test_only_the_orders_own_customer_is_apologised_to(ledger: Books) -> None:
    await ledger.paid_order()
    with pytest.raises(InvalidInput) as refused:
        await ledger.app.credits.grant(apology(customer_id="mallory"))
    assert refused.value.field == "customer_id"
    with pytest.raises(NotFound):
        await ledger.app.credits.grant(apology(order_id="ord_2"))
    assert await left(ledger) == 0


# --- spending ---------------------------------------------------------------------------------------


def wanting(order: Order, minor: int) -> Order:
    return order.model_copy(update={"paying": Paying(credit=minor)})


async def test_credits_are_set_aside_spent_and_gone(ledger: Books) -> None:
    first = await ledger.paid_order()
    await ledger.app.credits.grant(apology())
    pledged = wanting(first.model_copy(update={"id": "ord_2"}), 1500)
    for _ in range(2):
        assert (await ledger.app.credits.reserve(pledged)).ok
    assert await left(ledger) == 500
    await ledger.paid_order("ord_2", credit_=1500)
    await ledger.app.credits.settle(pledged)
    assert await left(ledger) == 500
    assert await ledger.balance(ALICE) == 500


async def test_two_orders_never_spend_the_same_credit(ledger: Books) -> None:
    first = await ledger.paid_order()
    await ledger.app.credits.grant(apology())
    assert (await ledger.app.credits.reserve(wanting(first.model_copy(update={"id": "ord_2"}), 1500))).ok
    refused = await ledger.app.credits.reserve(wanting(first.model_copy(update={"id": "ord_3"}), 1500))
    assert (refused.ok, refused.code) == (False, "not_enough_credits")


async def test_a_failed_order_gives_its_credits_back(ledger: Books) -> None:
    first = await ledger.paid_order()
    await ledger.app.credits.grant(apology())
    pledged = wanting(first.model_copy(update={"id": "ord_2"}), 1500)
    await ledger.app.credits.reserve(pledged)
    for _ in range(2):
        await ledger.app.credits.release(pledged)
    assert await left(ledger) == 2000


async def test_an_order_without_credits_touches_nobodys(ledger: Books) -> None:
    order = await ledger.paid_order()
    before = await ledger.everything()
    assert (await ledger.app.credits.reserve(order)).ok
    await ledger.app.credits.settle(order)
    await ledger.app.credits.release(order)
    assert await ledger.everything() == before


async def test_credits_that_an_order_gives_back_can_be_spent_again(ledger: Books) -> None:
    first = await ledger.paid_order()
    await ledger.app.credits.grant(apology())
    await ledger.app.credits.reserve(wanting(first.model_copy(update={"id": "ord_2"}), 2000))
    await ledger.paid_order("ord_2", price=2000, credit_=2000)
    await ledger.claws_back("ord_2-l1", 2000)
    assert await left(ledger) == 2000
    await ledger.adds_up()
