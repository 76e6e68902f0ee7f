"""Whose things they are: a stranger learns nothing, not even that there is something."""

import pytest

from shared.domain.identity import Persona
from tests.doors.bodies import GOOD
from tests.doors.stage import SHOP_B, STRANGER, UNKNOWN, Stage, problem_shape
from tests.harness import Caller
from triggers.routes import BUYERS, ROUTES
from triggers.web.plan import plan_of
from triggers.web.route import Route

pytestmark = pytest.mark.asyncio(loop_scope="module")

OWNED = [route for route in ROUTES if route.parameters and not route.signed_by]
OF_CUSTOMERS = [route for route in OWNED if route.personas >= BUYERS]
OF_PEOPLE = [route for route in OWNED if route.personas & BUYERS and route not in OF_CUSTOMERS]
"""What a customer has in person, without an agent."""
OF_PARTNERS = [route for route in OWNED if Persona.PARTNER in route.personas]
ADMINS_ACT_TOO = {"refund_request"}
"""Doors by which an admin does by right what a customer asks for."""
SEEN_BY_ADMINS = [
    route for route in OF_CUSTOMERS if Persona.ADMIN in route.personas and route.name not in ADMINS_ACT_TOO
]


def path_of(route: Route, ids: dict[str, str]) -> str:
    return "/" + route.path.format(**ids)


async def test_every_door_with_a_body_has_a_good_one_here() -> None:
    assert {route.name for route in ROUTES if plan_of(route).body is not None} == set(GOOD)


async def same_as_unknown(stage: Stage, route: Route, caller: Caller) -> None:
    """Ask for what is there and what is not: the answers differ in the id alone, and nothing is written."""
    (name,) = route.parameters
    before = await stage.at_rest()
    real, unknown = stage.ids[name], UNKNOWN[name]
    found = await caller.call(route.method, path_of(route, dict(stage.ids)), GOOD.get(route.name))
    missing = await caller.call(route.method, path_of(route, dict(UNKNOWN)), GOOD.get(route.name))
    assert (found.status, found.code) == (404, "not_found"), found.body
    assert problem_shape(found.body, real) == problem_shape(missing.body, unknown)
    assert set(found.headers) == set(missing.headers)
    assert stage.everything() == before


@pytest.mark.parametrize("route", OF_CUSTOMERS, ids=lambda route: route.name)
async def test_what_is_another_customers_is_not_there(stage: Stage, route: Route) -> None:
    strangers = {
        Persona.CUSTOMER: stage.world.customer(STRANGER),
        Persona.AGENT: stage.world.caller(Persona.AGENT, "assistant", customer_id=STRANGER),
    }
    for persona in route.personas & BUYERS:
        await same_as_unknown(stage, route, strangers[persona])


@pytest.mark.parametrize("route", OF_PEOPLE, ids=lambda route: route.name)
async def test_what_is_another_persons_is_not_there(stage: Stage, route: Route) -> None:
    await same_as_unknown(stage, route, stage.world.customer(STRANGER))


@pytest.mark.parametrize("route", OF_PARTNERS, ids=lambda route: route.name)
async def test_what_is_another_partners_is_not_there(stage: Stage, route: Route) -> None:
    await same_as_unknown(stage, route, stage.world.partner(SHOP_B))


@pytest.mark.parametrize("route", OF_CUSTOMERS, ids=lambda route: route.name)
async def test_a_customer_named_like_the_agent_has_none_of_its_customers_things(
    stage: Stage, route: Route
) -> None:
    await same_as_unknown(stage, route, stage.world.customer("assistant"))


@pytest.mark.parametrize("route", SEEN_BY_ADMINS, ids=lambda route: route.name)
async def test_admins_see_but_do_not_decide(stage: Stage, route: Route) -> None:
    admin, alice = stage.world.admin(), stage.world.customer()
    assert route.method == "GET"
    path = path_of(route, dict(stage.ids))
    assert await admin.get(path) == await alice.get(path)


@pytest.mark.parametrize(
    "route",
    [route for route in OF_CUSTOMERS if route.method != "GET" and route.name not in ADMINS_ACT_TOO],
    ids=lambda route: route.name,
)
async def test_only_the_customer_and_their_agents_decide(stage: Stage, route: Route) -> None:
    before = await stage.at_rest()
    for caller in (stage.world.admin(), stage.world.partner(stage.ids["partner_id"])):
        answer = await caller.call(route.method, path_of(route, dict(stage.ids)), GOOD.get(route.name))
        assert (answer.status, answer.code) == (403, "forbidden")
    assert stage.everything() == before


async def test_an_agent_sees_what_its_customer_sees(stage: Stage) -> None:
    agent = stage.world.caller(Persona.AGENT, "assistant", customer_id="alice")
    for route in SEEN_BY_ADMINS:
        path = path_of(route, dict(stage.ids))
        assert await agent.get(path) == await stage.world.customer().get(path)


async def test_an_agent_acts_for_its_customer_only(stage: Stage) -> None:
    agent = stage.world.caller(Persona.AGENT, "assistant", customer_id=STRANGER)
    mine = await agent.post("/api/v1/standing-intents", GOOD["intent_create"])
    listed = await stage.world.customer(STRANGER).get("/api/v1/standing-intents")
    assert mine["id"] in [intent["id"] for intent in listed]
    assert mine["id"] not in [i["id"] for i in await stage.world.customer().get("/api/v1/standing-intents")]
    assert mine["id"] not in [
        i["id"] for i in await stage.world.customer("assistant").get("/api/v1/standing-intents")
    ]


async def test_nobody_speaks_in_another_customers_conversation(stage: Stage) -> None:
    before = await stage.at_rest()
    mallory = stage.world.customer(STRANGER)
    for door, body in (
        ("/api/v1/chat", {"text": "Yes, proceed"}),
        ("/api/v1/orders", GOOD["order_place"]),
        ("/api/v1/standing-intents", GOOD["intent_create"]),
    ):
        answer = await mallory.call("POST", door, {**body, "thread_id": stage.ids["thread_id"]})
        assert (answer.status, answer.code) == (404, "not_found"), door
    assert stage.everything() == before


async def test_a_partner_sees_its_own_legs_only(stage: Stage) -> None:
    for vendor_id in (stage.ids["partner_id"], SHOP_B):
        partner = stage.world.partner(vendor_id)
        for leg in await partner.get("/api/v1/partners/me/orders"):
            assert leg["product_id"] == {stage.ids["partner_id"]: "demo-red-flowers"}.get(
                vendor_id, "demo-pink-flowers"
            )


async def test_a_list_has_nothing_of_others(stage: Stage) -> None:
    assert await stage.world.customer("nobody-yet").get("/api/v1/standing-intents") == []
    assert await stage.world.partner("rosewood-florals").get("/api/v1/partners/me/orders") == []


async def test_another_customers_idempotency_key_gives_nothing(stage: Stage) -> None:
    """The same key of two customers is two keys, whichever door it comes to."""
    alice, mallory = stage.world.customer(), stage.world.customer(STRANGER)
    for door, body in (
        ("/api/v1/orders", GOOD["order_place"]),
        ("/api/v1/standing-intents", GOOD["intent_create"]),
    ):
        hers = await alice.post(door, body, key="one-key")
        his = await mallory.post(door, body, key="one-key")
        assert hers["id"] != his["id"], door
        assert (await alice.post(door, body, key="one-key"))["id"] == hers["id"], door
        assert (await mallory.call("GET", f"{door}/{hers['id']}")).status == 404
    await stage.world.settle()
