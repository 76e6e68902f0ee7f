"""The atomic checkout: every vendor and the money, or nothing (flows 1.3-1, 1.2-1, 2.3-1)."""

import azure.durable_functions as df

from orchestrators.plan import Json, Plan, Steps


def fulfil_order(context: df.DurableOrchestrationContext) -> Steps[Json]:
    """Make a pending order real, or end it without a trace.

    Input: `order_id`. Output: `ok`, and `code` and `detail` when it failed.

    1. Hold the goods with every vendor, side by side.
    2. Authorise the total once, and wait where the customer's bank wants to see them.
    3. Turn every hold into a sale, side by side.
    4. Take the money and hold it per leg.
    5. Tell every vendor; one that cannot be reached is a person's business.
    """
    order_id: str = context.get_input()["order_id"]
    plan = Plan(context, order_id=order_id)
    result = yield from _all_or_nothing(plan)
    if not result["ok"]:
        return (yield from _call_off(plan, result))
    if (yield from plan.tried("dispatch_order")) is None:
        yield from plan.surely("report_untold")
    return {"ok": True}


def _all_or_nothing(plan: Plan) -> Steps[Json]:
    plan.undoable("release_order")
    result = yield from plan.outcome("reserve_order")
    if not result["ok"]:
        return result
    plan.undoable("void_payment")
    result = yield from plan.outcome("authorise_order")
    if result["ok"] and result["act_by"]:
        yield from plan.heard("payment", result["act_by"])
        result = yield from plan.outcome("read_payment")
    for step in ("confirm_vendors", "capture_order"):
        if result["ok"]:
            result = yield from plan.outcome(step)
    return result


def _call_off(plan: Plan, result: Json) -> Steps[Json]:
    """Undo what may have happened, last first; what cannot be undone is a person's task, never silence."""
    ended = {"ok": False, "code": result["code"], "detail": result["detail"]}
    left_over = yield from plan.undo()
    if left_over:
        yield from plan.surely(
            "report_left_over", undos=left_over, code=ended["code"], detail=ended["detail"]
        )
    yield from plan.surely("fail_order", code=ended["code"], detail=ended["detail"])
    return ended
