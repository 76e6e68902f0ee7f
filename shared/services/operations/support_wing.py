"""Support, put together: tickets, triage, the gate and what follows from it (flows ops-3 to ops-6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.domain.events import EventType
from shared.ports.language import Drafter
from shared.ports.mail import Mailer
from shared.ports.shop import Shop
from shared.ports.store import Store
from shared.ports.support import SupportReader
from shared.services.bookkeeping import Hears
from shared.services.disputes.allowances import Allowances
from shared.services.disputes.policy import RefundPolicyService
from shared.services.escalations import EscalationService
from shared.services.operations.drafting import Drafting
from shared.services.operations.resolution import Resolution
from shared.services.operations.support_policy import DryRuns, SupportPolicyService
from shared.services.operations.ticket_acts import OrderAnswers, TicketActs
from shared.services.operations.ticket_list import TicketList
from shared.services.operations.tickets import TicketService
from shared.services.operations.triage import Reads, TriageService
from shared.services.proposals import Proposals
from shared.services.records import Records
from shared.settings import Settings

_OF_TICKETS = (
    EventType.TICKET_CREATED,
    EventType.TICKET_TRIAGED,
    EventType.TICKET_SOLVED,
    EventType.TICKET_ESCALATED,
    EventType.TICKET_TAKEN,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """The use cases of support."""

    tickets: TicketService
    triage: TriageService
    resolution: Resolution
    ticket_list: TicketList
    policy: SupportPolicyService
    dry_runs: DryRuns
    drafting: Drafting

    def hearers(self) -> Mapping[str, Sequence[Hears]]:
        """Who keeps books about tickets."""
        return {f"uso.{type_}": [self.ticket_list.hear] for type_ in _OF_TICKETS}


def support(
    records: Records,
    store: Store,
    settings: Settings,
    *,
    shop: Shop,
    mailer: Mailer,
    answers: OrderAnswers,
    read: Reads,
    reader: SupportReader | None,
    drafter: Drafter | None,
    refunds: RefundPolicyService,
    allowances: Allowances,
    escalations: EscalationService,
) -> Support:
    """Build it."""
    acts = TicketActs(records, shop, answers)
    tickets = TicketService(records, store, acts, escalations)
    ticket_list = TicketList(records, store)
    policy = SupportPolicyService(records, settings)
    return Support(
        tickets=tickets,
        triage=TriageService(records, tickets, shop, settings, read=read, reader=reader),
        resolution=Resolution(records, policy, refunds, allowances, acts, escalations, mailer, settings),
        ticket_list=ticket_list,
        policy=policy,
        drafting=Drafting(tickets, Proposals(store), drafter),
        dry_runs=DryRuns(records, ticket_list, policy, refunds, settings),
    )
