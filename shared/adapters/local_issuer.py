"""The embedded identity provider: signs and checks its own tokens with an Ed25519 key on disk (RFC 8037).

For laptops and tests; production uses an OIDC issuer, and this one refuses to start there.
"""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.adapters.secret_file import create_once
from shared.domain.identity import Persona, Principal
from shared.errors import Unauthenticated
from shared.ports.clock import Clock
from shared.settings import Settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ISSUER = "uso-local"
AUDIENCE = "uso-api"
ALGORITHM = "EdDSA"
LEEWAY_SECONDS = 5
_REQUIRED = ["iss", "aud", "sub", "exp", "nbf", "persona"]


class LocalIssuer:
    """Issues and verifies tokens. The key is made on first use, once, however many processes start."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        if settings.environment == "production":
            raise RuntimeError("the local issuer is for development; production needs USO_OIDC_ISSUER")
        self._path = settings.data_dir / "identity" / "signing-key.pem"
        self._lifetime = settings.token_lifetime
        self._clock = clock
        self._loaded: Ed25519PrivateKey | None = None

    def issue(
        self,
        persona: Persona,
        *,
        subject: str,
        lifetime: timedelta | None = None,
        partner_id: str | None = None,
        customer_id: str | None = None,
        email: str | None = None,
    ) -> str:
        """Return a signed token. An agent acts for `customer_id`, a partner speaks for `partner_id`.

        `email` is the customer's address, taken as verified. The other two default to `subject` where the
        persona needs them. Raises ValueError for an impossible principal.
        """
        import jwt

        if persona in (Persona.CUSTOMER, Persona.AGENT):
            customer_id = customer_id or subject
        if persona is Persona.PARTNER:
            partner_id = partner_id or subject
        who = Principal(
            subject=subject, persona=persona, customer_id=customer_id, partner_id=partner_id, email=email
        )
        now = int(self._clock.now().timestamp())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": who.subject,
            "persona": str(who.persona),
            "iat": now,
            "nbf": now,
            "exp": now + int((lifetime or self._lifetime).total_seconds()),
            "jti": secrets.token_hex(8),
        }
        claims |= {"customer_id": customer_id} if customer_id else {}
        claims |= {"partner_id": partner_id} if partner_id else {}
        # the names of OpenID Connect Core 1.0, section 5.1
        claims |= {"email": email, "email_verified": True} if email else {}
        return jwt.encode(claims, self._key(), algorithm=ALGORITHM)

    async def verify(self, token: str) -> Principal:
        """Return the holder of `token`. Raises Unauthenticated (code `invalid_token`)."""
        import jwt

        try:
            claims = jwt.decode(
                token,
                self._key().public_key(),
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                # times are checked against the app's clock, which may be a virtual one
                options={"require": _REQUIRED, "verify_exp": False, "verify_nbf": False, "verify_iat": False},
            )
            self._check_times(claims)
            return _principal(claims)
        except (jwt.InvalidTokenError, ValueError, TypeError, RecursionError):
            raise Unauthenticated("The token is not valid, or no longer.", code="invalid_token") from None

    def _check_times(self, claims: dict[str, Any]) -> None:
        begins, ends = claims["nbf"], claims["exp"]
        if type(begins) is not int or type(ends) is not int:
            raise ValueError("token times are whole seconds")
        if not begins - LEEWAY_SECONDS <= self._clock.now().timestamp() < ends:
            raise ValueError("the token is not valid now")

    def _key(self) -> "Ed25519PrivateKey":
        if self._loaded is None:
            self._loaded = _load_or_create(self._path)
        return self._loaded


def _principal(claims: dict[str, Any]) -> Principal:
    email = claims.get("email") if claims.get("email_verified") is True else None
    ids = (claims["sub"], claims.get("customer_id"), claims.get("partner_id"), email)
    if not all(value is None or isinstance(value, str) for value in ids):
        raise ValueError("ids in a token are strings")
    return Principal(
        subject=claims["sub"],
        persona=Persona(claims["persona"]),
        customer_id=claims.get("customer_id"),
        partner_id=claims.get("partner_id"),
        email=email,
    )


def _load_or_create(path: Path) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    if not path.exists():
        _create(path)
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise RuntimeError(f"{path} does not hold an Ed25519 key")
    return key


def _create(path: Path) -> None:
    """Write a new key, unless another process was first."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    create_once(path, pem)
