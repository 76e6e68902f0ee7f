"""Sending a refund that is due, for as long as it takes (M16)."""

from datetime import timedelta

import azure.durable_functions as df

from orchestrators.plan import Json, Plan, Steps

PAUSE = timedelta(hours=1)
TRIES = 72


def refund_customer(context: df.DurableOrchestrationContext) -> Steps[Json]:
    """Send what is due under a key; a provider that is away is waited for, up to three days.

    Input: `order_id`, `key`. Output: `ok`. What the provider refuses, or never answers, is a person's task.
    """
    given: Json = context.get_input()
    plan = Plan(context, order_id=given["order_id"], key=given["key"])
    detail = "the payment provider did not answer for days"
    for _ in range(TRIES):
        result = yield from plan.tried("send_refund")
        if result is not None and result["ok"]:
            return {"ok": True}
        if result is not None:
            detail = result["detail"]
            break
        yield from plan.rest(PAUSE)
    yield from plan.step("report_unsent_refund", detail=detail)
    return {"ok": False}
