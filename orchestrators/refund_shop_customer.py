"""Sending a refund of the web shop, for as long as it takes (flows ops-4, ops-x1 to ops-x3)."""

import azure.durable_functions as df

from orchestrators.plan import Json, Plan, Steps


def refund_shop_customer(context: df.DurableOrchestrationContext) -> Steps[Json]:
    """Send what is due under a key; a shop that is away is waited for, up to three days.

    Input: `order_id`, `key`. Output: `ok`. What the shop refuses, or never answers, is a person's task.
    """
    given: Json = context.get_input()
    plan = Plan(context, order_id=given["order_id"], key=given["key"])
    result = yield from plan.patiently("send_shop_refund")
    if result is not None and result["ok"]:
        return {"ok": True}
    detail = result["detail"] if result else "the shop did not answer for days"
    yield from plan.surely("report_unsent_shop_refund", detail=detail)
    return {"ok": False}
