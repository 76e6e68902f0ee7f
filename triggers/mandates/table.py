"""The mandates' rows of the map of the house (`triggers.routes`)."""

from shared.domain.identity import Persona
from triggers.web.route import Wing

CUSTOMERS = frozenset({Persona.CUSTOMER})
"""Agents register no keys and revoke nothing: whoever is limited does not move the limits."""

_wing = Wing(
    "mandates",
    base="api/v1/mandates",
    handlers="triggers.mandates",
    personas=frozenset({Persona.CUSTOMER, Persona.AGENT}),
    prefix="mandate_",
)

MANDATES = (
    _wing.door(
        "challenge",
        "POST keys/challenge",
        "keys:challenge",
        "Get a challenge for a new signing key.",
        personas=CUSTOMERS,
        flows=("1.3-2",),
        success=201,
    ),
    _wing.door(
        "add_key",
        "POST keys",
        "keys:add_key",
        "Register a public key that signed the challenge.",
        personas=CUSTOMERS,
        flows=("1.3-2",),
        success=201,
        also=(409,),
    ),
    _wing.door(
        "list_keys",
        "GET keys",
        "keys:list_keys",
        "List your signing keys.",
        personas=CUSTOMERS,
        flows=("1.1-1",),
    ),
    _wing.door(
        "revoke_key",
        "POST keys/{kid}/revoke",
        "keys:revoke_key",
        "End a signing key and every mandate that it signed.",
        personas=CUSTOMERS,
        flows=("1.1-1",),
    ),
    _wing.door(
        "deliver",
        "POST",
        "grants:deliver",
        "Hand in a mandate: what an agent may spend, signed by the customer.",
        flows=("1.3-2",),
        success=201,
        also=(409,),
    ),
    _wing.door(
        "list",
        "GET",
        "grants:list_mandates",
        "Show which agents may spend what.",
        flows=("1.1-1", "1.3-2"),
    ),
    _wing.door(
        "show",
        "GET {mandate_id}",
        "grants:get_mandate",
        "Show a mandate and what is left of it.",
        personas=frozenset({Persona.CUSTOMER, Persona.AGENT, Persona.ADMIN}),
        flows=("1.1-1", "1.3-2"),
    ),
    _wing.door(
        "revoke",
        "POST {mandate_id}/revoke",
        "grants:revoke",
        "End an agent's authority.",
        personas=CUSTOMERS,
        flows=("1.1-1",),
    ),
)
