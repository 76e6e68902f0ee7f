"""Sending what a person wrote to a customer, for as long as it takes (flow ops-6)."""

import azure.durable_functions as df

from orchestrators.plan import Json, Plan, Steps


def send_ticket_answer(context: df.DurableOrchestrationContext) -> Steps[Json]:
    """Send one message of a ticket; what does not get through for days is a person's task.

    Input: `ticket_id`, `number`. Output: `outcome`.
    """
    given: Json = context.get_input()
    plan = Plan(context, ticket_id=given["ticket_id"], number=given["number"])
    sent = yield from plan.patiently("send_answer")
    if sent is not None and sent["ok"]:
        return {"outcome": "sent"}
    yield from plan.surely("report_unsent_answer")
    return {"outcome": "unsent"}
