"""The admin's view of support: the list of tickets, one in full, the policy and its dry run (flow ops-4)."""

from datetime import datetime, timedelta
from typing import Self

from pydantic import Field, model_validator

from shared.domain.instants import Instant
from shared.domain.model import Model
from shared.domain.operations.drafts import AnswerDraft
from shared.domain.operations.gate import MAX_RULES, GateRule, SupportPolicy
from shared.domain.operations.reading import TicketPriority
from shared.domain.status import TicketStatus
from shared.services.operations.support_policy import Rehearsal
from shared.services.operations.ticket_list import TicketRow
from triggers.operations.ticket_views import TicketFile, file_view
from triggers.operations.tickets import TicketId
from triggers.web.answer import Reply
from triggers.web.call import Call

A_WEEK = timedelta(days=7)
LONGEST = timedelta(days=31)


class TicketQuery(Model):
    """Which tickets to list."""

    status: TicketStatus | None = None
    priority: TicketPriority | None = None
    limit: int = Field(default=100, ge=1, le=500)


class SupportPolicyView(Model):
    """The table, first fitting row first. Amounts are in minor units of `currency`.

    `version` 0 is the default table; `edited_at` is null then.
    """

    version: int
    currency: str
    rules: tuple[GateRule, ...]
    edited_by: str
    edited_at: datetime | None


class PutSupportPolicy(Model):
    """The new table, and the version that it is to replace, so that no other edit gets lost."""

    version: int = Field(ge=0)
    rules: tuple[GateRule, ...] = Field(min_length=1, max_length=MAX_RULES)


class DryRun(Model):
    """A table to try on the messages of a period: of the last week, unless said otherwise."""

    rules: tuple[GateRule, ...] = Field(min_length=1, max_length=MAX_RULES)
    since: Instant | None = None
    until: Instant | None = None

    @model_validator(mode="after")
    def _is_a_period(self) -> Self:
        if self.since and self.until and not timedelta(0) < self.until - self.since <= LONGEST:
            raise ValueError("a period ends after it begins, and is at most 31 days long")
        return self


async def list_tickets(call: Call, query: TicketQuery) -> Reply[list[TicketRow]]:
    """List tickets: those that wait first, the most urgent on top."""
    rows = await call.app.operations.support.ticket_list.rows(
        status=query.status, priority=query.priority, limit=query.limit
    )
    return Reply(rows)


async def get_ticket(call: Call, ticket_id: TicketId) -> Reply[TicketFile]:
    """Show everything about a ticket: what was found, decided and proposed."""
    return Reply(file_view(await call.app.operations.support.tickets.get(ticket_id)))


async def draft_answer(call: Call, ticket_id: TicketId) -> Reply[AnswerDraft]:
    """Draft an answer to the latest message of a ticket; nothing is sent."""
    return Reply(await call.app.operations.support.drafting.draft(ticket_id))


async def get_policy(call: Call) -> Reply[SupportPolicyView]:
    """Show the table."""
    return Reply(_view(await call.app.operations.support.policy.get()))


async def put_policy(call: Call, body: PutSupportPolicy) -> Reply[SupportPolicyView]:
    """Replace the table; what was decided before stays decided."""
    policy = await call.app.operations.support.policy.replace(
        body.rules, version=body.version, by=call.caller.subject
    )
    return Reply(_view(policy))


async def dry_run(call: Call, body: DryRun) -> Reply[Rehearsal]:
    """Say what a table would have done to the messages of a period; nothing changes."""
    until = body.until or (body.since + A_WEEK if body.since else call.now)
    since = body.since or until - A_WEEK
    return Reply(await call.app.operations.support.dry_runs.run(body.rules, since=since, until=until))


def _view(policy: SupportPolicy) -> SupportPolicyView:
    return SupportPolicyView(
        version=policy.revision,
        currency=policy.currency,
        rules=policy.rules,
        edited_by=policy.edited_by,
        edited_at=policy.updated_at if policy.revision else None,
    )
