"""Rounds, replies and offers; the queue's priorities; when a customer must be asked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain import negotiations as rules
from shared.domain.catalogue import ChannelKind
from shared.domain.escalations import Priority, priority_of
from shared.domain.money import Money
from shared.domain.negotiations import EscalationReason, Message, Negotiation, Offer, Reply, Sender
from shared.domain.recoveries import Proposal, Recovery, RecoveryReason, needs_approval
from shared.domain.replies import PriceChange, PriceChangeKind, Verdict
from shared.domain.status import NegotiationStatus, RecoveryStatus
from shared.domain.timechain import Timeline
from shared.errors import IllegalMove

START = datetime(2026, 5, 4, 12, tzinfo=UTC)
LATER = START + timedelta(hours=1)


def negotiation() -> Negotiation:
    return Negotiation(
        id="ord_x-n1",
        created_at=START,
        updated_at=START,
        order_id="ord_x",
        leg_id="ord_x-l1",
        thread_id="thr",
        customer_id="alice",
        vendor_id="florist",
        product_id="red-flowers",
        currency="USD",
        text="pink flowers instead of red",
        channel=ChannelKind.API,
        wanted="pink flowers",
        instead_of="red flowers",
        just_in_time=False,
    )


def asked(before: Negotiation | None = None) -> Negotiation:
    return rules.asked(before or negotiation(), reply_by=LATER, text="Can you?", at=START)


def reply(id: str = "m1", verdict: Verdict = Verdict.ACCEPT) -> Reply:
    return Reply(message_id=id, verdict=verdict)


def message(id: str = "m1", round_: int = 1) -> Message:
    return Message(id=id, sender=Sender.PARTNER, text="Yes", at=START, round=round_)


def offer(round_: int = 1) -> Offer:
    return Offer(round=round_, item="pink tulips", extra=Money(minor=500), text="Tulips?")


def test_a_question_opens_a_round_and_is_kept() -> None:
    first = asked()
    assert (first.round, first.status, first.reply_by) == (1, NegotiationStatus.AWAITING_PARTNER_REPLY, LATER)
    assert first.reference == "ord_x-n1.1"
    assert [m.sender for m in first.messages] == [Sender.SYSTEM]


def test_only_the_first_reply_to_the_open_round_counts_but_all_are_kept() -> None:
    now = rules.replied(asked(), reply("m1"), message("m1"))
    now = rules.replied(now, reply("m2", Verdict.REJECT), message("m2"))
    assert now.reply == reply("m1")
    assert [(m.id, m.applied) for m in now.messages[1:]] == [("m1", True), ("m2", False)]


@given(st.lists(st.tuples(st.sampled_from(["m1", "m2", "m3"]), st.integers(0, 3)), max_size=10))
def test_whatever_arrives_again_late_or_early_one_reply_counts_and_each_message_shows_once(
    arrivals: list[tuple[str, int]],
) -> None:
    now = asked()
    for id, round_ in arrivals:
        now = rules.replied(now, reply(id), message(id, round_))
    shown = [m.id for m in now.messages if m.sender is Sender.PARTNER]
    assert shown == list(dict.fromkeys(id for id, _ in arrivals))
    counted = [m.id for m in now.messages if m.sender is Sender.PARTNER and m.applied]
    assert len(counted) <= 1
    assert counted in ([], [now.reply.message_id if now.reply else None])


def test_a_reply_after_the_round_is_shown_and_changes_nothing() -> None:
    closed = asked().moved(NegotiationStatus.ESCALATED)
    late = rules.replied(closed, reply(), message())
    assert late.reply is None
    assert late.messages[-1].applied is False
    assert late.status is NegotiationStatus.ESCALATED


def test_an_offer_goes_to_the_customer_and_a_no_opens_the_next_round() -> None:
    offered = rules.offered(rules.replied(asked(), reply(), message()), offer(), decide_by=LATER)
    assert offered.status is NegotiationStatus.AWAITING_USER_APPROVAL
    assert offered.offers == (offer(),)
    second = asked(offered)
    assert (second.round, second.reply, second.decision) == (2, None, None)
    assert len({m.id for m in second.messages}) == len(second.messages)


def test_what_is_settled_is_not_asked_again() -> None:
    with pytest.raises(IllegalMove):
        asked(asked().moved(NegotiationStatus.ACCEPTED))


PRICE = Money(minor=5000)


@pytest.mark.parametrize(
    ("change", "listed", "extra"),
    [
        (PriceChange(kind=PriceChangeKind.EXTRA, minor=750), None, 750),
        (PriceChange(kind=PriceChangeKind.DISCOUNT, minor=500), None, -500),
        (PriceChange(kind=PriceChangeKind.DISCOUNT, minor=9000), None, -5000),
        (PriceChange(kind=PriceChangeKind.ABSOLUTE, minor=2800), None, 600),
        (PriceChange(kind=PriceChangeKind.PERCENT, percent=10), None, 500),
        (PriceChange(kind=PriceChangeKind.NONE), 9900, 0),
        (PriceChange(kind=PriceChangeKind.NOT_SAID), 5500, 500),
        (PriceChange(kind=PriceChangeKind.NOT_SAID), None, 0),
    ],
)
def test_what_a_counter_offer_costs_more(change: PriceChange, listed: int | None, extra: int) -> None:
    total = Money(minor=listed) if listed is not None else None
    assert rules.extra_for(change, price=PRICE, quantity=2, listed=total) == Money(minor=extra)


# --- escalations ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "hours", "priority"),
    [
        (EscalationReason.TIMEOUT, None, Priority.NORMAL),
        (EscalationReason.TIMEOUT, 5, Priority.NORMAL),
        (EscalationReason.TIMEOUT, 1, Priority.CRITICAL),
        (EscalationReason.TIMEOUT, -1, Priority.CRITICAL),
        (EscalationReason.DEADLOCK, 5, Priority.NORMAL),
        (EscalationReason.SENTIMENT, 5, Priority.HIGH),
        (EscalationReason.NO_ALTERNATIVE, None, Priority.HIGH),
        (EscalationReason.UNDO_FAILED, None, Priority.CRITICAL),
    ],
)
def test_the_sooner_and_the_worse_the_more_urgent(
    reason: EscalationReason, hours: float | None, priority: Priority
) -> None:
    due = None if hours is None else START + timedelta(hours=hours)
    assert priority_of(reason, due, now=START, urgent_within=timedelta(hours=2)) is priority


# --- recoveries -----------------------------------------------------------------------------------


def recovery(reason: RecoveryReason) -> Recovery:
    return Recovery.model_construct(
        id="ord_x-r2",
        order_id="ord_x",
        leg_id="ord_x-l1",
        reason=reason,
        status=RecoveryStatus.PENDING,
        attempts=(),
    )


def proposal(difference: int, *, on_time: bool = True) -> Proposal:
    timeline = Timeline.model_construct(is_feasible=on_time)
    known: dict[str, Any] = {"difference": Money(minor=difference), "timeline": timeline}
    return Proposal.model_construct(**known)


@pytest.mark.parametrize(
    ("reason", "difference", "on_time", "ask"),
    [
        (RecoveryReason.CHANGE_REJECTED, -500, True, True),
        (RecoveryReason.CHANGE_REJECTED, 500, True, True),
        (RecoveryReason.VENDOR_UNABLE, 0, True, False),
        (RecoveryReason.VENDOR_UNABLE, -500, True, False),
        (RecoveryReason.VENDOR_UNABLE, 1, True, True),
        (RecoveryReason.ITEM_UNAVAILABLE, 0, False, True),
    ],
)
def test_a_customer_is_asked_where_it_costs_them_more_comes_late_or_was_their_wish(
    reason: RecoveryReason, difference: int, on_time: bool, ask: bool
) -> None:
    assert needs_approval(recovery(reason), proposal(difference, on_time=on_time)) is ask


def test_what_was_tried_is_added_and_never_rewritten() -> None:
    tried = recovery(RecoveryReason.VENDOR_UNABLE).tried("search 1", "nothing", at=START)
    again = tried.tried("search 2", "found", at=LATER)
    assert again.attempts[:1] == tried.attempts
    assert [line.step for line in again.attempts] == ["search 1", "search 2"]
