"""Parcels when suppliers, shop and mail fail: shown once, told once, bought again once, no cent lost."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.domain.ledger import AccountKind
from shared.domain.operations import money
from shared.domain.operations.purchases import Remedy
from shared.domain.status import PurchaseStatus, ShopOrderStatus
from shared.errors import Conflict, Unavailable
from shared.services.kinds import SHOP_ORDERS
from tests.books import Died, books
from tests.parcels import AGAIN, FIRST, seen_at
from tests.services.operations.parcel_world import ORDER, ParcelWorld
from tests.shop_orders import back, usd

S = PurchaseStatus


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[ParcelWorld]:
    made = ParcelWorld(books(tmp_path))
    yield made
    await made.no_harm()
    await made.books.app.close()


# --- on its way -------------------------------------------------------------------------------------


async def test_a_number_is_shown_in_the_shop_and_told_to_its_customer_once(world: ParcelWorld) -> None:
    await world.arrange()
    world.acme.says(FIRST, "shipped")
    look = await world.follow()
    assert look.action == "wait"
    assert world.shop.numbers == {"f1": "YT1"}
    assert list(world.mail.sent) == [f"{FIRST}:told-1"]
    assert world.mail.sent[f"{FIRST}:told-1"].to == "jane@example.com"
    order = await world.order()
    assert order.status is ShopOrderStatus.SHIPPED
    assert order.purchase(FIRST).fulfilment_id == "f1"
    assert [world.announced(name) for name in ("SUPPLIER_SHIPPED", "ORDER_FULFILLED")] == [1, 1]
    assert not (await world.follow()).tell


async def test_two_parcels_are_two_letters(world: ParcelWorld) -> None:
    await world.arrange(1000, 2000, parcels=2)
    for purchase, number in ((FIRST, "YT1"), (AGAIN, "YT2")):
        world.acme.says(purchase, "shipped", number=number)
        await world.follow(purchase)
        await world.follow(FIRST)
    assert sorted(world.shop.numbers.values()) == ["YT1", "YT2"]
    texts = [mail.text for mail in world.mail.sent.values()]
    assert [("Thing 1" in text, "Thing 2" in text) for text in texts] == [(True, False), (False, True)]
    assert world.announced("ORDER_FULFILLED") == 2


async def test_a_supplier_that_is_away_is_asked_at_the_next_look(world: ParcelWorld) -> None:
    await world.arrange()
    world.acme.says(FIRST, "shipped")
    world.acme.away = True
    assert (await world.follow()).action == "wait"
    assert world.mail.sent == {}
    world.acme.away = False
    await world.follow()
    assert len(world.mail.sent) == 1


@pytest.mark.parametrize("where", ["shop", "mail"])
async def test_an_answer_that_is_lost_is_asked_for_under_the_same_key(world: ParcelWorld, where: str) -> None:
    await world.arrange()
    world.acme.says(FIRST, "shipped")
    getattr(world, where).loses = 1
    assert (await world.look()).tell
    with pytest.raises(Unavailable):
        await world.told()
    await world.told()
    assert world.shop.numbers == {"f1": "YT1"}
    assert len(world.mail.sent) == 1
    assert world.announced("ORDER_FULFILLED") == 1


async def test_another_number_is_put_into_the_shop_and_told_once(world: ParcelWorld) -> None:
    await world.arrange()
    for number in ("YT1", "YT2", "YT1", "YT3"):
        world.acme.says(FIRST, "shipped", number=number)
        await world.follow()
        assert world.shop.numbers == {"f1": number}
    assert world.mail.subjects() == [
        "Your order is on the way (#1001)",
        "A new tracking number for your order #1001",
    ]
    assert world.announced("ORDER_FULFILLED") == 1


async def test_a_shop_that_refuses_the_number_is_a_persons_task_and_the_customer_is_told(
    world: ParcelWorld,
) -> None:
    await world.arrange()
    world.shop.refuses = Conflict("It is fulfilled already.", code="fulfilled")
    world.acme.says(FIRST, "shipped")
    await world.follow()
    await world.follow()
    assert len(world.mail.sent) == 1
    assert await world.tasks() == [f"{FIRST}-parcel"]


async def test_an_address_that_takes_no_mail_does_not_hold_the_order_up(world: ParcelWorld) -> None:
    await world.arrange()
    world.mail.refuses = Conflict("No such mailbox.", code="address_refused")
    world.acme.says(FIRST, "shipped")
    await world.follow()
    assert world.announced("ORDER_FULFILLED") == 1
    assert world.shop.numbers == {"f1": "YT1"}
    assert not (await world.look()).tell


async def test_what_arrives_ends_the_looks(world: ParcelWorld) -> None:
    await world.arrange()
    world.acme.says(FIRST, "delivered", seen_at(world.books.clock.now(), "Delivered"))
    look = await world.follow()
    assert (look.action, look.outcome) == ("stop", "delivered")
    assert (await world.order()).status is ShopOrderStatus.DELIVERED
    assert len(world.mail.sent) == 1, "its number is told all the same"
    assert world.announced("parcel.delivered") == 1


async def test_a_parcel_that_moves_forever_is_a_persons_task_in_the_end(world: ParcelWorld) -> None:
    await world.arrange()
    for _ in range(13):
        world.acme.says(FIRST, "shipped", seen_at(world.books.clock.now(), "Sorted again"))
        assert (await world.follow()).action == "wait"
        world.books.clock.pass_(days=7)
    assert (await world.look()).action == "report"


# --- not on its way ---------------------------------------------------------------------------------


async def lost(world: ParcelWorld, *prices: int) -> None:
    """The parcel was sent and nothing has moved for more than ten days."""
    await world.arrange(*prices)
    world.acme.says(FIRST, "shipped")
    await world.follow()
    world.books.clock.pass_(days=10, seconds=1)


async def test_a_stuck_parcel_is_sent_again_and_the_customer_told_once(world: ParcelWorld) -> None:
    await lost(world)
    assert (await world.follow()).action == "wait"
    order = await world.order()
    old, new = order.purchases
    assert (old.status, old.remedy) == (S.LOST, Remedy.RESHIP)
    assert (new.status, new.replaces, new.supplier_id) == (S.PLACED, FIRST, "acme")
    assert world.mail.subjects()[1:] == ["We send your order #1001 again"]
    assert order.refunds == ()
    assert money.profit_of(order).cost_of_goods == usd(1250 + 1400), "both were paid for"
    assert [world.announced(name) for name in ("SHIPPING_DELAYED", "SUPPLIER_ORDER_PLACED")] == [1, 1]

    world.acme.says(AGAIN, "shipped", number="YT9")
    await world.follow(AGAIN)
    assert world.shop.numbers == {"f1": "YT9"}, "the shop shows the new parcel in the old one's place"
    assert len(world.shop.fulfilled) == 1
    assert len(world.mail.sent) == 3
    world.acme.says(AGAIN, "delivered", number="YT9")
    await world.follow(AGAIN)
    assert (await world.order()).status is ShopOrderStatus.DELIVERED


async def test_what_was_never_sent_is_called_off_before_it_is_bought_again(world: ParcelWorld) -> None:
    await world.arrange()
    world.books.clock.pass_(days=10, seconds=1)
    await world.follow()
    order = await world.order()
    assert [each.status for each in order.purchases] == [S.CANCELLED, S.PLACED]
    assert order.purchases[1].supplier_id == "cj", "not of the one that did not send it"
    assert money.profit_of(order).cost_of_goods == usd(1400)
    assert order.book.balance(AccountKind.SUPPLIER_PAYABLE, "acme") == usd(0)
    world.cj.says(AGAIN, "shipped", number="CJ1")
    await world.follow(AGAIN)
    assert world.shop.numbers == {"f1": "CJ1"}, "there was no fulfilment to put it into"


async def test_what_was_sent_in_this_moment_is_not_bought_again(world: ParcelWorld) -> None:
    await world.arrange()
    world.books.clock.pass_(days=10, seconds=1)
    assert (await world.look()).action == "replace"
    world.acme.calls_off = False
    world.acme.says(FIRST, "shipped")
    assert (await world.replaced()).action == "look"
    assert (await world.follow()).action == "wait"
    assert len((await world.order()).purchases) == 1


async def test_a_supplier_that_neither_sends_nor_calls_off_is_given_up(world: ParcelWorld) -> None:
    await world.arrange()
    world.acme.calls_off = False
    world.books.clock.pass_(days=10, seconds=1)
    await world.follow()
    assert [each.status for each in (await world.order()).purchases] == [S.LOST, S.PLACED]


async def test_a_supplier_that_calls_it_off_by_itself_is_replaced_by_another(world: ParcelWorld) -> None:
    await world.arrange()
    world.acme.says(FIRST, "cancelled")
    await world.follow()
    order = await world.order()
    assert [(each.supplier_id, each.status) for each in order.purchases] == [
        ("acme", S.CANCELLED),
        ("cj", S.PLACED),
    ]
    assert world.announced("SHIPPING_DELAYED") == 0, "nothing was late"


async def test_a_dead_supplier_is_given_up_after_twice_the_time(world: ParcelWorld) -> None:
    await world.arrange()
    world.acme.away = True
    world.choosing.ready = ["cj"]
    world.books.clock.pass_(days=20)
    assert (await world.follow()).action == "wait"
    world.books.clock.pass_(seconds=1)
    await world.follow()
    assert [each.status for each in (await world.order()).purchases] == [S.LOST, S.PLACED]


@pytest.mark.parametrize("why", ["nobody has it", "they want their money"])
async def test_it_is_refunded_when(world: ParcelWorld, why: str) -> None:
    await lost(world)
    if why == "nobody has it":
        world.choosing.ready = []
    else:
        wanted = {"money_back_wanted": True}
        await world.books.app.records.update(SHOP_ORDERS, ORDER, lambda o: (o.model_copy(update=wanted), []))
    await world.follow()
    order = await world.order()
    assert [each.amount for each in order.refunds] == [usd(2500), usd(500)]
    assert (order.status, len(order.purchases)) == (ShopOrderStatus.CANCELLED, 1)
    assert world.announced("shop_refund.due") == 2
    assert "$30.00 go back to you" in world.mail.sent[f"{FIRST}:instead"].text


async def test_what_was_sent_again_and_lost_again_is_refunded(world: ParcelWorld) -> None:
    await lost(world)
    await world.follow()
    world.acme.says(AGAIN, "shipped", number="YT9")
    await world.follow(AGAIN)
    world.books.clock.pass_(days=11)
    await world.follow(AGAIN)
    order = await world.order()
    assert len(order.purchases) == 2
    assert order.refundable() == usd(0)
    assert order.purchase(AGAIN).remedy is Remedy.REFUND
    assert world.mail.subjects().count("Your money for order #1001 comes back") == 1


@pytest.mark.parametrize("failing", ["refuses", "loses"])
async def test_buying_again_is_once_however_the_supplier_answers(world: ParcelWorld, failing: str) -> None:
    await lost(world)
    if failing == "loses":
        await world.look()
        instead = await world.replacements.decide(ORDER, FIRST)
        world.acme.loses = 1
        with pytest.raises(Unavailable):
            await world.purchasing.place(ORDER, instead.purchase_id)
    else:
        world.acme.refuses = None
        world.choosing.ready = ["cj", "acme"]
        world.cj.refuses = Conflict("None left.", code="out_of_stock")
    await world.follow()
    order = await world.order()
    assert [each.status for each in order.purchases if each.replaces][-1] is S.PLACED
    assert world.acme.places == 1
    assert len(world.mail.sent) == 2


async def test_a_parcel_that_turns_up_after_all_is_noted_and_nothing_more(world: ParcelWorld) -> None:
    await lost(world)
    world.choosing.ready = []
    await world.follow()
    letters = len(world.mail.sent)
    world.acme.says(FIRST, "delivered")
    look = await world.follow()
    assert (look.action, look.outcome) == ("stop", "delivered")
    order = await world.order()
    assert order.purchase(FIRST).status is S.DELIVERED
    assert (order.status, len(order.refunds)) == (ShopOrderStatus.CANCELLED, 2)
    assert len(world.mail.sent) == letters


async def test_while_a_bank_has_the_money_a_lost_parcel_is_a_persons_task(world: ParcelWorld) -> None:
    await lost(world)
    sales = world.books.app.chargebacks._sales.of(ORDER)
    await sales.bank_took(ORDER, usd(3000), reference="dp_1", by="sho_1001-b1")
    await world.follow()
    order = await world.order()
    assert (order.refunds, len(order.purchases)) == ((), 1)
    assert await world.tasks() == [f"{FIRST}-parcel"]
    assert len(world.mail.sent) == 1


async def test_a_line_that_was_refunded_before_is_not_sent_again(world: ParcelWorld) -> None:
    await lost(world, 1000, 2000)
    await world.books.app.records.update(
        SHOP_ORDERS, ORDER, lambda o: o.refunding(back("r1", 1000, line_id="l1"))
    )
    await world.follow()
    order = await world.order()
    assert [line.line_id for line in order.purchase(AGAIN).lines] == ["l2"]


async def test_killed_after_any_write_it_comes_to_the_same_end(tmp_path: Path) -> None:
    """A parcel that is shown, told, gets lost and is bought again; the process dies once, everywhere."""
    calm = await _whole_story(tmp_path, fatal=None)
    writes = calm[0]
    assert writes > 10
    for fatal in range(1, writes + 1):
        assert (await _whole_story(tmp_path, fatal=fatal))[1:] == calm[1:], fatal


async def _whole_story(folder: Path, *, fatal: int | None) -> tuple[object, ...]:
    world = ParcelWorld(books(Path(tempfile.mkdtemp(dir=folder))))
    await world.arrange()
    world.acme.says(FIRST, "shipped")
    world.books.store.mortal(fatal)
    for days in (0, 11, 1):
        world.books.clock.pass_(days=days)
        try:
            await world.follow()
        except Died:
            world.books.store.fatal = None
            await world.follow()
    writes, order = world.books.store.batches, await world.order()
    await world.no_harm()
    await world.books.app.close()
    return (
        writes,
        [(each.status, each.remedy, each.told, each.shown, each.cost) for each in order.purchases],
        world.shop.numbers,
        list(world.mail.sent),
        world.acme.places,
        order.book,
        {name: world.announced(name) for name in ("ORDER_FULFILLED", "SHIPPING_DELAYED", "SUPPLIER_SHIPPED")},
    )
