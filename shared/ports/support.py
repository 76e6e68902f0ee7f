"""The support reader: a language model's proposal of what a message is about (rule 8: rules decide).

What it says is checked: it may raise the alarm, and never lower it; it may choose among the intents, and
nothing that it writes moves money. Without one, the rules alone read.
"""

from typing import Protocol

from shared.domain.operations.reading import Reading


class SupportReader(Protocol):
    """Proposes readings."""

    async def read(self, text: str) -> Reading | None:
        """Propose a reading of a customer's message; None when there is none in time."""
        ...
