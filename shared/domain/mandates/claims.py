"""The claims of a mandate in JWS form. Any that is not known here refuses it: it may be a limit.

    {"iss": customer, "sub": customer, "aud": "uso", "jti": "wallet's own id", "iat": s, "nbf": s, "exp": s,
     "agent": "who may use it", "limits": {"currency": "USD", "total": 20000, "per_order": 8000, "uses": 3,
     "payees": ["vendor-id"], "categories": ["flowers"]}}

`nbf` and, of the limits, all but currency and total may be left out. The header is exactly `alg` (ES256 or
EdDSA), `kid` and `typ`. AP2's intent mandates and shared payment tokens were the inspiration, not the format.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field

from shared.domain.mandates.compact import Form, KeyedHeader, read_model
from shared.domain.mandates.terms import REFERENCE_PATTERN, Limits, MandateTerms, Subject
from shared.domain.model import Model

PLATFORM = "uso"
"""The audience of what wallets sign for us."""
MANDATE = Form(what="mandate", typ="uso-mandate+jwt", field="token", header=KeyedHeader)

Seconds = Annotated[int, Field(ge=0, le=32_503_680_000)]
"""Unix time, until the year 3000."""


class Claims(Model):
    """What is signed, by the names of RFC 7519."""

    iss: Subject
    sub: Subject
    aud: Literal["uso"]
    jti: str = Field(pattern=REFERENCE_PATTERN)
    iat: Seconds
    nbf: Seconds | None = None
    exp: Seconds
    agent: Subject
    limits: Limits


def read_claims(payload: bytes) -> MandateTerms:
    """Return the terms of a verified payload. Raises InvalidInput naming the claim at fault."""
    claims = read_model(payload, Claims, MANDATE)
    if claims.iss != claims.sub:
        raise MANDATE.refused("customers give authority over their own money only", at="iss")
    return MandateTerms(
        customer_id=claims.sub,
        reference=claims.jti,
        agent=claims.agent,
        issued_at=_instant(claims.iat),
        not_before=None if claims.nbf is None else _instant(claims.nbf),
        expires_at=_instant(claims.exp),
        limits=claims.limits,
    )


def check_times(terms: MandateTerms, *, now: datetime, longest: timedelta, skew: timedelta) -> None:
    """Refuse a mandate that is over, from the future, or for longer than `longest`. Raises InvalidInput.

    `skew` is how far a wallet's clock may be ahead of ours.
    """
    if terms.issued_at > now + skew:
        raise MANDATE.refused("it is issued in the future", at="iat")
    if terms.expires_at <= now:
        raise MANDATE.refused("it has expired", at="exp")
    if terms.expires_at <= max(terms.issued_at, terms.not_before or terms.issued_at):
        raise MANDATE.refused("it ends before it begins", at="exp")
    if terms.expires_at - terms.issued_at > longest:
        raise MANDATE.refused(f"it lasts longer than {longest.days} days", at="exp")


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
