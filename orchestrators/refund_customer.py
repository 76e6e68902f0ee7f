"""Sending a refund that is due, for as long as it takes (M16)."""

import azure.durable_functions as df

from orchestrators.plan import Json, Plan, Steps


def refund_customer(context: df.DurableOrchestrationContext) -> Steps[Json]:
    """Send what is due under a key; a provider that is away is waited for, up to three days.

    Input: `order_id`, `key`. Output: `ok`. What the provider refuses, or never answers, is a person's task.
    """
    given: Json = context.get_input()
    plan = Plan(context, order_id=given["order_id"], key=given["key"])
    result = yield from plan.patiently("send_refund")
    if result is not None and result["ok"]:
        return {"ok": True}
    detail = result["detail"] if result else "the payment provider did not answer for days"
    yield from plan.surely("report_unsent_refund", detail=detail)
    return {"ok": False}
