"""Errors in the shape of Stripe's (https://docs.stripe.com/api/errors)."""

from typing import Any


class Refusal(Exception):
    """An answer that is an error; `more` are further fields of it."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str = "invalid_request_error",
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        given = {"type": kind, "message": message, "code": code, "param": param, **more}
        self.body = {"error": {name: value for name, value in given.items() if value is not None}}


def missing(what: str, id: str, *, param: str = "id", status: int = 404) -> Refusal:
    """There is no such object."""
    return Refusal(status, f"No such {what}: '{id}'", code="resource_missing", param=param)


def unexpected_state(intent: dict[str, Any], verb: str) -> Refusal:
    """A PaymentIntent's status does not allow this."""
    return Refusal(
        400,
        f"This PaymentIntent could not be {verb} because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
        payment_intent=intent,
    )
