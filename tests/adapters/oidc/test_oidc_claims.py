"""What a token's claims mean: who is whom, who acts for whom, and that nobody is more than was said."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.oidc_issuer.claims import ClaimNames, at, principal_of
from shared.domain.identity import Persona, Principal
from shared.errors import Forbidden
from shared.settings import Settings

ISSUER = {"oidc_issuer": "https://issuer.example", "oidc_audience": "api"}
ALICE = Principal(subject="alice", persona=Persona.CUSTOMER, customer_id="alice")


def names(**settings: Any) -> ClaimNames:
    return ClaimNames.of(Settings(**ISSUER, **{f"oidc_{name}": value for name, value in settings.items()}))


USUAL = names()
AGENTS = names(agent_clients="gpt")


def who(rules: ClaimNames = USUAL, /, **claims: Any) -> Principal:
    return principal_of({"sub": "alice", **claims}, rules)


def assert_nobody(words: str, rules: ClaimNames = USUAL, /, **claims: Any) -> None:
    with pytest.raises(Forbidden, match=words) as caught:
        who(rules, **claims)
    assert caught.value.code == "no_persona"


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"persona": "customer"},
        {"persona": ["customer"]},
        {"persona": None},
        {"persona": "superuser"},
        {"persona": "Admin"},
        {"persona": "admin "},
        {"persona": []},
        {"persona": ["", "root", 5, None, ["admin"], {"admin": True}]},
        {"persona": {"admin": True}},
        {"persona": True},
        {"persona": 1},
        {"role": "admin", "roles": ["admin"], "scope": "admin", "groups": ["admin"], "is_admin": True},
        {"customer_id": "bob"},
        {"partner_id": "shop"},
        {"metadata": {"persona": "admin"}},
    ],
    ids=str,
)
def test_without_a_known_role_somebody_is_a_customer_and_nobody_elses(claims: dict[str, Any]) -> None:
    assert who(**claims) == ALICE


def test_an_admin_is_one_by_an_explicit_claim() -> None:
    assert who(persona="admin") == Principal(subject="alice", persona=Persona.ADMIN)
    assert who(persona=["unknown", "admin", "admin"]).is_admin


def test_a_partner_speaks_for_the_vendor_of_its_claim() -> None:
    assert who(persona="partner", partner_id="shop-b").partner_id == "shop-b"
    for missing in ({}, {"partner_id": ""}, {"partner_id": 5}, {"partner_id": ["a"]}, {"partner_id": "a b"}):
        assert_nobody("vendor", persona="partner", **missing)


def test_an_agent_acts_for_the_customer_of_its_claim() -> None:
    agent = who(sub="gpt", persona="agent", customer_id="alice")
    assert (agent.subject, agent.persona, agent.customer_id) == ("gpt", Persona.AGENT, "alice")
    for missing in ({}, {"customer_id": None}, {"customer_id": ["alice", "bob"]}, {"customer_id": "a\nb"}):
        assert_nobody("customer", persona="agent", **missing)


def test_several_roles_are_none() -> None:
    """Which one was meant cannot be known, and either guess would hurt somebody."""
    assert_nobody("several roles", persona=["admin", "customer"])
    assert_nobody("several roles", persona=["partner", "agent"], customer_id="alice", partner_id="shop")


def test_roles_are_mapped_and_what_is_not_mapped_is_none() -> None:
    rules = names(
        persona_claims="roles, metadata.role",
        personas={"USO.Admin": "admin", "Shop": "partner"},
        partner_claims="shop",
    )
    assert who(rules, roles=["USO.Admin"]).is_admin
    assert who(rules, roles=["Shop", "Other"], shop="shop-a").partner_id == "shop-a"
    assert who(rules, metadata={"role": "USO.Admin"}).is_admin
    assert who(rules, roles=["admin"]) == ALICE, "a map replaces the personas' own names"
    assert who(rules, roles=["uso.admin"]) == ALICE
    assert who(rules, persona="admin") == ALICE


def test_the_first_claim_that_is_there_decides() -> None:
    rules = names(persona_claims="persona, roles")
    assert who(rules, persona="customer", roles=["admin"]) == ALICE
    assert who(rules, persona=None, roles=["admin"]).is_admin
    assert who(rules, persona=[], roles=["admin"]) == ALICE


@pytest.mark.parametrize(
    ("claims", "path", "found"),
    [
        ({"a": 1}, "a", 1),
        ({"a": {"b": {"c": 1}}}, "a.b.c", 1),
        ({"a.b": 1, "a": {"b": 2}}, "a.b", 1),
        ({"https://uso.example/roles": 1}, "https://uso.example/roles", 1),
        ({"https://uso.example/app": {"role": 1}}, "https://uso.example/app.role", 1),
        ({"a": {"b.c": 1}}, "a.b.c", 1),
        ({"a": {}}, "a.b", None),
        ({"a": [{"b": 1}]}, "a.b", None),
        ({"a": "b"}, "a.b", None),
        ({"": 1}, "a", None),
        ({}, "a.b.c", None),
    ],
    ids=str,
)
def test_a_path_leads_through_objects(claims: dict[str, Any], path: str, found: object) -> None:
    assert at(claims, path) == found


def test_another_claim_can_be_the_callers_id() -> None:
    rules = names(subject_claim="oid")
    assert who(rules, oid="0-1-2", scp="orders").customer_id == "0-1-2"
    assert_nobody("caller", rules)


@pytest.mark.parametrize(
    "sub", [None, "", 5, "a b", "a\n", "ä", "\ud800", "x" * 256, ["alice"], {"a": 1}], ids=repr
)
def test_an_id_is_printable_ascii(sub: object) -> None:
    assert_nobody("caller", sub=sub)
    assert who(sub="x" * 255).subject == "x" * 255
    assert who(sub="auth0|5f7/..?#").subject == "auth0|5f7/..?#"


# --- who acts for whom ------------------------------------------------------------------------------------


@pytest.mark.parametrize("persona", [None, "customer", "agent", "unknown"])
def test_an_actor_acts_for_the_subject(persona: str | None) -> None:
    agent = who(act={"sub": "gpt"}, persona=persona, email="a@a.example", email_verified=True)
    assert agent == Principal(subject="gpt", persona=Persona.AGENT, customer_id="alice", email="a@a.example")


def test_an_actor_does_not_choose_its_customer() -> None:
    assert (
        who(act={"sub": "gpt", "customer_id": "bob"}, customer_id="bob", persona="agent").customer_id
        == "alice"
    )
    assert who(AGENTS, azp="gpt", customer_id="bob", persona="agent").customer_id == "alice"


def test_only_the_outermost_actor_counts() -> None:
    assert who(act={"sub": "gpt", "act": {"sub": "admin-console"}}).subject == "gpt"


def test_what_a_partner_or_an_admin_may_do_is_not_delegated() -> None:
    for more in ({"act": {"sub": "gpt"}}, {"azp": "gpt"}):
        assert_nobody("not delegated", AGENTS, persona="admin", **more)
        assert_nobody("not delegated", AGENTS, persona="partner", partner_id="shop", **more)


@pytest.mark.parametrize(
    "act", [{}, {"sub": None}, {"sub": 5}, {"sub": ""}, "gpt", ["gpt"], True, 0, {"iss": "x"}], ids=repr
)
def test_an_actor_without_a_name_is_nobody(act: object) -> None:
    """Whatever stands there, the token is not its subject's own."""
    assert_nobody("agent", act=act)


