"""Sends texts: each at most once, as far as its provider can tell, and through an outage.

No provider of texts takes an idempotency key. So a text is stored as asked for before its provider is called;
one whose answer was lost is looked for, in the delivery news and in the provider's list, before it is sent
again. What cannot be handed over after a few tries waits, and is tried again until it is of no use any more.
"""

import contextlib
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NoReturn

from shared.domain.catalogue import ChannelKind
from shared.domain.events import Event, EventType
from shared.domain.ids import owner_of
from shared.domain.texting.lines import Line
from shared.domain.texting.texts import (
    MAX_TEXT,
    ON_ITS_WAY,
    OVER,
    HeardText,
    SentText,
    TextState,
    moved,
    text_id,
)
from shared.errors import Conflict, Unavailable
from shared.ports.carriers import Carrier, DeliveryNews, OutgoingText
from shared.ports.clock import Clock
from shared.ports.store import Query, Store, Where, every
from shared.services.due_list import Due, DueList, pause_after
from shared.services.kinds import LINES, SENT_TEXTS
from shared.services.records import Records
from shared.settings import Settings

_MAX_THREAD = 20
"""Messages of a conversation that a letter refers to."""
_log = logging.getLogger(__name__)
_SLACK = timedelta(minutes=1)
"""How far a provider's clock may be behind."""


