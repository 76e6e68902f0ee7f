"""Which tokens are taken: good ones in each of their forms, and forged ones of every kind that is known."""

import base64
import json
import re
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.adapters.oidc_issuer.tokens import MAX_TOKEN_CHARACTERS, Refused, open_token
from shared.domain.identity import Persona, Principal
from shared.errors import Unauthenticated
from tests.adapters.oidc.bench import Bench, running_bench
from tests.peers.oidc.peer import (
    AUDIENCE,
    JWKS,
    SigningKey,
    ec_key,
    ed_key,
    packed,
    rsa_key,
    running_peer,
    sealed,
)

ALICE = Principal(subject="alice", persona=Persona.CUSTOMER, customer_id="alice")


async def assert_refused(bench: Bench, token: str) -> None:
    """Nobody learns which check it was."""
    with pytest.raises(Unauthenticated) as caught:
        await bench.verify(token)
    assert caught.value.code == "invalid_token"
    assert caught.value.detail == "The token is not valid, or no longer."
    assert caught.value.__cause__ is None


async def test_a_good_token_names_its_holder(bench: Bench) -> None:
    assert await bench.verify(bench.token()) == ALICE


@pytest.mark.parametrize(
    "key",
    [
        SigningKey("k"),
        SigningKey("k", rsa_key(), "PS256"),
        ec_key("k"),
        ed_key("k"),
    ],
    ids=lambda key: key.alg,
)
async def test_each_algorithm_of_the_list_is_taken(bench: Bench, key: SigningKey) -> None:
    bench.peer.keys = [SigningKey("other", rsa_key(1)), key]
    assert await bench.verify(bench.token()) is not None
    assert await bench.verify(bench.token(key=key)) == ALICE


@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt", "JWT", "jwt", None])
async def test_access_tokens_may_be_called_by_each_of_their_names(bench: Bench, typ: str | None) -> None:
    assert await bench.verify(bench.token(header={"typ": typ})) == ALICE


@pytest.mark.parametrize("audience", [AUDIENCE, [AUDIENCE], ["https://other.example", AUDIENCE]])
async def test_the_audience_is_one_or_among_several(bench: Bench, audience: object) -> None:
    assert await bench.verify(bench.token(aud=audience)) == ALICE


@pytest.mark.parametrize("path", ["", "/", "/tenant", "/tenant/v2.0", "/tenant/"])
async def test_the_discovery_document_lies_below_the_issuers_name(path: str) -> None:
    async with running_bench(path) as bench:
        assert await bench.verify(bench.token()) == ALICE
        assert bench.peer.asked == [f"{path.rstrip('/')}/.well-known/openid-configuration", JWKS]


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://issuer.example"},
        {"iss": None},
        {"aud": "https://other.example"},
        {"aud": ["https://other.example"]},
        {"aud": []},
        {"aud": [[AUDIENCE]]},
        {"aud": {AUDIENCE: True}},
        {"aud": None},
        {"aud": f"{AUDIENCE}/"},
        {"exp": None},
        {"exp": "2099-01-01"},
        {"exp": "9999999999"},
        {"exp": True},
        {"exp": [9999999999]},
        {"exp": 10**400},
        {"exp": -1},
        {"nbf": "0"},
        {"iat": False},
        {"azp": 5},
        {"client_id": ["a"]},
        {"nonce": "n-0S6_WzA2Mj"},
        {"at_hash": "MTIzNDU2Nzg5MDEyMzQ1Ng"},
        {"c_hash": "LDktKdoQak3Pk0cnXxCltA"},
        {"events": {"http://schemas.openid.net/event/backchannel-logout": {}}},
    ],
    ids=str,
)
async def test_a_token_that_says_something_else_is_refused(bench: Bench, changes: dict[str, Any]) -> None:
    claims = bench.peer.claims(bench.clock.now()) | changes
    token = bench.peer.sign({name: value for name, value in claims.items() if value is not None})
    await assert_refused(bench, token)
    assert bench.peer.asked == [], "what is refused anyhow costs the issuer nothing"


