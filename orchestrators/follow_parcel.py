"""From a purchase to the customer's door (flows ops-2, ops-x3)."""

import azure.durable_functions as df

from orchestrators.plan import Json, Plan, Steps

LOOKS = 40
"""In one history: a parcel of months must stay cheap to replay."""


def follow_parcel(context: df.DurableOrchestrationContext) -> Steps[Json]:
    """Follow a parcel until it has arrived, or its customer has something else instead.

    Input: `order_id`, `purchase_id`, and `turn`, the looks that were taken before. Output: `outcome`.

    1. Look: ask the supplier and store what it says. Its news wake, and now and then it is asked.
    2. Of a number that is new: the shop shows it, then the customer is told, once each.
    3. What does not arrive is sent again or refunded, and the customer is told once.

    It goes on as a new plan after many looks, and after an outage of days. That drops the wake-ups that it
    has not consumed: the new one looks at once, and the look reads the stored truth.
    """
    given: Json = context.get_input()
    plan = Plan(context, order_id=given["order_id"], purchase_id=given["purchase_id"])
    first = given.get("turn", 0) + 1
    for turn in range(first, first + LOOKS):
        look = yield from plan.surely("look_at_parcel", turn=turn)
        if look["tell"] and not (yield from _told(plan)):
            break
        if look["action"] == "stop":
            return {"outcome": look["outcome"]}
        if look["action"] == "report":
            yield from plan.surely("report_parcel", what="it is followed for too long.")
            return {"outcome": "reported"}
        if look["action"] == "wait":
            yield from plan.heard(f"parcel-{turn}", look["until"])
        elif not (yield from _replaced(plan)):
            break
    plan.goes_on(turn=turn)
    return {"outcome": "goes on"}


def _told(plan: Plan) -> Steps[bool]:
    """False when the shop or the mail did not answer for days; a person knows, and they are asked again.

    The customer is told though the shop is not.
    """
    shown = yield from plan.patiently("show_tracking")
    told = yield from plan.patiently("tell_tracking")
    if shown is None or told is None:
        yield from plan.surely("report_parcel", what="the shop or the mail does not answer for days.")
        return False
    return True


def _replaced(plan: Plan) -> Steps[bool]:
    """Send again or refund, and tell; false when somebody did not answer for days, who is asked again."""
    instead = yield from plan.patiently("replace_parcel")
    while instead and instead["action"] == "reship":
        placed = yield from plan.patiently("place_again", again_id=instead["purchase_id"])
        instead = placed and (yield from plan.patiently("replace_parcel"))
    if instead and (instead["action"] == "look" or (yield from plan.patiently("tell_of_replacement"))):
        return True
    yield from plan.surely("report_parcel", what="what takes its place could not be settled for days.")
    return False
