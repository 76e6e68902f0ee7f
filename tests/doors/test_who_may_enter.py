"""Every door of the table and everyone who might come to it: exactly the personas of its row pass."""

import pytest

from shared.domain.identity import Persona
from tests.doors.stage import UNKNOWN, Stage
from triggers.routes import ROUTES
from triggers.web.route import Route

pytestmark = pytest.mark.asyncio(loop_scope="module")

PERSONA_OF = {
    "customer": Persona.CUSTOMER,
    "agent": Persona.AGENT,
    "agent of another": Persona.AGENT,
    "partner": Persona.PARTNER,
    "admin": Persona.ADMIN,
}
NOBODYS = {"stripe_webhook", "supplier_webhook", "protected_resource", "twilio_text", "twilio_status"}
"""Where payments are simulated Stripe tells nothing, nor an unknown supplier, nor Twilio that is
not set; where tokens are local, nobody is told whose they are.
"""
NOT_KNOWN = {"nobody": "unauthenticated", "garbage": "invalid_token", "expired": "invalid_token"}
NOT_KNOWN |= {"forged": "invalid_token"}


def path_of(route: Route, ids: dict[str, str]) -> str:
    """The route's path with its parameters filled in."""
    return "/" + route.path.format(**ids)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
async def test_exactly_the_personas_of_the_table_pass_the_door(stage: Stage, route: Route) -> None:
    """Nothing can happen beyond the door: the ids are unknown and the body is wrong."""
    path = path_of(route, dict(UNKNOWN))
    body = None if route.method in ("GET", "DELETE") else {"surprise": 1}
    for who, caller in stage.callers().items():
        answer = await caller.call(route.method, path, body)
        if route.name in NOBODYS:
            assert (answer.status, answer.code) == (404, "not_found"), who
        elif route.signed_by or route.verifies_itself:
            assert (answer.status, answer.code) == (401, "unauthenticated"), who
        elif not route.personas or PERSONA_OF.get(who) in route.personas:
            assert answer.status not in (401, 403), (who, answer.body)
            assert answer.status < 500, (who, answer.body)
        elif who in NOT_KNOWN:
            assert (answer.status, answer.code) == (401, NOT_KNOWN[who]), who
            challenge = answer.headers["WWW-Authenticate"]
            assert challenge.startswith('Bearer realm="uso"'), who
            assert ('error="invalid_token"' in challenge) == (who != "nobody"), who
        else:
            assert (answer.status, answer.code) == (403, "forbidden"), who
            assert "WWW-Authenticate" not in answer.headers
        if answer.status >= 400:
            assert answer.headers["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
async def test_the_table_is_what_runs(stage: Stage, route: Route) -> None:
    """A door that the table does not know, or serves by another method, is not open."""
    document = (await stage.world.send("GET", "/api/openapi.json")).body
    operation = document["paths"][f"/{route.path}"][route.method.lower()]
    assert operation.get("x-personas", []) == sorted(route.personas)
    assert operation["security"] == ([{"bearer": []}] if route.personas else [])


async def test_no_door_is_open_that_the_table_does_not_name(stage: Stage) -> None:
    """What the host serves under /api is the table, no more."""
    served = {
        (route.path, method) for route in stage.world.host.http.routes for method in sorted(route.methods)
    }
    assert served == {(f"/{route.path}", method) for route in ROUTES for method in route.methods}
