"""The issuer's published keys (RFC 7517), each only for the algorithms that its type, curve and use allow.

What a key may do is the key's, never the token's, to say (RFC 8725, section 3.1): a token that is "signed"
with a shared secret, or with no algorithm at all, finds no key.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.adapters.oidc_issuer.tokens import Token

if TYPE_CHECKING:
    import jwt

_MAX_KEYS = 1000
_FEWEST_RSA_BITS, _MOST_RSA_BITS = 2048, 8192
_FEWEST_EXPONENT, _MOST_EXPONENT = 2**16 + 1, 2**64
"""FIPS 186-5, section A.1.1; more than that only costs time."""
_MEMBERS = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}
_ALGORITHMS = {
    ("RSA", None): ("RS256", "PS256"),
    ("EC", "P-256"): ("ES256",),
    ("OKP", "Ed25519"): ("EdDSA",),
}
"""Of a key type and curve (RFC 7518, section 3.1; RFC 8037, section 3.1)."""
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""Members of private and secret keys (RFC 7518, section 6): whoever publishes one has spoilt it."""


@dataclass(frozen=True, slots=True)
class Key:
    """One public key, ready for each algorithm that it may verify."""

    kid: str
    algorithms: "Mapping[str, jwt.PyJWK]"

    def has_signed(self, token: Token) -> bool:
        """Say whether the token's signature is this key's, by an algorithm that is the key's."""
        made = self.algorithms.get(token.alg)
        return made is not None and made.Algorithm.verify(token.signed, made.key, token.signature)


def read_keys(raw: bytes) -> tuple[Key, ...]:
    """Return the keys of a JWK Set that can verify tokens; others are passed over (RFC 7517, section 5).

    Raises ValueError for what is no JWK Set.
    """
    try:
        document = json.loads(raw)
    except RecursionError:
        raise ValueError("this is nested too deeply") from None
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise ValueError("this is no JWK Set")
    return tuple(key for each in listed[:_MAX_KEYS] if (key := _key(each)) is not None)


def _key(jwk: object) -> Key | None:
    if not isinstance(jwk, dict) or _PRIVATE & jwk.keys() or not _is_for_signatures(jwk):
        return None
    kid = jwk.get("kid")
    made = {name: key for name in _names(jwk) if (key := _made(jwk, name)) is not None}
    return Key(kid, made) if isinstance(kid, str) and made else None


def _is_for_signatures(jwk: dict[str, Any]) -> bool:
    operations = jwk.get("key_ops")
    may_verify = operations is None or (isinstance(operations, list) and "verify" in operations)
    return jwk.get("use") in (None, "sig") and may_verify


def _names(jwk: dict[str, Any]) -> tuple[str, ...]:
    """The algorithms that a key is for, by its type and curve, and by its own word where it gives it."""
    kty, crv, alg = jwk.get("kty"), jwk.get("crv"), jwk.get("alg")
    if not isinstance(kty, str) or not isinstance(crv, str | None):
        return ()
    able = _ALGORITHMS.get((kty, crv), ())
    return able if alg is None else tuple(name for name in able if name == alg)


def _made(jwk: dict[str, Any], algorithm: str) -> "jwt.PyJWK | None":
    import jwt

    members = ("kty", *_MEMBERS[jwk["kty"]])
    try:
        key = jwt.PyJWK.from_dict({name: jwk.get(name) for name in members}, algorithm)
    except (jwt.PyJWTError, ValueError):
        return None
    return key if jwk["kty"] != "RSA" or _is_sound(key.key) else None


def _is_sound(rsa: Any) -> bool:
    exponent = rsa.public_numbers().e
    is_wide = _FEWEST_RSA_BITS <= int(rsa.key_size) <= _MOST_RSA_BITS
    return is_wide and _FEWEST_EXPONENT <= int(exponent) <= _MOST_EXPONENT
