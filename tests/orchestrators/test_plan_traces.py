"""A plan hands the trace that it was started in to whatever it runs, and nothing where there was none."""

from typing import Any

import pytest

from orchestrators.plan import Plan

TRACE = {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}


class Context:
    """Plays the host: notes what is asked of it."""

    def __init__(self, **given: Any) -> None:
        self.given = given
        self.inputs: list[Any] = []

    def get_input(self) -> dict[str, Any]:
        return self.given

    def call_activity_with_retry(self, name: str, options: Any, payload: Any) -> None:
        self.inputs.append(payload)

    def call_sub_orchestrator(self, name: str, payload: Any, instance_id: str) -> None:
        self.inputs.append(payload)

    def continue_as_new(self, payload: Any) -> None:
        self.inputs.append(payload)


@pytest.mark.parametrize("trace", [TRACE, {}], ids=["traced", "started before there were traces"])
def test_steps_other_plans_and_the_plan_begun_anew_go_on_with_it(trace: dict[str, str]) -> None:
    context = Context(order_id="ord_1", **trace)
    plan = Plan(context, order_id="ord_1")  # type: ignore[arg-type]
    list(plan.step("reserve_order", turn=2))
    list(plan.child("fulfil_order", "ord_2", {"order_id": "ord_2"}))
    plan.goes_on(turn=3)
    assert context.inputs == [
        {"order_id": "ord_1", "turn": 2, **trace},
        {"order_id": "ord_2", **trace},
        {"order_id": "ord_1", "turn": 3, **trace},
    ]
