from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.domain.mandates import Jwk, algorithm_of, thumbprint
from shared.domain.mandates.keys import OkpKey
from tests.wallet import Wallet

ADAPTER: TypeAdapter[Jwk] = TypeAdapter(Jwk)
EC, OKP = Wallet(kind="P-256").public(), Wallet().public()


def faults(value: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        ADAPTER.validate_python(value)
    return str(refused.value.errors(include_input=False, include_context=False))


def test_a_thumbprint_is_the_one_of_the_standard() -> None:
    """RFC 8037, appendix A.3."""
    key = OkpKey(kty="OKP", crv="Ed25519", x="11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
    assert thumbprint(key) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_the_algorithm_follows_from_the_key() -> None:
    assert algorithm_of(Wallet().jwk) == "EdDSA"
    assert algorithm_of(Wallet(kind="P-256").jwk) == "ES256"


@pytest.mark.parametrize("good", [EC, OKP], ids=["EC", "OKP"])
@pytest.mark.parametrize("member", ["d", "k", "p", "q", "dp", "dq", "qi", "oth"])
def test_a_private_key_is_refused_and_not_repeated(good: dict[str, Any], member: str) -> None:
    told = faults({**good, member: "private-part"})
    assert "private key" in told
    assert "private-part" not in told


@pytest.mark.parametrize("good", [EC, OKP], ids=["EC", "OKP"])
@pytest.mark.parametrize("member", ["kid", "alg", "use", "key_ops", "x5c", "surprise"])
def test_a_key_has_its_required_members_and_no_others(good: dict[str, Any], member: str) -> None:
    faults({**good, member: "x"})
    for name in good:
        faults({key: value for key, value in good.items() if key != name})


@pytest.mark.parametrize(
    "wrong",
    [
        {**EC, "crv": "P-384"},
        {**EC, "crv": "secp256k1"},
        {**OKP, "crv": "Ed448"},
        {**OKP, "crv": "X25519"},
        {**OKP, "y": OKP["x"]},
        {**OKP, "x": OKP["x"] + "="},
        {**OKP, "x": OKP["x"][:-1]},
        {**OKP, "x": "A" * 42 + "B"},
        {"kty": "oct", "k": "AAAA"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {},
        [],
        "key",
        None,
    ],
)
def test_another_kind_of_key_is_refused(wrong: Any) -> None:
    faults(wrong)
