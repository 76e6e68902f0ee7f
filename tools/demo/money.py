"""The money of the rescued order: held, released, paid out, and everyone's books agree (1.3-3, 2.8-1)."""

from datetime import datetime
from typing import Any

from tools.demo import wording
from tools.demo.wording import Json
from tools.demo.world import Thread, World

BOOKS = "/api/v1/simulator/payments/books"
"""What the payment provider itself has written down; here it is the simulated one."""


def perform(world: World, thread: Thread, order: Json, began: datetime) -> dict[str, Any]:
    """Deliver, release, pay out, and lay the books side by side. Raises WentWrong."""
    leg = order["legs"][-1]
    _open_account(world, leg)
    _deliver(world, thread, order, leg)
    statement = _statement(world, order)
    movements = _provider(world, began)
    _show(world, statement, movements)
    _check(world, order, statement, movements)
    trial = _reconcile(world)
    return {"statement": statement, "provider": movements, "trial_balance": trial}


def _open_account(world: World, leg: Json) -> None:
    florist = world.partner(leg["vendor_id"], leg["vendor_name"])
    florist.post("/api/v1/partners/me/payouts/account", {})
    world.stage.say(leg["vendor_name"], "This is the account that we are paid to.")


def _deliver(world: World, thread: Thread, order: Json, leg: Json) -> None:
    florist = world.partner(leg["vendor_id"], leg["vendor_name"])
    florist.post(f"/api/v1/partners/me/orders/{leg['id']}/status", {"status": "Ready for Pickup"})
    world.stage.say(leg["vendor_name"], f"{leg['name']}: ready for pickup.")
    thread.read()
    world.stage.moment(wording.day(world.time.to(datetime.fromisoformat(order["arrival"]))))
    held = _statement(world, order)
    world.expect(
        held["remaining"] == order["paid"], f"{wording.money(order['paid'])} are held, not paid out yet"
    )
    world.stage.say("Alice", "They are here. Thank you!")
    world.alice.post(f"/api/v1/orders/{order['id']}/confirm-delivery")
    thread.read()


def _statement(world: World, order: Json) -> Json:
    statement: Json = world.alice.get(f"/api/v1/orders/{order['id']}/statement")
    return statement


def _provider(world: World, began: datetime) -> list[Json]:
    return list(world.admin.get(BOOKS, since=began.isoformat())["movements"])


def _show(world: World, statement: Json, movements: list[Json]) -> None:
    world.stage.fact("Money", "the order's statement, and what the payment provider has written down")
    world.stage.side_by_side(
        ["USO's books of the order", *wording.entries(statement)],
        ["The provider's books", *wording.provider_books(movements)],
    )
    world.stage.fact("Money", wording.summary(statement))


def _check(world: World, order: Json, statement: Json, movements: list[Json]) -> None:
    parts = ("released", "refunded", "fees", "remaining")
    held, sums = statement["held"]["minor"], [statement[part]["minor"] for part in parts]
    world.expect(
        statement["balanced"] and held == sum(sums) and statement["debits"] == statement["credits"],
        "balanced: held = released + refunded + fees + remaining, and debits equal credits",
        statement,
    )
    world.expect(statement["remaining"]["minor"] == 0, "everything is verified, so nothing is held any more")
    booked = {line["reference"]: line["debit"] - line["credit"] for line in _at_provider(statement)}
    charged = {each["source_id"]: each["amount"]["minor"] for each in movements if each["kind"] == "payment"}
    world.expect(
        booked == charged and sum(charged.values()) == order["paid"]["minor"],
        f"the provider took the same: {wording.money(order['paid'])} in {len(charged)} payments",
        (booked, charged),
    )
    sent = -sum(each["amount"]["minor"] for each in movements if each["kind"] == "transfer")
    world.expect(
        sent == statement["released"]["minor"],
        f"and sent the florist what was released: {wording.money(statement['released'])}",
        sent,
    )


def _at_provider(statement: Json) -> list[Json]:
    lines = [line for entry in statement["entries"] for line in entry["lines"]]
    return [line for line in lines if line["account"].startswith("provider_balance")]


def _reconcile(world: World) -> Json:
    today = world.time.now().date().isoformat()
    report = world.admin.post("/api/v1/admin/reconciliation", {"day": today})
    trial: Json = world.admin.get("/api/v1/admin/ledger/trial-balance")
    world.stage.fact("Trial balance", f"of all {trial['entries']} entries: debits, credits")
    for line in trial["lines"]:
        world.stage.fact("", wording.trial(line))
    world.expect(trial["balanced"], "debits equal credits in the whole ledger")
    (closing,) = report["closing"]
    left = wording.money(closing["theirs"])
    world.expect(
        report["agrees"] and report["differences"] == [] and closing["ours"] == closing["theirs"],
        f"the reconciliation finds no difference: {left} are left there, USO's fees less the provider's",
        report,
    )
    return trial
