"""Waking a person up about a ticket, until somebody takes it (flow ops-6)."""

import azure.durable_functions as df

from orchestrators.plan import Json, Plan, Steps


def alert_person(context: df.DurableOrchestrationContext) -> Steps[Json]:
    """Call by every channel, again and again.

    Input: `ticket_id`, `message`, `level`, `reason`, `product_id`. Output: `outcome`.

    Each round asks the stored truth whether somebody has the ticket; the pauses between two rounds grow.
    Whoever takes it ends the waiting at once. Freezing the campaigns is a plan of its own, so that neither
    waits for the other.
    """
    given: Json = context.get_input()
    plan = Plan(context, **given)
    round_ = 1
    called = yield from plan.surely("call_person", round=round_)
    while called["until"] is not None:
        yield from plan.heard("taken", called["until"])
        round_ += 1
        called = yield from plan.surely("call_person", round=round_)
    return {"outcome": called["outcome"]}
