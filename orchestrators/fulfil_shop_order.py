"""An order of the web shop that fulfils itself (flows ops-1, ops-x1, ops-x2)."""

import azure.durable_functions as df

from orchestrators.plan import Json, Plan, Steps


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
    turn = 0
    silent: list[str] = []
    while True:
        turn += 1
        look = yield from plan.surely("look_at_shop_order", turn=turn)
        if look["letter"]:
            yield from _write(plan, look["letter"])
        if look["action"] == "stop":
            return {"outcome": look["outcome"]}
        if look["action"] == "wait" or not (yield from _buy(plan, silent)):
            yield from plan.heard(f"answer-{turn}", look["until"])


def _write(plan: Plan, letter: str) -> Steps[None]:
    if (yield from plan.patiently("write_to_shop_customer", letter=letter)) is None:
        yield from plan.surely("report_unwritten", letter=letter)


def _buy(plan: Plan, silent: list[str]) -> Steps[bool]:
    """Plan and place; false when some supplier has not said for days whether it took the order.

    Suppliers are waited for before the choice as well: one that is away for a day is not out of stock. A
    purchase in `silent` has been waited for, and a person knows; it is tried once more at every look.
    """
    planned = yield from plan.patiently("plan_purchases", patient=True)
    if planned is None:
        planned = yield from plan.surely("plan_purchases", patient=False)
    waiting = []
    for purchase in planned["purchases"]:
        placed = yield from plan.tried("place_purchase", purchase_id=purchase)
        waiting += [] if placed else [purchase]
    known = True
    for purchase in waiting:
        if purchase in silent:
            known = False
        elif (yield from plan.patiently("place_purchase", purchase_id=purchase)) is None:
            yield from plan.surely("report_silent_supplier", purchase_id=purchase)
            silent.append(purchase)
            known = False
    return known
