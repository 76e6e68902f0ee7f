"""A simulated partner's answer, after the delay that its scenario asks for (flow 5.4-4)."""

from datetime import datetime, timedelta

import azure.durable_functions as df

from orchestrators.plan import LONGEST_TIMER, Json, Plan, Steps


def simulated_reply(context: df.DurableOrchestrationContext) -> Steps[Json]:
    """Deliver the answer to a request when it is due.

    Input: `partner_id`, `message_id`, `due_at` (ISO 8601, aware). Output: what the delivery step returned.

    1. Wait until the answer is due.
    2. Deliver it; the step tells a repeated delivery from a first one.
    """
    ask = context.get_input()
    plan = Plan(context, partner_id=ask["partner_id"], message_id=ask["message_id"])
    yield from _until(context, datetime.fromisoformat(ask["due_at"]))
    return (yield from plan.step("deliver_simulated_reply"))


def _until(context: df.DurableOrchestrationContext, due: datetime) -> Steps[None]:
    while (left := due - context.current_utc_datetime) > timedelta(0):
        yield context.create_timer(context.current_utc_datetime + min(left, LONGEST_TIMER))
