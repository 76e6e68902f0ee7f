"""The two worked examples of docs/IDENTITY.md: they start, and tokens mean what their issuers document."""

import re
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.oidc_issuer.claims import ClaimNames, principal_of
from shared.adapters.oidc_issuer.tokens import Refused, check_claims
from shared.domain.identity import Persona, Principal
from shared.errors import Forbidden
from shared.settings import Settings
from tests.clocks import HandClock

IDENTITY = (Path(__file__).parents[2] / "docs" / "IDENTITY.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```\n(USO_OIDC_ISSUER=.*?)^```$", re.MULTILINE | re.DOTALL)
NOW = HandClock().now()
ISSUED = int(NOW.timestamp())


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Any:
    def started(issuer: str) -> Settings:
        (block,) = (each for each in BLOCK.findall(IDENTITY) if issuer in each)
        for line in block.splitlines():
            name, _, value = re.sub(r"\s+#.*", "", line).partition("=")
            monkeypatch.setenv(name, value)
        return Settings(environment="production")

    return started


def who(settings: Settings, claims: dict[str, Any]) -> Principal:
    check_claims(claims, settings, now=NOW)
    return principal_of(claims, ClaimNames.of(settings))


def test_clerks_people_are_who_the_readme_says(example: Any) -> None:
    settings = example("clerk")
    session = {
        "azp": "https://shop.example",
        "exp": ISSUED + 60,
        "fva": [7, -1],
        "iat": ISSUED,
        "iss": "https://clerk.shop.example",
        "jti": "10db7f531a90cb2faea4",
        "nbf": ISSUED - 5,
        "sid": "sess_123",
        "sub": "user_123",
        "v": 2,
        "sts": "active",
        "aud": "https://api.shop.example",
        "role": None,
        "vendor": None,
        "email": "jane@jane.example",
        "email_verified": True,
    }
    jane = who(settings, session)
    assert (jane.persona, jane.customer_id, jane.email) == (
        Persona.CUSTOMER,
        "user_123",
        "jane@jane.example",
    )
    assert who(settings, session | {"role": "admin"}).is_admin
    assert who(settings, session | {"role": "partner", "vendor": "shop-a"}).partner_id == "shop-a"
    impersonated = who(settings, session | {"act": {"iss": "https://dashboard.clerk.com", "sub": "user_456"}})
    assert (impersonated.persona, impersonated.subject) == (Persona.AGENT, "user_456")
    for refused in ({"azp": "https://evil.example"}, {"azp": None}, {"aud": None}):
        with pytest.raises(Refused):
            check_claims(session | refused, settings, now=NOW)
    oauth = {
        "iss": "https://clerk.shop.example",
        "sub": "user_123",
        "client_id": "CLIENT_ID",
        "aud": "https://api.shop.example",
        "exp": ISSUED + 86_400,
        "iat": ISSUED,
        "scope": "profile email",
    }
    agent = who(settings, oauth)
    assert (agent.persona, agent.subject, agent.customer_id) == (Persona.AGENT, "CLIENT_ID", "user_123")


def test_entras_people_are_who_the_readme_says(example: Any) -> None:
    settings = example("microsoftonline")
    token = {
        "aud": "API_CLIENT_ID",
        "iss": "https://login.microsoftonline.com/TENANT_ID/v2.0",
        "iat": ISSUED,
        "nbf": ISSUED,
        "exp": ISSUED + 4000,
        "aio": "E2RgYFjBv",
        "azp": "WEB_CLIENT_ID",
        "azpacr": "0",
        "oid": "11111111-aaaa-bbbb-cccc-222222222222",
        "scp": "Orders.Write",
        "sub": "pairwise-and-different",
        "tid": "TENANT_ID",
        "ver": "2.0",
        "email": "jane@jane.example",
    }
    jane = who(settings, token)
    assert (jane.persona, jane.customer_id, jane.email) == (Persona.CUSTOMER, token["oid"], None)
    assert who(settings, token | {"roles": ["Uso.Admin", "Something.Else"]}).is_admin
    partner = who(settings, token | {"roles": ["Uso.Partner"], "extn.vendor": "shop-a"})
    assert partner.partner_id == "shop-a"
    agent = who(settings, token | {"azp": "AGENT_CLIENT_ID"})
    assert (agent.persona, agent.subject, agent.customer_id) == (
        Persona.AGENT,
        "AGENT_CLIENT_ID",
        token["oid"],
    )
    program = {name: value for name, value in token.items() if name not in ("scp", "email")}
    program |= {"sub": token["oid"]}
    for client in ("WEB_CLIENT_ID", "AGENT_CLIENT_ID"):
        with pytest.raises(Forbidden):
            who(settings, program | {"azp": client})
    with pytest.raises(Refused):
        check_claims(token | {"azp": "ANY_OTHER_CLIENT"}, settings, now=NOW)
    with pytest.raises(Refused):
        check_claims(token | {"iss": "https://login.microsoftonline.com/OTHER/v2.0"}, settings, now=NOW)
