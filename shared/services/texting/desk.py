"""Takes texts in: stored once and announced first, read later (rule 2). Commands count at once."""

import contextlib
from collections.abc import Sequence
from enum import StrEnum

from shared.domain.events import Event, EventType
from shared.domain.ids import owner_of
from shared.domain.negotiations import EscalationReason
from shared.domain.texting.lines import CUSTOMER, VENDOR, Line, confirmed, line_id
from shared.domain.texting.texts import HeardText, text_id
from shared.domain.texting.words import Command, code_in, command_of
from shared.errors import Unavailable
from shared.ports.carriers import IncomingText
from shared.ports.events import CloudEvent
from shared.ports.store import AlreadyExists, PreconditionFailed
from shared.services.due_list import Due, DueList, pause_after
from shared.services.escalations import EscalationService
from shared.services.kinds import HEARD_TEXTS, LINES, ORDERS
from shared.services.records import MAX_RACES, Records, Stored
from shared.services.texting.customer_side import CustomerSide
from shared.services.texting.lines import LineBook
from shared.services.texting.partner_side import PartnerSide
from shared.services.texting.sender import TextSender
from shared.settings import Settings

WELCOME = (
    "Thank you, this {what} is confirmed: messages from USO will reach you here. "
    "Reply STOP at any time to end them."
)


class Taken(StrEnum):
    """What became of a delivery: it is stored, it came before, or nobody here has that number."""

    TAKEN = "taken"
    DUPLICATE = "duplicate"
    UNKNOWN = "unknown"


class TextDesk:
    """The way of every text that comes in."""

    def __init__(
        self,
        records: Records,
        lines: LineBook,
        sender: TextSender,
        partners: PartnerSide,
        customers: CustomerSide,
        escalations: EscalationService,
        unread: DueList,
        settings: Settings,
    ) -> None:
        self._unread = unread
        self._settings = settings
        self._records = records
        self._lines = lines
        self._sender = sender
        self._partners = partners
        self._customers = customers
        self._escalations = escalations

    async def receive(self, text: IncomingText) -> Taken:
        """Store and announce a text, once per its id; a stop word counts from now on."""
        for _ in range(MAX_RACES):
            stored = await self._records.find(LINES, line_id(text.kind, text.sender))
            if stored is None:
                return Taken.UNKNOWN
            line, heard = self._after(stored.value, text)
            event = Event(type=EventType.TEXT_HEARD, data={"text_id": heard.id})
            try:
                await self._records.commit(stored.becomes(line), Stored(HEARD_TEXTS, heard), events=[event])
            except AlreadyExists:
                return Taken.DUPLICATE
            except PreconditionFailed:
                continue
            return Taken.TAKEN
        raise Unavailable("Too many texts come from this number at once; try again.")

    async def hear(self, event: CloudEvent) -> None:
        """Read a text that was announced; again, nothing changes.

        Raises Unavailable while it is worth trying at once; then it waits, and no outage loses it.
        """
        await self._read(event.data["text_id"])

    async def read_again(self) -> int:
        """Read what is due again; return how much that was."""
        tried = 0
        async for document in self._unread.due():
            tried += 1
            with contextlib.suppress(Unavailable):
                await self._read(document.id)
        return tried

    async def _read(self, id: str) -> None:
        heard = (await self._records.get(HEARD_TEXTS, id)).value
        if not heard.outcome:
            line = await self._lines.get(owner_of(id))
            try:
                outcome = await self._handle(line, heard)
            except Unavailable:
                if heard.tries < self._settings.text_retries:
                    return await self._later(heard)
                outcome = await self._unasked(line, heard)
            await self._note(heard, outcome=outcome)
        return await self._unread.forget(id)

    async def _later(self, heard: HeardText) -> None:
        tries = heard.tries + 1
        await self._note(heard, tries=tries)
        pause = pause_after(tries, first=self._settings.text_pause, hiccups=self._settings.push_hiccups)
        await self._unread.put(Due(heard.id, self._records.now() + pause))
        if tries <= self._settings.push_hiccups:
            raise Unavailable("The text could not be read yet.")

    async def _note(self, heard: HeardText, **update: object) -> None:
        await self._records.update(HEARD_TEXTS, heard.id, lambda each: (each.model_copy(update=update), []))

    def _after(self, line: Line, text: IncomingText) -> tuple[Line, HeardText]:
        """The line after this text, and the text as it is kept."""
        now = self._records.now()
        code, owner = code_in(text.text), None
        line = line.model_copy(update={"heard_at": now})
        if code is not None:
            line, owner = confirmed(line, code, at=now)
        match command_of(text.text):
            case Command.STOP:
                line = line.model_copy(update={"stopped_at": line.stopped_at or now})
            case Command.START:
                line = line.model_copy(update={"stopped_at": None})
        heard = HeardText(
            id=text_id(line.id, text.sid),
            created_at=now,
            updated_at=now,
            at=now,
            sid=text.sid,
            text=text.text,
            button=text.button,
            quotes=text.quotes,
            media=text.media,
            confirms=owner or "",
        )
        return line, heard

    async def _handle(self, line: Line, heard: HeardText) -> str:
        if heard.confirms:
            return await self._welcome(line, heard)
        command = command_of(heard.text)
        if command is Command.STOP:
            return await self._stopped(line)
        if command is Command.START:
            return "started"
        if not line.owners:
            return "not_confirmed"
        of_partner = await self._partners.take(line, heard)
        if of_partner is not None:
            return of_partner
        return await self._customers.take(line, heard) or await self._unasked(line, heard)

    async def _welcome(self, line: Line, heard: HeardText) -> str:
        owner = heard.confirms
        if owner.startswith(VENDOR):
            await self._lines.settle(owner.removeprefix(VENDOR))
        if owner.startswith(CUSTOMER):
            await self._customers.link(line, owner)
        what = "address" if "@" in line.address else "number"
        text = WELCOME.format(what=what)
        await self._sender.say(line, owner, key=f"{heard.id}:welcome", text=text)
        return "confirmed"

    async def _stopped(self, line: Line) -> str:
        """Whoever stops while we wait for their answer is a person's business (M24)."""
        for question in await self._partners.open_questions(line):
            order = (await self._records.get(ORDERS, question.order_id)).value
            await self._escalations.open(
                subject=question.about,
                order=order,
                leg_id=question.leg_id,
                reason=EscalationReason.PARTNER_UNREACHED,
                summary=f"{order.leg(question.leg_id).vendor_name} wants no more messages on {line.kind}; "
                f"open is: {question.words}",
            )
        return "stopped"

    async def _unasked(self, line: Line, heard: HeardText) -> str:
        """What nobody asked for, or what could not be read for long, is heard by a person."""
        if not (heard.text.strip() or heard.media):
            return "empty"
        names = ", ".join(_names(line.owners))
        await self._escalations.raise_alarm(
            subject=heard.id,
            reason=EscalationReason.UNCLEAR,
            summary=f"{names or 'A customer'} wrote on {line.kind}: {heard.text[:1000]}",
        )
        return "for_a_person"


def _names(owners: Sequence[str]) -> list[str]:
    return [owner.removeprefix(VENDOR) for owner in owners if owner.startswith(VENDOR)]
