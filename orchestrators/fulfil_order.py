"""Placing an order for good: reserve, charge once, tell every vendor (flows 1.2-1, 2.3-1)."""

import azure.durable_functions as df

from orchestrators.plan import Json, Plan, Steps


def fulfil_order(context: df.DurableOrchestrationContext) -> Steps[Json]:
    """Make a pending order real, or end it without a trace.

    Input: `order_id`. Output: `ok`, and `code` and `detail` when it failed.

    1. Reserve every leg's stock, or none.
    2. Charge the total once; a declined payment gives the stock back.
    3. Turn reservations into sales and tell every vendor; one that cannot be reached is a person's business.
    """
    order_id: str = context.get_input()["order_id"]
    plan = Plan(context, order_id=order_id)
    plan.undoable("release_stock")
    for step in ("reserve_stock", "charge_order"):
        result = yield from plan.step(step)
        if not result["ok"]:
            yield from plan.undo()
            yield from plan.step("fail_order", code=result["code"], detail=result["detail"])
            return result
    if (yield from plan.tried("dispatch_order")) is None:
        yield from plan.step("report_untold")
    return {"ok": True}
