"""What a verified token's claims mean here: who its holder is, and for whom they act.

Without a role that is known, somebody is a customer, and stands for nobody but themselves. More than that
needs a claim, which only the issuer can write.
"""

import re
from dataclasses import dataclass
from typing import Any, Self

from shared.adapters.oidc_issuer.tokens import Claims, clients_of
from shared.domain.identity import SUBJECT_PATTERN, Persona, Principal
from shared.errors import Forbidden
from shared.settings import Settings

Paths = tuple[str, ...]
_EMAIL = re.compile(r"[\x21-\x7e]{1,64}@[A-Za-z0-9.-]{1,189}")


@dataclass(frozen=True, slots=True)
class ClaimNames:
    """Which claims say what. Paths are dotted; of several, the first that is there counts."""

    subject: str
    roles: Paths
    personas: dict[str, Persona]
    customer: Paths
    partner: Paths
    agent_clients: frozenset[str]

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Take them from the settings; a role that is not mapped is none."""
        mapped = {role: Persona(name) for role, name in settings.oidc_personas.items()}
        return cls(
            subject=settings.oidc_subject_claim,
            roles=settings.oidc_persona_claims,
            personas=mapped or {str(each): each for each in Persona},
            customer=settings.oidc_customer_claims,
            partner=settings.oidc_partner_claims,
            agent_clients=frozenset(settings.oidc_agent_clients),
        )


def principal_of(claims: Claims, names: ClaimNames) -> Principal:
    """Return who a token's holder is. Raises Forbidden for who can be none of our personas."""
    subject = _id(claims, (names.subject,), "caller")
    persona = _persona(claims, names)
    actor = _actor(claims, names)
    if actor is not None:
        return _acting(actor, customer_id=subject, persona=persona, claims=claims)
    if persona is Persona.ADMIN:
        return Principal(subject=subject, persona=persona)
    if persona is Persona.PARTNER:
        vendor = _id(claims, names.partner, "vendor that the partner speaks for")
        return Principal(subject=subject, persona=persona, partner_id=vendor)
    if persona is Persona.AGENT:
        # its address, if it has one, is not its customer's
        customer = _id(claims, names.customer, "customer that the agent acts for")
        return Principal(subject=subject, persona=persona, customer_id=customer)
    if _is_machine(claims):
        raise _no_place("A program is no customer: its token must say by a role what it is.")
    return Principal(
        subject=subject, persona=Persona.CUSTOMER, customer_id=subject, email=_verified_email(claims)
    )


def at(claims: Any, path: str) -> Any:
    """Return what stands at a dotted path, None where there is nothing.

    Names may have dots themselves, as `https://shop.example/roles` has: a name as it is goes first.
    """
    if not isinstance(claims, dict):
        return None
    if path in claims:
        return claims[path]
    dots = (place for place, character in enumerate(path) if character == ".")
    inside = (at(claims.get(path[:dot]), path[dot + 1 :]) for dot in dots)
    return next((found for found in inside if found is not None), None)


def _first(claims: Claims, paths: Paths) -> Any:
    return next((found for path in paths if (found := at(claims, path)) is not None), None)


def _id(claims: Claims, paths: Paths, whose: str) -> str:
    found = _first(claims, paths)
    if not isinstance(found, str) or not re.fullmatch(SUBJECT_PATTERN, found):
        raise _no_place(f"The token does not name the {whose} (claim {' or '.join(paths)}).")
    return found


def _persona(claims: Claims, names: ClaimNames) -> Persona | None:
    """The one persona that the roles say; roles that are not known say nothing."""
    found = _first(claims, names.roles)
    listed = found if isinstance(found, list) else [found]
    personas = {names.personas[role] for role in listed if isinstance(role, str) and role in names.personas}
    if len(personas) > 1:
        raise _no_place(f"The token has several roles ({', '.join(sorted(personas))}); a caller has one.")
    return next(iter(personas), None)


def _actor(claims: Claims, names: ClaimNames) -> str | None:
    """Who acts for the token's subject, if somebody does.

    Either the issuer says so by `act` (RFC 8693, section 4.1: only the outermost counts), or the subject let
    a client that is an agent have this token.
    """
    if claims.get("act") is not None:
        return _id(claims, ("act.sub",), "agent")
    agents = clients_of(claims) & names.agent_clients
    return min(agents) if agents and not _is_machine(claims) else None


def _acting(actor: str, *, customer_id: str, persona: Persona | None, claims: Claims) -> Principal:
    if persona in (Persona.PARTNER, Persona.ADMIN):
        raise _no_place(f"What a {persona} may do is not delegated; agents act for customers.")
    return Principal(
        subject=actor, persona=Persona.AGENT, customer_id=customer_id, email=_verified_email(claims)
    )


def _is_machine(claims: Claims) -> bool:
    """Say whether a token is a program's own, by client credentials, with no person behind it.

    Its subject is the client (RFC 9068, section 2.2). Microsoft says `idtyp` when asked to, and leaves `scp`
    out and gives `sub` and `oid` one value in any case; Auth0 says `gty`.
    """
    subject = claims.get("sub")
    of_microsoft = "scp" not in claims and subject is not None and claims.get("oid") == subject
    return (
        any(client == subject for client in clients_of(claims))
        or of_microsoft
        or claims.get("idtyp") == "app"
        or claims.get("gty") == "client-credentials"
    )


def _verified_email(claims: Claims) -> str | None:
    """The subject's address, where the issuer has verified it (OpenID Connect Core 1.0, section 5.1)."""
    email = claims.get("email")
    known = claims.get("email_verified") is True and isinstance(email, str) and _EMAIL.fullmatch(email)
    return email if known else None


def _no_place(detail: str) -> Forbidden:
    return Forbidden(detail, code="no_persona")
