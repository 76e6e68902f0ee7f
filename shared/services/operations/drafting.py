"""Drafts for the person who answers a ticket: asked for by them, sent by nobody but them (flow ops-6)."""

from shared.domain.model import Model
from shared.domain.operations import support_replies as letters
from shared.domain.operations.drafts import AnswerDraft, is_sound
from shared.errors import Conflict
from shared.ports.language import Drafter
from shared.services.operations.tickets import TicketService
from shared.services.proposals import Proposals


class _Drafted(Model):
    text: str


class Drafting:
    """Drafts once per message; without a model, or one that makes something up, the beginning of a letter."""

    def __init__(self, tickets: TicketService, proposals: Proposals, drafter: Drafter | None) -> None:
        self._tickets = tickets
        self._proposals = proposals
        self._drafter = drafter

    async def draft(self, ticket_id: str) -> AnswerDraft:
        """Draft an answer to the latest message. Raises NotFound, and Conflict while that is being read."""
        ticket = await self._tickets.get(ticket_id)
        triage = ticket.triage(ticket.latest)
        if triage is None:
            raise Conflict("The message is still being read.", code="not_read_yet")
        written = ticket.message(triage.message).text
        facts = letters.known_of_orders(triage.case)
        if (text := await self._proposed(f"draft:{ticket_id}-m{triage.message}", written, facts)) is not None:
            return AnswerDraft(message=triage.message, text=text, by_model=True)
        return AnswerDraft(message=triage.message, text=letters.begun(triage.case), by_model=False)

    async def _proposed(self, key: str, written: str, facts: str) -> str | None:
        drafter = self._drafter
        if drafter is None:
            return None

        async def ask() -> _Drafted:
            return _Drafted(text=await drafter.draft(written, facts=facts))

        drafted = await self._proposals.once(key, _Drafted, ask)
        return drafted.text if drafted is not None and is_sound(drafted.text, facts) else None
