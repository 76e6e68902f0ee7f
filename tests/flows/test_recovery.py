import pytest

from tests.harness import HOME, World


@pytest.mark.flow("6.3-1")
@pytest.mark.flow("1.6-1")
@pytest.mark.flow("5.4-7")
async def test_a_rejected_change_is_sourced_from_another_vendor(world: World) -> None:
    admin, alice = world.admin(), world.customer()
    await admin.post("/api/v1/simulator/live-demo/setup", {})
    order = await alice.post(
        "/api/v1/orders",
        {
            "items": [{"id": "demo-red-flowers"}],
            "deliver_to": HOME,
            "deliver_by": "2026-05-04T23:00:00Z",
            "thread_id": "thr1",
        },
    )
    await world.settle()
    path = f"/api/v1/orders/{order['id']}"
    order = await alice.get(path)
    assert order["status"] == "processing"
    assert [leg["status"] for leg in order["legs"]] == ["accepted"]
    assert order["paid"]["minor"] == 5000

    answer = await alice.post("/api/v1/chat", {"text": "I want pink flowers instead of red", "thread_id": "thr1"})
    print(answer["reply"])
    await world.settle()
    for update in await world.updates(alice, "thr1"):
        print(update["type"], "|", update["narrative"], "|", update["reasoning"])
    negotiation = await alice.get(f"/api/v1/negotiations/{answer['negotiation_id']}")
    print(negotiation)
    recovery = await alice.get(f"/api/v1/recoveries/{negotiation['recovery_id']}")
    assert recovery["status"] == "proposed"
    assert recovery["proposal"]["vendor_name"] == "Flower Shop B"
    assert recovery["proposal"]["difference"]["minor"] == 500

    order = await alice.get(path)
    assert order["legs"][0]["status"] == "accepted", "the old leg stays until the new vendor has accepted"

    answer = await alice.post("/api/v1/chat", {"text": "Yes, proceed", "thread_id": "thr1"})
    print(answer["reply"])
    await world.settle()
    for update in (await world.updates(alice, "thr1"))[-3:]:
        print(update["type"], "|", update["narrative"], "|", update["reasoning"])
    order = await alice.get(path)
    assert [(leg["name"], leg["status"]) for leg in order["legs"]] == [
        ("Red Flowers", "cancelled"),
        ("Pink Flowers", "accepted"),
    ]
    assert order["paid"]["minor"] == order["total"]["minor"] == 5500
    negotiation = await alice.get(f"/api/v1/negotiations/{answer['negotiation_id'] or negotiation['id']}")
    assert negotiation["status"] == "recovered_autonomously"
    assert await admin.get("/api/v1/escalations") == []
