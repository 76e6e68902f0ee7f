"""An affiliate's verification, as long as the registers take (flow 2.6-1 step 5)."""

from datetime import datetime, timedelta

import azure.durable_functions as df

from orchestrators.plan import LONGEST_TIMER, Json, Plan, Steps


def verify_affiliate(context: df.DurableOrchestrationContext) -> Steps[Json]:
    """Verify what was handed in.

    Input: `affiliate_id`. Output: where the affiliate stands.

    1. Ask the registers about everything that is open; what they answer settles where the affiliate stands.
    2. While one of them wants to be asked again: wait until then, and go on with 1.
    """
    plan = Plan(context, affiliate_id=context.get_input()["affiliate_id"])
    looked = yield from plan.step("check_affiliate")
    while looked["again_at"] is not None:
        again = datetime.fromisoformat(looked["again_at"])
        while (left := again - context.current_utc_datetime) > timedelta(0):
            yield from plan.rest(min(left, LONGEST_TIMER))
        looked = yield from plan.step("check_affiliate")
    return looked
