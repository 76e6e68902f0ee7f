"""The running app with an OIDC issuer instead of its own: everyone does what they may, and nothing else."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from shared.adapters.local_issuer import LocalIssuer
from shared.domain.identity import Persona
from shared.settings import Settings
from tests.flows.steps import order
from tests.harness import HOME, Answer, Caller, World, running
from tests.peers.oidc.peer import AUDIENCE, OidcPeer, running_peer

pytestmark = pytest.mark.asyncio(loop_scope="module")

BLOOMS, CHOCOLATES = "bluebonnet-blooms", "congress-chocolates"
ROSES = "bb-dozen-red-roses"
ROLES = '{"uso-admin": "admin", "uso-partner": "partner", "uso-agent": "agent"}'
LEGS = "/api/v1/partners/me/orders"
ASSISTANT = "chat-assistant"


@dataclass(frozen=True)
class Town:
    """The app, the issuer, and people with the issuer's tokens."""

    world: World
    issuer: OidcPeer

    def with_token(self, **claims: Any) -> Caller:
        return Caller(self.world, self.issuer.sign(self.issuer.claims(self.world.now(), azp="web", **claims)))

    def through(self, client: str, **claims: Any) -> Caller:
        claims = self.issuer.claims(self.world.now(), azp=client, **claims)
        return Caller(self.world, self.issuer.sign(claims))

    def admin(self) -> Caller:
        return self.with_token(sub="olga", app={"roles": ["uso-admin"]})

    def partner(self, vendor: str) -> Caller:
        return self.with_token(sub="paul", app={"roles": ["uso-partner"], "vendor": vendor})

    def agents(self) -> dict[str, Caller]:
        """Alice's agents, in each way that an issuer can say so."""
        return {
            "actor": self.with_token(sub="alice", act={"sub": ASSISTANT}),
            "client": self.through(ASSISTANT, sub="alice"),
            "program": self.through(
                ASSISTANT, sub=ASSISTANT, app={"roles": ["uso-agent"], "customer": "alice"}
            ),
        }


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("town")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(data: Path) -> AsyncIterator[Town]:
    """One for all tests: none needs what another leaves behind, or minds it."""
    async with running_peer("/tenant") as issuer, running(data, **settings_for(issuer)) as world:
        yield Town(world, issuer)


def settings_for(issuer: OidcPeer) -> dict[str, str]:
    return {
        "allow_private_urls": "true",
        "public_url": AUDIENCE,
        "oidc_issuer": issuer.issuer,
        "oidc_audience": AUDIENCE,
        "oidc_clients": "web",
        "oidc_agent_clients": ASSISTANT,
        "oidc_persona_claims": "app.roles",
        "oidc_personas": ROLES,
        "oidc_customer_claims": "app.customer",
        "oidc_partner_claims": "app.vendor",
    }


async def assert_forbidden(answer: Answer) -> None:
    assert (answer.status, answer.code) == (403, "forbidden")


async def assert_unknown(answer: Answer) -> None:
    """A stranger is told that there is nothing."""
    assert (answer.status, answer.code) == (404, "not_found")


async def test_a_customer_orders_and_nobody_elses_things_are_there_for_them(town: Town) -> None:
    alice, bob = town.with_token(sub="alice"), town.with_token(sub="bob")
    mine = await order(alice, ROSES)
    path = f"/api/v1/orders/{mine['id']}"
    assert (await town.world.app.orders.get(mine["id"])).customer_id == "alice"
    assert (await alice.get(path))["id"] == mine["id"]
    await assert_unknown(await bob.call("GET", path))
    await assert_unknown(
        await bob.call("POST", f"{path}/change-requests", {"text": "I would like pink flowers instead"})
    )
    await assert_forbidden(await alice.call("GET", "/api/v1/escalations"))
    await assert_forbidden(await alice.call("GET", LEGS))


async def test_an_agent_acts_for_its_customer_however_the_issuer_says_so(town: Town) -> None:
    alice = town.with_token(sub="alice")
    for way, agent in town.agents().items():
        made = await order(agent, ROSES, thread_id=f"thr-{way}")
        stored = await town.world.app.orders.get(made["id"])
        assert (stored.customer_id, stored.paying.agent) == ("alice", ASSISTANT), way
        assert (await alice.get(f"/api/v1/orders/{made['id']}"))["id"] == made["id"]
        await assert_forbidden(await agent.call("GET", "/api/v1/escalations"))
        await assert_forbidden(await agent.call("GET", LEGS))


async def test_an_agent_does_not_choose_its_customer(town: Town) -> None:
    bob = town.with_token(sub="bob")
    his = await order(bob, ROSES, thread_id="thr-bob")
    for agent in town.agents().values():
        headers = {"Authorization": f"Bearer {agent.token}"}
        headers |= dict.fromkeys(("X-Customer-Id", "X-On-Behalf-Of", "X-User", "Customer-Id", "Act"), "bob")
        path = f"/api/v1/orders/{his['id']}"
        await assert_unknown(await town.world.send("GET", path, headers=headers))
        ticket = await town.world.send(
            "POST", "/api/v1/orders", headers=headers, json={"customer_id": "bob", "items": [{"id": ROSES}]}
        )
        assert (ticket.status, ticket.code) == (400, "invalid_input")


