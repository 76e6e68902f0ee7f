"""The reconciliation's doors, for admins."""

from shared.domain.instants import Day
from shared.domain.ledger.reconciliation import Reconciliation
from shared.domain.model import Model
from triggers.web.answer import Reply
from triggers.web.call import Call


class DayQuery(Model):
    """Which day (UTC); left out, the latest that is over."""

    day: Day | None = None


async def get_report(call: Call, query: DayQuery) -> Reply[Reconciliation]:
    """Show the report of a day that was reconciled."""
    service = call.app.reconciliation
    return Reply(await service.report(query.day or service.yesterday()))


async def run(call: Call, body: DayQuery | None = None) -> Reply[Reconciliation]:
    """Reconcile a day now; its report is replaced."""
    service = call.app.reconciliation
    day = body.day if body else None
    return Reply(await service.reconcile(day or service.yesterday()))
