"""Reading and telling. The forms are what the model fills in; the domain's own types leave the adapter."""

from typing import Literal

from pydantic import BaseModel

from shared.adapters.openai_language.asking import Desk
from shared.domain.intents.second_reading import Sought, SoughtKind
from shared.domain.model_calls import Use
from shared.domain.operations.reading import Reading, TicketIntent
from shared.domain.reply_proposals import Leaning, ReplyProposal, Says
from shared.ports.carriers import Media
from shared.ports.photos import PhotoVerdict

_LONGEST_WORDS = 60


class SupportForm(BaseModel):
    """What a message to customer service is about."""

    intent: TicketIntent
    anger: int
    danger_words: list[str]
    wants_person: bool


class PhotoForm(BaseModel):
    """What a photo shows."""

    shows: Literal["fits", "unclear", "damaged", "something_else", "no_goods", "not_sure"]


class ReplyForm(BaseModel):
    """What a partner's answer says."""

    says: Says
    words: str
    item: str


class DecisionForm(BaseModel):
    """How a customer's answer sounds."""

    leans: Leaning


class IntentForm(BaseModel):
    """What a sentence is looking for."""

    kind: SoughtKind
    thing: str


class NarrationForm(BaseModel):
    """An update in other words."""

    text: str


class DraftForm(BaseModel):
    """An answer that a person may use."""

    text: str


_WILL_NOT_DO = {
    "unclear": "it is too dark, blurred or small to tell",
    "damaged": "what it shows is not in good condition",
    "something_else": "it shows something else",
    "no_goods": "it shows none of what was asked for",
}
"""The words that partners get are ours: a picture may hold words of its own."""


class OpenAIReaders:
    """Every port of `shared.ports.language.Language`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def read(self, text: str) -> Reading:
        """Propose a reading of a message to customer service. Raises Unavailable."""
        said = await self._desk.ask(Use.SUPPORT, SupportForm, {"message": text})
        return Reading(
            intent=said.intent,
            anger=min(max(said.anger, 0), 100),
            dangers=tuple(words[:_LONGEST_WORDS] for words in said.danger_words[:20]),
            wants_person=said.wants_person,
        )

    async def look(self, photo: Media, *, wanted: str, offered: str) -> PhotoVerdict:
        """Judge a photo. Raises Unavailable."""
        material = {"wanted": wanted, "offered": offered}
        said = await self._desk.ask(Use.PHOTO, PhotoForm, material, picture=photo)
        if said.shows == "not_sure":
            return PhotoVerdict()
        return PhotoVerdict(approved=said.shows == "fits", why=_WILL_NOT_DO.get(said.shows, ""))

    async def reply(self, answer: str, *, question: str) -> ReplyProposal:
        """Propose what a partner's answer says. Raises Unavailable."""
        said = await self._desk.ask(Use.REPLY, ReplyForm, {"question": question, "answer": answer})
        return ReplyProposal(**said.model_dump())

    async def leaning(self, answer: str, *, question: str) -> Leaning:
        """Propose how a customer's answer sounds. Raises Unavailable."""
        return (
            await self._desk.ask(Use.DECISION, DecisionForm, {"question": question, "answer": answer})
        ).leans

    async def sought(self, sentence: str, *, before: str) -> Sought:
        """Propose what a sentence is looking for. Raises Unavailable."""
        said = await self._desk.ask(Use.INTENT, IntentForm, {"before": before, "sentence": sentence})
        return Sought(kind=said.kind, thing=said.thing)

    async def retell(self, update: str) -> str:
        """Propose other words for an update. Raises Unavailable."""
        return (await self._desk.ask(Use.NARRATION, NarrationForm, {"update": update})).text.strip()

    async def draft(self, message: str, *, facts: str) -> str:
        """Propose an answer to a message. Raises Unavailable."""
        material = {"facts": facts, "message": message}
        return (await self._desk.ask(Use.DRAFT, DraftForm, material)).text.strip()
