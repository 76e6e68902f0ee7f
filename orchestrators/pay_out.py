"""Sending one payout, for as long as it takes (flow 2.8-1 step 5)."""

from datetime import timedelta

import azure.durable_functions as df

from orchestrators.plan import Json, Plan, Steps

PAUSE = timedelta(minutes=10)
LONGEST_PAUSE = timedelta(hours=6)
TRIES = 30
WORTH_WAITING = ("unavailable", "insufficient_balance")


def pay_out(context: df.DurableOrchestrationContext) -> Steps[Json]:
    """Send what was reserved for a payee; a provider that is away is waited for, up to a week.

    Input: `account`, `payout_id`. Output: `outcome`.

    A payee who cannot be paid keeps the money. What the provider refuses for another reason, or never
    answers, is a person's task.
    """
    given: Json = context.get_input()
    plan = Plan(context, account=given["account"], payout_id=given["payout_id"])
    for n in range(TRIES):
        sent = yield from plan.outcome("send_payout")
        if sent["ok"]:
            return {"outcome": "paid"}
        if sent["code"] == "account_not_ready":
            return {"outcome": sent["code"]}
        if sent["code"] not in WORTH_WAITING:
            break
        yield from plan.rest(min(PAUSE * 2**n, LONGEST_PAUSE))
    yield from plan.step("report_unsent_payout", detail=sent["detail"])
    return {"outcome": "unsent"}
