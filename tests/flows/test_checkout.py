"""One charge for many vendors, or nothing (flow 1.3-1), and an agent that pays (1.3-2)."""

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.identity import Persona
from tests.harness import HOME, Answer, Caller, World
from tests.street import Shop, escalations, flowers, no_harm, opened

CHECKOUTS = "/api/v1/checkouts"
Cart = list[dict[str, Any]]


async def street(world: World) -> tuple[Shop, Shop, Shop]:
    """Three shops, each with something of its own."""
    return (
        await opened(world, "corner", flowers("red", "red", 5000, 5)),
        await opened(world, "second", flowers("blue", "blue", 3333, 5)),
        await opened(world, "third", flowers("white", "white", 1999, 5)),
    )


CART: Cart = [{"id": "red", "quantity": 2}, {"id": "blue"}, {"id": "white"}]


async def quoted(caller: Caller, items: Cart = CART, **more: Any) -> Any:
    by = (caller.world.now() + timedelta(hours=30)).isoformat()
    body = {"items": items, "deliver_to": HOME, "deliver_by": by, **more}
    return (await caller.call("POST", CHECKOUTS, body)).data


async def confirmed(caller: Caller, checkout: Any, **choice: Any) -> Answer:
    answer = await caller.call("POST", f"{CHECKOUTS}/{checkout['id']}/confirm", choice)
    await caller.world.settle()
    return answer


async def shown(caller: Caller, checkout: Any) -> Any:
    return await caller.get(f"{CHECKOUTS}/{checkout['id']}")


async def charged(world: World, order_id: str) -> int:
    """What the provider has of an order's customer, in cents."""
    order = await world.app.orders.get(order_id)
    if not order.paying.payment_id:
        return 0
    payment = await world.app.payments.payment(order.paying.payment_id)
    return payment.captured - payment.refunded


@pytest.mark.flow("1.3-1")
async def test_the_summary_has_every_item_of_every_vendor_and_the_ways_to_deliver(world: World) -> None:
    await street(world)
    checkout = await quoted(world.customer())
    assert checkout["status"] == "open"
    assert [(line["vendor_name"], line["price"]["minor"]) for line in checkout["lines"]] == [
        ("Corner", 10_000),
        ("Second", 3333),
        ("Third", 1999),
    ]
    standard, express = checkout["delivery_options"]
    assert (standard["kind"], standard["fee"]["minor"], standard["in_time"]) == ("standard", 0, True)
    assert (express["kind"], express["fee"]["minor"], express["in_time"]) == ("express", 1299, True)
    assert (
        checkout["goods"] == checkout["total"] == checkout["to_pay"] == {"minor": 15_332, "currency": "USD"}
    )
    assert checkout["order_id"] == "", "nothing is bought by looking"


@pytest.mark.everywhere
@pytest.mark.flow("1.3-1")
async def test_one_confirmation_charges_once_holds_per_vendor_and_tells_everyone(world: World) -> None:
    alice, shops = world.customer(), await street(world)
    checkout = await quoted(alice)
    answer = await confirmed(alice, checkout, delivery="express")
    assert answer.status == 202
    paid = await shown(alice, checkout)
    assert (paid["status"], paid["total"]["minor"], paid["delivery"]) == ("paid", 16_631, "express")
    order = await alice.get(f"/api/v1/orders/{paid['order_id']}")
    assert [leg["hold"] for leg in order["legs"]] == ["held"] * 3
    assert [movement["amount"]["minor"] for movement in order["movements"]] == [16_631]
    assert await charged(world, order["id"]) == 16_631
    book = (await world.app.orders.get(order["id"])).book.summary()
    assert (book.held.minor, book.remaining.minor) == (16_631, 16_631)
    assert [len(await shop.inbox("order")) for shop in shops] == [1, 1, 1]
    told = [update["narrative"] for update in await world.updates(alice, paid["thread_id"])]
    assert told[0].startswith("Your order is in: 2 x Red Flowers from Corner")
    await no_harm(world)


@pytest.mark.everywhere
@pytest.mark.flow("1.3-1")
async def test_confirming_again_never_buys_again(world: World) -> None:
    alice, _ = world.customer(), await street(world)
    checkout = await quoted(alice)
    first = await confirmed(alice, checkout)
    again = [await confirmed(alice, checkout) for _ in range(3)]
    assert {answer.data["order_id"] for answer in (first, *again)} == {first.data["order_id"]}
    assert await charged(world, first.data["order_id"]) == 15_332


