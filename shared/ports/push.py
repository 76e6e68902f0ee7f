"""The push port: updates to the chat platforms that customers talk through."""

from typing import Protocol


class Push(Protocol):
    """Tells a chat platform of news in one of its threads."""

    def reaches(self, platform: str) -> bool:
        """Say whether that platform has a webhook."""
        ...

    async def send(self, platform: str, *, id: str, body: bytes) -> None:
        """Deliver the JSON `body`; `id` lets the platform drop a repetition. Raises Unavailable."""
        ...
