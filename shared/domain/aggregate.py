"""What is stored and changes over time."""

from datetime import datetime

from pydantic import Field

from shared.domain.model import Model


class Aggregate(Model):
    """A stored thing with a history of revisions; the store's etag guards each change.

    `traceparent` is where a story began (`shared.ports.telemetry`), of those aggregates that are one.
    """

    id: str
    revision: int = 0
    created_at: datetime
    updated_at: datetime
    traceparent: str = Field(default="", exclude_if=lambda value: not value)

    def verify(self) -> None:
        """Raise when an invariant is broken; asked before every write."""
