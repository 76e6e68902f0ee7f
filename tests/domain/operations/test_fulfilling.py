"""How an order goes on when the shop, its customer or nobody says something (flows ops-1, ops-x1, ops-x2)."""

from datetime import timedelta
from typing import Any

from shared.domain.events import EventType
from shared.domain.operations import fulfilling
from shared.domain.operations.fulfilling import EDITED, Terms
from shared.domain.operations.shop import FinancialStatus, ShopSnapshot
from shared.domain.operations.shop_orders import SILENT, WITHDRAWN, Choice, ShopOrder
from shared.domain.status import ShopOrderStatus
from tests.shop_orders import MONDAY, paid

LATER = MONDAY + timedelta(hours=1)
TERMS = Terms(
    remind_after=timedelta(days=2),
    answer_within=timedelta(days=7),
    look_for_stock_every=timedelta(days=1),
    wait_for_stock=timedelta(days=21),
)


def said(order: ShopOrder, **changes: Any) -> ShopSnapshot:
    return order.sold.model_copy(update={"updated_at": LATER, **changes})


def asked(*prices: int) -> ShopOrder:
    """Nobody has the first line; the customer was asked."""
    order = paid(*prices)
    lines = order.sold.lines[:1]
    return fulfilling.not_to_be_had(order, lines, secret="s" * 16, at=MONDAY, terms=TERMS)[0]


def looked(order: ShopOrder, **span: float) -> tuple[ShopOrder, list[EventType]]:
    after, events = fulfilling.looked(order, secret="t" * 16, at=MONDAY + timedelta(**span), terms=TERMS)
    return after, [event.type for event in events]


def chose(order: ShopOrder, choice: Choice) -> ShopOrder:
    (question,) = order.questions
    return fulfilling.answered(order, question.answered(choice, at=LATER))[0]


def test_a_stale_word_of_the_shop_and_the_same_again_change_nothing() -> None:
    order = paid(2500)
    stale = said(order, updated_at=MONDAY - timedelta(days=7), cancelled=True)
    for word in (stale, order.sold):
        assert fulfilling.shop_said(order, word, at=LATER) == (order, [], [])


def test_what_was_given_back_by_hand_is_booked_once_and_closes_the_order() -> None:
    word = said(paid(2500), financial_status=FinancialStatus.REFUNDED)
    order, events, entries = fulfilling.shop_said(paid(2500), word, at=LATER)
    assert (order.status, order.refundable().minor, len(entries)) == (ShopOrderStatus.CANCELLED, 0, 1)
    assert EventType.SHOP_REFUND_DUE not in {event.type for event in events}
    assert fulfilling.shop_said(order, word, at=LATER) == (order, [], [])


def test_a_new_address_wakes_the_plan_unless_it_is_the_plan_that_looks() -> None:
    order = paid(2500)
    word = said(order, address=order.sold.address.model_copy(update={"line1": "1 Elm St"}))
    assert [each.type for each in fulfilling.shop_said(order, word, at=LATER)[1]] == [
        EventType.SHOP_ORDER_ANSWERED
    ]
    assert fulfilling.shop_said(order, word, at=LATER, looks=True)[1] == []


def test_an_order_that_was_sold_otherwise_is_left_to_a_person() -> None:
    order = asked(2500, 1000)
    assert not fulfilling.is_sold_otherwise(order, said(order))
    assert fulfilling.is_sold_otherwise(order, said(order, lines=order.sold.lines[:1]))
    after, _ = fulfilling.left_to_person(order, at=LATER)
    assert (after.outcome, after.questions[0].answer) == (EDITED, WITHDRAWN)
    assert looked(after, days=30) == (after, [])
    assert fulfilling.left_to_person(after, at=LATER) == (after, [])


def test_money_that_was_chosen_goes_back_once_however_often_it_is_looked() -> None:
    order, events = looked(chose(asked(2500), Choice.REFUND), hours=2)
    assert events == [EventType.SHOP_REFUND_DUE, EventType.SHOP_ORDER_CLOSED]
    assert (order.status, order.refundable().minor) == (ShopOrderStatus.CANCELLED, 0)
    assert looked(order, hours=3) == (order, [])


def test_only_the_line_that_nobody_has_is_given_back_while_another_is_wanted() -> None:
    order, events = looked(chose(asked(2500, 1000), Choice.REFUND), hours=2)
    assert events == [EventType.SHOP_REFUND_DUE]
    assert [(each.line_id, each.amount.minor) for each in order.refunds] == [("l1", 2500)]
    assert [line.id for line in fulfilling.missing_lines(order)] == ["l2"]
    assert order.status is ShopOrderStatus.OPEN


def test_silence_is_an_answer_only_at_its_end() -> None:
    order = asked(2500)
    assert looked(order, days=6, hours=23) == (order, [])
    after, _ = looked(order, days=7)
    assert (after.questions[0].answer, after.status) == (SILENT, ShopOrderStatus.CANCELLED)


def test_who_waits_is_asked_again_after_their_time_and_not_before() -> None:
    waiting, _ = looked(chose(asked(2500), Choice.WAIT), hours=2)
    assert waiting.status is ShopOrderStatus.WAITING_FOR_STOCK
    lines = waiting.sold.lines
    soon, events = fulfilling.not_to_be_had(waiting, lines, secret="u" * 16, at=LATER, terms=TERMS)
    assert (soon.look_again_at, events) == (LATER + timedelta(days=1), [])
    late = LATER + timedelta(days=21)
    turned = waiting.model_copy(update={"turn": 9})
    again, events = fulfilling.not_to_be_had(turned, lines, secret="u" * 16, at=late, terms=TERMS)
    assert (again.status, [e.type for e in events]) == (
        ShopOrderStatus.AWAITING_CHOICE,
        [EventType.ORDER_FAILED],
    )


def test_reminders_come_in_their_rhythm_and_the_end_goes_before_them() -> None:
    (question,) = asked(2500).questions
    for hours, due in ((47, 0), (48, 1), (95, 1), (96, 2)):
        at = MONDAY + timedelta(hours=hours)
        assert fulfilling.reminders_due(question, at=at, terms=TERMS) == due
    last = MONDAY + timedelta(days=6)
    assert fulfilling.next_reminder(question, at=last, terms=TERMS) == question.until
