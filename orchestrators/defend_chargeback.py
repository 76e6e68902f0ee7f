"""A payment that its customer's bank took back, defended (ops-x4)."""

import azure.durable_functions as df

from orchestrators.plan import Json, Plan, Steps


def defend_chargeback(context: df.DurableOrchestrationContext) -> Steps[Json]:
    """Put evidence before the bank, submit it once, and book what the bank decides.

    Input: `dispute_id`. Output: `outcome`.

    1. Stage what there is, at once, and again when there is more.
    2. Submit once: when the evidence is complete, or shortly before the bank's last moment.
    3. Wait for the bank; its news wake, and now and then it is asked.
    4. Book the decision and tell everyone.

    Each look reads the stored truth and asks the bank's: one that decides early ends the waiting early.
    """
    plan = Plan(context, dispute_id=context.get_input()["dispute_id"])
    turn = 1
    look = yield from plan.step("stage_evidence", turn=turn)
    while look["waits"]:
        yield from _news(plan, turn, look)
        turn += 1
        look = yield from plan.step("stage_evidence", turn=turn)
    turn += 1
    look = yield from plan.step("submit_evidence", turn=turn)
    while look["waits"]:
        yield from _news(plan, turn, look)
        turn += 1
        look = yield from plan.step("hear_bank", turn=turn)
    settled = yield from plan.step("settle_chargeback")
    return {"outcome": settled["code"]}


def _news(plan: Plan, turn: int, look: Json) -> Steps[bool]:
    return (yield from plan.heard(f"news-{turn}", look["until"]))
