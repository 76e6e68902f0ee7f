"""A change request and its partner: asked, answered, offered, agreed or handed over (flow 6.6-1)."""

import azure.durable_functions as df

from orchestrators.plan import Json, Plan, Steps


def negotiate_change(context: df.DurableOrchestrationContext) -> Steps[Json]:
    """Negotiate one change of one order leg to its end.

    Input: `negotiation_id`. Output: `outcome`.

    Each round: ask the partner (3), wait 15 or 60 minutes (4), read the reply (6); a counter-offer goes to
    the customer (7) and may open the next round (8), as does a photo that will not do (2.7-3). A trigger of
    flow 6.6-2 hands over to a person.
    """
    given: Json = context.get_input()
    plan = Plan(context, negotiation_id=given["negotiation_id"])
    round_ = 0
    while True:
        round_ += 1
        asked = yield from plan.tried("ask_partner", round=round_)
        if asked is None:
            return (yield from _hand_over(plan, "timeout"))
        yield from plan.heard(f"reply-{round_}", asked["reply_by"])
        heard = yield from plan.step("hear_partner", round=round_)
        if heard["escalate"]:
            return (yield from _hand_over(plan, heard["escalate"]))
        if heard.get("again"):  # a photo that will not do; plans of before it existed have no such word
            continue
        if heard["verdict"] == "accept":
            return (yield from _agree(plan))
        if heard["verdict"] == "reject":
            yield from plan.step("recover_instead")
            return {"outcome": "recovering"}
        offered = yield from plan.step("offer_to_customer", round=round_)
        yield from plan.heard(f"decision-{round_}", offered["decide_by"])
        decided = yield from plan.step("read_decision", round=round_)
        if decided["approved"]:
            return (yield from _agree(plan))
        if decided["approved"] is None:
            yield from plan.step("close_change", outcome="no_answer")
            return {"outcome": "no_answer"}


def _agree(plan: Plan) -> Steps[Json]:
    """Settle; when nobody answered for days whether the difference was taken, a person looks."""
    result = yield from plan.patiently("accept_change")
    return (yield from _hand_over(plan, "undo_failed")) if result is None else _outcome(result)


def _outcome(result: Json) -> Json:
    return {"outcome": "accepted" if result["ok"] else result["code"]}


def _hand_over(plan: Plan, reason: str) -> Steps[Json]:
    """A person takes over and the AI is silent until they have settled it (flows 2.7-4, 6.6-2)."""
    handed = yield from plan.step("escalate_change", reason=reason)
    yield from plan.heard("resolved", handed["until"])
    settled = yield from plan.step("read_resolution", escalation_id=handed["escalation_id"])
    match settled["resolution"]:
        case "accept_change":
            return _outcome((yield from plan.surely("accept_change")))
        case "recover":
            yield from plan.step("recover_instead")
            return {"outcome": "recovering"}
        case None:
            yield from plan.step("close_change", outcome="no_answer")
            return {"outcome": "no_answer"}
        case _:
            yield from plan.step("close_change", outcome="settled_by_person")
            return {"outcome": "settled_by_person"}