async def test_an_issuer_is_spelled_exactly(bench: Bench) -> None:
    for spelled in (bench.peer.issuer + "/", bench.peer.issuer.upper(), bench.peer.issuer + "?"):
        await assert_refused(bench, bench.token(iss=spelled))


async def test_a_token_lasts_by_the_apps_clock_and_the_leeway(bench: Bench) -> None:
    now = int(bench.clock.now().timestamp())
    token = bench.token(exp=now + 300)
    bench.clock.pass_(seconds=309)
    assert await bench.verify(token) == ALICE
    bench.clock.pass_(seconds=1)
    await assert_refused(bench, token)


@pytest.mark.parametrize("claim", ["nbf", "iat"])
async def test_a_token_does_not_count_before_its_time(bench: Bench, claim: str) -> None:
    now = int(bench.clock.now().timestamp())
    token = bench.token(**{claim: now + 60, "exp": now + 600})
    bench.clock.pass_(seconds=49)
    await assert_refused(bench, token)
    bench.clock.pass_(seconds=1)
    assert await bench.verify(token) == ALICE


async def test_times_may_have_fractions(bench: Bench) -> None:
    now = bench.clock.now().timestamp()
    assert await bench.verify(bench.token(iat=now - 0.5, exp=now + 0.25)) == ALICE


async def test_no_algorithm_is_no_signature(bench: Bench) -> None:
    claims = bench.peer.claims(bench.clock.now())
    for alg in ("none", "None", "NONE", "", None):
        header = {"alg": alg, "kid": "first", "typ": "JWT"}
        await assert_refused(bench, f"{packed(header)}.{packed(claims)}.")
        await assert_refused(bench, f"{packed(header)}.{packed(claims)}.{packed(b'x')}")


async def test_the_public_key_is_no_shared_secret(bench: Bench) -> None:
    """The classic confusion: HS256 over the issuer's public key, in each form that it can be had."""
    public = bench.peer.keys[0].private.public_key()
    secrets = [
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        json.dumps(bench.peer.keys[0].jwk()).encode(),
    ]
    claims = bench.peer.claims(bench.clock.now())
    for secret in secrets:
        for alg in ("HS256", "RS256"):
            await assert_refused(bench, sealed({"alg": alg, "kid": "first"}, claims, secret, "HS256"))


async def test_a_shared_secret_that_is_published_is_no_key(bench: Bench) -> None:
    secret = b"0123456789abcdef0123456789abcdef"
    oct_key = {"kty": "oct", "kid": "secret", "k": packed(secret), "alg": "HS256"}
    bench.peer.published = [bench.peer.keys[0].jwk(), oct_key]
    claims = bench.peer.claims(bench.clock.now())
    for alg in ("HS256", "RS256"):
        await assert_refused(bench, sealed({"alg": alg, "kid": "secret"}, claims, secret, "HS256"))


@pytest.mark.parametrize("alg", ["RS384", "RS512", "ES384", "ES256K", "HS256", "rs256", 5, ["RS256"], {}])
async def test_algorithms_outside_the_list_are_refused(bench: Bench, alg: object) -> None:
    claims = bench.peer.claims(bench.clock.now())
    key = bench.peer.keys[0].private
    await assert_refused(bench, sealed({"alg": alg, "kid": "first"}, claims, key, "RS256"))
    assert bench.peer.asked == []


async def test_another_key_of_the_same_name_is_refused(bench: Bench) -> None:
    for impostor in (SigningKey("first", rsa_key(1)), ec_key("first"), ed_key("first")):
        await assert_refused(bench, bench.token(key=impostor))


