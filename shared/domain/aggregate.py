"""What is stored and changes over time."""

from datetime import datetime

from shared.domain.model import Model


class Aggregate(Model):
    """A stored thing with a history of revisions; the store's etag guards each change."""

    id: str
    revision: int = 0
    created_at: datetime
    updated_at: datetime

    def verify(self) -> None:
        """Raise when an invariant is broken; asked before every write."""
