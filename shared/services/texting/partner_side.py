"""What a partner writes: which question it answers, and the answer to that (flows 2.7-1 to 2.7-3).

A button and a quotation name their question, and so does `#7K3M`. Words alone mean the only question that is
open; where several are, the partner is asked which one, and its words are kept for that.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.domain.negotiations import Photo
from shared.domain.texting.lines import VENDOR, Line
from shared.domain.texting.texts import HeardText, SentText, TextState
from shared.domain.texting.words import is_pleasantry, name_of, without_name
from shared.errors import Conflict
from shared.ports.carriers import MediaSource
from shared.services.kinds import HEARD_TEXTS, LINES
from shared.services.partners import IncomingReply, PartnerService
from shared.services.records import Records
from shared.services.texting.photos import Photos
from shared.services.texting.sender import TextSender

WHAT_ELSE = "What can you offer instead, and what would it cost? Just write it, or send a photo."
NO_PICTURE = "I could not open what you sent. Please send a photo (JPEG or PNG), or describe it in words."
TOO_LATE = "Thank you, but that has been settled in the meantime; nothing is changed by this answer."
_MODIFY = "modify"
_MAX_REPLY = 2000
_LATE = timedelta(days=7)
"""For how long an answer to what is settled is still put beside it."""
_log = logging.getLogger(__name__)


class PartnerSide:
    """Hands what partners write to `PartnerService`, with the reference that it answers."""

    def __init__(
        self,
        records: Records,
        partners: PartnerService,
        sender: TextSender,
        photos: Photos,
        media: MediaSource | None,
    ) -> None:
        self._records = records
        self._partners = partners
        self._sender = sender
        self._photos = photos
        self._media = media

    async def open_questions(self, line: Line) -> list[SentText]:
        """The questions to partners on this line that an answer would still count for, newest first."""
        now = self._records.now()
        return [
            text
            for text in await self._questions(line)
            if await self._partners.awaits(_vendor_of(text), text.reference, at=now)
        ]

    async def take(self, line: Line, heard: HeardText) -> str | None:
        """Take a message in and say what became of it; None when it answers no question to a partner."""
        asked = await self._questions(line)
        words, name = without_name(heard.text)
        waiting = await self.open_questions(line)
        question = _named(asked, heard.quotes, name) or _only(line, waiting)
        if question is None and waiting:
            return await self._ask_which(line, heard, waiting)
        if question is None and is_pleasantry(heard.text):
            return "pleasantry"
        if question is None:
            question = _latest(asked, since=self._records.now() - _LATE)
        if question is None:
            return None
        heard = heard.model_copy(update={"text": words})
        if line.puzzle and not (words or heard.button or heard.media):
            puzzle = (await self._records.get(HEARD_TEXTS, line.puzzle)).value
            heard = puzzle.model_copy(update={"text": without_name(puzzle.text)[0]})
        return await self._answer(line, heard, question)

    async def _questions(self, line: Line) -> list[SentText]:
        sent = await self._sender.of_line(line.id)
        return [
            text
            for text in sent
            if text.reference and text.owner in line.owners and text.state is not TextState.EXPIRED
        ]

    async def _answer(self, line: Line, heard: HeardText, question: SentText) -> str:
        if _wants_words(heard):
            await self._focus(line, focus=question.reference, puzzle="")
            await self._sender.say(
                line, question.owner, key=f"{heard.id}:what", text=WHAT_ELSE, about=question.about
            )
            return "asked_for_words"
        photo = None
        if heard.media:
            photo = await self._photo(heard, question)
            if photo is None and not heard.text.strip():
                key = f"{heard.id}:picture"
                await self._sender.say(line, question.owner, key=key, text=NO_PICTURE, about=question.about)
                return "picture_refused"
        reply = IncomingReply(
            id=heard.id,
            vendor_id=_vendor_of(question),
            reference=question.reference,
            text=heard.text.strip()[:_MAX_REPLY],
            button=heard.button[:40] if heard.button else None,
            photo=photo,
        )
        try:
            outcome = (await self._partners.receive(reply)).value
        except Conflict:  # an order that was declined, called off or given to someone else meanwhile
            outcome = "too_late"
            await self._sender.say(
                line, question.owner, key=f"{heard.id}:late", text=TOO_LATE, about=question.about
            )
        await self._focus(line, focus="", puzzle="")
        await self._belongs(heard, question)
        return outcome

    async def _photo(self, heard: HeardText, question: SentText) -> Photo | None:
        """The first picture that can be had; what it says is not read here, and never followed."""
        for media in heard.media:
            if self._media is None:
                break
            try:
                picture = await self._media.fetch(media)
            except Conflict as refused:
                _log.info("a picture of %s was not taken: %s", heard.id, refused.detail)
                continue
            return await self._photos.keep(
                picture, key=heard.id, wanted=question.words, offered=heard.text[:_MAX_REPLY]
            )
        return None

    async def _ask_which(self, line: Line, heard: HeardText, waiting: Sequence[SentText]) -> str:
        await self._focus(line, focus="", puzzle=heard.id)
        listed = "\n".join(f"#{name_of(text.key)}: {text.words}" for text in waiting[:5])
        text = f"Which one do you mean? Please answer with its name, such as #{name_of(waiting[0].key)}."
        key = f"{heard.id}:which"
        await self._sender.say(line, waiting[0].owner, key=key, text=f"{text}\n{listed}")
        return "asked_which"

    async def _focus(self, line: Line, *, focus: str, puzzle: str) -> None:
        await self._records.update(
            LINES,
            line.id,
            lambda each: (
                (each, [])
                if (each.focus, each.puzzle) == (focus, puzzle)
                else (each.model_copy(update={"focus": focus, "puzzle": puzzle}), [])
            ),
        )

    async def _belongs(self, heard: HeardText, question: SentText) -> None:
        """Let a letter to come refer to this one."""
        about = {"about": question.about, "reference": question.reference}
        await self._records.update(
            HEARD_TEXTS,
            heard.id,
            lambda each: (each, []) if each.about else (each.model_copy(update=about), []),
        )


def _vendor_of(text: SentText) -> str:
    return text.owner.removeprefix(VENDOR)


def _named(asked: Sequence[SentText], quotes: tuple[str, ...], name: str | None) -> SentText | None:
    quoted = next((text for text in asked if text.is_answered_by(quotes)), None)
    if quoted is not None or name is None:
        return quoted
    return next((text for text in asked if name_of(text.key) == name), None)


def _only(line: Line, waiting: Sequence[SentText]) -> SentText | None:
    """The one question that is open, or the one that was said to be answered in words."""
    if len({text.reference for text in waiting}) == 1:
        return waiting[0]
    return next((text for text in waiting if line.focus and text.reference == line.focus), None)


def _latest(asked: Sequence[SentText], *, since: datetime) -> SentText | None:
    return next((text for text in asked if text.at >= since), None)


def _wants_words(heard: HeardText) -> bool:
    """Say whether someone only pressed, or wrote, the button that announces another offer."""
    if heard.media:
        return False
    said = heard.text.strip().strip(".!").casefold()
    pressed = (heard.button or "").casefold() == _MODIFY
    return (pressed and said in ("", _MODIFY)) or (heard.button is None and said == _MODIFY)
