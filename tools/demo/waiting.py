"""Job 2: the wish that waits for its moment (flows 6.7-1 to 6.7-3) while days pass on the virtual clock."""

from datetime import date, datetime, timedelta
from typing import Any

from tools.demo import wording
from tools.demo.wording import Json
from tools.demo.world import HOME, Thread, WentWrong, World

SENTENCE = "order flowers for my mom on the next sunny Thursday"
THURSDAY = 3
LONGEST_DAYS = 16


def perform(world: World) -> dict[str, Any]:
    """Wish, wait through a change of the weather's mind, be asked, say yes. Raises WentWrong."""
    stage = world.stage
    began = world.time.now()
    stage.title("2  The wish that waits for its moment")
    stage.moment(wording.day(began))
    _script_weather(world, began)
    thread = Thread(world, "demo-waiting")
    intent_id = thread.say(SENTENCE, deliver_to=HOME)["standing_intent_id"]
    world.expect(intent_id, "the wish became a standing intent")
    path = f"/api/v1/standing-intents/{intent_id}"
    thread.read()
    seen = _wait(world, thread, path)
    _check_wait(world, seen)
    intent = _approve(world, thread, path)
    order = world.alice.get(f"/api/v1/orders/{intent['order_id']}")
    _check_purchase(world, intent, order)
    return _report(world, thread, began, intent, order, seen)


def _script_weather(world: World, now: datetime) -> None:
    """Let Thursday look sunny and then rain, and the next one look rainy and clear up the evening before."""
    local = now.astimezone(wording.ZONE)
    first = local.date() + timedelta(days=(THURSDAY - local.weekday()) % 7 or 7)
    second = first + timedelta(days=7)
    script = [
        (first, "sunny", now - timedelta(hours=1)),
        (first, "rainy", now + timedelta(days=1, hours=1)),
        (second, "rainy", now - timedelta(hours=1)),
        (second, "sunny", datetime.combine(second, datetime.min.time(), wording.ZONE) - timedelta(hours=3)),
    ]
    for day, sky, since in script:
        body = {"place": HOME, "day": day.isoformat(), "sky": sky, "since": since.isoformat()}
        world.admin.put("/api/v1/simulator/weather", body)
    world.stage.fact("Weather", "; ".join(_told(day, sky, since) for day, sky, since in script))


def _told(day: date, sky: str, since: datetime) -> str:
    return f"{day:%a %d} will be forecast {sky} from {since.astimezone(wording.ZONE):%a %d %H:%M} on"


def _wait(world: World, thread: Thread, path: str) -> list[Json]:
    """Let day after day pass until USO asks; return each different picture of the IF/THEN map."""
    pictures: list[Json] = []
    quiet = 0
    while True:
        progress = world.alice.get(f"{path}/progress")
        if not pictures or progress["conditions"] != pictures[-1]["conditions"]:
            if pictures:
                world.stage.moment(wording.day(world.time.now()))
            thread.read()
            if progress["conditions"]:
                _show_map(world, progress)
            pictures.append(progress)
        else:
            quiet += 1
            world.stage.fact("", f"{wording.day(world.time.now())}: nothing new")
        if progress["status"] != "active":
            return pictures
        if len(pictures) + quiet > LONGEST_DAYS:
            raise WentWrong(f"nothing happened in {LONGEST_DAYS} days: {progress}")
        world.time.advance("P1D")


def _show_map(world: World, progress: Json) -> None:
    world.stage.logic(progress["if_condition"], wording.conditions(progress), progress["then_action"])


def _check_wait(world: World, seen: list[Json]) -> None:
    told = [_weather(progress) for progress in seen if progress["conditions"]]
    world.expect(
        "not_met" in told and told[-1] == "met", "the forecast changed its mind, and the map with it"
    )
    world.expect(
        seen[-1]["status"] == "waiting_approval", "now that everything holds, USO asks before it buys"
    )


def _weather(progress: Json) -> str:
    states = [each["state"] for each in progress["conditions"] if each["leaf"]["type"] == "weather"]
    return str(states[0])


def _approve(world: World, thread: Thread, path: str) -> Json:
    thread.say("Yes, buy them")
    thread.read()
    intent: Json = world.alice.get(path)
    return intent


def _check_purchase(world: World, intent: Json, order: Json) -> None:
    world.expect(intent["status"] == "completed", "the wish came true", intent["status"])
    leg = order["legs"][0]
    world.expect(leg["product_id"] == intent["choice"]["product_id"], wording.leg(leg))
    world.expect(order["paid"] == order["total"], f"paid {wording.money(order['paid'])}, once")
    arrival = datetime.fromisoformat(order["arrival"]).astimezone(wording.ZONE)
    world.expect(
        arrival.weekday() == THURSDAY, f"it arrives on the sunny Thursday itself: {wording.day(arrival)}"
    )


def _report(
    world: World, thread: Thread, began: datetime, intent: Json, order: Json, seen: list[Json]
) -> dict[str, Any]:
    return {
        "intent_id": intent["id"],
        "order_id": order["id"],
        "thread_id": thread.id,
        "item": intent["choice"]["item"],
        "vendor": intent["choice"]["vendor_id"],
        "paid": order["paid"],
        "virtual_seconds": (world.time.now() - began).total_seconds(),
        "weather_seen": [_weather(progress) for progress in seen if progress["conditions"]],
        "map_changes": len(seen),
        "events": [update["type"] for update in thread.told],
    }
