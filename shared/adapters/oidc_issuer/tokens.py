"""Bearer tokens as signed JSON Web Tokens (RFC 7519), read so that there is one reading.

What a header says decides nothing but which of the issuer's own keys is tried: keys that it brings or points
to (`jwk`, `jku`, `x5c`, `x5u`) are not looked at (RFC 8725, section 3.10).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from shared.domain import base64url
from shared.ports.identity import MAX_TOKEN_CHARACTERS
from shared.settings import Settings

ALGORITHMS = frozenset({"RS256", "PS256", "ES256", "EdDSA"})
CLIENT_CLAIMS = ("azp", "client_id", "appid")
"""Where issuers name the client: OpenID Connect, RFC 9068, and version 1.0 of Microsoft's tokens."""
_MAX_KID = 256
_LATEST = 2**53
"""Beyond it, seconds are no longer whole in every reader."""
_TYPES = frozenset({"jwt", "at+jwt", "application/jwt", "application/at+jwt"})
_OTHER_KINDS = ("nonce", "at_hash", "c_hash", "s_hash", "events")
"""Claims of ID tokens, which tell a client who logged in, and of logout and other event tokens."""

Claims = Mapping[str, Any]


class Refused(Exception):
    """Why a token is not taken: for our log, not for its bearer."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token taken apart. Nothing in it may be believed before `signature` verifies over `signed`."""

    alg: str
    kid: str
    claims: Claims
    signed: bytes
    signature: bytes


def open_token(text: str) -> Token:
    """Take a token apart. Raises Refused for anything but one canonical text of a kind that we take."""
    parts = text.split(".")
    if len(text) > MAX_TOKEN_CHARACTERS or len(parts) != 3:
        raise Refused("it is no signed token of usual length")
    header, claims = (_object(_decoded(part)) for part in parts[:2])
    alg, kid = header.get("alg"), header.get("kid")
    if not isinstance(alg, str) or alg not in ALGORITHMS:
        raise Refused("its algorithm is not allowed")
    if not isinstance(kid, str) or not 0 < len(kid) <= _MAX_KID:
        raise Refused("it names no key")
    if "crit" in header:
        raise Refused("it insists on an extension")
    _check_kind(header, claims)
    signed = text.rpartition(".")[0].encode("ascii")
    return Token(alg=alg, kid=kid, claims=claims, signed=signed, signature=_decoded(parts[2]))


def check_claims(claims: Claims, settings: Settings, *, now: datetime) -> None:
    """Check for whom and for when a token is. Raises Refused."""
    if claims.get("iss") != settings.oidc_issuer:
        raise Refused("it is of another issuer")
    if not _listed(claims.get("aud")) & set(settings.oidc_audience):
        raise Refused("it is for another audience")
    _check_client(claims, settings)
    _check_times(claims, now.timestamp(), settings.oidc_leeway.total_seconds())


def clients_of(claims: Claims) -> set[str]:
    """Return what a token says its client is called; issuers that say it twice may mean two things.

    Raises Refused for a client that is no text.
    """
    named = [claims[name] for name in CLIENT_CLAIMS if claims.get(name) is not None]
    if not all(isinstance(each, str) for each in named):
        raise Refused("its client is no text")
    return set(named)


def _check_kind(header: Claims, claims: Claims) -> None:
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower() not in _TYPES:
        raise Refused("it is of another type")
    if any(name in claims for name in _OTHER_KINDS):
        raise Refused("it is no access token")


def _check_client(claims: Claims, settings: Settings) -> None:
    named = clients_of(claims)
    listed = {*settings.oidc_clients, *settings.oidc_agent_clients}
    if listed and not named:
        raise Refused("it does not name its client")
    if settings.oidc_clients and not named <= listed:
        raise Refused("it is of a client that is not ours")


def _check_times(claims: Claims, now: float, leeway: float) -> None:
    ends = _instant(claims, "exp")
    if ends is None or now >= ends + leeway:
        raise Refused("it is over")
    begins = (_instant(claims, name) for name in ("nbf", "iat"))
    if any(begin is not None and now < begin - leeway for begin in begins):
        raise Refused("it has not begun")


def _instant(claims: Claims, name: str) -> float | None:
    """A NumericDate (RFC 7519, section 2), in seconds; it may have a fraction."""
    value = claims.get(name)
    if value is None:
        return None
    if type(value) not in (int, float) or not abs(value) <= _LATEST:
        raise Refused(f"its {name} is no instant")
    return float(value)


def _listed(value: object) -> set[str]:
    every = value if isinstance(value, list) else [value]
    return {each for each in every if isinstance(each, str)}


def _decoded(part: str) -> bytes:
    try:
        return base64url.decode(part)
    except ValueError:
        raise Refused("a part of it is not canonical base64url") from None


def _object(raw: bytes) -> Claims:
    try:
        value = json.loads(raw.decode(), object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refused("a part of it is not JSON") from None
    if not isinstance(value, dict):
        raise Refused("a part of it is no object")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise Refused("it says something twice")
    return result


def _no_constant(_: str) -> NoReturn:
    raise Refused("a number of it is none")
