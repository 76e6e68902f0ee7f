"""Forged, tampered, oversized and ambiguous mandates: refused before anything in them is believed."""

import hmac
import json
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.jws_mandates import JwsMandates
from shared.domain.mandates import MAX_TEXT, Jwk
from shared.domain.mandates.keys import EcKey
from shared.errors import InvalidInput
from tests.wallet import PROOF_TYP, TYP, Wallet, b64, dumped

READER = JwsMandates()
PHONE, SAFE = Wallet(), Wallet(kind="P-256", name="safe")
KEYS: dict[str, Jwk] = {wallet.kid: wallet.jwk for wallet in (PHONE, SAFE)}
wallets = pytest.mark.parametrize("wallet", [PHONE, SAFE], ids=lambda wallet: wallet.alg)


def assert_refused(token: str, why: str = "", keys: dict[str, Jwk] | None = None) -> None:
    with pytest.raises(InvalidInput) as refusal:
        READER.read(token, KEYS if keys is None else keys)
    assert refusal.value.code == "invalid_mandate"
    assert refusal.value.field is not None
    assert refusal.value.field.split(".")[0] == "token"
    assert why in refusal.value.detail, refusal.value.detail


@wallets
def test_a_mandate_that_the_customers_key_signed_is_read(wallet: Wallet) -> None:
    signed = READER.read(wallet.mandate(limits={"per_order": 5000, "payees": ["rosewood"]}), KEYS)
    assert signed.kid == wallet.kid
    assert (signed.terms.customer_id, signed.terms.agent) == ("alice", "assistant")
    assert signed.terms.limits.model_dump() == {
        "currency": "USD",
        "total": 10_000,
        "per_order": 5000,
        "uses": None,
        "payees": ("rosewood",),
        "categories": None,
    }


def unsigned(alg: str) -> str:
    head = dumped({"alg": alg, "typ": TYP, "kid": PHONE.kid})
    return f"{b64(head)}.{b64(dumped(PHONE.claims()))}"


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE"])
@pytest.mark.parametrize("signature", ["", "AA", "bm9uZQ"])
def test_no_signature_is_no_mandate(alg: str, signature: str) -> None:
    assert_refused(f"{unsigned(alg)}.{signature}")


@wallets
@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_a_public_key_is_no_shared_secret(wallet: Wallet, alg: str) -> None:
    """The confusion of algorithms: everyone knows the public key, so everyone could sign with it."""
    head = dumped({"alg": alg, "typ": TYP, "kid": wallet.kid})
    signed = f"{b64(head)}.{b64(dumped(wallet.claims()))}"
    public = wallet.private.public_key()
    forms = [
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        dumped(wallet.public()),
        wallet.public()["x"].encode(),
    ]
    for secret in forms:
        assert_refused(f"{signed}.{b64(hmac.digest(secret, signed.encode(), sha256))}", "alg")


@pytest.mark.parametrize(
    "alg", ["RS256", "PS256", "ES384", "ES512", "ES256K", "Ed448", "", 5, ["ES256"], None]
)
def test_another_algorithm_is_refused(alg: object) -> None:
    assert_refused(PHONE.sign(PHONE.claims(), alg=alg))


@pytest.mark.parametrize(("wallet", "alg"), [(PHONE, "ES256"), (SAFE, "EdDSA")])
def test_the_algorithm_is_the_keys_own_whatever_the_header_says(wallet: Wallet, alg: str) -> None:
    assert_refused(wallet.sign(wallet.claims(), alg=alg), "signature")


def test_the_kid_names_a_live_key_of_this_customer() -> None:
    bobs = Wallet("bob")
    assert_refused(PHONE.sign(PHONE.claims(), kid="another"), "kid")
    assert_refused(PHONE.sign(PHONE.claims(), kid=None), "kid")
    assert_refused(bobs.sign(PHONE.claims()), "kid")
    assert_refused(PHONE.sign(PHONE.claims(), kid=SAFE.kid), "signature")
    assert_refused(bobs.sign(PHONE.claims(), kid=PHONE.kid), "signature")
    assert_refused(PHONE.mandate(), "kid", keys={})


def test_what_an_agent_signs_again_with_its_own_key_is_refused() -> None:
    agents = Wallet("assistant", name="agent")
    richer = PHONE.claims(limits={"total": 1_000_000})
    assert_refused(agents.sign(richer), "kid")
    assert_refused(agents.sign(richer, kid=PHONE.kid), "signature")


@wallets
def test_a_changed_limit_breaks_the_signature(wallet: Wallet) -> None:
    head, body, signature = wallet.mandate().split(".")
    richer = b64(dumped(wallet.claims(limits={"total": 10_001})))
    assert_refused(f"{head}.{richer}.{signature}", "signature")
    other = wallet.mandate(jti="m2").split(".")
    assert_refused(f"{head}.{body}.{other[2]}", "signature")
    assert_refused(f"{head}.{other[1]}.{signature}", "signature")


@wallets
@given(st.data())
def test_no_flipped_bit_goes_unnoticed(wallet: Wallet, data: st.DataObject) -> None:
    token = wallet.mandate()
    place = data.draw(st.integers(0, len(token) - 1))
    bit = data.draw(st.sampled_from([1, 2, 4, 8, 16, 32, 64]))
    flipped = token[:place] + chr(ord(token[place]) ^ bit) + token[place + 1 :]
    with pytest.raises(InvalidInput):
        READER.read(flipped, KEYS)


