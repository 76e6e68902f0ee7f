"""Sending what a person wrote to a customer, for as long as it takes (flow ops-6)."""

import azure.durable_functions as df

from orchestrators.plan import Json, Plan, Steps


def send_ticket_answer(context: df.DurableOrchestrationContext) -> Steps[Json]:
    """Send one message of a ticket. Input: `ticket_id`, `number`. Output: `outcome`."""
    given: Json = context.get_input()
    plan = Plan(context, ticket_id=given["ticket_id"], number=given["number"])
    sent = yield from plan.surely("send_answer")
    return {"outcome": "sent" if sent["ok"] else sent["code"]}
