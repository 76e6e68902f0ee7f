from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orchestrators.pay_out import LONGEST_PAUSE, PAUSE, TRIES, pay_out

NOW = datetime(2026, 5, 4, 15, 0, tzinfo=UTC)


class StepContext:
    """Plays the host: answers `send_payout` with one answer after another, None for a failed step."""

    def __init__(self, *answers: dict[str, Any] | None) -> None:
        self.current_utc_datetime = NOW
        self.answers = list(answers)
        self.pauses: list[timedelta] = []
        self.reports: list[dict[str, Any]] = []
        self.sent: list[dict[str, Any]] = []

    def get_input(self) -> dict[str, Any]:
        return {"account": "vendor_payable:v", "payout_id": "po_1-1"}

    def create_timer(self, fire_at: datetime) -> datetime:
        self.pauses.append(fire_at - self.current_utc_datetime)
        return fire_at

    def call_activity_with_retry(self, name: str, options: Any, step: Any) -> Any:
        if name == "report_unsent_payout":
            self.reports.append(step)
            return {"ok": True}
        self.sent.append(step)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def run(context: StepContext) -> Any:
    plan: Any = pay_out(context)  # type: ignore[arg-type]
    value: Any = None
    while True:
        try:
            awaited = plan.throw(Exception("away")) if value is ... else plan.send(value)
        except StopIteration as end:
            return end.value
        if isinstance(awaited, datetime):
            context.current_utc_datetime = awaited
        value = ... if awaited is None else awaited


SENT = {"ok": True, "code": "", "detail": ""}


def no(code: str) -> dict[str, Any]:
    return {"ok": False, "code": code, "detail": "because"}


def test_a_payout_that_is_sent_needs_no_timer() -> None:
    context = StepContext(SENT)
    assert run(context) == {"outcome": "paid"}
    assert context.sent == [{"account": "vendor_payable:v", "payout_id": "po_1-1"}]
    assert (context.pauses, context.reports) == ([], [])


@pytest.mark.parametrize("answer", [None, no("insufficient_balance")])
def test_what_may_pass_is_waited_for_with_growing_pauses(answer: dict[str, Any] | None) -> None:
    context = StepContext(*[answer] * 7, SENT)
    assert run(context) == {"outcome": "paid"}
    assert context.pauses == [PAUSE * n for n in (1, 2, 4, 8, 16, 32)] + [LONGEST_PAUSE]
    assert context.reports == []


def test_a_payee_who_cannot_be_paid_keeps_it_and_nobody_waits() -> None:
    context = StepContext(no("account_not_ready"))
    assert run(context) == {"outcome": "account_not_ready"}
    assert (context.pauses, context.reports) == ([], [])


def test_another_refusal_is_a_persons_task_at_once() -> None:
    context = StepContext(no("key_reused"))
    assert run(context) == {"outcome": "unsent"}
    assert [report["detail"] for report in context.reports] == ["because"]
    assert context.pauses == []


def test_after_a_week_a_person_is_told() -> None:
    context = StepContext(None)
    assert run(context) == {"outcome": "unsent"}
    assert len(context.sent) == TRIES
    assert timedelta(days=6) < sum(context.pauses, timedelta(0)) < timedelta(days=8)
    assert len(context.reports) == 1
