"""Stopping the advertising of a dangerous product, however long the ad platform is away (flow ops-6)."""

import azure.durable_functions as df

from orchestrators.plan import Json, Plan, Steps


def freeze_campaigns(context: df.DurableOrchestrationContext) -> Steps[Json]:
    """Pause every campaign of the product.

    Input: `case_id`, `number`. Output: `ok`. What cannot be paused for days is a person's task.
    """
    given: Json = context.get_input()
    plan = Plan(context, case_id=given["case_id"], number=given["number"])
    if (yield from plan.patiently("pause_campaigns")) is not None:
        return {"ok": True}
    yield from plan.surely("report_running_campaigns")
    return {"ok": False}
