"""Reading what customers and partners write. The forms are the adapter's own; the domain's types leave it."""

from pydantic import BaseModel

from shared.adapters.openai_language.asking import Desk
from shared.domain.model_calls import Use
from shared.domain.operations.reading import Reading, TicketIntent

_LONGEST_WORDS = 60


class SupportForm(BaseModel):
    """What a message to customer service is about."""

    intent: TicketIntent
    anger: int
    danger_words: list[str]
    wants_person: bool


class OpenAISupportReader:
    """`shared.ports.support.SupportReader`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def read(self, text: str) -> Reading | None:
        """Propose a reading. Raises Unavailable."""
        said = await self._desk.ask(Use.SUPPORT, SupportForm, {"message": text})
        return Reading(
            intent=said.intent,
            anger=min(max(said.anger, 0), 100),
            dangers=tuple(words[:_LONGEST_WORDS] for words in said.danger_words[:20]),
            wants_person=said.wants_person,
        )