@pytest.mark.parametrize("claim", ["azp", "client_id", "appid"])
def test_a_customers_token_in_an_agents_hands_is_the_agents(claim: str) -> None:
    agent = who(AGENTS, **{claim: "gpt"})
    assert (agent.subject, agent.persona, agent.customer_id) == ("gpt", Persona.AGENT, "alice")
    assert who(AGENTS, **{claim: "web"}) == ALICE
    assert who(**{claim: "gpt"}) == ALICE, "no client is an agent unless the settings say so"


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "gpt", "azp": "gpt"},
        {"sub": "gpt", "client_id": "gpt"},
        {"sub": "gpt@clients", "azp": "gpt", "gty": "client-credentials"},
        {"sub": "0-1", "azp": "gpt", "idtyp": "app"},
        {"sub": "0-1", "oid": "0-1", "azp": "gpt"},
    ],
    ids=str,
)
def test_a_program_is_no_customer(claims: dict[str, Any]) -> None:
    for rules in (USUAL, AGENTS):
        assert_nobody("program", rules, **claims)
        assert_nobody("program", rules, **claims, persona="customer")
        agent = who(rules, **claims, persona="agent", customer_id="alice")
        assert (agent.subject, agent.customer_id) == (claims["sub"], "alice")
        assert who(rules, **claims, persona="admin").is_admin


def test_a_person_whose_id_is_their_object_id_is_a_customer() -> None:
    assert who(oid="alice", scp="orders", azp="web") == ALICE


