"""Ids of what admins create: their own, else one that a repeated request finds again."""

import hashlib

from triggers.web.call import Call


def chosen(call: Call, given: str | None, *, prefix: str) -> str | None:
    """Return the given id, one derived from the idempotency key, or None: the service makes a fresh one."""
    if given is not None or call.idempotency_key is None:
        return given
    seed = f"{call.caller.subject}\n{prefix}\n{call.idempotency_key}"
    return f"{prefix}_{hashlib.sha256(seed.encode()).hexdigest()[:16]}"
