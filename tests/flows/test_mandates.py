"""What an agent may spend: signed by the customer, drawn on by orders, seen and ended in the consent manager.

Flow 1.3-2: step 1 (the customer authorised the agent before), step 3 (the signed permissions cover all
vendors of a bundle, and nothing is entered again) and the budget's part of step 4. Placing the order itself
is the checkout's; these tests reserve and settle where the checkout will. Flow 1.1-1: step 5, the consent
manager.
"""

import asyncio
import hmac
import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from shared.domain.identity import Persona
from shared.domain.mandates import Mandate
from shared.domain.money import Money
from shared.errors import MandateRefused
from tests.doors.stage import documents
from tests.harness import Answer, Caller, World
from tests.wallet import AGENT, KEYS, TYP, Wallet, b64, dumped

MANDATES = "/api/v1/mandates"


def agent(world: World, name: str = AGENT, of: str = "alice") -> Caller:
    return world.caller(Persona.AGENT, name, customer_id=of)


def usd(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "USD"}


async def deliver(caller: Caller, token: str) -> Answer:
    return await caller.call("POST", MANDATES, {"token": token})


async def authorised(world: World, **claims: Any) -> tuple[Wallet, Any]:
    """Alice's wallet has a registered key and has signed a mandate, which her agent handed in."""
    wallet = await Wallet().registered(world.customer())
    return wallet, (await deliver(agent(world), wallet.mandate(**claims))).data


async def reserve(world: World, mandate: Any, key: str, minor: int, **more: Any) -> Mandate:
    """Reserve as the checkout does when an agent places an order."""
    ask: dict[str, Any] = {"agent": AGENT, "customer_id": "alice", "payees": ["a"], "categories": ["flowers"]}
    return await world.app.mandates.reserve(
        mandate["id"], key=key, amount=Money(minor=minor), **{**ask, **more}
    )


@pytest.mark.flow("1.3-2")
async def test_an_agent_spends_what_its_customer_signed_and_nothing_is_entered_again(world: World) -> None:
    alice, hers = world.customer(), agent(world)
    _, mandate = await authorised(world, limits={"total": 10_000, "payees": ["a", "b", "courier"]})
    assert (mandate["status"], mandate["agent"], mandate["left"]) == ("active", AGENT, usd(10_000))
    await reserve(world, mandate, "ord_1", 7000, payees=["a", "b", "courier"])
    shown = await hers.get(f"{MANDATES}/{mandate['id']}")
    assert (shown["reserved"], shown["spent"], shown["left"]) == (usd(7000), usd(0), usd(3000))
    await world.app.mandates.settle(mandate["id"], "ord_1", Money(minor=6500))
    await world.app.mandates.give_back(mandate["id"], "ord_1:l1:refund", Money(minor=500))
    shown = await alice.get(f"{MANDATES}/{mandate['id']}")
    assert (shown["reserved"], shown["spent"], shown["left"]) == (usd(0), usd(6000), usd(4000))
    with pytest.raises(MandateRefused, match="more than is left"):
        await reserve(world, mandate, "ord_2", 4001)
    with pytest.raises(MandateRefused, match="vendor"):
        await reserve(world, mandate, "ord_2", 1, payees=["a", "stranger"])
    assert (await alice.get(f"{MANDATES}/{mandate['id']}")) == shown


@pytest.mark.flow("1.3-2")
async def test_sessions_of_an_agent_at_once_never_spend_too_much(world: World) -> None:
    _, mandate = await authorised(world)
    results = await asyncio.gather(
        *(reserve(world, mandate, f"ord_{n}", 3000) for n in range(8)), return_exceptions=True
    )
    granted = [each for each in results if isinstance(each, Mandate)]
    assert len(granted) == 3
    assert {type(each) for each in results} == {Mandate, MandateRefused}
    shown = await world.customer().get(f"{MANDATES}/{mandate['id']}")
    assert (shown["reserved"], shown["left"], shown["used"]) == (usd(9000), usd(1000), 3)


@pytest.mark.flow("1.1-1")
async def test_the_consent_manager_shows_which_agents_may_spend_and_ends_it(world: World) -> None:
    alice = world.customer()
    wallet, first = await authorised(world)
    await deliver(alice, wallet.mandate(jti="m2", agent="shopper", limits={"total": 500, "uses": 2}))
    await world.advance(days=1)
    listed = (await alice.call("GET", MANDATES)).body
    assert {(each["agent"], each["left"]["minor"]) for each in listed["data"]} == {
        ("assistant", 10_000),
        ("shopper", 500),
    }
    assert "$100.00 of $100.00 left, until Wednesday 3 June, 09:00" in json.dumps(listed["adaptive_card"])
    assert [each["reference"] for each in await agent(world).get(MANDATES)] == ["m1"]
    ended = await alice.post(f"{MANDATES}/{first['id']}/revoke")
    assert ended["status"] == "revoked"
    assert await alice.post(f"{MANDATES}/{first['id']}/revoke") == ended
    with pytest.raises(MandateRefused) as refused:
        await reserve(world, first, "ord_1", 1)
    assert refused.value.reason == "revoked"
    assert {each["status"] for each in await alice.get(MANDATES)} == {"revoked", "active"}
    assert (await alice.get(f"{MANDATES}/{first['id']}"))["status"] == "revoked"


