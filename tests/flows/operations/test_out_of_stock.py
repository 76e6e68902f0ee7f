"""The usual supplier has none: a backup, or the customer chooses (flow ops-x1)."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from tests.flows.operations.shopping import Street
from tests.harness import World, running

pytestmark = [pytest.mark.flow("ops-x1"), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with running(tmp_path_factory.mktemp("out_of_stock") / "data") as world:
        await Street(world).stock("ali", "A1011")  # the knife set has one source, and it has none
        yield world


@pytest_asyncio.fixture(loop_scope="module")
async def street(world: World) -> Street:
    return await Street(world).calm()


async def subjects(street: Street, email: str) -> list[str]:
    return [letter["subject"] for letter in await street.letters(email)]


async def test_a_backup_supplier_takes_over_and_nobody_is_bothered(street: Street) -> None:
    await street.stock("ali", "A1001")
    number = await street.buys("NECK-MASSAGER", email="backup@example.com")
    order = await street.seen(number)
    assert [each["supplier_id"] for each in order["purchases"]] == ["cj"]
    assert order["status"] == "ordered"
    assert await street.letters("backup@example.com") == []


async def test_a_backup_that_would_eat_the_margin_is_not_bought(street: Street) -> None:
    await street.stock("ali", "A1007")
    await street.stock("cj", "CJ2007", price=1600, stock=5)
    number = await street.buys("WATER-BOTTLE", email="margin@example.com")
    order = await street.seen(number)
    assert (order["status"], order["purchases"]) == ("awaiting_choice", [])


async def test_a_refund_by_link_gives_everything_back_and_closes_the_order(street: Street) -> None:
    email = "refund@example.com"
    number = await street.buys("KNIFE-SET", email=email)
    (asked,) = await street.letters(email)
    assert "Knife Set" in asked["text"]
    assert "person" in asked["text"]
    link, nobody = await street.link(email), street.world.nobody()
    shown = await nobody.get(link)
    assert (shown["ask"], shown["choices"]) == ("refund_or_wait", ["refund", "wait"])
    assert (shown["items"], shown["answer"]) == (["1 x Knife Set"], "")
    assert email not in str(shown)
    assert "Jane" not in str(shown)
    assert (await street.seen(number))["status"] == "awaiting_choice"

    answered = await nobody.post(link, {"choice": "refund"})
    assert answered["answer"] == "refund"
    assert (await nobody.call("POST", link, {"choice": "refund"})).status == 200
    late = await nobody.call("POST", link, {"choice": "wait"})
    assert (late.status, late.code) == (409, "already_answered")
    await street.world.settle()
    order = await street.seen(number)
    assert (order["status"], order["purchases"]) == ("cancelled", [])
    assert [each["amount"]["minor"] for each in order["refunds"]] == [6290 + 499]
    in_shop = await street.in_shop(number)
    assert in_shop["order"]["cancelled"]
    assert [each["amount"]["minor"] for each in in_shop["refunds"]] == [6290 + 499]
    assert len(await subjects(street, email)) == 2
    await street.books_balance()


async def test_what_can_be_had_is_sent_and_only_the_rest_is_refunded(street: Street) -> None:
    email = "partly@example.com"
    number = await street.buys("YOGA-MAT", "KNIFE-SET", email=email)
    order = await street.seen(number)
    assert (order["status"], len(order["purchases"])) == ("awaiting_choice", 1)
    await street.world.nobody().post(await street.link(email), {"choice": "refund"})
    await street.world.settle()
    order = await street.seen(number)
    assert order["status"] == "ordered"
    assert [(each["line_id"], each["amount"]["minor"]) for each in order["refunds"]] == [("l2", 6290)]
    assert not (await street.in_shop(number))["order"]["cancelled"]
    await street.books_balance()


async def test_who_waits_gets_it_when_somebody_has_it_again(street: Street) -> None:
    email = "waits@example.com"
    await street.stock("cj", "CJ2012")
    number = await street.buys("RAIN-JACKET-M", email=email)
    await street.world.nobody().post(await street.link(email), {"choice": "wait"})
    await street.world.advance(days=3)
    assert (await street.seen(number))["status"] == "waiting_for_stock"
    await street.stock("cj", "CJ2012", price=2350, stock=5)
    await street.world.advance(days=1)
    order = await street.seen(number)
    assert (order["status"], len(order["purchases"]), order["refunds"]) == ("ordered", 1, [])
    assert len(await street.letters(email)) == 1
    await street.books_balance()


async def test_who_waits_in_vain_is_asked_again_and_who_says_nothing_gets_their_money(
    street: Street,
) -> None:
    email = "vain@example.com"
    number = await street.buys("KNIFE-SET", email=email)
    await street.world.nobody().post(await street.link(email), {"choice": "wait"})
    await street.world.advance(days=21)
    order = await street.seen(number)
    assert (order["status"], len(order["questions"])) == ("awaiting_choice", 2)
    assert len(await subjects(street, email)) == 2
    await street.world.advance(days=7)
    order = await street.seen(number)
    assert (order["status"], order["outcome"]) == ("cancelled", "no answer from the customer")
    told = await subjects(street, email)
    assert sum("Reminder" in each for each in told) == 3
    assert len(told) == 6
    assert (await street.in_shop(number))["order"]["cancelled"]
    await street.books_balance()


async def test_a_reply_answers_like_the_link_does_and_once(street: Street) -> None:
    email = "reply@example.com"
    number = await street.buys("KNIFE-SET", email=email)
    answers = street.world.app.operations.answers
    assert not await answers.by_reply(f"sho_{number}", "How long would I have to wait?", key="m1")
    quoted = "Refund please!\n\nOn Mon, 4 May 2026, Shop wrote:\n> answer REFUND or WAIT."
    assert await answers.by_reply(f"sho_{number}", quoted, key="m2")
    assert await answers.by_reply(f"sho_{number}", quoted, key="m2")
    await street.world.settle()
    assert not await answers.by_reply(f"sho_{number}", "Wait", key="m3")
    order = await street.seen(number)
    assert (order["status"], len(order["refunds"])) == ("cancelled", 1)


async def test_a_wrong_link_is_no_link(street: Street) -> None:
    email = "wrong@example.com"
    await street.buys("KNIFE-SET", email=email)
    link = await street.link(email)
    wrong = link[:-4] + ("0000" if not link.endswith("0000") else "1111")
    for method, body in (("GET", None), ("POST", {"choice": "refund"})):
        answer = await street.world.nobody().call(method, wrong, body)
        assert (answer.status, answer.code) == (404, "not_found")
    answer = await street.world.nobody().call("POST", link, {"address": {"name": "Jane"}})
    assert answer.status == 400


async def test_an_order_that_is_cancelled_in_the_shop_is_asked_about_no_more(street: Street) -> None:
    email = "cancels@example.com"
    number = await street.buys("KNIFE-SET", email=email)
    link = await street.link(email)
    await street.cancelled(number)
    assert (await street.seen(number))["status"] == "cancelled"
    answer = await street.world.nobody().call("POST", link, {"choice": "wait"})
    assert answer.status == 409
    await street.world.advance(days=8)
    assert len(await street.letters(email)) == 1
    assert (await street.seen(number))["refunds"] == []


async def test_a_supplier_away_before_the_choice_is_waited_for_and_then_passed_over(street: Street) -> None:
    await street.supplier_troubles("ali", away=timedelta(days=10))
    number = await street.buys("LED-STRIP-5M", email="away@example.com")
    await street.world.advance(days=4)
    assert [each["supplier_id"] for each in (await street.seen(number))["purchases"]] == ["cj"]
    assert await subjects(street, "away@example.com") == [f"Your order is on the way (#{number})"]
