"""From a purchase to the customer's door (flows ops-2, ops-x3)."""

import azure.durable_functions as df

from orchestrators.plan import Json, Plan, Steps

LOOKS = 40
"""After so many looks the plan goes on as a new one: a parcel of months must stay cheap to replay."""


def follow_parcel(context: df.DurableOrchestrationContext) -> Steps[Json]:
    """Follow a parcel until it has arrived, or its customer has something else instead.

    Input: `order_id`, `purchase_id`, and `turn`, the looks that were taken before. Output: `outcome`.

    1. Look: ask the supplier and store what it says. Its news wake, and now and then it is asked.
    2. Of a number that is new: the shop shows it, then the customer is told, once each.
    3. What does not arrive is sent again or refunded, and the customer is told once.

    A plan that goes on as a new one drops the wake-ups that it has not consumed: it looks again at once, and
    the look reads the stored truth.
    """
    given: Json = context.get_input()
    plan = Plan(context, order_id=given["order_id"], purchase_id=given["purchase_id"])
    first = given.get("turn", 0) + 1
    for turn in range(first, first + LOOKS):
        look = yield from plan.surely("look_at_parcel", turn=turn)
        if look["tell"]:
            yield from _told(plan)
        if look["action"] == "stop":
            return {"outcome": look["outcome"]}
        if look["action"] == "report":
            yield from plan.surely("report_parcel", what="it is followed for too long.")
            return {"outcome": "reported"}
        if look["action"] == "replace" and (yield from _replaced(plan)):
            continue
        yield from plan.heard(f"parcel-{turn}", look["until"])
    context.continue_as_new({**given, "turn": first + LOOKS - 1})
    return {"outcome": "goes on"}


def _told(plan: Plan) -> Steps[None]:
    """A shop that is away for days is a person's task; the next look tries again."""
    if (yield from plan.patiently("show_tracking")) is None:
        yield from plan.surely("report_parcel", what="the shop does not answer for days.")
    yield from plan.patiently("tell_tracking")


def _replaced(plan: Plan) -> Steps[bool]:
    """Send again or refund, and tell; false when somebody did not answer for days, who is asked again."""
    instead = yield from plan.patiently("replace_parcel")
    while instead is not None and instead["action"] == "reship":
        placed = yield from plan.patiently("place_again", again_id=instead["purchase_id"])
        if placed is None:
            break
        instead = yield from plan.patiently("replace_parcel")
    else:
        if instead is not None:
            told = instead["action"] == "look" or (yield from plan.patiently("tell_of_replacement"))
            return bool(told)
    yield from plan.surely("report_parcel", what="what takes its place could not be settled for days.")
    return False
