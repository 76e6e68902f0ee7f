from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulator_kit import NOW, SHOP, ask

from shared.domain.simulator import requests as r
from shared.domain.simulator.outcomes import Verdict
from shared.domain.simulator.requests import Answer, ResponseStatus, SimulatedRequest
from shared.domain.simulator.responses import ManualResponse, NoResponse, PlannedResponse, Response
from shared.errors import IllegalMove

YES = Answer(verdict=Verdict.ACCEPT, text="Yes", due=NOW, by="admin")
MANUAL = ManualResponse(scenario_id="s1")
AUTOMATED = PlannedResponse(verdict=Verdict.ACCEPT, text="Yes", due=NOW, scenario_id="s1")


def request(response: Response = MANUAL, **fields: object) -> SimulatedRequest:
    bare = SimulatedRequest.model_validate(
        {
            "id": "ord_1-n1.2:ask",
            "created_at": NOW,
            "updated_at": NOW,
            "partner_id": SHOP.id,
            "reference": "ord_1-n1.2",
            "conversation": "ord_1-n1",
            "order_id": "ord_1",
            "leg_id": "ord_1-l1",
            "ask": ask(),
            "status": ResponseStatus.UNANSWERED,
            "received_ms": int(NOW.timestamp() * 1000),
            **fields,
        }
    )
    return r.planned(bare, response)


def test_the_kind_of_answer_decides_where_a_request_begins() -> None:
    assert request().status is ResponseStatus.PENDING
    assert request(AUTOMATED).status is ResponseStatus.SCHEDULED
    assert request(NoResponse()).status is ResponseStatus.UNANSWERED


def test_a_queued_request_is_assigned_handed_on_and_answered() -> None:
    first = r.assigned(request(), to="ann", now=NOW)
    second = r.assigned(first, to="bob", now=NOW)
    done = r.responded(second, YES, now=NOW)
    assert (second.assigned_to, done.status, done.answer) == ("bob", ResponseStatus.RESPONDED, YES)
    assert done.delivered_at is None


def test_an_answered_request_is_answered_once() -> None:
    done = r.responded(request(), YES, now=NOW)
    with pytest.raises(IllegalMove):
        r.responded(done, YES, now=NOW)
    with pytest.raises(IllegalMove):
        r.assigned(done, to="ann", now=NOW)


def test_a_request_that_nobody_answered_in_time_expires_by_itself() -> None:
    waiting = request(reply_by=NOW + timedelta(minutes=15))
    later = NOW + timedelta(minutes=15)
    assert waiting.status_at(later - timedelta(seconds=1)) is ResponseStatus.PENDING
    assert waiting.status_at(later) is ResponseStatus.EXPIRED
    with pytest.raises(IllegalMove):
        r.responded(waiting, YES, now=later)


@pytest.mark.parametrize("response", [AUTOMATED, NoResponse()], ids=["automated", "unanswered"])
def test_no_person_answers_what_a_scenario_decided(response: Response) -> None:
    with pytest.raises(IllegalMove):
        r.responded(request(response), YES, now=NOW)
    with pytest.raises(IllegalMove):
        r.assigned(request(response), to="ann", now=NOW)


def test_a_second_delivery_changes_nothing() -> None:
    once = r.delivered(request(AUTOMATED), now=NOW)
    assert (once.status, once.delivered_at) == (ResponseStatus.RESPONDED, NOW)
    assert r.delivered(once, now=NOW + timedelta(hours=1)) is once


def test_closing_the_queue_leaves_answered_requests_alone() -> None:
    assert r.expired(request()).status is ResponseStatus.EXPIRED
    scheduled = request(AUTOMATED)
    assert r.expired(scheduled) is scheduled


@given(st.text(min_size=1, max_size=64), st.text(min_size=1, max_size=200))
def test_a_reply_id_is_plain_stable_and_the_partners_own(partner: str, message: str) -> None:
    id = r.reply_id(partner, message)
    assert id == r.reply_id(partner, message)
    assert id.replace("_", "").isalnum()
    assert id.isascii()
    assert id != r.reply_id(partner + "x", message)


def test_the_rounds_of_a_negotiation_are_one_conversation() -> None:
    assert r.conversation_of("ord_1-n1.1") == r.conversation_of("ord_1-n1.7") == "ord_1-n1"
    assert r.conversation_of("ord_1-l1") == "ord_1-l1"
