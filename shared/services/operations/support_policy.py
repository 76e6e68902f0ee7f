"""The gate's table as an admin edits it, and what another one would have done (flow ops-4)."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from shared.domain.model import Model
from shared.domain.operations.gate import (
    DEFAULT_RULES,
    ActKind,
    Decision,
    GateRule,
    SupportPolicy,
    Why,
    decide,
)
from shared.domain.operations.tickets import Ticket, Triage
from shared.errors import Conflict
from shared.ports.store import AlreadyExists, PreconditionFailed
from shared.services.disputes.policy import NEVER, RefundPolicyService
from shared.services.kinds import SUPPORT_POLICY, TICKETS
from shared.services.operations.ticket_list import TicketList
from shared.services.records import Records, Stored
from shared.settings import Settings

ID = "support-policy"
MAX_SHOWN = 200


class Difference(Model):
    """A message that the other table would have treated otherwise."""

    ticket_id: str
    message: int
    at: datetime
    was: Decision
    would_be: Decision


class Rehearsal(Model):
    """What a table would have done. `differences` are the first of `differing`, the oldest first.

    What a table does not know (the day's limit, a refund that came first, an address that took no mail) makes
    no difference.
    """

    messages: int
    was: dict[str, int]
    would_be: dict[str, int]
    """How many messages by action."""
    differing: int
    differences: tuple[Difference, ...]


class SupportPolicyService:
    """Reads and replaces the table."""

    def __init__(self, records: Records, settings: Settings) -> None:
        self._records = records
        self._settings = settings

    async def get(self) -> SupportPolicy:
        """Return the table; the default one until somebody edits it."""
        return (await self._stored()).value

    async def replace(self, rules: Sequence[GateRule], *, version: int, by: str) -> SupportPolicy:
        """Put `rules` in the place of version `version`. Raises Conflict when that is not the latest."""
        stored = await self._stored()
        if stored.value.revision != version:
            raise _stale(stored.value)
        created = stored.value.created_at if stored.etag else self._records.now()
        edited = {"rules": tuple(rules), "edited_by": by, "created_at": created}
        try:
            await self._records.commit(stored.becomes(stored.value.model_copy(update=edited)))
        except (AlreadyExists, PreconditionFailed):
            raise _stale(await self.get()) from None
        return await self.get()

    async def _stored(self) -> Stored[SupportPolicy]:
        found = await self._records.find(SUPPORT_POLICY, ID)
        if found is not None:
            return found
        untouched = SupportPolicy(
            id=ID,
            created_at=NEVER,
            updated_at=NEVER,
            rules=DEFAULT_RULES,
            currency=self._settings.currency,
        )
        return Stored(SUPPORT_POLICY, untouched)


class DryRuns:
    """Says what another table would have done to messages that were decided before; nothing changes."""

    def __init__(
        self,
        records: Records,
        tickets: TicketList,
        policy: SupportPolicyService,
        refunds: RefundPolicyService,
        settings: Settings,
    ) -> None:
        self._records = records
        self._tickets = tickets
        self._policy = policy
        self._refunds = refunds
        self._settings = settings

    async def run(self, rules: Sequence[GateRule], *, since: datetime, until: datetime) -> Rehearsal:
        """Decide anew about every message of a period as `rules` would."""
        current = await self._policy.get()
        table = current.model_copy(update={"rules": tuple(rules)})
        refunds = await self._refunds.get()
        was: dict[str, int] = {}
        would_be: dict[str, int] = {}
        found: list[Difference] = []
        async for ticket, triage in self._decided(since, until):
            if triage.decision is None:
                continue
            new = decide(
                triage.case,
                table,
                refunds,
                max_answers=self._settings.auto_replies_per_day,
                ask_order=_was_answer(triage.decision),
            )
            _count(was, triage.decision)
            _count(would_be, new)
            if not _is_same(triage.decision, new):
                found.append(
                    Difference(
                        ticket_id=ticket.id,
                        message=triage.message,
                        at=triage.at,
                        was=triage.decision,
                        would_be=new,
                    )
                )
        found.sort(key=lambda each: (each.at, each.ticket_id, each.message))
        return Rehearsal(
            messages=sum(was.values()),
            was=was,
            would_be=would_be,
            differing=len(found),
            differences=tuple(found[:MAX_SHOWN]),
        )

    async def _decided(self, since: datetime, until: datetime) -> AsyncIterator[tuple[Ticket, Triage]]:
        async for ticket_id in self._tickets.touched(since):
            ticket = (await self._records.get(TICKETS, ticket_id)).value
            for triage in ticket.triages:
                if since <= triage.at <= until:
                    yield ticket, triage


def _is_same(was: Decision, new: Decision) -> bool:
    if was.why in (Why.REFUND_LIMIT, Why.REFUNDED_BEFORE) and new.act in was.proposed:
        return True
    if was.why is Why.UNREACHABLE:
        return was.act == new.act
    return (was.action, was.act) == (new.action, new.act)


def _was_answer(decision: Decision) -> bool:
    return decision.act is not None and decision.act.kind is ActKind.ANSWER


def _count(totals: dict[str, int], decision: Decision) -> None:
    totals[decision.action.value] = totals.get(decision.action.value, 0) + 1


def _stale(policy: SupportPolicy) -> Conflict:
    return Conflict(
        f"The policy was edited meanwhile: it is at version {policy.revision}.", code="stale_version"
    )
