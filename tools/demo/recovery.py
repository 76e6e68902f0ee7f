"""Job 1: the order that recovers by itself (flow 6.3-1), through the doors that its people use."""

from datetime import datetime
from typing import Any

from tools.demo import money, wording
from tools.demo.wording import Json
from tools.demo.world import HOME, Thread, World

THINKING = "PT2M"
"""How long each simulated partner takes to answer."""


def perform(world: World) -> dict[str, Any]:
    """Order red flowers, wish for pink ones, be refused, be rescued. Raises WentWrong."""
    stage = world.stage
    began = world.time.now()
    stage.title("1  The order that recovers by itself")
    stage.moment(wording.day(began))
    red = _set_up(world)
    thread = Thread(world, "demo-recovery")
    before = _order(world, thread, red)
    negotiation = _change(world, thread, before)
    recovery = _proposal(world, thread, negotiation)
    after = _approve(world, thread, before)
    _check(world, before, after, recovery)
    paid = money.perform(world, thread, after, began)
    return {**_report(world, thread, began, before, after, recovery), "money": paid}


def _set_up(world: World) -> Json:
    """One click in the simulator: two florists, and how they answer (flow 5.4-2). Return the red flowers."""
    stage = world.stage
    stage.say("Admin", "Set the live demo up.")
    made = world.admin.post("/api/v1/simulator/live-demo/setup", {"delay_seconds": 120})
    for each in made["partners"]:
        product = each["product"]["product"]
        stage.fact(
            "Simulator",
            f"{each['partner']['name']} sells {product['name']} for {wording.money(product['price'])}, "
            f"{each['product']['quantity']} in stock, trusted {each['partner']['trust_score']} of 100",
        )
    red: Json = made["partners"][0]["product"]["product"]
    return red


def _order(world: World, thread: Thread, red: Json) -> Json:
    stage = world.stage
    found = thread.say("I need red flowers by tonight, please", deliver_to=HOME)["products"]
    for offer in found[:3]:
        stage.fact(
            "", f"- {offer['name']}, {offer['vendor']}, {wording.money(offer['price'])}: {offer['why']}"
        )
    chosen = next((offer for offer in found if offer["id"] == red["id"]), None)
    world.expect(chosen, f"the simulated {red['name']} are among the {len(found)} offers")
    deadline = world.time.now().astimezone(wording.ZONE).replace(hour=20, minute=0)
    stage.say("Alice", f"The {red['name']}, please.")
    order = world.alice.post(
        "/api/v1/orders",
        {
            "items": [{"id": red["id"]}],
            "deliver_to": HOME,
            "deliver_by": deadline.isoformat(),
            "thread_id": thread.id,
        },
    )
    thread.read()
    stage.moment(wording.day(world.time.advance(THINKING)))
    thread.read()
    order = world.alice.get(f"/api/v1/orders/{order['id']}")
    world.expect([each["status"] for each in order["legs"]] == ["accepted"], wording.leg(order["legs"][0]))
    world.expect(order["paid"] == red["price"], f"{wording.money(order['paid'])} charged, once, and held")
    return dict(order)


def _change(world: World, thread: Thread, order: Json) -> Json:
    stage = world.stage
    answer = thread.say("I want pink flowers instead of red")
    path = f"/api/v1/negotiations/{answer['negotiation_id']}"
    thread.read()
    _conversation(world, world.alice.get(path), order, sender="system")
    stage.moment(wording.day(world.time.advance(THINKING)))
    negotiation = world.alice.get(path)
    _conversation(world, negotiation, order, sender="partner")
    world.expect(negotiation["status"] == "rejected", "the vendor cannot make the change")
    world.expect(negotiation["recovery_id"], "USO looks elsewhere by itself; no person was asked")
    thread.read()
    return dict(negotiation)


def _conversation(world: World, negotiation: Json, order: Json, *, sender: str) -> None:
    vendor = order["legs"][0]["vendor_name"]
    for message in negotiation["messages"]:
        if message["sender"] == sender:
            speaker, prefix = (vendor, "") if sender == "partner" else ("USO", f"(to {vendor}) ")
            world.stage.say(speaker, prefix + message["text"])


def _proposal(world: World, thread: Thread, negotiation: Json) -> Json:
    stage = world.stage
    recovery: Json = world.alice.get(f"/api/v1/recoveries/{negotiation['recovery_id']}")
    proposal = recovery["proposal"]
    world.expect(
        recovery["status"] == "proposed" and proposal, "an alternative is reserved", recovery["status"]
    )
    stage.fact("Timelines", "side by side, as the Time-Chain works them out")
    stage.side_by_side(
        wording.timeline("Before", recovery["timeline_before"]),
        wording.timeline("With the alternative", recovery["timeline_after"]),
    )
    order = world.alice.get(f"/api/v1/orders/{recovery['order_id']}")
    kept = order["legs"][0]
    world.expect(
        kept["status"] == "accepted", f"until the new vendor has agreed, {kept['name']} stay ordered"
    )
    return recovery


def _approve(world: World, thread: Thread, before: Json) -> Json:
    thread.say("Yes, proceed")
    thread.read()
    world.stage.moment(wording.day(world.time.advance(THINKING)))
    thread.read()
    order: Json = world.alice.get(f"/api/v1/orders/{before['id']}")
    for each in order["legs"]:
        world.stage.fact("Order", wording.leg(each))
    for line in wording.movements(order):
        world.stage.fact("Money", line)
    return order


def _check(world: World, before: Json, after: Json, recovery: Json) -> None:
    old, new = after["legs"][0], after["legs"][-1]
    world.expect(
        (old["status"], new["status"]) == ("cancelled", "accepted") and new["vendor_id"] != old["vendor_id"],
        f"{old['name']} from {old['vendor_name']} became {new['name']} from {new['vendor_name']}",
    )
    difference = recovery["proposal"]["difference"]
    settled = after["paid"]["minor"] - before["paid"]["minor"] == difference["minor"]
    world.expect(
        settled and after["paid"] == after["total"],
        f"settled to the cent: {wording.money(before['paid'])} and {wording.money(difference)} more make "
        f"{wording.money(after['paid'])}",
    )
    world.expect(after["on_time"], f"it arrives {wording.clock(after['arrival'])}, in time")
    waiting = world.admin.get("/api/v1/escalations")
    world.expect(waiting == [], "nothing waits for a person: no human stood in between")


def _report(
    world: World, thread: Thread, began: datetime, before: Json, after: Json, recovery: Json
) -> dict[str, Any]:
    old, new = before["legs"][0], after["legs"][-1]
    return {
        "order_id": after["id"],
        "thread_id": thread.id,
        "negotiation_id": recovery["negotiation_id"],
        "recovery_id": recovery["id"],
        "vendor_before": old["vendor_id"],
        "vendor_after": new["vendor_id"],
        "item_before": old["name"],
        "item_after": new["name"],
        "delay_minutes": recovery["proposal"]["delay_minutes"],
        "price_difference": recovery["proposal"]["difference"],
        "paid_before": before["paid"],
        "paid_after": after["paid"],
        "movements": after["movements"],
        "virtual_seconds": (world.time.now() - began).total_seconds(),
        "events": [update["type"] for update in thread.told],
        "escalations": len(world.admin.get("/api/v1/escalations")),
    }
