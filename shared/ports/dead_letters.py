"""The dead letters port: events that a subscription gave up, for a person to look at and to send again."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from shared.domain.model import Model


class DeadLetter(Model):
    """What lies in a subscription's dead letters, by its number there. What the event says is left out."""

    number: int
    event_id: str
    type: str
    subject: str
    reason: str
    description: str
    enqueued_at: datetime


class DeadLetters(Protocol):
    """The dead letters of the events topic's subscriptions (`shared.ports.topics.SUBSCRIPTIONS`)."""

    async def list(self, subscription: str, *, after: int = 0, limit: int) -> Sequence[DeadLetter]:
        """Return up to `limit` with higher numbers than `after`, in their order; they stay where they are.

        Raises Unavailable.
        """
        ...

    async def replay(self, subscription: str, numbers: Collection[int]) -> int:
        """Send those of `numbers` that are there once more; return how many went out.

        Consumers hear of the same event again, under its own id. A dead letter leaves when its copy was
        accepted, so one whose answer is lost may be heard twice. Raises Unavailable, perhaps half-way.
        """
        ...
