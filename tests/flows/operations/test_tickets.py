"""Customers write, and are answered or put before a person (flows ops-3, ops-4, ops-5)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain.money import Money
from shared.domain.operations.shop_orders import Ask, Question
from shared.domain.status import ShopOrderStatus
from shared.domain.webhook_signature import new_secret
from shared.errors import Unavailable
from shared.services.kinds import SHOP_ORDERS
from tests.flows.operations.support_desk import (
    ADDRESS,
    DAMAGED,
    JOHN,
    SETTINGS,
    bought_quietly,
    buys,
    chatting,
    deliver,
    escalations,
    file,
    letters,
    mail,
    order,
    ticket_of,
    told,
    writes,
)
from tests.harness import World, running

MAY = "may@june.example"
ADMIN = "/api/v1/admin/operations"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with running(tmp_path / "data", **SETTINGS) as world:
        yield world


async def away(world: World, **span: float) -> None:
    """The shop does not answer for a while."""
    until = world.now() + timedelta(**span)
    body = {"away_until": until.isoformat(), "keeps_news": True}
    assert (await world.admin().call("PUT", "/api/v1/simulator/shop/troubles", body)).status == 200


async def act(world: World, ticket_id: str, what: str, body: Any = None) -> Any:
    """A person does something about a ticket, and what follows has followed."""
    done = await world.admin().call("POST", f"/api/v1/tickets/{ticket_id}/{what}", body)
    await world.settle()
    return done


# --- ops-3: triage and context ------------------------------------------------------------------------


@pytest.mark.flow("ops-3")
async def test_a_message_is_read_in_the_context_of_its_customer(world: World) -> None:
    await bought_quietly(world, "NECK-MASSAGER", state="bought")
    await world.advance(days=3)
    seen = await writes(
        world, "Where is my order?! This is TERRIBLE, the worst service ever, unacceptable!!!"
    )
    (triage,) = seen["triages"]
    anger = triage["case"]["reading"]["anger"]
    assert triage["sentence"] == (
        "This is John Doe, a first-time buyer. They bought Neck Massager 3 days ago (order 1001). "
        f"It has not shipped yet. Angry ({anger}/100)."
    )
    assert (triage["case"]["priority"], triage["case"]["tier"]) == ("high", "first_time")
    (said,) = await told(world, "TICKET_TRIAGED")
    assert said == {
        "ticket_id": ticket_of(),
        "message": 1,
        "intent": "tracking",
        "sentiment": "angry",
        "priority": "high",
        "anger": anger,
    }


@pytest.mark.flow("ops-3")
async def test_who_has_spent_over_five_hundred_dollars_is_a_vip_and_their_complaint_a_persons(
    world: World,
) -> None:
    for _ in range(7):
        await bought_quietly(world, "BABY-MONITOR")
    seen = await writes(world, "I am disappointed with order 1001.")
    (triage,) = seen["triages"]
    assert (triage["case"]["tier"], triage["case"]["priority"]) == ("vip", "high")
    assert (triage["action"], triage["why"]) == ("escalate", "policy")


@pytest.mark.everywhere
@pytest.mark.flow("ops-3")
async def test_mails_of_a_conversation_are_one_ticket_and_a_new_one_begins_when_it_is_solved(
    world: World,
) -> None:
    await bought_quietly(world)
    await writes(world, "Where is my order?")
    (answer,) = await letters(world)
    quoted = "\n".join(f"> {line}" for line in answer["mail"]["text"].splitlines())
    again = await writes(
        world,
        f"Thanks!\n\nOn Monday, May 4 2026 the shop wrote:\n{quoted}",
        id="m2",
        in_reply_to=answer["message_id"],
    )
    assert [each["text"] for each in again["ticket"]["messages"] if each["sender"] == "customer"] == [
        "Where is my order?",
        "Thanks!",
    ]
    assert again["ticket"]["status"] == "solved"
    await writes(world, "Where is my order now?", id="m3")
    assert (await file(world, ticket_of(number=2)))["triages"][0]["case"]["past_tickets"] == 1
    assert [each["message"] for each in await told(world, "TICKET_CREATED")] == [1, 3, 1]


@pytest.mark.flow("ops-3")
async def test_a_mail_counts_once_however_often_and_late_it_comes(world: World) -> None:
    await bought_quietly(world)
    seen = await writes(world, "Where is my order?")
    for n in range(2):
        assert (await deliver(world, mail("Where is my order?"), delivery=f"again-{n}")).status == 200
    await world.advance(days=8)
    assert (await deliver(world, mail("Where is my order?"))).status == 200
    await world.settle()
    assert await file(world, ticket_of()) == seen
    assert len(await letters(world)) == 1
    assert len(await told(world, "TICKET_CREATED")) == 1


@pytest.mark.flow("ops-3")
async def test_only_the_mail_server_brings_mails(world: World) -> None:
    assert (await deliver(world, mail("Refund me"), secret=new_secret())).status == 401
    answer = await deliver(world, mail("Refund me") | {"amount": 900})
    assert (answer.status, answer.code) == (400, "invalid_input")
    assert await world.admin().get(f"{ADMIN}/tickets") == []


@pytest.mark.flow("ops-3")
async def test_no_two_machines_ever_answer_each_other(world: World) -> None:
    for n, mark in enumerate(
        (
            {"auto_submitted": "auto-replied"},
            {"from": ""},
            {"from": "help@shop.example"},
            {"from": "MAILER-DAEMON@doe.example"},
            {"text": " ", "subject": ""},
        )
    ):
        answer = await deliver(world, mail("Where is my order?", id=f"a{n}") | mark)
        assert answer.data == {"outcome": "ignored"}
    assert await world.admin().get(f"{ADMIN}/tickets") == []
    await bought_quietly(world)
    for n in range(14):  # a machine that does not say so
        await deliver(world, mail("Where is my order?", id=f"m{n}"))
        await world.settle()
    assert len(await letters(world)) == 10
    (task,) = await escalations(world)
    assert "too many answers" in task["summary"]


@pytest.mark.flow("ops-3")
async def test_several_messages_before_an_answer_get_one_answer_to_all(world: World) -> None:
    await bought_quietly(world, state="under_way")
    await away(world, hours=5)
    await deliver(world, mail("Where is my order?"))
    await deliver(world, mail("Hello? Anybody?", id="m2"))
    await world.advance(hours=12)
    seen = await file(world, ticket_of())
    assert [each["sender"] for each in seen["ticket"]["messages"]] == ["customer", "customer", "agent"]
    assert [each["message"] for each in seen["triages"]] == [2]
    assert len(await letters(world)) == 1


@pytest.mark.flow("ops-3")
async def test_danger_does_not_wait_for_the_shop_and_its_product_is_named_later(world: World) -> None:
    await bought_quietly(world, "NECK-MASSAGER")
    await away(world, hours=20)
    await deliver(world, mail("It burned my neck"))
    await world.settle()
    (first,) = await told(world, "TICKET_ESCALATED")
    assert (first["reason"], first["level"], first["product_id"]) == ("danger", "critical", "")
    await world.advance(days=2)
    named = (await told(world, "TICKET_ESCALATED"))[-1]
    assert named == {**first, "product_id": "prod-neck-massager"}


@pytest.mark.flow("ops-3")
async def test_danger_in_a_subject_is_heard_once(world: World) -> None:
    seen = await writes(world, "See the photo.", subject="My neck was burned")
    assert seen["triages"][0]["why"] == "danger"
    await act(world, ticket_of(), "resolve", {"text": "We are very sorry."})
    await writes(world, "Thanks!", id="m2", subject="Re: My neck was burned", in_reply_to="<m1@doe.example>")
    assert (await file(world, ticket_of()))["ticket"]["status"] == "solved"


@pytest.mark.flow("ops-5")
async def test_a_letter_that_does_not_get_through_for_hours_is_sent_once(world: World) -> None:
    await bought_quietly(world, state="under_way")
    mailer = world.app.operations.ports.mailer
    sends, tries = mailer.send, [0]

    async def fails(letter: Any) -> None:
        tries[0] += 1
        if tries[0] < 9:
            raise Unavailable("no answer")
        await sends(letter)

    mailer.send = fails  # type: ignore[method-assign]
    await deliver(world, mail("Where is my order?"))
    await world.advance(hours=12)
    assert len(await letters(world)) == 1
    assert (await file(world, ticket_of()))["ticket"]["status"] == "solved"
    assert len(await told(world, "TICKET_SOLVED")) == 1


# --- ops-4: the gate ----------------------------------------------------------------------------------


@pytest.mark.everywhere
@pytest.mark.flow("ops-4")
async def test_a_small_damaged_thing_is_refunded_at_once_and_once(world: World) -> None:
    order_id = await bought_quietly(world)
    seen = await writes(world, DAMAGED.format(number=1001))
    assert (seen["triages"][0]["action"], seen["ticket"]["status"]) == ("refund", "solved")
    bought = await order(world, order_id)
    (line,), (refund,) = bought.sold.lines, bought.refunds
    assert (refund.key, refund.amount, refund.automatic) == (
        f"{order_id}-refund-{line.id}",
        Money(minor=1290),
        True,
    )
    assert refund.sent_at is not None
    (letter,) = await letters(world)
    assert "12.90" in letter["mail"]["text"]
    again = await writes(world, DAMAGED.format(number=1001), id="m2")
    assert again["ticket"]["status"] == "solved"
    second = await file(world, ticket_of(number=2))
    assert (second["triages"][0]["why"], second["ticket"]["status"]) == ("refunded_before", "escalated")
    assert len((await order(world, order_id)).refunds) == 1


@pytest.mark.flow("ops-4")
async def test_a_dear_damaged_thing_is_a_persons_who_may_refund_it_with_one_word(world: World) -> None:
    order_id = await bought_quietly(world, "HAIR-DRYER")
    seen = await writes(world, "My hair dryer came broken, refund please, order 1001")
    assert seen["ticket"]["status"] == "escalated"
    assert (await order(world, order_id)).refunds == ()
    (said,) = await told(world, "TICKET_ESCALATED")
    assert (said["reason"], said["product_id"]) == ("refund", "")
    (task,) = await escalations(world)
    assert "This is John Doe" in task["summary"]
    ticket = ticket_of()
    assert (await act(world, ticket, "resolve", {"text": "Done.", "action": "cancel"})).code == "not_proposed"
    assert (await act(world, ticket, "resolve", {"text": "Done.", "action": "refund"})).status == 200
    assert (await act(world, ticket, "resolve", {"text": "Done.", "action": "refund"})).status == 200
    assert (await act(world, ticket, "resolve", {"text": "Other."})).code == "solved"
    (refund,) = (await order(world, order_id)).refunds
    assert (refund.amount, refund.automatic) == (Money(minor=5490), False)
    assert [each["mail"]["text"] for each in await letters(world)][-1] == "Done."
    assert [(each["message"], each["by"]) for each in await told(world, "TICKET_SOLVED")] == [(3, "ops")]
    (task,) = await escalations(world)
    assert task["status"] == "resolved"


@pytest.mark.flow("ops-4")
async def test_a_day_has_its_limit_for_each_customer(world: World) -> None:
    for _ in range(4):
        await bought_quietly(world)
    for n in range(4):
        await deliver(world, mail(DAMAGED.format(number=1001 + n), id=f"m{n}"))
        await world.settle()
    refunded = [len((await order(world, f"sho_{1001 + n}")).refunds) for n in range(4)]
    assert refunded == [1, 1, 1, 0]
    last = await file(world, ticket_of(number=4))
    assert (last["triages"][0]["why"], last["triages"][0]["proposed"][0]["kind"]) == (
        "refund_limit",
        "refund",
    )


@pytest.mark.flow("ops-4")
async def test_a_sender_who_is_not_proven_moves_no_money(world: World) -> None:
    order_id = await bought_quietly(world)
    seen = await writes(world, DAMAGED.format(number=1001), authenticated=False)
    assert seen["triages"][0]["why"] == "unproven"
    assert (await order(world, order_id)).refunds == ()
    assert (await letters(world))[-1]["mail"]["subject"] == "Your message to us"


@pytest.mark.flow("ops-4")
async def test_the_table_is_edited_and_tried_on_what_was(world: World) -> None:
    await bought_quietly(world, state="under_way")
    await writes(world, "Where is my order?")
    await writes(world, "It burned me", id="m2", sender=MAY)
    strict = [{"intents": ["tracking"], "action": "escalate"}, {"action": "reply"}]
    admin = world.admin()
    tried = await admin.post(f"{ADMIN}/policy/dry-run", {"rules": strict})
    assert (tried["messages"], tried["was"], tried["would_be"]) == (
        2,
        {"reply": 1, "escalate": 1},
        {"escalate": 2},
    )
    assert [each["ticket_id"] for each in tried["differences"]] == [ticket_of()]
    loose = await admin.post(f"{ADMIN}/policy/dry-run", {"rules": [{"action": "refund"}]})
    assert loose["would_be"] == {"escalate": 2}, "no table lets danger through"
    assert (await admin.get(f"{ADMIN}/policy"))["version"] == 0
    put = {"version": 0, "rules": strict}
    assert (await admin.call("PUT", f"{ADMIN}/policy", put)).data["version"] == 1
    assert (await admin.call("PUT", f"{ADMIN}/policy", put)).code == "stale_version"
    seen = await writes(world, "Where is my order?", id="m3")
    assert seen["ticket"]["status"] == "solved"
    later = await file(world, ticket_of(number=2))
    assert (later["triages"][0]["why"], later["triages"][0]["version"]) == ("policy", 1)


@pytest.mark.flow("ops-4")
async def test_a_refund_asked_for_under_way_keeps_a_lost_parcel_from_being_sent_again(world: World) -> None:
    order_id = await bought_quietly(world, state="under_way")
    await writes(world, "It is so late, I want my money back, order 1001")
    found = await order(world, order_id)
    assert (found.money_back_wanted, found.refunds) == (True, ())


# --- ops-5: replies -----------------------------------------------------------------------------------


@pytest.mark.everywhere
@pytest.mark.flow("ops-5")
async def test_where_is_my_order_is_answered_with_facts_in_the_same_thread(world: World) -> None:
    await bought_quietly(world, state="under_way")
    await writes(world, "Where is my order?", id="first", references=["<old@doe.example>"])
    (letter,) = await letters(world)
    text = letter["mail"]["text"]
    assert text.startswith("Hello John Doe,")
    assert "Order 1001 (Phone Stand)" in text
    assert "Tracking number LX1" in text
    assert "https://track.example/LX1" in text
    assert "speak to a person" in text
    assert letter["mail"]["in_reply_to"] == "<first@doe.example>"
    assert letter["mail"]["subject"] == "Re: My order"
    assert await told(world, "TICKET_SOLVED") == [{"ticket_id": ticket_of(), "message": 1, "by": "agent"}]


@pytest.mark.flow("ops-5")
async def test_a_stranger_is_told_of_nobodys_order(world: World) -> None:
    await bought_quietly(world, state="under_way")
    await writes(world, "Where is my order 1001?", sender=MAY)
    (letter,) = await letters(world, MAY)
    assert "We find no order" in letter["mail"]["text"]
    assert "LX1" not in letter["mail"]["text"]


@pytest.mark.flow("ops-5")
async def test_an_order_is_cancelled_while_nothing_is_bought_and_explained_afterwards(world: World) -> None:
    early = await bought_quietly(world, "HAIR-DRYER", state="waiting")
    late = await bought_quietly(world, "HAIR-DRYER", email=MAY, state="bought")
    await writes(world, "Please cancel my order 1001")
    await writes(world, "Please cancel my order 1002", id="m2", sender=MAY)
    cancelled = await order(world, early)
    assert cancelled.status is ShopOrderStatus.CANCELLED
    assert [(each.key, each.amount.minor) for each in cancelled.refunds] == [(f"{early}-refund-all", 5490)]
    assert "is cancelled, and we refund" in (await letters(world))[0]["mail"]["text"]
    assert (await order(world, late)).status is ShopOrderStatus.ORDERED
    assert (await order(world, late)).refunds == ()
    assert "can no longer be cancelled" in (await letters(world, MAY))[0]["mail"]["text"]


@pytest.mark.flow("ops-5")
async def test_an_address_is_changed_while_nothing_is_bought(world: World) -> None:
    order_id = await bought_quietly(world, state="waiting")
    await writes(world, "Please send it to my new address:\nJohn Doe\n12 Oak Street\nAustin, TX 78701")
    text = (await letters(world))[-1]["mail"]["text"]
    await writes(world, "Wrong address, please change my address", id="m2", sender=JOHN)
    assert "12 Oak Street" in text
    assert (await order(world, order_id)).sold.address.line1 == "12 Oak Street"
    sold = await world.app.operations.ports.shop.order("1001")
    assert sold.address.line1 == "12 Oak Street"
    assert "whole address" in (await letters(world))[-1]["mail"]["text"]


@pytest.mark.flow("ops-5")
async def test_a_reply_to_what_the_order_asked_goes_to_the_order(world: World) -> None:
    order_id = await bought_quietly(world, state="waiting")
    asked = Question(
        ask=Ask.REFUND_OR_WAIT,
        turn=0,
        secret="unguessable",
        asked_at=world.now(),
        until=world.now() + timedelta(days=7),
    )
    await world.app.records.update(
        SHOP_ORDERS,
        order_id,
        lambda each: (each.with_question(asked).moved(ShopOrderStatus.AWAITING_CHOICE), []),
    )
    await writes(world, "I'd like a refund please", authenticated=False)
    assert (await order(world, order_id)).open_question() is not None
    await writes(world, "I'd like a refund please", id="m2")
    (question,) = (await order(world, order_id)).questions
    assert question.answer == ""  # the ticket is with a person, who has the customer's word
    await act(world, ticket_of(), "resolve", {"text": "We will see to it."})
    await writes(world, "I'd like a refund please", id="m3")
    (question,) = (await order(world, order_id)).questions
    assert question.answer == "refund"
    assert "noted your answer" in (await letters(world))[-1]["mail"]["text"]


@pytest.mark.flow("ops-5")
async def test_by_mail_an_address_is_corrected_and_another_order_called_off(world: World) -> None:
    """Through everything: the order asks, its customer answers, and the order goes on or ends."""
    nowhere = {**ADDRESS, "postal_code": "90210"}
    corrected = await buys(world, address=nowhere)
    called_off = await buys(world, "HAIR-DRYER", email=MAY, address=nowhere)
    assert (await order(world, corrected)).status is ShopOrderStatus.AWAITING_ADDRESS
    await writes(world, "John Doe\n500 Congress Ave\nAustin, TX 78701", subject="Re: your address")
    assert "noted your answer for order 1001" in (await letters(world))[-1]["mail"]["text"]
    goes_on = await order(world, corrected)
    assert (len(goes_on.purchases), goes_on.sold.address.postal_code) == (1, "78701")
    await writes(world, "Please cancel my order", id="m2", sender=MAY)
    await world.settle()
    ended = await order(world, called_off)
    assert (ended.status, ended.purchases) == (ShopOrderStatus.CANCELLED, ())
    (refund,) = ended.refunds
    assert (refund.amount, refund.sent_at is not None) == (ended.sold.total, True)
    assert "is cancelled, and we refund" in (await letters(world, MAY))[-1]["mail"]["text"]
    sold = await world.app.operations.ports.shop.order("1002")
    assert sold.cancelled


# --- persons ------------------------------------------------------------------------------------------


@pytest.mark.flow("ops-6")
async def test_who_takes_a_ticket_over_has_it_and_the_machine_says_nothing_more(world: World) -> None:
    await bought_quietly(world)
    await writes(world, "I want to speak to a person")
    ticket = ticket_of()
    (receipt,) = await letters(world)
    assert "A person will look at it" in receipt["mail"]["text"]
    assert (await act(world, ticket, "take-over")).data["taken_by"] == "ops"
    assert (await act(world, ticket, "take-over")).status == 200
    assert await told(world, "ticket.taken") == [{"ticket_id": ticket, "message": 1}]
    seen = await writes(world, "Where is my order?", id="m2")
    assert seen["ticket"]["status"] == "taken"
    assert len(await letters(world)) == 1
    await writes(world, "Now it is on fire!", id="m3")
    assert [each["reason"] for each in await told(world, "TICKET_ESCALATED")] == ["wants_person", "danger"]
    (first, *_) = await world.admin().get(f"{ADMIN}/tickets")
    assert (first["ticket_id"], first["priority"], first["status"]) == (ticket, "critical", "escalated")


@pytest.mark.flow("ops-3")
async def test_a_customer_chats_about_their_own_orders_only(world: World) -> None:
    await bought_quietly(world, state="under_way")
    john, may = chatting(world), chatting(world, "may", MAY)
    opened = await john.post("/api/v1/tickets", {"text": "Where is my order?"}, key="k1")
    again = await john.post("/api/v1/tickets", {"text": "Where is my order?"}, key="k1")
    assert again["id"] == opened["id"]
    reused = await john.call("POST", "/api/v1/tickets", {"text": "Something else"}, key="k1")
    assert reused.code == "idempotency_key_reused"
    await world.settle()
    path = f"/api/v1/tickets/{opened['id']}"
    seen = await john.get(path)
    assert seen["status"] == "solved"
    assert "LX1" in seen["messages"][-1]["text"]
    assert await letters(world) == []
    for stranger in (may, chatting(world, "jane", None)):
        assert (await stranger.call("GET", path)).status == 404
        assert (await stranger.call("POST", f"{path}/messages", {"text": "Hello"})).status == 404
    await john.post(f"{path}/messages", {"text": "Thanks!"}, key="k2")
    await world.settle()
    assert [each["sender"] for each in (await john.get(path))["messages"]] == ["customer", "agent"] * 2
    nameless = chatting(world, "john", None)
    other = await nameless.post("/api/v1/tickets", {"text": "Where is my order?"})
    await world.settle()
    assert (
        "We find no order" in (await nameless.get(f"/api/v1/tickets/{other['id']}"))["messages"][-1]["text"]
    )


def test_the_address_of_the_kit_is_a_whole_one() -> None:
    assert set(ADDRESS) >= {"name", "line1", "city", "region", "postal_code", "country"}
