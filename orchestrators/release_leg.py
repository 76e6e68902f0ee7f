"""From a finished leg to its vendor's money (flows 2.8-1, 1.3-3)."""

import azure.durable_functions as df

from orchestrators.plan import Json, Plan, Steps


def release_leg(context: df.DurableOrchestrationContext) -> Steps[Json]:
    """Release a leg's money once its delivery is verified.

    Input: `leg_id`. Output: `outcome`.

    1, 2. The time-chain says when it should have arrived; the customer confirms, objects, or lets the time to
    object pass. Each look reads the stored truth and says what comes next.
    3. Release: vendor, platform and affiliate earn. Money that a dispute freezes waits for its end; a leg
    that is swapped or refunded meanwhile is settled by whoever did that.
    """
    plan = Plan(context, leg_id=context.get_input()["leg_id"])
    turn = 0
    while True:
        turn += 1
        review = yield from plan.step("review_delivery", turn=turn)
        if review["action"] == "release":
            released = yield from plan.step("release_funds")
            if released["code"] == "disputed":
                continue
            return {"outcome": "released" if released["ok"] else released["code"]}
        if review["action"] == "stop":
            return {"outcome": review["outcome"]}
        yield from plan.heard(f"delivery-{turn}", review["until"])