@given(st.text(max_size=300) | st.text(alphabet="abcXYZ019-_.=", max_size=300))
def test_any_text_is_refused_and_nothing_worse(text: str) -> None:
    assert_refused(text)


@wallets
@given(st.binary(max_size=200))
def test_signed_rubbish_is_refused_and_nothing_worse(wallet: Wallet, payload: bytes) -> None:
    assert_refused(wallet.sign(payload or b"\x00"))


def test_a_mandate_has_one_spelling() -> None:
    token = PHONE.mandate()
    head, body, signature = token.split(".")
    for other in (
        f"{token}=",
        f" {token}",
        f"{token}\n",
        f"{head}.{body}.{signature}.",
        f"{head}.{body}..{signature}",
        f"{head}.{body}",
        f"{head}.{body}.{signature}.{signature}",
        f"{head}.{body}.{signature[:-1]}",
        f"{head}.{body}.{signature}AAAA",
        token.replace("-", "+").replace("_", "/") + "/",
        json.dumps({"protected": head, "payload": body, "signature": signature}),
    ):
        assert_refused(other)


def test_a_signature_with_unused_bits_set_is_refused() -> None:
    """64 bytes end in two bits of padding, where other decoders see the same signature."""
    token = PHONE.mandate()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet[alphabet.index(token[-1]) + 1]
    assert_refused(token[:-1] + last, "canonical")


def test_an_oversized_mandate_is_refused_before_it_is_read() -> None:
    long = PHONE.mandate(limits={"categories": ["x" * 60] * 300})
    assert len(long) > MAX_TEXT
    assert_refused(long, "longer than")
    assert_refused("A" * MAX_TEXT * 100, "longer than")


def test_the_longest_mandate_that_is_allowed_fits() -> None:
    limits = {
        "total": 10**12,
        "payees": [f"{n:02}" + "v" * 62 for n in range(50)],
        "categories": [f"{n:02}" + "c" * 58 for n in range(50)],
    }
    token = SAFE.mandate(limits=limits, jti="j" * 128, agent="a" * 255)
    assert len(READER.read(token, KEYS).terms.limits.payees or ()) == 50


@pytest.mark.parametrize(
    "payload",
    [
        b'{"iss":"alice","iss":"alice"}',
        b'{"limits":{"total":1,"total":1000000}}',
        b'{"limits":{"total":1,"tot\\u0061l":1000000}}',
    ],
)
def test_a_member_that_stands_twice_is_refused(payload: bytes) -> None:
    assert_refused(PHONE.sign(payload), "twice")


def test_a_header_member_that_stands_twice_is_refused() -> None:
    head = f'{{"alg":"none","alg":"EdDSA","typ":"{TYP}","kid":"{PHONE.kid}"}}'.encode()
    signed = f"{b64(head)}.{b64(dumped(PHONE.claims()))}"
    assert_refused(f"{signed}.{b64(PHONE.signature(signed.encode()))}", "twice")


@pytest.mark.parametrize(
    "member",
    [
        {"crit": ["b64"], "b64": False},
        {"jwk": Wallet("mallory").public()},
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/cert"},
        {"x5c": ["AAAA"]},
        {"zip": "DEF"},
        {"cty": "JWT"},
        {"surprise": 1},
    ],
)
def test_a_header_that_asks_for_more_is_refused(member: dict[str, Any]) -> None:
    assert_refused(PHONE.sign(PHONE.claims(), **member))


def test_one_kind_of_signed_text_never_passes_for_another() -> None:
    assert_refused(PHONE.sign(PHONE.claims(), typ="JWT", kid=PHONE.kid), "typ")
    assert_refused(PHONE.sign(PHONE.claims(), typ=PROOF_TYP, kid=PHONE.kid), "typ")
    with pytest.raises(InvalidInput, match="kid"):
        READER.prove(PHONE.jwk, PHONE.sign({"aud": "uso", "sub": "alice", "nonce": "x"}))
    with pytest.raises(InvalidInput, match="typ"):
        READER.prove(PHONE.jwk, PHONE.sign({"aud": "uso"}, kid=None))


NONCE = "chl_0123456789abcdef.n_0123456789abcdef"


@wallets
def test_a_proof_says_which_challenge_it_answers(wallet: Wallet) -> None:
    claims = READER.prove(wallet.jwk, wallet.proof(NONCE))
    assert (claims.sub, claims.nonce) == ("alice", NONCE)


@wallets
def test_a_proof_by_another_key_proves_nothing(wallet: Wallet) -> None:
    other = Wallet(kind=wallet.kind, name="other")
    for proof in (
        other.proof(NONCE),
        wallet.proof(NONCE, aud="another-platform"),
        wallet.proof(NONCE, admin=True),
        wallet.proof("chl_1.n_2"),
        wallet.proof(NONCE)[:-4],
    ):
        with pytest.raises(InvalidInput) as refusal:
            READER.prove(wallet.jwk, proof)
        assert refusal.value.code == "invalid_proof"


def test_what_is_no_point_of_the_curve_is_no_key() -> None:
    stray = EcKey(kty="EC", crv="P-256", x="A" * 43, y="A" * 43)
    with pytest.raises(InvalidInput, match="no point") as refusal:
        READER.prove(stray, SAFE.proof(NONCE))
    assert refusal.value.field == "jwk"
