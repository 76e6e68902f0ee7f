"""The end of a shop order that is not sent any more (flows ops-1, ops-x1, ops-x2)."""

from datetime import timedelta

import azure.durable_functions as df

from orchestrators.plan import Json, Plan, Steps

SETTLING = timedelta(hours=6)
"""Between two looks while it is not known yet what was bought."""


def close_shop_order(context: df.DurableOrchestrationContext) -> Steps[Json]:
    """Call off what was bought, and close the order in the shop; money goes back by plans of its own.

    Input: `order_id`. Output: `outcome`. What a supplier cannot call off any more is a person's task.
    """
    plan = Plan(context, order_id=context.get_input()["order_id"])
    seen: list[str] = []
    left = yield from plan.surely("list_leftover_purchases")
    while True:
        for purchase in left["purchases"]:
            if purchase not in seen:
                seen.append(purchase)
                yield from _call_off(plan, purchase)
        if not left["waits"]:
            break
        yield from plan.rest(SETTLING)
        left = yield from plan.surely("list_leftover_purchases")
    told = yield from plan.patiently("close_in_shop")
    return {"outcome": "closed" if told and told["ok"] else "not_closed_in_shop"}


def _call_off(plan: Plan, purchase: str) -> Steps[None]:
    called_off = yield from plan.patiently("call_off_purchase", purchase_id=purchase)
    if called_off is None or not called_off["ok"]:
        yield from plan.surely("report_not_called_off", purchase_id=purchase)