@pytest.mark.everywhere
@pytest.mark.flow("1.3-1")
async def test_a_declined_payment_leaves_nothing_anywhere_and_can_be_tried_anew(world: World) -> None:
    alice, shops = world.customer(), await street(world)
    await world.app.payment_rehearsal.decline("alice")
    checkout = await quoted(alice)
    await confirmed(alice, checkout)
    failed = await shown(alice, checkout)
    assert failed["status"] == "failed"
    assert "declined" in failed["reason"]
    assert [await shop.left(id) for shop, id in zip(shops, ("red", "blue", "white"), strict=True)] == [
        5,
        5,
        5,
    ]
    assert [await shop.inbox("order") for shop in shops] == [[], [], []]
    await world.app.payment_rehearsal.decline("alice", declined=False)
    await confirmed(alice, checkout)
    paid = await shown(alice, checkout)
    assert paid["status"] == "paid"
    assert paid["order_id"] != failed["order_id"]
    assert (await charged(world, failed["order_id"]), await charged(world, paid["order_id"])) == (0, 15_332)
    assert await escalations(world) == []


@pytest.mark.everywhere
@pytest.mark.flow("1.3-1")
async def test_one_vendor_without_goods_ends_it_for_all_before_money_moves(world: World) -> None:
    alice, shops = world.customer(), await street(world)
    checkout = await quoted(alice)
    await world.app.inventory.set_quantity("blue", 0)
    await confirmed(alice, checkout)
    failed = await shown(alice, checkout)
    assert (failed["status"], failed["reason"]) == ("failed", "Blue Flowers is out of stock")
    assert await charged(world, failed["order_id"]) == 0
    assert await shops[0].left("red") == 5


@pytest.mark.everywhere
@pytest.mark.flow("1.3-1")
async def test_a_bank_that_wants_to_see_its_customer_is_waited_for(world: World) -> None:
    alice, _ = world.customer(), await street(world)
    await world.app.payment_rehearsal.require_action("alice")
    checkout = await quoted(alice)
    await confirmed(alice, checkout)
    waits = await shown(alice, checkout)
    assert waits["status"] == "requires_action"
    assert waits["action"]["client_secret"]
    agent = world.caller(Persona.AGENT, "assistant", customer_id="alice")
    assert (await shown(agent, checkout))["action"]["client_secret"] == "", "for the customer's eyes only"
    order = await world.app.orders.get(waits["order_id"])
    await world.app.payment_rehearsal.act(order.paying.payment_id)
    await confirmed(alice, checkout)
    assert (await shown(alice, checkout))["status"] == "paid"
    assert await charged(world, order.id) == 15_332


@pytest.mark.flow("1.3-1")
async def test_who_does_not_answer_their_bank_has_bought_nothing(world: World) -> None:
    alice, shops = world.customer(), await street(world)
    await world.app.payment_rehearsal.require_action("alice")
    checkout = await quoted(alice)
    await confirmed(alice, checkout)
    await world.advance(minutes=30)
    failed = await shown(alice, checkout)
    assert (failed["status"], failed["reason"]) == ("failed", "the payment was not confirmed in time")
    order = await world.app.orders.get(failed["order_id"])
    assert (await world.app.payments.payment(order.paying.payment_id)).state == "cancelled"
    assert await shops[0].left("red") == 5
    assert await escalations(world) == []


@pytest.mark.flow("1.3-1")
async def test_it_can_be_called_off_until_it_is_paid(world: World) -> None:
    alice, _ = world.customer(), await street(world)
    untouched = await quoted(alice)
    cancelled = await alice.post(f"{CHECKOUTS}/{untouched['id']}/cancel")
    assert cancelled["status"] == "cancelled"
    refused = await confirmed(alice, untouched)
    assert (refused.status, refused.code) == (409, "checkout_cancelled")
    paid = await quoted(alice)
    await confirmed(alice, paid)
    late = await alice.call("POST", f"{CHECKOUTS}/{paid['id']}/cancel")
    assert (late.status, late.code) == (409, "already_paid")
    assert (await shown(alice, paid))["status"] == "paid"


