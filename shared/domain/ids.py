"""Identifiers. They come from meaning and contain only what instance ids and event names may: [A-Za-z0-9_-].

An order is `ord_x`; what belongs to it carries its id in front, so the partition can be read off the id:
leg `ord_x-l1`, negotiation `ord_x-n1`, recovery `ord_x-r1`.
"""

import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def fresh(prefix: str) -> str:
    """Return a new unguessable identifier, e.g. `ord_7k3m...` (80 bits)."""
    return f"{prefix}_{''.join(secrets.choice(ALPHABET) for _ in range(16))}"


def owner_of(id: str) -> str:
    """Return the id of what `id` belongs to: the order of a leg, negotiation or recovery."""
    return id.partition("-")[0]
