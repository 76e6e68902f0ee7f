"""The order that recovers by itself: another vendor, asked, agreed, swapped (M6, flows 6.3-1, 6.3-2)."""

import azure.durable_functions as df

from orchestrators.plan import Json, Plan, Steps


def recover_leg(context: df.DurableOrchestrationContext) -> Steps[Json]:
    """Find another vendor for one leg; the old leg stays until the new one is sure.

    Input: `recovery_id`, `attempts`. Output: `outcome`.

    Each attempt: find and reserve an alternative; ask the customer where they must be asked; place it with
    the new vendor and wait for its acceptance; settle the difference and swap. Whatever fails is withdrawn.
    """
    given: Json = context.get_input()
    plan = Plan(context, recovery_id=given["recovery_id"])
    for attempt in range(1, given["attempts"] + 1):
        found = yield from plan.step("find_alternative", attempt=attempt)
        if not found["found"]:
            break
        plan.undoable("withdraw_alternative", why="not needed any more")
        if found["ask"]:
            yield from plan.heard(f"decision-{attempt}", found["decide_by"])
            choice = yield from plan.step("read_choice", attempt=attempt)
            if not choice["approved"]:
                yield from plan.undo()
                yield from plan.step("keep_or_cancel", keep_original=choice["keep_original"])
                return {"outcome": "rejected" if choice["approved"] is False else "no_answer"}
        ordered = yield from plan.step("order_alternative")
        yield from plan.heard(f"answer-{ordered['leg_id']}", ordered["answer_by"])
        answer = yield from plan.step("read_answer", leg_id=ordered["leg_id"])
        if not answer["accepted"]:
            yield from plan.undo()
            continue
        swapped = yield from plan.step("swap_legs")
        if not swapped["ok"]:
            yield from plan.undo()
            yield from plan.step("close_recovery", outcome=swapped["code"])
            return {"outcome": swapped["code"]}
        return {"outcome": "swapped"}
    yield from plan.step("escalate_recovery")
    return {"outcome": "escalated"}
