"""Where a simulated partner's answer goes: the door that real partners' webhooks use."""

from typing import Protocol

from shared.services.partners import IncomingReply


class ReplyIntake(Protocol):
    """Takes partners' replies, whatever channel they came by."""

    async def receive(self, incoming: IncomingReply) -> object:
        """Store and act on one reply, once per id."""
        ...