async def test_an_agent_spends_little_without_its_customers_mandate(town: Town) -> None:
    dear = [{"id": ROSES, "quantity": 5}]
    body = {"items": dear, "deliver_to": HOME, "deliver_by": "2026-05-05T23:00:00Z"}
    for agent in town.agents().values():
        answer = await agent.call("POST", "/api/v1/orders", body)
        assert (answer.status, answer.code) == (403, "approval_required")
    assert (await town.with_token(sub="alice").call("POST", "/api/v1/orders", body)).status == 202


async def test_a_partner_sees_its_own_legs_and_buys_nothing(town: Town) -> None:
    mine = await order(town.with_token(sub="alice"), ROSES)
    theirs, others = town.partner(BLOOMS), town.partner(CHOCOLATES)
    leg = mine["legs"][0]["id"]
    assert leg in {each["leg_id"] for each in await theirs.get(LEGS)}
    assert leg not in {each["leg_id"] for each in await others.get(LEGS)}
    await assert_unknown(await others.call("POST", f"{LEGS}/{leg}/accept"))
    assert (await theirs.call("POST", f"{LEGS}/{leg}/accept")).status < 300
    await assert_forbidden(await theirs.call("GET", f"/api/v1/orders/{mine['id']}"))
    await assert_forbidden(await theirs.call("POST", "/api/v1/chat", {"text": "red roses"}))
    await assert_forbidden(await theirs.call("GET", "/api/v1/escalations"))


async def test_an_admin_sees_and_does_not_decide_for_a_customer(town: Town) -> None:
    mine = await order(town.with_token(sub="alice"), ROSES)
    admin = town.admin()
    assert (await admin.call("GET", "/api/v1/escalations")).status == 200
    assert (await admin.get(f"/api/v1/orders/{mine['id']}"))["id"] == mine["id"]
    await assert_forbidden(await admin.call("POST", "/api/v1/chat", {"text": "red roses"}))
    await assert_forbidden(await admin.call("GET", LEGS))


async def test_who_has_no_place_here_is_told_why(town: Town) -> None:
    nobodies = {
        "several roles": town.with_token(app={"roles": ["uso-admin", "uso-partner"], "vendor": BLOOMS}),
        "vendor": town.with_token(app={"roles": ["uso-partner"]}),
        "customer": town.through(ASSISTANT, sub=ASSISTANT, app={"roles": ["uso-agent"]}),
        "program": town.through("web", sub="web"),
        "not delegated": town.through(ASSISTANT, sub="olga", app={"roles": ["uso-admin"]}),
    }
    for words, nobody in nobodies.items():
        answer = await nobody.call("GET", "/api/v1/escalations")
        assert (answer.status, answer.code) == (403, "no_persona")
        assert words in answer.body["detail"]
        assert "WWW-Authenticate" not in answer.headers


async def test_roles_that_the_settings_do_not_name_give_nothing(town: Town) -> None:
    for claims in ({"app": {"roles": ["admin"]}}, {"persona": "admin"}, {"roles": ["uso-admin"]}):
        await assert_forbidden(await town.with_token(**claims).call("GET", "/api/v1/escalations"))


async def test_a_client_that_knows_only_our_address_learns_whose_tokens_we_take(town: Town) -> None:
    """RFC 9728: the challenge leads to the document, the document to the issuer."""
    refused = await town.world.nobody().call("GET", "/api/v1/escalations")
    assert refused.status == 401
    challenge = refused.headers["WWW-Authenticate"]
    path = "/.well-known/oauth-protected-resource"
    assert challenge == f'Bearer realm="uso", resource_metadata="{AUDIENCE}{path}"'
    known = await town.world.send("GET", path)
    assert known.status == 200
    assert known.headers["Content-Type"].startswith("application/json")
    assert known.body == {
        "resource": AUDIENCE,
        "authorization_servers": [town.issuer.issuer],
        "bearer_methods_supported": ["header"],
        "resource_name": "USO",
    }
    assert (await town.with_token(aud=known.body["resource"]).call("GET", "/api/v1/mandates")).status == 200


async def test_tokens_of_nobody_we_know_are_refused(town: Town, data: Path) -> None:
    local = LocalIssuer(Settings(data_dir=data / "uso"), town.world.app.clock)
    strangers = {
        "the local issuer": Caller(town.world, local.issue(Persona.ADMIN, subject="root")),
        "another audience": town.with_token(aud="https://other.example"),
        "another client": town.through("evil"),
        "over": town.with_token(exp=int(town.world.now().timestamp()) - 60),
        "nothing": Caller(town.world, "garbage"),
    }
    for who, stranger in strangers.items():
        answer = await stranger.call("GET", "/api/v1/escalations")
        assert (answer.status, answer.code) == (401, "invalid_token"), who
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
        assert "Retry-After" not in answer.headers
