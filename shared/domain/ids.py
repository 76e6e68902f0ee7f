"""Identifiers. They come from meaning and contain only what instance ids and event names may: [A-Za-z0-9_-].

An order is `ord_x`; what belongs to it carries its id in front, so the partition can be read off the id:
leg `ord_x-l1`, negotiation `ord_x-n1`, recovery `ord_x-r1`.
"""

import hashlib
import json
import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def fresh(prefix: str) -> str:
    """Return a new unguessable identifier, e.g. `ord_7k3m...` (80 bits)."""
    return f"{prefix}_{''.join(secrets.choice(ALPHABET) for _ in range(16))}"


def keyed(prefix: str, customer_id: str, key: str | None) -> str:
    """Return the identifier that belongs to a customer's idempotency key; a fresh one without a key.

    A repeated key finds the same thing again, and only for the customer who chose the key.
    """
    if key is None:
        return fresh(prefix)
    seed = json.dumps([customer_id, key])
    return f"{prefix}_{hashlib.sha256(seed.encode()).hexdigest()[:20]}"


def owner_of(id: str) -> str:
    """Return the id of what `id` belongs to: the order of a leg, negotiation or recovery."""
    return id.partition("-")[0]
