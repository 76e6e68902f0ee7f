import json

from web_support import FakeApp, request

from triggers.routes import ROUTES
from triggers.web.door import Door

BY_NAME = {route.name: route for route in ROUTES}


async def get(name: str, app: FakeApp) -> tuple[int, dict]:
    door = Door(BY_NAME[name], lambda: app)  # type: ignore[arg-type, return-value]
    response = await door.answer(request(method="GET"))
    return response.status_code, json.loads(response.get_body())


async def test_health_does_not_ask_the_dependencies() -> None:
    status, answer = await get("health", FakeApp(states={"store": "gone"}))
    assert (status, answer["data"]) == (200, {"status": "ok"})


async def test_ready_names_what_answers() -> None:
    status, answer = await get("ready", FakeApp(states={"store": None, "bus": None}))
    assert (status, answer["data"]["dependencies"]) == (200, {"store": "ok", "bus": "ok"})


async def test_ready_names_what_fails_and_why() -> None:
    status, problem = await get("ready", FakeApp(states={"store": None, "bus": "times out"}))
    assert (status, problem["code"]) == (503, "not_ready")
    assert problem["errors"] == [{"field": "bus", "reason": "times out"}]