# --- addresses --------------------------------------------------------------------------------------------


def test_an_address_counts_only_when_the_issuer_has_verified_it() -> None:
    assert who(email="alice@alice.example", email_verified=True).email == "alice@alice.example"
    for claim in ({}, {"email_verified": False}, {"email_verified": "true"}, {"email_verified": 1}):
        assert who(email="alice@alice.example", **claim).email is None


@pytest.mark.parametrize(
    "email",
    [
        5,
        None,
        ["a@a.example"],
        "",
        "nobody",
        "a@",
        "@a",
        "a b@a.example",
        "a@a.example\nBcc: b@b.example",
        "ä@a.example",
    ],
    ids=repr,
)
def test_what_is_no_address_is_none(email: object) -> None:
    assert who(email=email, email_verified=True) == ALICE


def test_an_agents_own_address_is_not_its_customers() -> None:
    own = {"email": "gpt@agents.example", "email_verified": True}
    assert who(sub="gpt", persona="agent", customer_id="alice", **own).email is None


def test_admins_and_partners_have_no_address_here() -> None:
    mine = {"email": "a@a.example", "email_verified": True}
    assert who(persona="admin", **mine).email is None
    assert who(persona="partner", partner_id="shop", **mine).email is None


# --- whatever an issuer may say ---------------------------------------------------------------------------

IDS = st.sampled_from(["alice", "bob", "gpt", "shop", "", "a b"])
ROLES = st.sampled_from(["customer", "agent", "partner", "admin", "root", "USO.Admin", ""])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | IDS | ROLES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["sub", "persona", "roles", "a"]), inner, max_size=3)
    ),
    max_leaves=6,
)
CLAIMS = st.fixed_dictionaries(
    {},
    optional={
        "sub": IDS | ANYTHING,
        "oid": IDS | ANYTHING,
        "persona": ROLES | st.lists(ROLES, max_size=3) | ANYTHING,
        "roles": ROLES | st.lists(ROLES, max_size=3) | ANYTHING,
        "customer_id": IDS | ANYTHING,
        "partner_id": IDS | ANYTHING,
        "act": st.fixed_dictionaries({"sub": IDS}) | ANYTHING,
        "azp": IDS,
        "client_id": IDS,
        "idtyp": st.sampled_from(["app", "user"]) | ANYTHING,
        "gty": ANYTHING,
        "email": st.sampled_from(["a@a.example", "no"]) | ANYTHING,
        "email_verified": st.booleans() | ANYTHING,
    },
)
RULES = st.sampled_from(
    [
        USUAL,
        AGENTS,
        names(persona_claims="roles,persona", personas={"USO.Admin": "admin", "agent": "agent"}),
        names(subject_claim="oid", customer_claims="act.sub, customer_id", agent_clients="gpt,shop"),
    ]
)


@given(claims=CLAIMS, rules=RULES)
def test_whatever_an_issuer_says_somebody_is_known_or_has_no_place(
    claims: dict[str, Any], rules: ClaimNames
) -> None:
    try:
        found = principal_of(claims, rules)
    except Forbidden:
        return
    subject = at(claims, rules.subject)
    said = next((value for path in rules.roles if (value := at(claims, path)) is not None), None)
    roles = [role for role in (said if isinstance(said, list) else [said]) if isinstance(role, str)]
    told = {rules.personas[role] for role in roles if role in rules.personas}
    if found.persona in (Persona.ADMIN, Persona.PARTNER):
        assert told == {found.persona}
        assert claims.get("act") is None
        assert found.subject == subject
    if found.persona is Persona.CUSTOMER:
        assert found.customer_id == found.subject == subject
        assert told <= {Persona.CUSTOMER}
        assert claims.get("act") is None
    if found.persona is Persona.AGENT and told != {Persona.AGENT}:
        assert found.customer_id == subject
    if found.email is not None:
        assert claims["email_verified"] is True
        assert found.customer_id == subject


@given(claims=CLAIMS, rules=RULES)
def test_taking_the_roles_away_never_gives_more_than_a_customer(
    claims: dict[str, Any], rules: ClaimNames
) -> None:
    without = {name: value for name, value in claims.items() if name not in ("persona", "roles")}
    try:
        found = principal_of(without, rules)
    except Forbidden:
        return
    assert found.persona in (Persona.CUSTOMER, Persona.AGENT)
    assert found.customer_id == at(claims, rules.subject)
