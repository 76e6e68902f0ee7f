"""Doors to the intervention queue, for admins (flow 5.4b-4)."""

from typing import Literal

from pydantic import Field

from shared.domain.escalations import Escalation, Priority, Resolution
from shared.domain.model import Model
from shared.domain.status import EscalationStatus
from triggers.web.answer import Reply
from triggers.web.call import Call


class EscalationQuery(Model):
    """Which part of the queue to show."""

    status: EscalationStatus | None = None


class Assign(Model):
    """Who takes it; left out, the caller does."""

    to: str | None = Field(default=None, min_length=1, max_length=120)
    priority: Literal["normal", "high", "critical"] | None = None
    note: str = Field(default="", max_length=2000)


class Resolve(Model):
    """How it was settled, and why."""

    resolution: Resolution
    note: str = Field(min_length=1, max_length=2000, pattern=r"\S")


async def list_escalations(call: Call, query: EscalationQuery) -> Reply[list[Escalation]]:
    """List tasks: open ones first, the most urgent on top."""
    return Reply(await call.app.escalations.queue(status=query.status))


async def assign(call: Call, escalation_id: str, body: Assign) -> Reply[Escalation]:
    """Give a task to someone, with a priority and a note."""
    priority = Priority[body.priority.upper()] if body.priority else None
    return Reply(
        await call.app.escalations.assign(
            escalation_id,
            to=body.to or call.caller.subject,
            by=call.caller.subject,
            note=body.note,
            priority=priority,
        )
    )


async def resolve(call: Call, escalation_id: str, body: Resolve) -> Reply[Escalation]:
    """Settle a task; the plan that waits for it goes on. The same resolution twice changes nothing."""
    settled = await call.app.escalations.resolve(
        escalation_id, resolution=body.resolution, by=call.caller.subject, note=body.note
    )
    await call.app.partners.settle(settled)
    return Reply(settled)