class TextSender:
    """Hands texts over and follows them."""

    def __init__(
        self,
        records: Records,
        store: Store,
        carriers: Mapping[ChannelKind, Carrier],
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._records = records
        self._store = store
        self._carriers = carriers
        self._settings = settings
        self._waiting = DueList(store, clock, container="texts_waiting", partition="waiting")

    def carries(self, kind: ChannelKind) -> bool:
        """Say whether that kind of channel is set up."""
        return kind in self._carriers

    async def send(self, line: Line, text: SentText) -> None:
        """Send a text, once per its id.

        Raises Conflict when it was refused and will never arrive, and Unavailable when it is worth trying at
        once; after a few of these it waits here instead, and the caller goes on.
        """
        stored = await self._records.create(SENT_TEXTS, text)
        await self._hand_over(line, stored)

    async def say(
        self,
        line: Line,
        owner: str,
        *,
        key: str,
        text: str,
        kind: str = "notice",
        about: str = "",
        buttons: tuple[str, ...] = (),
    ) -> None:
        """Send words that nobody's plan waits for. Raises Unavailable while it is worth trying at once."""
        now = self._records.now()
        said = SentText(
            id=text_id(line.id, key),
            created_at=now,
            updated_at=now,
            at=now,
            key=key,
            owner=owner,
            kind=kind,
            about=about,
            text=text[:MAX_TEXT],
            buttons=buttons,
        )
        try:
            await self.send(line, said)
        except Conflict as refused:
            _log.info("%s was not sent: %s", said.id, refused.code)

    async def send_again(self) -> int:
        """Try what is due again; return how many were tried."""
        tried = 0
        async for document in self._waiting.due():
            tried += 1
            found = await self._records.find(SENT_TEXTS, document.id)
            line = await self._records.find(LINES, document.body["line_id"])
            if found is None or line is None:
                await self._waiting.forget(document.id)
                continue
            with contextlib.suppress(Conflict, Unavailable):  # announced, or due again later
                await self._hand_over(line.value, found.value, announces=True)
        return tried

    async def hear(self, news: DeliveryNews) -> bool:
        """Note how far a text has come; say whether that is new. One that fails now is announced."""
        found = await self._records.find(SENT_TEXTS, news.callback)
        if found is None or (found.value.sid and found.value.sid != news.sid):
            return False
        before = found.value
        failed = news.state is TextState.FAILED
        after = await self._records.update(
            SENT_TEXTS,
            before.id,
            lambda text: _with_event(
                text, moved(text, news.state, sid=news.sid, error=news.error), announces=failed
            ),
        )
        if after.state in ON_ITS_WAY:
            await self._waiting.forget(after.id)
        return after.state is not before.state

    async def of_line(self, line_id: str, *, limit: int = 50) -> list[SentText]:
        """The latest texts that were sent over a line, newest first."""
        query = Query([Where("box", "==", "sent")], order_by="-at", limit=limit)
        page = await self._store.query(SENT_TEXTS.container, line_id, query)
        return [SentText.model_validate(document.body) for document in page.documents]

    # --- handing over ---------------------------------------------------------------------------

    async def _hand_over(self, line: Line, text: SentText, *, announces: bool = False) -> None:
        if text.state is TextState.FAILED:
            raise Conflict("The text was refused.", code=text.error or "text_refused")
        if text.state not in ON_ITS_WAY and self._is_late(text):
            await self._becomes(text, TextState.EXPIRED)
        elif text.state not in ON_ITS_WAY:
            if not line.reaches(text.owner):
                await self._fail(text, "stopped", announces=announces)
            try:
                await self._becomes(text, TextState.SENT, sid=await self._sent(line, text))
            except Conflict as refused:
                await self._fail(text, refused.code, announces=announces)
            except Unavailable:
                return await self._later(text, announces=announces)
        return await self._waiting.forget(text.id)

    def _is_late(self, text: SentText) -> bool:
        return text.expires_at is not None and self._records.now() >= text.expires_at

    async def _sent(self, line: Line, text: SentText) -> str:
        """Call the provider, unless what it was asked before has arrived there; return its id of the text."""
        carrier = self._carriers.get(line.kind)
        if carrier is None:
            raise Conflict(f"{line.kind} is not set up.", code="not_set_up")
        outgoing = await self._outgoing(line, text)
        if text.state is TextState.ASKED:
            known = frozenset(each.sid for each in await self.of_line(line.id) if each.sid)
            found = await carrier.find(outgoing, since=text.at - _SLACK, known=known)
            if found is not None:
                return found
        await self._claim(text)
        return await carrier.send(outgoing)

    async def _claim(self, text: SentText) -> None:
        """Note that the provider is being asked. Raises Unavailable when someone else is doing so."""
        won = False
        now = self._records.now()

        def change(stored: SentText) -> tuple[SentText, Sequence[Event]]:
            nonlocal won
            won = stored.tries == text.tries and stored.state is text.state
            if not won:
                return stored, []
            asked = {"state": TextState.ASKED, "asked_at": now, "tries": text.tries + 1}
            return stored.model_copy(update=asked), []

        await self._records.update(SENT_TEXTS, text.id, change)
        if not won:
            raise Unavailable("The text is being sent by someone else.")

    async def _later(self, text: SentText, *, announces: bool) -> None:
        """Put off what was not handed over; give it up after too many tries."""
        tries = text.tries + 1
        stored = await self._records.update(
            SENT_TEXTS,
            text.id,
            lambda t: (t, []) if t.tries >= tries else (t.model_copy(update={"tries": tries}), []),
        )
        if stored.state in ON_ITS_WAY or stored.state in OVER:
            return
        if tries > self._settings.text_retries:
            await self._fail(text, "unreachable", announces=announces)
        pause = pause_after(tries, first=self._settings.text_pause, hiccups=self._settings.push_hiccups)
        await self._waiting.put(Due(text.id, self._records.now() + pause, {"line_id": owner_of(text.id)}))
        if tries <= self._settings.push_hiccups:
            raise Unavailable("The text was not handed over yet.")

    async def _fail(self, text: SentText, error: str, *, announces: bool) -> NoReturn:
        await self._waiting.forget(text.id)
        await self._becomes(text, TextState.FAILED, announces=announces, error=error)
        raise Conflict("The text was refused.", code=error)

    async def _becomes(
        self, text: SentText, state: TextState, *, announces: bool = False, **update: object
    ) -> None:
        await self._records.update(
            SENT_TEXTS,
            text.id,
            lambda stored: _with_event(stored, moved(stored, state, **update), announces=announces),
        )

    async def _outgoing(self, line: Line, text: SentText) -> OutgoingText:
        return OutgoingText(
            key=text.key,
            callback=text.id,
            to=line.address,
            kind=text.kind,
            text=text.text,
            buttons=text.buttons,
            in_window=line.is_open(self._records.now()),
            subject=f"Order {text.leg_id}" if text.leg_id else "USO",
            replies_to=await self._conversation(line, text) if line.kind is ChannelKind.EMAIL else (),
        )

    async def _conversation(self, line: Line, text: SentText) -> tuple[str, ...]:
        """Provider's ids of what was written about the same thing before, oldest first."""
        if not text.about:
            return ()
        query = Query([Where("about", "==", text.about)], order_by="at")
        found = [
            (HeardText if document.body["box"] == "heard" else SentText).model_validate(document.body)
            async for document in every(self._store, SENT_TEXTS.container, line.id, query)
        ]
        return tuple(each.sid for each in found if each.sid and each.id != text.id)[-_MAX_THREAD:]


def _with_event(before: SentText, after: SentText, *, announces: bool) -> tuple[SentText, Sequence[Event]]:
    if not announces or after.state is before.state:
        return after, []
    return after, [Event(type=EventType.TEXT_FAILED, data={"text_id": after.id})]
