"""The wish that waits for days at no cost (M23, flow 6.7-1)."""

import azure.durable_functions as df

from orchestrators.plan import Json, Plan, Steps


def standing_intent(context: df.DurableOrchestrationContext) -> Steps[Json]:
    """Wait for the moment, ask if need be, buy.

    Input: `intent_id`. Output: `outcome`, and `order_id` when it bought.

    1, 2. Scout, tell the customer, start the watch.
    3, 4. Sleep until something happens (the moment, a word of the customer, the longest wait); the review
    then reads the stored truth and says what comes next.
    5. Buy: the order's own plan runs as a part of this one.
    """
    intent_id: str = context.get_input()["intent_id"]
    plan = Plan(context, intent_id=intent_id)
    todo = yield from plan.step("begin_intent")
    while True:
        if todo["action"] == "stop":
            return {"outcome": todo["outcome"], "order_id": todo["order_id"]}
        if todo["action"] == "wait":
            yield from plan.heard(f"wake-{todo['turn']}", todo["until"])
            todo = yield from plan.step("review_intent", turn=todo["turn"])
            continue
        bought = yield from plan.child("fulfil_order", todo["order_id"], {"order_id": todo["order_id"]})
        todo = yield from plan.step("finish_intent", **bought)