@pytest.mark.parametrize(
    "kid",
    [
        "../../../../dev/null",
        "' OR 1=1 --",
        "first\x00",
        "FIRST",
        "",
        "x" * 257,
        5,
        None,
        ["first"],
        {"a": 1},
    ],
    ids=repr,
)
async def test_a_key_is_found_by_its_exact_name_only(bench: Bench, kid: object) -> None:
    await assert_refused(bench, bench.token(header={"kid": kid}))


async def test_keys_that_a_token_brings_or_points_to_are_not_looked_at(bench: Bench) -> None:
    async with running_peer() as attacker:
        evil = SigningKey("first", rsa_key(1))
        attacker.keys = [evil]
        url = f"{attacker.url}{JWKS}"
        certificate = base64.b64encode(b"certificate").decode()
        for header in (
            {"jwk": evil.jwk()},
            {"jku": url},
            {"x5u": url},
            {"x5c": [certificate]},
            {"kid": url},
            {"jku": url, "kid": "evil"},
        ):
            await assert_refused(bench, bench.token(key=evil, header=header))
            assert await bench.verify(bench.token(header={k: v for k, v in header.items() if k != "kid"}))
        assert attacker.asked == []


async def test_an_extension_that_must_be_understood_is_not(bench: Bench) -> None:
    for header in (
        {"crit": ["b64"], "b64": False},
        {"crit": ["exp"]},
        {"crit": []},
        {"crit": None, "b64": 1},
    ):
        token = bench.token(header=header)
        if header.get("crit") is not None:
            await assert_refused(bench, token)
        else:
            assert await bench.verify(token) == ALICE


@pytest.mark.parametrize(
    "typ", ["logout+jwt", "dpop+jwt", "secevent+jwt", "id_token+jwt", "JWE", "", 5, ["JWT"]]
)
async def test_tokens_of_other_types_are_refused(bench: Bench, typ: object) -> None:
    await assert_refused(bench, bench.token(header={"typ": typ}))


async def test_a_token_is_not_put_together_of_two(bench: Bench) -> None:
    mine, admin = bench.token().split("."), bench.token(persona="admin").split(".")
    for parts in ((mine[0], admin[1], mine[2]), (mine[0], admin[1], ""), (mine[0], admin[1], "AA")):
        await assert_refused(bench, ".".join(parts))
    assert await bench.verify(".".join(mine)) == ALICE


@pytest.mark.parametrize(
    "written",
    [
        '{{"sub": "bob", {rest}, "sub": "alice"}}',
        '{{"persona": "admin", "persona": "customer", {rest}, "sub": "alice"}}',
        '{{"a": {{"b": 1, "b": 2}}, {rest}, "sub": "alice"}}',
        '{{"n": NaN, {rest}, "sub": "alice"}}',
        '{{"n": Infinity, {rest}, "sub": "alice"}}',
        '[{{"sub": "alice", {rest}}}]',
        '{{"sub": "alice", {rest}}} ',
        '{{"deep": ' + "[" * 1200 + "]" * 1200 + ', {rest}, "sub": "alice"}}',
        '{{"long": ' + "1" * 5000 + ', {rest}, "sub": "alice"}}',
    ],
    ids=lambda text: text[:30],
)
async def test_what_could_be_read_in_two_ways_is_refused(bench: Bench, written: str) -> None:
    rest = json.dumps({k: v for k, v in bench.peer.claims(bench.clock.now()).items() if k != "sub"})[1:-1]
    raw = written.format(rest=rest).encode()
    key = bench.peer.keys[0]
    signed = f"{packed({'alg': 'RS256', 'kid': 'first'})}.{packed(raw)}"
    signature = jwt.get_algorithm_by_name("RS256").sign(signed.encode(), key.private)
    token = f"{signed}.{packed(signature)}"
    if written.endswith(" "):
        assert await bench.verify(token) == ALICE, "only what is ambiguous is refused"
    else:
        await assert_refused(bench, token)


