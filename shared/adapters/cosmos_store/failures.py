"""What the SDK and the service report, as the port's own errors; no error of theirs gets out."""

from shared.errors import TooLarge, Unavailable, UsoError
from shared.ports.store import AlreadyExists, Missing, PreconditionFailed

TOO_MANY_REQUESTS, RETRY_WITH = 429, 449
LAGS_BEHIND = 1002
"""Sub-status of a 404 when the replica has not seen yet what the session has."""
_SOON = 0.02
_MAX_ITEM = 2 * 1024 * 1024
_OF_AN_OPERATION: dict[int, type[AlreadyExists | Missing | PreconditionFailed]] = {
    404: Missing,
    409: AlreadyExists,
    412: PreconditionFailed,
}
_SAID = {
    404: "does not exist",
    409: "exists already",
    412: "was changed in between",
}


class Throttled(Exception):
    """The service did nothing and asks to come again, `after` seconds from now; soon, if it does not say."""

    def __init__(self, after: float = _SOON) -> None:
        super().__init__(after)
        self.after = after


class LostAnswer(Exception):
    """A write was sent, and whether it happened is not known; it is not sent again."""


def of_operation(status: int, label: str) -> UsoError:
    """Return the error of the first operation of a batch that could not be applied."""
    if status in _OF_AN_OPERATION:
        return _OF_AN_OPERATION[status](f"{label} {_SAID[status]}.")
    return of_status(status, label)


def of_status(status: int, label: str, sub_status: int | None = None) -> UsoError:
    """Return the error of a request that was refused as a whole."""
    if status == 413:
        return TooLarge(_MAX_ITEM)
    if status in {401, 403}:
        return Unavailable(f"Cosmos DB refuses our key or identity ({status}).")
    if status == 404:
        return Unavailable(f"{label} is not there: has the deployment created it?")
    if status == 400:
        return UsoError(f"Cosmos DB does not understand what we ask of {label} (400/{sub_status or 0}).")
    return Unavailable(f"Cosmos DB answered {status} for {label}.")