@pytest.mark.flow("1.1-1")
async def test_ending_a_key_ends_what_it_signed(world: World) -> None:
    alice = world.customer()
    wallet, mandate = await authorised(world)
    ended = await alice.post(f"{KEYS}/{wallet.kid}/revoke")
    assert ended["revoked_at"] is not None
    assert await alice.get(KEYS) == [ended]
    assert (await alice.get(f"{MANDATES}/{mandate['id']}"))["status"] == "revoked"
    with pytest.raises(MandateRefused) as refused:
        await reserve(world, mandate, "ord_1", 1)
    assert refused.value.reason == "key_revoked"
    again = await alice.call(
        "POST", KEYS, {"jwk": wallet.public(), "proof": await fresh_proof(alice, wallet)}
    )
    assert (again.status, again.code) == (409, "key_revoked")
    later = await deliver(alice, wallet.mandate(jti="m2"))
    assert (later.status, later.code) == (400, "invalid_mandate")


async def fresh_proof(caller: Caller, wallet: Wallet) -> str:
    return wallet.proof((await caller.post(f"{KEYS}/challenge"))["nonce"])


@pytest.mark.flow("1.3-2")
async def test_a_mandate_runs_out_on_its_day(world: World) -> None:
    _, mandate = await authorised(world)
    path = f"{MANDATES}/{mandate['id']}"
    await world.advance(days=29, hours=23)
    assert (await world.customer().get(path))["status"] == "active"
    await world.advance(hours=1)
    assert (await world.customer().get(path))["status"] == "expired"


@pytest.mark.flow("1.3-2")
async def test_the_same_mandate_from_both_is_one(world: World) -> None:
    wallet, mandate = await authorised(world)
    answers = await asyncio.gather(
        *(deliver(caller, wallet.mandate()) for caller in (world.customer(), agent(world)) * 3)
    )
    assert {answer.status for answer in answers} == {201}
    assert {answer.data["id"] for answer in answers} == {mandate["id"]}
    assert len(await world.customer().get(MANDATES)) == 1
    other = await deliver(world.customer(), wallet.mandate(limits={"total": 10_001}))
    assert (other.status, other.code) == (409, "mandate_id_reused")


def forged(wallet: Wallet) -> dict[str, str]:
    """Mandates that alice's key did not sign as they are."""
    head, _, signature = wallet.mandate().split(".")
    richer = wallet.claims(limits={"total": 1_000_000})

    def headed(alg: str) -> str:
        return f"{b64(dumped({'alg': alg, 'typ': TYP, 'kid': wallet.kid}))}.{b64(dumped(richer))}"

    public = dumped(wallet.public())
    mac = b64(hmac.digest(public, headed("HS256").encode(), sha256))
    agents, bobs = Wallet("assistant"), Wallet("bob")
    return {
        "alg none": f"{headed('none')}.",
        "alg none with something": f"{headed('none')}.AAAA",
        "the public key as secret": f"{headed('HS256')}.{mac}",
        "a changed payload": f"{head}.{b64(dumped(richer))}.{signature}",
        "an unknown kid": wallet.sign(richer, kid="0" * 43),
        "no kid": wallet.sign(richer, kid=None),
        "the agent's own key": agents.sign(richer),
        "the agent's own key by her kid": agents.sign(richer, kid=wallet.kid),
        "another customer's key": bobs.sign(richer),
        "another customer's mandate": bobs.mandate(),
        "another customer's money": wallet.mandate(sub="bob", iss="bob"),
        "another audience": wallet.mandate(aud="elsewhere"),
        "a limit twice": wallet.sign(dumped(richer)[:-2] + b',"total":1}}'),
        "an unknown limit": wallet.mandate(limits={"per_day": 5}),
        "an unknown claim": wallet.mandate(scope="everything"),
        "half a cent": wallet.mandate(limits={"total": 0.5}),
        "less than nothing": wallet.mandate(limits={"total": -1}),
        "too long a life": wallet.mandate(exp=wallet.claims()["iat"] + 91 * 86_400),
        "too long a text": wallet.mandate(limits={"categories": ["x" * 60] * 500}),
        "a key in the header": wallet.sign(richer, jwk=agents.public()),
        "a proof": wallet.sign(richer, typ="uso-key-proof+jwt"),
    }


@pytest.mark.flow("1.3-2")
@pytest.mark.parametrize("kind", ["Ed25519", "P-256"])
async def test_what_the_customer_did_not_sign_is_refused(world: World, tmp_path: Path, kind: str) -> None:
    alice, hers = world.customer(), agent(world)
    wallet = await Wallet(kind=kind).registered(alice)
    await Wallet("bob").registered(world.customer("bob"))
    before = documents(tmp_path / "data" / "uso" / "uso.sqlite")
    for what, token in forged(wallet).items():
        for caller in (alice, hers):
            answer = await deliver(caller, token)
            assert answer.status == 400, (what, answer.body)
            assert answer.code in ("invalid_mandate", "invalid_input"), what
            assert answer.body["errors"][0]["field"].split(".")[0] == "token", what
    assert documents(tmp_path / "data" / "uso" / "uso.sqlite") == before
    assert await alice.get(MANDATES) == []


