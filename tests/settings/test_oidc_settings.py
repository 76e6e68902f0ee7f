"""How the app comes to take an issuer's tokens, and that a wrong setting stops it by name."""

import pytest
from pydantic import ValidationError
from pydantic_settings import SettingsError

from shared.adapters.local_issuer import LocalIssuer
from shared.adapters.oidc_issuer.issuer import OidcIssuer
from shared.bootstrap import bootstrap
from tests.settings.conftest import Start, complaint

ISSUER = "https://clerk.shop.example"
ON = {"OIDC_ISSUER": ISSUER, "OIDC_AUDIENCE": "https://api.shop.example"}
PRODUCTION = {
    "ENVIRONMENT": "production",
    "COSMOS_ENDPOINT": "https://uso.documents.azure.com/",
    "BUS_NAMESPACE": "uso.servicebus.windows.net",
    "OPEN_METEO_URL": "https://api.open-meteo.com",
    "STRIPE_KEY": "sk_test_" + "q7Zk" * 5,
    "STRIPE_WEBHOOK_SECRETS": "whsec_" + "q7Zk" * 8,
}
ENTRA = "https://login.microsoftonline.com"


async def test_with_an_issuer_the_app_takes_its_tokens(start: Start) -> None:
    app = bootstrap(start(**ON))
    assert isinstance(app.tokens, OidcIssuer)
    assert app.tokens in app.closing
    await app.close()


async def test_production_takes_an_issuers_tokens_too(start: Start) -> None:
    app = bootstrap(start(**ON, **PRODUCTION))
    assert isinstance(app.tokens, OidcIssuer)
    await app.close()


async def test_without_one_a_laptop_has_its_own(start: Start) -> None:
    app = bootstrap(start())
    assert isinstance(app.tokens, LocalIssuer)
    await app.close()


def test_without_one_production_does_not_start(start: Start) -> None:
    with pytest.raises(RuntimeError, match="USO_OIDC_ISSUER"):
        bootstrap(start(**PRODUCTION))


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"OIDC_ISSUER": ISSUER}, "USO_OIDC_AUDIENCE"),
        ({"OIDC_AUDIENCE": "api"}, "USO_OIDC_ISSUER"),
        ({"OIDC_PERSONAS": '{"a": "admin"}'}, "USO_OIDC_ISSUER"),
        (ON | {"OIDC_ISSUER": "http://127.0.0.1:9"}, "must be https://"),
        (ON | {"OIDC_ISSUER": "clerk.shop.example"}, "oidc_issuer"),
        (ON | {"OIDC_ISSUER": "https://"}, "oidc_issuer"),
        (ON | {"OIDC_ISSUER": "https://me:word@clerk.shop.example"}, "oidc_issuer"),
        (ON | {"OIDC_ISSUER": f"{ISSUER}?tenant=1"}, "oidc_issuer"),
        (ON | {"OIDC_ISSUER": f"{ISSUER}#x"}, "oidc_issuer"),
        (ON | {"OIDC_ISSUER": f"{ISSUER} "}, "oidc_issuer"),
        (ON | {"OIDC_ISSUER": f"{ENTRA}/{{tenantid}}/v2.0"}, "many tenants"),
        (ON | {"OIDC_ISSUER": f"{ENTRA}/common/v2.0"}, "many tenants"),
        (ON | {"OIDC_ISSUER": f"{ENTRA}/organizations/v2.0"}, "many tenants"),
        (ON | {"OIDC_ISSUER": f"{ENTRA}/consumers/v2.0"}, "many tenants"),
        (ON | {"OIDC_ISSUER": ENTRA}, "many tenants"),
        (ON | {"OIDC_PERSONAS": '{"a": "root"}'}, "oidc_personas"),
        (ON | {"OIDC_PERSONA_CLAIMS": "unsafe_metadata.role"}, "unsafe_metadata"),
        (ON | {"OIDC_CUSTOMER_CLAIMS": "customer_id, user.unsafe_metadata.customer"}, "oidc_customer_claims"),
        (ON | {"OIDC_PARTNER_CLAIMS": "unsafe_metadata"}, "oidc_partner_claims"),
        (ON | {"OIDC_PERSONA_CLAIMS": ","}, "oidc_persona_claims"),
        (ON | {"OIDC_SUBJECT_CLAIM": "unsafe_metadata.id"}, "oidc_subject_claim"),
        (ON | {"OIDC_CLIENTS": "web,gpt", "OIDC_AGENT_CLIENTS": "gpt"}, "USO_OIDC_AGENT_CLIENTS"),
        (ON | {"OIDC_LEEWAY": "PT1H"}, "oidc_leeway"),
        (ON | {"OIDC_LEEWAY": "-5"}, "oidc_leeway"),
        (ON | {"OIDC_KEYS_FOR": "P2D"}, "USO_OIDC_KEYS_AT_MOST"),
        (ON | {"OIDC_FETCH_PAUSE": "PT2H"}, "USO_OIDC_FETCH_PAUSE"),
        (ON | {"OIDC_TIMEOUT": "0"}, "oidc_timeout"),
        (ON | {"OIDC_MAX_BYTES": "10"}, "oidc_max_bytes"),
    ],
    ids=str,
)
def test_a_wrong_setting_stops_the_start_by_name(start: Start, values: dict[str, str], named: str) -> None:
    said = complaint(start, values)
    assert named in said


def test_personas_are_json(start: Start) -> None:
    with pytest.raises(SettingsError, match="oidc_personas"):
        start(**ON, OIDC_PERSONAS="admin=Shop.Admin")


def test_a_plain_issuer_is_for_development_only(start: Start) -> None:
    plain = {**ON, "OIDC_ISSUER": "http://127.0.0.1:9", "ALLOW_PRIVATE_URLS": "true"}
    assert start(**plain).oidc_issuer == "http://127.0.0.1:9"
    with pytest.raises(ValidationError, match="USO_OIDC_ISSUER must be https"):
        start(**plain, **PRODUCTION)


@pytest.mark.parametrize(
    "issuer",
    [
        "https://shop.clerk.accounts.dev",
        f"{ENTRA}/aaaabbbb-0000-cccc-1111-dddd2222eeee/v2.0",
        "https://sts.windows.net/aaaabbbb-0000-cccc-1111-dddd2222eeee/",
        "https://shop.ciamlogin.com/aaaabbbb-0000-cccc-1111-dddd2222eeee/v2.0",
        "https://shop.eu.auth0.com/",
        "https://keycloak.shop.example:8443/realms/shop",
    ],
)
def test_issuers_of_every_spelling_are_kept_as_they_are(start: Start, issuer: str) -> None:
    assert start(**ON | {"OIDC_ISSUER": issuer}).oidc_issuer == issuer


def test_lists_are_parted_by_commas_or_spaces(start: Start) -> None:
    settings = start(**ON | {"OIDC_AUDIENCE": "a,b c"}, OIDC_PERSONA_CLAIMS="roles, https://a.example/role")
    assert settings.oidc_audience == ("a", "b", "c")
    assert settings.oidc_persona_claims == ("roles", "https://a.example/role")
