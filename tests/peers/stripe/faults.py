"""What goes wrong on the way: each fault strikes one request."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["drop", "hang", "status", "rubbish", "cut"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`drop` closes the connection, `hang` never answers, `status` answers an error, `rubbish` no JSON,
    `cut` half of the answer. With `after`, the work is done before.

    `kept`: the error is the answer that this idempotency key has from now on, as with Stripe's own 500s.
    """

    kind: Kind
    after: bool = False
    status: int = 500
    kept: bool = False
    path: str = ""
    """Only requests whose method and path contain this."""

    def strikes(self, request: str) -> bool:
        """Say whether a request, `POST /v1/refunds`, is one of those."""
        return self.path in request