@pytest.mark.flow("1.3-1")
async def test_a_price_that_changed_is_shown_before_it_is_charged(world: World) -> None:
    alice, _ = world.customer(), await street(world)
    checkout = await quoted(alice, [{"id": "red"}])
    sheet = {key: value for key, value in flowers("red", "red", 5500, 5).items() if key != "id"}
    changed = await world.admin().call("PUT", "/api/v1/simulator/partners/corner/products/red", sheet)
    assert changed.status < 300
    refused = await confirmed(alice, checkout)
    assert (refused.status, refused.code, refused.body["total"]["minor"]) == (409, "price_changed", 5500)
    assert (await shown(alice, checkout))["total"]["minor"] == 5500
    await confirmed(alice, checkout)
    assert await charged(world, (await shown(alice, checkout))["order_id"]) == 5500


@pytest.mark.flow("1.3-1")
async def test_a_quote_does_not_last_for_ever(world: World) -> None:
    alice, _ = world.customer(), await street(world)
    checkout = await quoted(alice)
    await world.advance(minutes=31)
    assert (await shown(alice, checkout))["status"] == "expired"
    refused = await confirmed(alice, checkout)
    assert (refused.status, refused.code) == (409, "checkout_expired")


@pytest.mark.flow("1.3-1")
@pytest.mark.parametrize(
    ("where", "surprise"),
    [
        ("open", {"total": 1}),
        ("open", {"status": "paid"}),
        ("confirm", {"amount": 1}),
        ("confirm", {"credits": 9}),
    ],
)
async def test_a_client_sets_no_amount_and_no_status(
    world: World, where: str, surprise: dict[str, Any]
) -> None:
    alice, _ = world.customer(), await street(world)
    by = (world.now() + timedelta(hours=30)).isoformat()
    body = {"items": CART, "deliver_to": HOME, "deliver_by": by}
    if where == "open":
        answer = await alice.call("POST", CHECKOUTS, body | surprise)
    else:
        checkout = await quoted(alice)
        answer = await alice.call("POST", f"{CHECKOUTS}/{checkout['id']}/confirm", surprise)
    assert answer.status == 400
    assert [each["field"] for each in answer.body["errors"]] == list(surprise)


@pytest.mark.flow("1.3-1")
async def test_another_customers_checkout_is_not_there(world: World) -> None:
    alice, mallory, _ = world.customer(), world.customer("mallory"), await street(world)
    checkout = await quoted(alice)
    path = f"{CHECKOUTS}/{checkout['id']}"
    refused = [
        await mallory.call("GET", path),
        await mallory.call("POST", f"{path}/confirm", {}),
        await mallory.call("POST", f"{path}/cancel"),
    ]
    assert {(answer.status, answer.code) for answer in refused} == {(404, "not_found")}
    assert (await shown(alice, checkout))["status"] == "open"


@pytest.mark.flow("1.3-1")
async def test_an_apology_is_spent_on_the_next_order(world: World) -> None:
    alice, _ = world.customer(), await street(world)
    first = await quoted(alice, [{"id": "blue"}])
    await confirmed(alice, first)
    order_id = (await shown(alice, first))["order_id"]
    apology = {"customer_id": "alice", "order_id": order_id, "reason": "late"}
    await world.admin().post("/api/v1/admin/credits", apology)
    second = await quoted(alice, [{"id": "red"}])
    await confirmed(alice, second, use_credits=True)
    paid = await shown(alice, second)
    assert (paid["total"]["minor"], paid["credits"]["minor"], paid["to_pay"]["minor"]) == (5000, 2000, 3000)
    assert await charged(world, paid["order_id"]) == 3000
    third = await quoted(alice, [{"id": "red"}])
    await confirmed(alice, third, use_credits=True)
    assert (await shown(alice, third))["credits"]["minor"] == 0, "it was spent"
    assert (await world.admin().get("/api/v1/admin/ledger/trial-balance"))["balanced"] is True


@pytest.mark.everywhere
@pytest.mark.flow("1.3-1")
async def test_credits_set_aside_for_an_order_that_fails_are_free_again(world: World) -> None:
    alice, _ = world.customer(), await street(world)
    first = await quoted(alice, [{"id": "blue"}])
    await confirmed(alice, first)
    apology = {"customer_id": "alice", "order_id": (await shown(alice, first))["order_id"], "reason": "late"}
    await world.admin().post("/api/v1/admin/credits", apology)
    await world.app.payment_rehearsal.decline("alice")
    second = await quoted(alice, [{"id": "red"}])
    await confirmed(alice, second, use_credits=True)
    assert (await shown(alice, second))["status"] == "failed"
    await world.app.payment_rehearsal.decline("alice", declined=False)
    await confirmed(alice, second, use_credits=True)
    paid = await shown(alice, second)
    assert (paid["status"], paid["credits"]["minor"]) == ("paid", 2000)
