"""An address that no courier finds: the customer is asked, and the order goes on (flow ops-x2)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from shared.errors import Unavailable
from tests.flows.operations.shopping import AUSTIN, NOWHERE, Street
from tests.harness import World, running

pytestmark = [pytest.mark.flow("ops-x2"), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with running(tmp_path_factory.mktemp("address") / "data") as world:
        yield world


@pytest_asyncio.fixture(loop_scope="module")
async def street(world: World) -> Street:
    return await Street(world).calm()


@pytest.mark.everywhere
async def test_a_bad_address_is_explained_and_nothing_is_bought(street: Street) -> None:
    before = len(await street.bought())
    number = await street.buys("NECK-MASSAGER", address=NOWHERE, email="asked@example.com")
    order = await street.seen(number)
    assert (order["status"], order["purchases"]) == ("awaiting_address", [])
    (letter,) = await street.letters("asked@example.com")
    assert letter["subject"].startswith("Please correct your address")
    assert "The house number is missing." in letter["text"]
    assert "The ZIP code 90210 is not in TX" in letter["text"]
    assert len(await street.bought()) == before


@pytest.mark.everywhere
async def test_a_correction_by_link_reaches_the_shop_and_the_supplier(street: Street) -> None:
    email = "link@example.com"
    number = await street.buys("YOGA-MAT", address=NOWHERE, email=email)
    link, nobody = await street.link(email), street.world.nobody()
    shown = await nobody.get(link)
    assert (shown["ask"], shown["choices"]) == ("address", [])
    assert "house number" in shown["faults"]
    assert "Congress" not in str(shown)

    still = await nobody.call(
        "POST", link, {"address": {**AUSTIN, "postal_code": "787", "line1": "PO Box 4"}}
    )
    assert still.status == 400
    fields = {each["field"] for each in still.body["errors"]}
    assert fields == {"address.line1", "address.postal_code"}
    assert (await nobody.call("POST", link, {"choice": "refund"})).status == 400
    assert (await street.seen(number))["status"] == "awaiting_address"

    corrected = {**AUSTIN, "region": "texas", "line1": "12  Rainey Street"}
    await nobody.post(link, {"address": corrected})
    assert (await nobody.call("POST", link, {"address": corrected})).status == 200
    other = await nobody.call("POST", link, {"address": dict(AUSTIN)})
    assert (other.status, other.code) == (409, "already_answered")
    await street.world.settle()
    order = await street.seen(number)
    assert (order["status"], order["address"]["line1"]) == ("ordered", "12 Rainey Street")
    assert (await street.in_shop(number))["order"]["address"]["region"] == "TX"
    assert len(await street.letters(email)) == 1
    await street.books_balance()


async def test_a_correction_in_the_shop_is_heard_of_by_its_webhook(street: Street) -> None:
    email = "shop@example.com"
    number = await street.buys("YOGA-MAT", address=NOWHERE, email=email)
    link = await street.link(email)
    await street.readdressed(number, {**AUSTIN, "postal_code": "10001"})
    order = await street.seen(number)
    assert (order["status"], order["questions"][-1]["answer"]) == ("awaiting_address", "")
    assert len(await street.letters(email)) == 2
    assert await street.link(email) == link
    await street.readdressed(number, AUSTIN)
    order = await street.seen(number)
    assert (order["status"], len(order["purchases"])) == ("ordered", 1)


async def test_a_correction_by_reply_goes_on_as_well(street: Street) -> None:
    email = "reply@example.com"
    number = await street.buys("YOGA-MAT", address=NOWHERE, email=email)
    answers = street.world.app.operations.answers
    assert not await answers.by_reply(f"sho_{number}", "What is wrong with it?", key="m1")
    text = "Sorry! Here is my address:\nJane Doe\n500 Congress Ave Apt 4\nAustin, TX 78701\n\n> your address"
    assert await answers.by_reply(f"sho_{number}", text, key="m2")
    await street.world.settle()
    order = await street.seen(number)
    assert (order["status"], order["address"]["line1"]) == ("ordered", "500 Congress Ave Apt 4")


async def test_an_outage_of_the_mail_does_not_hold_up_who_corrects_it_in_the_shop(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def send(_: Any) -> None:
        raise Unavailable("The mail server does not answer.")

    email = "unreached@example.com"
    with monkeypatch.context() as outage:
        outage.setattr(street.world.app.operations.ports.mailer, "send", send)
        number = await street.buys("YOGA-MAT", address=NOWHERE, email=email)
        await street.world.advance(hours=10)
        assert (await street.seen(number))["status"] == "awaiting_address"
        await street.readdressed(number, AUSTIN)
        assert (await street.seen(number))["status"] == "ordered"
    tasks = await street.world.admin().get("/api/v1/escalations")
    assert f"sho_{number}-unreached" not in {task["subject"] for task in tasks}


async def test_a_customer_whom_no_letter_reaches_for_days_is_a_persons_task(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def send(_: Any) -> None:
        raise Unavailable("The mail server does not answer.")

    with monkeypatch.context() as outage:
        outage.setattr(street.world.app.operations.ports.mailer, "send", send)
        number = await street.buys("YOGA-MAT", address=NOWHERE, email="days@example.com")
        await street.world.advance(days=4)
    tasks = await street.world.admin().get("/api/v1/escalations")
    assert [task["subject"] for task in tasks].count(f"sho_{number}-unreached") == 1
    await street.world.advance(hours=8)
    assert len(await street.letters("days@example.com")) == 1


async def test_who_never_answers_is_reminded_and_then_refunded(street: Street) -> None:
    email = "silent@example.com"
    number = await street.buys("YOGA-MAT", address=NOWHERE, email=email)
    await street.world.advance(days=6, hours=23)
    assert [each["subject"][:8] for each in await street.letters(email)] == ["Please c", *["Reminder"] * 3]
    assert (await street.seen(number))["questions"][0]["reminders"] == 3
    await street.world.advance(hours=2)
    order = await street.seen(number)
    assert (order["status"], order["purchases"]) == ("cancelled", [])
    assert [each["amount"]["minor"] for each in order["refunds"]] == [3490 + 499]
    assert (await street.in_shop(number))["order"]["cancelled"]
    letters = await street.letters(email)
    assert len(letters) == 5
    assert "$39.89" in letters[-1]["text"]
    await street.books_balance()
    await street.world.advance(days=10)
    assert len(await street.letters(email)) == 5


async def test_an_address_that_no_supplier_goes_to_is_asked_about(street: Street) -> None:
    email = "far@example.com"
    for supplier in ("ali", "cj"):
        await street.supplier_troubles(supplier, refuses_addresses=True)
    number = await street.buys("DESK-LAMP", email=email)
    order = await street.seen(number)
    assert order["status"] == "awaiting_address"
    assert [each["status"] for each in order["purchases"]] == ["refused", "refused"]
    for supplier in ("ali", "cj"):
        await street.supplier_troubles(supplier)
    await street.world.nobody().post(
        await street.link(email), {"address": {**AUSTIN, "line1": "600 Congress Ave"}}
    )
    await street.world.settle()
    order = await street.seen(number)
    assert order["status"] == "ordered"
    assert sum(each["status"] == "placed" for each in order["purchases"]) == 1
    await street.books_balance()
