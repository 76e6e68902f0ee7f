"""One message of a customer: understood, judged, answered or put before a person (flows ops-3 to ops-5)."""

import azure.durable_functions as df

from orchestrators.plan import Json, Plan, Steps


def handle_ticket(context: df.DurableOrchestrationContext) -> Steps[Json]:
    """Answer a message, or hand it to a person.

    Input: `ticket_id`, `message`. Output: `outcome`.

    1. Triage: who writes, about what; the shop is asked, and waited for while it is away. Not for danger.
    2. The gate decides, and what it decides is done.
    3. The answer goes out; or a person is called, and the customer told so.

    A message that is followed by another before it is answered is left to that one's plan.
    """
    given: Json = context.get_input()
    plan = Plan(context, ticket_id=given["ticket_id"], message=given["message"])
    triaged = yield from plan.patiently("triage_ticket")
    if triaged is None:
        triaged = yield from plan.step("triage_ticket", alone=True)
    if triaged["code"] != "triaged":
        return {"outcome": triaged["code"]}
    decided = yield from plan.surely("resolve_ticket")
    if decided["code"] == "reply":
        replied = yield from plan.patiently("reply_to_ticket")
        if replied is not None and replied["ok"]:
            return {"outcome": replied["code"] or "answered"}
        yield from plan.surely("escalate_ticket", why="unreachable")
        return {"outcome": "escalated"}
    if decided["code"] != "escalate":
        return {"outcome": decided["code"]}
    yield from plan.surely("escalate_ticket")
    yield from plan.patiently("tell_of_person")
    if triaged["looks_again"]:
        yield from plan.patiently("name_danger")
    return {"outcome": "escalated"}
