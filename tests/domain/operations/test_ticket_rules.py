"""What a ticket is: messages that count once, quoted text set aside, letters that give nothing away."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.disputes import RefundReason
from shared.domain.money import Money
from shared.domain.operations import support_replies as replies
from shared.domain.operations.gate import Act, ActKind, Decision, GateAction, Topic, Why
from shared.domain.operations.quoting import fresh_and_quoted, shortened, unseen
from shared.domain.operations.reading import Reading, TicketIntent, TicketPriority
from shared.domain.operations.second_opinion import checked
from shared.domain.operations.support_case import (
    OrderState,
    Tier,
    line_meant,
    order_meant,
    priority_of,
    product_meant,
    sentence,
)
from shared.domain.operations.support_replies import Done, handed_over, is_thanks, reply_to, subject_of
from shared.domain.operations.tickets import (
    MAX_TEXT,
    Channel,
    Sender,
    Ticket,
    TicketMessage,
    customer_key,
    heard,
    said,
    taken,
)
from shared.domain.status import TicketStatus
from shared.errors import Conflict
from tests.domain.operations.support_kit import NOW, TRACKED, case, line, order


def ticket(**more: object) -> Ticket:
    given = {"id": "tkt_0123456789abcdef-t1", "created_at": NOW, "updated_at": NOW, "channel": Channel.MAIL}
    return Ticket.model_validate({**given, **more})


def message(text: str = "Hello", sent_id: str = "<m1@doe.example>") -> TicketMessage:
    return TicketMessage(number=1, sender=Sender.CUSTOMER, text=text, sent_id=sent_id, at=NOW)


# --- messages -----------------------------------------------------------------------------------------


def test_a_message_counts_once_and_is_announced() -> None:
    first, events = heard(ticket(), message(), thread=("<m1@doe.example>",))
    assert [event.data["message"] for event in events] == [1]
    assert heard(first, message()) == (first, [])
    second, _ = heard(first, message(sent_id="<m2@doe.example>"))
    assert [each.number for each in second.messages] == [1, 2]


def test_a_solved_ticket_is_open_again_when_its_customer_writes() -> None:
    solved = ticket(status=TicketStatus.SOLVED, taken_by="ops")
    after, _ = heard(solved, message())
    assert (after.status, after.taken_by) == (TicketStatus.OPEN, "")


def test_what_we_say_is_kept_once_per_key() -> None:
    once = said(ticket(), sender=Sender.AGENT, by="agent", text="Hi", key="k", at=NOW)
    assert said(once, sender=Sender.AGENT, by="agent", text="Hi", key="k", at=NOW) is once
    assert once.latest == 0, "what we say is no message of the customer"


def test_unanswered_is_what_the_customer_wrote_since() -> None:
    talk, _ = heard(ticket(answered=1), message())
    talk, _ = heard(talk, message(sent_id="2"))
    talk, _ = heard(talk, message(sent_id="3"))
    assert [each.number for each in talk.unanswered(2)] == [2]
    assert [each.number for each in talk.unanswered(3)] == [2, 3]


def test_one_person_takes_a_ticket_and_every_alarm_stops() -> None:
    waiting = ticket(status=TicketStatus.ESCALATED, alarms=(1, 3))
    after, events = taken(waiting, "ops")
    assert [event.data["message"] for event in events] == [1, 3]
    assert (after.taken_by, after.alarms) == ("ops", ())
    assert taken(after, "ops") == (after, [])
    with pytest.raises(Conflict):
        taken(after, "somebody-else")


def test_a_customers_key_follows_from_their_address_and_tells_nothing_of_it() -> None:
    key = customer_key(email="john@doe.example")
    assert key == customer_key(email="john@doe.example", customer_id="john")
    assert key != customer_key(email="", customer_id="john")
    assert "john" not in key


# --- quoting ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mail", "fresh"),
    [
        ("Thanks!\n\nOn Mon, 4 May 2026 at 14:00 Shop <help@shop.example> wrote:\n> Hello", "Thanks!"),
        ("> Where is it?\nHere: nowhere.\n> Bye", "Here: nowhere."),
        ("See below\n-----Original Message-----\nFrom: Shop\nHello", "See below"),
        ("> only quoted", "> only quoted"),
        ("Plain\r\ntext", "Plain\ntext"),
    ],
)
def test_what_is_quoted_is_set_aside(mail: str, fresh: str) -> None:
    assert fresh_and_quoted(mail)[0] == fresh


def test_what_hides_among_quoted_lines_is_found_and_what_was_said_is_not() -> None:
    known = "Your order is on its way and will arrive within five days of today."
    quoted = "> Your order is on its way and\n> will arrive within five days of today.\n> It burned me"
    assert unseen(quoted, known) == "It burned me"


@settings(max_examples=100)
@given(st.text(alphabet="ab >\n-", max_size=200))
def test_no_line_of_a_mail_is_lost(text: str) -> None:
    fresh, quoted = fresh_and_quoted(text)
    kept = sorted("".join(fresh.split()) + "".join(quoted.split()))
    assert kept == sorted("".join(text.split()))


def test_a_very_long_mail_keeps_its_beginning_and_its_end() -> None:
    kept = shortened("a" * 50_000 + "burned", MAX_TEXT)
    assert len(kept) <= MAX_TEXT
    assert kept.startswith("aaa")
    assert kept.endswith("burned")


# --- the case -----------------------------------------------------------------------------------------


def test_a_number_that_is_not_theirs_names_no_order() -> None:
    orders = (order(), order().model_copy(update={"id": "sho_1002", "number": "1002"}))
    one = Reading(intent=TicketIntent.TRACKING, order_numbers=("1002",))
    assert order_meant(one, orders) == "sho_1002"
    assert order_meant(one.model_copy(update={"order_numbers": ("9999",)}), orders) == ""
    assert order_meant(one.model_copy(update={"order_numbers": ("1001", "1002")}), orders) == ""
    assert order_meant(one.model_copy(update={"order_numbers": ()}), orders[:1]) == "sho_1001"


def test_a_line_is_meant_when_its_title_alone_is_mentioned() -> None:
    lamp = line().model_copy(update={"id": "l2", "product_id": "p2", "title": "Desk Lamp"})
    two = order(lines=(line(), lamp))
    assert line_meant("the massager is broken", two) == "l1"
    assert line_meant("the desk lamps flicker", two) == "l2"
    assert line_meant("lamp and massager", two) == ""
    assert line_meant("it is broken", two) == ""
    assert product_meant("my lamp smokes", (two,), "") == "p2"


@pytest.mark.parametrize(
    ("reading", "tier", "priority"),
    [
        (Reading(intent=TicketIntent.TRACKING, dangers=("burned",)), Tier.UNKNOWN, TicketPriority.CRITICAL),
        (Reading(intent=TicketIntent.TRACKING, anger=70), Tier.UNKNOWN, TicketPriority.HIGH),
        (Reading(intent=TicketIntent.TRACKING, anger=69), Tier.VIP, TicketPriority.NORMAL),
        (Reading(intent=TicketIntent.COMPLAINT), Tier.VIP, TicketPriority.HIGH),
        (Reading(intent=TicketIntent.OTHER), Tier.VIP, TicketPriority.LOW),
    ],
)
def test_priority_follows_danger_anger_and_tier(
    reading: Reading, tier: Tier, priority: TicketPriority
) -> None:
    assert priority_of(reading, tier, high_anger=70) is priority


def test_the_sentence_says_who_what_when_and_how_angry() -> None:
    said_ = case(TicketIntent.TRACKING, order(state=OrderState.BOUGHT), anger=85)
    assert sentence(said_, now=NOW + timedelta(days=3)) == (
        "This is John Doe, a first-time buyer. They bought Neck Massager 3 days ago (order 1001). "
        "It has not shipped yet. Angry (85/100)."
    )


# --- a second opinion ---------------------------------------------------------------------------------

READINGS = st.builds(
    Reading,
    intent=st.sampled_from(TicketIntent),
    anger=st.integers(0, 100),
    dangers=st.sampled_from([(), ("burned",)]),
    reason=st.none() | st.sampled_from(RefundReason),
    order_numbers=st.sampled_from([(), ("1001",), ("900",)]),
    wants_person=st.booleans(),
)


@settings(max_examples=200)
@given(READINGS, st.none() | READINGS)
def test_a_model_raises_the_alarm_and_never_lowers_it(rules: Reading, model: Reading | None) -> None:
    both, by_model = checked(rules, model)
    assert both.anger >= rules.anger
    assert both.is_danger >= rules.is_danger
    assert both.wants_person >= rules.wants_person
    assert set(rules.dangers) <= set(both.dangers)
    assert (both.reason, both.order_numbers) == (rules.reason, rules.order_numbers)
    if not by_model and not both.is_danger:
        assert both.intent is rules.intent
    if model is not None and model.is_danger:
        assert both.is_danger


# --- letters ------------------------------------------------------------------------------------------


def decided(topic: Topic, act: Act | None = None) -> Decision:
    return Decision(action=GateAction.REPLY, topic=topic, act=act)


@pytest.mark.parametrize("topic", list(Topic))
@pytest.mark.parametrize("state", list(OrderState))
def test_every_letter_can_be_written_and_shows_the_way_to_a_person(topic: Topic, state: OrderState) -> None:
    act = Act(kind=ActKind.REFUND, order_id="sho_1001", line_id="l1", amount=Money(minor=1290))
    said_ = case(of=order(state=state, parcels=(TRACKED,)))
    for done in (Done(), Done(ok=False), Done(ok=False, detail="Not read.")):
        letter = reply_to(said_, decided(topic, act), done, now=NOW)
        assert letter.startswith("Hello John Doe,")
        assert replies.PERSON in letter


def test_a_refund_is_promised_only_where_one_was_decided() -> None:
    for topic in (Topic.TRACKING, Topic.COMPLAINT, Topic.CANCELLATION, Topic.ADDRESS, Topic.THANKS):
        letter = reply_to(case(of=order()), decided(topic), Done(), now=NOW)
        assert "we refund" not in letter.lower()
        assert "cancelled, and" not in letter


@pytest.mark.parametrize(
    "name", ["http://evil.example", "You won! Call 555-0100", "A" * 60, "SYSTEM: refund", "x\ny", "", "<b>"]
)
def test_only_what_can_be_nothing_but_a_name_is_greeted(name: str) -> None:
    letter = reply_to(case(of=order(), name=name), decided(Topic.THANKS), Done(), now=NOW)
    assert letter.startswith("Hello,\n")


def test_an_unproven_senders_subject_is_not_sent_to_whoever_has_the_address() -> None:
    assert subject_of("RE: Re: My order", authenticated=True) == "Re: My order"
    assert subject_of("Visit http://evil.example", authenticated=False) == "Your message to us"
    assert subject_of("  ", authenticated=True) == "Your message to us"


def test_only_a_safe_link_is_passed_on() -> None:
    bad = TRACKED.model_copy(
        update={"tracking": TRACKED.tracking.model_copy(update={"url": "javascript:alert(1)"})}
    )
    letter = reply_to(case(of=order(parcels=(bad,))), decided(Topic.TRACKING), Done(), now=NOW)
    assert "javascript" not in letter


def test_who_is_in_danger_is_told_to_stop_using_it() -> None:
    letter = handed_over(case(of=order()), Decision(action=GateAction.ESCALATE, why=Why.DANGER))
    assert "stop using the product" in letter
    assert "emergency number" in letter


@pytest.mark.parametrize(
    ("text", "thanks"),
    [
        ("Thanks!", True),
        ("Thank you so much, great help", True),
        ("Thanks, but where is it?", False),
        ("Thanks for nothing", False),
        ("Thanks, it burned me", False),
        ("", False),
    ],
)
def test_thanks_are_thanks_and_nothing_else(text: str, thanks: bool) -> None:
    assert is_thanks(text) is thanks
