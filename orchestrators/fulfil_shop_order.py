"""An order of the web shop that fulfils itself (flows ops-1, ops-x1, ops-x2)."""

from datetime import timedelta

import azure.durable_functions as df

from orchestrators.plan import Json, Plan, Steps

WRITE_AGAIN = timedelta(hours=6)
UNREACHED_AFTER = 12
"""Tries, `WRITE_AGAIN` apart, after which a person hears that a customer does not: three days."""


def fulfil_shop_order(context: df.DurableOrchestrationContext) -> Steps[Json]:
    """Buy what a customer paid for, where it can be had; ask them what becomes of the rest.

    Input: `order_id`, `shop_order_id`. Output: `outcome`.

    1. Take the paid order in and book its sale; what is not paid, or not any more, is not bought.
    2. Look: hear the shop, check the address, read the customer's answer. What is wrong is asked by mail,
    with reminders; a question that stays without an answer ends in their money.
    3. Buy: choose suppliers, write down what is bought before it is, place it. What one refuses is bought of
    another at the next look; what nobody has is asked about, or looked for again every day.

    It ends when nothing is left to buy. Answers, and changes in the shop, wake it.
    """
    given: Json = context.get_input()
    plan = Plan(context, order_id=given["order_id"])
    taken = yield from plan.surely("take_shop_order", shop_order_id=given["shop_order_id"])
    if not taken["ok"]:
        return {"outcome": taken["code"]}
    turn = unwritten = 0
    silent: list[str] = []
    while True:
        turn += 1
        look = yield from plan.surely("look_at_shop_order", turn=turn)
        if look["action"] == "stop":
            if look["letter"]:
                yield from _write_last(plan, look["letter"])
            return {"outcome": look["outcome"]}
        if look["letter"]:
            unwritten = yield from _write(plan, look["letter"], unwritten)
        if look["action"] == "wait" or not (yield from _buy(plan, silent)):
            at_most = WRITE_AGAIN if look["letter"] and unwritten else None
            yield from plan.heard(f"answer-{turn}", look["until"], at_most=at_most)


def _write(plan: Plan, letter: str, unwritten: int) -> Steps[int]:
    """Try to write; return how many tries in a row have failed by now.

    An outage of the mail is waited for by the plan's looks, so that what the customer says meanwhile counts.
    """
    tried = plan.once if unwritten else plan.tried
    if (yield from tried("write_to_shop_customer", letter=letter)) is not None:
        return 0
    if unwritten + 1 == UNREACHED_AFTER:
        yield from plan.surely("report_unwritten", letter=letter)
    return unwritten + 1


def _write_last(plan: Plan, letter: str) -> Steps[None]:
    """Write when nothing else is waited for any more."""
    if (yield from plan.patiently("write_to_shop_customer", letter=letter)) is None:
        yield from plan.surely("report_unwritten", letter=letter)


def _buy(plan: Plan, silent: list[str]) -> Steps[bool]:
    """Plan and place; false while some supplier has not said whether it took the order.

    Suppliers are waited for before the choice as well: one that is away for a day is not out of stock.
    `silent` are the purchases that a person knows of, which are only asked about once at each look.
    """
    planned = yield from plan.patiently("plan_purchases", patient=True)
    if planned is None:
        planned = yield from plan.surely("plan_purchases", patient=False)
    waiting = []
    for purchase in planned["purchases"]:
        tried = plan.once if purchase in silent else plan.tried
        if (yield from tried("place_purchase", purchase_id=purchase)) is None:
            waiting.append(purchase)
    for purchase in waiting:
        if purchase in silent:
            continue
        if (yield from plan.patiently("place_purchase", purchase_id=purchase)) is None:
            yield from plan.surely("report_silent_supplier", purchase_id=purchase)
            silent.append(purchase)
    return not any(purchase in silent for purchase in waiting)