@pytest.mark.flow("1.3-2")
async def test_an_agent_uses_only_what_is_made_out_to_it(world: World) -> None:
    wallet, mandate = await authorised(world)
    stranger = agent(world, "another")
    refused = await deliver(stranger, wallet.mandate())
    assert (refused.status, refused.code, refused.body["reason"]) == (403, "mandate_refused", "wrong_agent")
    assert await stranger.get(MANDATES) == []
    for caller in (stranger, agent(world, of="bob"), world.customer("bob")):
        answer = await caller.call("GET", f"{MANDATES}/{mandate['id']}")
        assert (answer.status, answer.code) == (404, "not_found")


@pytest.mark.flow("1.3-2")
async def test_an_agent_moves_none_of_its_own_limits(world: World) -> None:
    wallet, mandate = await authorised(world)
    hers, own = agent(world), Wallet("alice", name="of the agent")
    body = {"jwk": own.public(), "proof": own.proof("chl_0000000000000000.n_0000000000000000")}
    for method, path, sent in (
        ("POST", f"{KEYS}/challenge", None),
        ("POST", KEYS, body),
        ("GET", KEYS, None),
        ("POST", f"{KEYS}/{wallet.kid}/revoke", None),
        ("POST", f"{MANDATES}/{mandate['id']}/revoke", None),
    ):
        answer = await hers.call(method, path, sent)
        assert (answer.status, answer.code) == (403, "forbidden"), path
    assert [key["kid"] for key in await world.customer().get(KEYS)] == [wallet.kid]


async def test_a_key_needs_proof_and_a_private_one_is_not_repeated(world: World, tmp_path: Path) -> None:
    alice, phone = world.customer(), Wallet()
    other = Wallet(name="other")
    for proof in (
        await fresh_proof(alice, other),
        phone.proof("chl_0000000000000000.n_0000000000000000"),
        phone.proof((await world.customer("bob").post(f"{KEYS}/challenge"))["nonce"]),
    ):
        answer = await alice.call("POST", KEYS, {"jwk": phone.public(), "proof": proof})
        assert (answer.status, answer.code) == (400, "invalid_proof")
    private = b64(b"private half of this key, 32 byte")
    leaked = {**phone.public(), "d": private}
    answer = await alice.call("POST", KEYS, {"jwk": leaked, "proof": await fresh_proof(alice, phone)})
    assert answer.status == 400
    assert "private key" in answer.body["detail"]
    assert private not in json.dumps(answer.body)
    assert not [
        key for key, body in documents(tmp_path / "data" / "uso" / "uso.sqlite").items() if private in body
    ]
    assert await alice.get(KEYS) == []


async def test_a_challenge_says_what_to_sign_and_counts_once(world: World) -> None:
    alice, phone, tablet = world.customer(), Wallet(), Wallet(name="tablet")
    asked = await alice.post(f"{KEYS}/challenge", key="once")
    assert await alice.post(f"{KEYS}/challenge", key="once") == asked
    assert (asked["typ"], asked["aud"], asked["sub"]) == ("uso-key-proof+jwt", "uso", "alice")
    first = {"jwk": phone.public(), "proof": phone.proof(asked["nonce"]), "label": "Phone"}
    made = await alice.post(KEYS, first)
    assert (made["kid"], made["label"], made["revoked_at"]) == (phone.kid, "Phone", None)
    assert await alice.post(KEYS, first) == made
    second = await alice.call("POST", KEYS, {"jwk": tablet.public(), "proof": tablet.proof(asked["nonce"])})
    assert second.code == "invalid_proof"
    late = await fresh_proof(alice, tablet)
    await world.advance(minutes=10)
    assert (await alice.call("POST", KEYS, {"jwk": tablet.public(), "proof": late})).code == "invalid_proof"


async def test_the_signed_text_is_kept_as_evidence_and_shown_to_nobody(world: World) -> None:
    wallet, mandate = await authorised(world)
    token = wallet.mandate()
    assert (await world.app.mandates.get(mandate["id"])).token == token
    for caller in (world.customer(), agent(world), world.admin()):
        answer = await caller.call("GET", f"{MANDATES}/{mandate['id']}")
        assert answer.status == 200
        assert token.split(".")[2] not in json.dumps(answer.body)


async def test_a_mandate_says_what_it_is_to_machines(world: World) -> None:
    _, mandate = await authorised(world)
    answer = (await world.customer().call("GET", f"{MANDATES}/{mandate['id']}")).body
    assert answer["machine_readable"]["@type"] == "AuthorizeAction"
    assert answer["machine_readable"]["recipient"]["identifier"] == AGENT
    assert answer["machine_readable"]["endTime"] == (world.now() + timedelta(days=30)).isoformat()
    assert answer["metadata"]["links"]["revoke"] == f"{MANDATES}/{mandate['id']}/revoke"
