"""The platform's errors, one small tree.

    UsoError
    |-- InvalidInput        400  a field is wrong; names it
    |-- Unauthenticated     401  no or bad credentials
    |-- Forbidden           403  known caller, not theirs to do
    |-- MandateRefused      403  the customer's mandate does not cover it; says why in `reason`
    |-- NotFound            404  also what a stranger sees of someone else's thing
    |-- Conflict            409  the thing's state does not allow it (any more)
    |   `-- IllegalMove          a status transition that its table does not have
    |-- TooLarge            413  the body is over the limit
    |-- Infeasible          422  understood and well-formed, but cannot be done
    |-- PaymentDeclined     402  the provider said no
    `-- Unavailable         503  a dependency failed; safe to try again

`LedgerError` stands outside: it is a fault of ours, and nobody handles it.

Each class carries its data and builds its own message. `code` is stable: clients may switch on it.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class UsoError(Exception):
    """An expected failure. `field` names the input at fault; `extensions` are added to the problem answer."""

    status: ClassVar[int] = 500
    code: str = "internal"

    def __init__(
        self,
        detail: str,
        *,
        field: str | None = None,
        code: str | None = None,
        extensions: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.extensions = extensions or {}
        self.code = code or type(self).code


class InvalidInput(UsoError):
    """A field of the request is wrong; `field` names it in dotted form."""

    status = 400
    code = "invalid_input"


class Unauthenticated(UsoError):
    """No credentials, or credentials that do not verify."""

    status = 401
    code = "unauthenticated"


class Forbidden(UsoError):
    """The caller is known and may not do this."""

    status = 403
    code = "forbidden"


class MandateRefused(UsoError):
    """A customer's mandate does not cover what an agent wants; `reason` is for machines."""

    status = 403
    code = "mandate_refused"

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail, extensions={"reason": str(reason)})
        self.reason = reason


class NotFound(UsoError):
    """No such thing, or none that this caller may know of."""

    status = 404
    code = "not_found"

    def __init__(self, what: str, key: str) -> None:
        super().__init__(f"There is no {what} '{key}'.")
        self.what = what
        self.key = key


class Conflict(UsoError):
    """The state of the thing does not allow the request."""

    status = 409
    code = "conflict"


class IllegalMove(Conflict):
    """A status may not move there; `shared.domain.status` holds the tables."""

    code = "illegal_move"

    def __init__(self, what: str, current: str, target: str) -> None:
        super().__init__(f"A {what} that is {current} cannot become {target}.")
        self.current = current
        self.target = target


class TooLarge(UsoError):
    """The body exceeds the limit, in bytes."""

    status = 413
    code = "too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body is larger than {limit} bytes.")
        self.limit = limit


class Infeasible(UsoError):
    """Understood, but it cannot be done: too late, out of stock, outside the area."""

    status = 422
    code = "infeasible"


class PaymentDeclined(UsoError):
    """The payment provider declined; nothing was charged."""

    status = 402
    code = "payment_declined"


class Unavailable(UsoError):
    """A dependency failed or timed out; the request may be repeated."""

    status = 503
    code = "unavailable"


class LedgerError(Exception):
    """An entry would break an invariant of the ledger: a fault of ours. Nothing was written."""
