import pytest

from tests.harness import HOME, World


@pytest.mark.flow("6.7-1")
async def test_it_waits_for_the_sunny_thursday_asks_and_buys(world: World) -> None:
    alice, admin = world.customer(), world.admin()
    for sky, since in (("sunny", "2026-05-04T00:00:00Z"), ("rainy", "2026-05-05T15:00:00Z"), ("sunny", "2026-05-14T02:00:00Z")):
        for day in ("2026-05-07", "2026-05-14"):
            if not (day == "2026-05-07" and since > "2026-05-14"):
               (await admin.call("PUT", "/api/v1/simulator/weather", {"place": HOME, "day": day, "sky": sky, "since": since})).data
    made = await alice.post(
        "/api/v1/chat",
        {"text": "order flowers for my mom on the next sunny Thursday", "deliver_to": HOME, "thread_id": "thr1"},
    )
    print(made["reply"], made["intent"]["conditions"])
    path = f"/api/v1/standing-intents/{made['standing_intent_id']}"
    await world.settle()
    intent = await alice.get(path)
    print(intent["status"], intent["choice"], intent["condition_text"])
    for day in range(11):
        await world.advance(days=1)
        progress = await alice.get(path + "/progress")
        print(world.now(), progress["status"], [(c["words"], c["state"], c["why"]) for c in progress["conditions"]])
        if progress["status"] == "waiting_approval":
            break
    for update in await world.updates(alice, "thr1"):
        print(update["at"], update["type"], "|", update["narrative"], "|", update["reasoning"])
    print((await alice.post("/api/v1/chat", {"text": "yes please", "thread_id": "thr1"}))["reply"])
    await world.settle()
    intent = await alice.get(path)
    print(intent)
    for update in (await world.updates(alice, "thr1"))[-4:]:
        print(update["at"], update["type"], "|", update["narrative"], "|", update["reasoning"])
    history = await world.host.engine.raw_history(made["standing_intent_id"])
    print(len(history), [h["EventType"] for h in history])
    assert intent["status"] == "completed"
