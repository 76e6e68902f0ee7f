"""Where a simulated partner's answer goes: the door that real partners' webhooks use."""

from typing import Protocol

from shared.domain.model import Model


class IncomingReply(Model):
    """One reply of a partner; `id` is the sender's own and counts once, `reference` says what it answers."""

    id: str
    vendor_id: str
    reference: str
    text: str
    button: str | None = None


class ReplyIntake(Protocol):
    """Takes partners' replies, whatever channel they came by."""

    async def receive(self, reply: IncomingReply) -> object:
        """Store and act on one reply, once per id."""
        ...