async def test_a_header_that_says_something_twice_is_refused(bench: Bench) -> None:
    header = b'{"alg": "RS256", "kid": "first", "alg": "RS256"}'
    signed = f"{packed(header)}.{packed(bench.peer.claims(bench.clock.now()))}"
    signature = jwt.get_algorithm_by_name("RS256").sign(signed.encode(), bench.peer.keys[0].private)
    await assert_refused(bench, f"{signed}.{packed(signature)}")


async def test_another_spelling_of_a_good_token_is_refused(bench: Bench) -> None:
    token = bench.token()
    head, body, signature = token.split(".")
    # the last character of 256 bytes carries two bits: the four others decode to the same
    last = signature[-1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    same = alphabet[alphabet.index(last) ^ 1]
    for spelled in (
        f"{head}.{body}.{signature[:-1]}{same}",
        f"{token}=",
        f"{token}==",
        f" {token}",
        f"{token}\n",
        f"{token}.",
        f"{token}.{signature}.{signature}",
        token.replace("_", "/").replace("-", "+") + "=",
        "",
        "..",
        "null",
    ):
        await assert_refused(bench, spelled)
    assert await bench.verify(token) == ALICE


async def test_a_token_of_unusual_length_is_not_even_read(bench: Bench) -> None:
    fits = bench.token(pad="x" * 5000)
    assert len(fits) < MAX_TOKEN_CHARACTERS
    assert await bench.verify(fits) == ALICE
    await assert_refused(bench, bench.token(pad="x" * MAX_TOKEN_CHARACTERS))


WEAK = {
    "a key that is too small": lambda: SigningKey("weak", rsa_key(0, 1024)).jwk(),
    "an exponent that is too small": lambda: SigningKey("weak", rsa_key(0, 2048, 3)).jwk(),
    "a key for encryption": lambda: SigningKey("weak").jwk(use="enc"),
    "a key that may not verify": lambda: SigningKey("weak").jwk(use=None, key_ops=["sign"]),
    "operations that are no list": lambda: SigningKey("weak").jwk(key_ops="verify"),
    "a key for another algorithm": lambda: SigningKey("weak").jwk(alg="RS512"),
    "a key for another family": lambda: SigningKey("weak").jwk(alg="ES256"),
    "a private key": lambda: SigningKey("weak").jwk(d="AQAB"),
    "a key without its half": lambda: SigningKey("weak").jwk(n=None),
    "a number that is no text": lambda: SigningKey("weak").jwk(n=65537),
    "another type's members": lambda: SigningKey("weak").jwk(kty="EC", crv="P-256"),
    "a type that is no text": lambda: SigningKey("weak").jwk(kty=["RSA"]),
    "a key without a name": lambda: SigningKey("weak").jwk(kid=None),
    "a name that is no text": lambda: SigningKey("weak").jwk(kid=["weak"]),
}


@pytest.mark.parametrize("what", WEAK)
async def test_keys_that_are_not_for_this_verify_nothing(bench: Bench, what: str) -> None:
    jwk = WEAK[what]()
    bits = 1024 if "too small" in what and "exponent" not in what else 2048
    exponent = 3 if "exponent" in what else 65537
    bench.peer.published = [bench.peer.keys[0].jwk(), jwk, "no key", None]
    await assert_refused(bench, bench.token(key=SigningKey("weak", rsa_key(0, bits, exponent))))
    assert await bench.verify(bench.token()) == ALICE


@pytest.mark.parametrize(
    "jwk",
    [
        {"crv": "P-384"},
        {"crv": "secp256k1"},
        {"crv": None},
        {"crv": ["P-256"]},
        {"y": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
        {"x": "AA", "y": "AA"},
        {"kty": "OKP", "crv": "Ed25519"},
        {"alg": "ES384"},
    ],
    ids=str,
)
async def test_a_curve_that_does_not_match_verifies_nothing(bench: Bench, jwk: dict[str, Any]) -> None:
    key = ec_key("curve")
    bench.peer.published = [bench.peer.keys[0].jwk(), key.jwk(**jwk)]
    await assert_refused(bench, bench.token(key=key))


async def test_a_larger_curve_is_not_taken_for_the_small_one(bench: Bench) -> None:
    big = ec_key("big", ec.SECP384R1(), "ES384")
    bench.peer.published = [bench.peer.keys[0].jwk(), big.jwk()]
    claims = bench.peer.claims(bench.clock.now())
    for alg in ("ES384", "ES256"):
        await assert_refused(bench, sealed({"alg": alg, "kid": "big"}, claims, big.private, "ES384"))


async def test_keys_that_share_a_name_are_told_apart_by_their_type(bench: Bench) -> None:
    """RFC 7517, section 4.5: one id for equivalent keys of different types."""
    small, edwards = ec_key("same"), ed_key("same")
    bench.peer.keys = [SigningKey("same"), small, edwards]
    for key in bench.peer.keys:
        assert await bench.verify(bench.token(key=key)) == ALICE
    await assert_refused(bench, bench.token(key=ed_key("same")))


async def test_a_token_of_an_unlisted_client_is_refused() -> None:
    async with running_bench(oidc_clients="web, app", oidc_agent_clients="gpt") as bench:
        for name in ("azp", "client_id", "appid"):
            assert await bench.verify(bench.token(**{name: "web"})) == ALICE
            await assert_refused(bench, bench.token(**{name: "https://evil.example"}))
        await assert_refused(bench, bench.token())
        await assert_refused(bench, bench.token(azp="web", client_id="evil"))
        assert (await bench.verify(bench.token(azp="gpt"))).persona is Persona.AGENT


async def test_where_some_clients_are_agents_every_token_names_its_client() -> None:
    async with running_bench(oidc_agent_clients="gpt") as bench:
        await assert_refused(bench, bench.token())
        assert await bench.verify(bench.token(azp="web")) == ALICE


async def test_the_reason_stands_in_the_log_and_the_token_does_not(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="uso.identity")
    token = bench.token(sub="alice-secret-name", aud="other")
    await assert_refused(bench, token)
    assert "it is for another audience" in caplog.text
    assert token not in caplog.text
    assert "alice-secret-name" not in caplog.text


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    token=st.text(max_size=200)
    | st.from_regex(re.compile(r"[\w-]+\.[\w-]+\.[\w-]*", re.ASCII), fullmatch=True)
    | st.tuples(
        st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), st.lists, max_leaves=4)
        | st.dictionaries(
            st.sampled_from(["alg", "kid", "typ", "crit"]), st.text(max_size=9) | st.integers()
        ),
        st.dictionaries(st.text(max_size=9), st.integers() | st.text(max_size=9), max_size=4),
    ).map(lambda parts: f"{packed(parts[0])}.{packed(parts[1])}.AAAA")
)
def test_rubbish_is_refused_and_nothing_else_happens(token: str) -> None:
    try:
        opened = open_token(token)
    except Refused:
        return
    assert opened.alg in ("RS256", "PS256", "ES256", "EdDSA")


async def test_a_flipped_bit_anywhere_spoils_it(bench: Bench) -> None:
    token = bench.token()
    assert await bench.verify(token) == ALICE
    for place in range(0, len(token), 7):
        if token[place] == ".":
            continue
        other = "A" if token[place] != "A" else "B"
        await assert_refused(bench, token[:place] + other + token[place + 1 :])


async def test_it_lives_by_the_leeway_of_the_settings() -> None:
    async with running_bench(oidc_leeway=0) as bench:
        now = int(bench.clock.now().timestamp())
        token = bench.token(exp=now + 60)
        bench.clock.instant += timedelta(seconds=59)
        assert await bench.verify(token) == ALICE
        bench.clock.instant += timedelta(seconds=1)
        await assert_refused(bench, token)
