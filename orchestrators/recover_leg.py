"""The order that recovers by itself: another vendor, asked, agreed, swapped (M6, flows 6.3-1, 6.3-2)."""

import azure.durable_functions as df

from orchestrators.plan import Json, Plan, Steps


def recover_leg(context: df.DurableOrchestrationContext) -> Steps[Json]:
    """Find another vendor for one leg; the old leg stays until the new one is sure.

    Input: `recovery_id`, `attempts`. Output: `outcome`.

    Each attempt: find and reserve an alternative; ask the customer where they must be asked; place it with
    the new vendor and wait for its acceptance; settle the difference and swap. Whatever fails is withdrawn.
    When nothing is left to try, a person takes over.
    """
    given: Json = context.get_input()
    plan = Plan(context, recovery_id=given["recovery_id"])
    for attempt in range(1, given["attempts"] + 1):
        found = yield from plan.step("find_alternative", attempt=attempt)
        if not found["found"]:
            break
        plan.undoable("withdraw_alternative")
        if found["ask"]:
            yield from plan.heard(f"decision-{attempt}", found["decide_by"])
            choice = yield from plan.step("read_choice", attempt=attempt)
            if not choice["approved"]:
                if (yield from plan.undo(why="the customer did not want it")):
                    return (yield from _hand_over(plan, "undo_failed"))
                yield from plan.step("keep_or_cancel", keep_original=choice["keep_original"])
                return {"outcome": "rejected" if choice["approved"] is False else "no_answer"}
        swapped = yield from _order_and_swap(plan)
        if swapped is None:
            return (yield from _hand_over(plan, "undo_failed"))
        if swapped["ok"]:
            return {"outcome": "swapped"}
        if (yield from plan.undo(why=swapped["detail"])):
            return (yield from _hand_over(plan, "undo_failed"))
        if swapped["code"] == "payment_declined":
            ended = yield from plan.step("give_up", outcome=swapped["code"])
            if ended["ok"]:
                return {"outcome": swapped["code"]}
            break
    return (yield from _hand_over(plan, "no_alternative"))


def _order_and_swap(plan: Plan) -> Steps[Json | None]:
    """Swap as soon as the new vendor has accepted; its no, its silence and a declined payment are values.

    None: nobody answered for days whether the difference was settled, so nothing may be withdrawn.
    """
    ordered = yield from plan.tried("order_alternative")
    if ordered is None:
        return {"ok": False, "code": "no_vendor", "detail": "the vendor could not be reached"}
    yield from plan.heard(f"answer-{ordered['leg_id']}", ordered["answer_by"])
    answer = yield from plan.step("read_answer", leg_id=ordered["leg_id"])
    if not answer["accepted"]:
        word = "declined" if answer["accepted"] is False else "did not answer"
        return {"ok": False, "code": "no_vendor", "detail": f"the vendor {word}"}
    return (yield from plan.patiently("swap_legs"))


def _hand_over(plan: Plan, reason: str) -> Steps[Json]:
    """A person decides what becomes of the leg; a new search is a new recovery."""
    handed = yield from plan.step("escalate_recovery", reason=reason)
    yield from plan.heard("resolved", handed["until"])
    settled = yield from plan.step("read_settlement", escalation_id=handed["escalation_id"])
    yield from plan.step("conclude_recovery", resolution=settled["resolution"])
    return {"outcome": "escalated"}
