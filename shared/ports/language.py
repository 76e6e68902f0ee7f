"""The language ports: a model's proposals, one small protocol per use (`support` and `photos` hold others).

A proposal is typed and changes nothing: rules of the domain decide what becomes of it, and without one they
serve alone (rule 8). Whoever proposes answers within its time or raises Unavailable.
"""

from dataclasses import dataclass
from typing import Protocol

from shared.domain.intents.second_reading import Sought
from shared.domain.reply_proposals import Leaning, ReplyProposal
from shared.ports.photos import PhotoCheck
from shared.ports.support import SupportReader

CALLS = "language"
"""Container of what calls cost; its partitions are days."""
SPENT = "spent"
"""Id of a day's sum, beside its calls."""


class SentenceReader(Protocol):
    """Reads sentences of the chat."""

    async def sought(self, sentence: str, *, before: str) -> Sought:
        """Propose what a sentence is looking for, after a search for `before`. Raises Unavailable."""
        ...


class AnswerReader(Protocol):
    """Reads customers' answers to questions."""

    async def leaning(self, answer: str, *, question: str) -> Leaning:
        """Propose how an answer sounds. Raises Unavailable."""
        ...


class ReplyReader(Protocol):
    """Reads partners' answers."""

    async def reply(self, answer: str, *, question: str) -> ReplyProposal:
        """Propose what an answer says. Raises Unavailable."""
        ...


class Teller(Protocol):
    """Tells updates in warmer words."""

    async def retell(self, update: str) -> str:
        """Propose other words for the same. Raises Unavailable."""
        ...


class Drafter(Protocol):
    """Drafts answers of customer service, which only a person may send."""

    async def draft(self, message: str, *, facts: str) -> str:
        """Propose an answer to a customer's message. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """Who proposes; None where nobody does."""

    support: SupportReader | None = None
    photos: PhotoCheck | None = None
    sentences: SentenceReader | None = None
    answers: AnswerReader | None = None
    replies: ReplyReader | None = None
    teller: Teller | None = None
    drafter: Drafter | None = None
