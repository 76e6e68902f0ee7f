"""The operations engine, put together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.domain.operations.understanding import read
from shared.ports.ads import Ads
from shared.ports.alerts import AlertChannel
from shared.ports.clock import Clock
from shared.ports.language import Drafter
from shared.ports.mail import Mailer
from shared.ports.shop import Shop, ShopWebhooks
from shared.ports.store import Store
from shared.ports.suppliers import Suppliers
from shared.ports.support import SupportReader
from shared.services.bookkeeping import Hears
from shared.services.disputes.allowances import Allowances
from shared.services.disputes.policy import RefundPolicyService
from shared.services.escalations import EscalationService
from shared.services.operations.alarms import Alarms
from shared.services.operations.answers import Answers
from shared.services.operations.closing import Closing
from shared.services.operations.correspondence import Correspondence
from shared.services.operations.fulfilment import Fulfilment
from shared.services.operations.inbox import NewsInbox
from shared.services.operations.overview import ShopOverview
from shared.services.operations.parcels import Parcels
from shared.services.operations.purchasing import Purchasing
from shared.services.operations.refunds import ShopRefunds
from shared.services.operations.replacements import Replacements
from shared.services.operations.resupply import Resupply
from shared.services.operations.safety import Safety
from shared.services.operations.shop_changes import ShopChanges
from shared.services.operations.shop_desk import ShopDesk
from shared.services.operations.sourcing import Sourcing
from shared.services.operations.supplier_desk import SupplierDesk
from shared.services.operations.supplying import Supplying
from shared.services.operations.support_wing import Support, support
from shared.services.records import Records
from shared.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationsPorts:
    """What the engine needs of the world."""

    shop: Shop
    shop_webhooks: ShopWebhooks
    suppliers: Suppliers
    mailer: Mailer
    ads: Ads
    alerts: Sequence[AlertChannel]
    reader: SupportReader | None = None
    drafter: Drafter | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """The ports that the engine stands on, and its use cases."""

    ports: OperationsPorts
    shop_desk: ShopDesk
    supplier_desk: SupplierDesk
    sourcing: Sourcing
    refunds: ShopRefunds
    overview: ShopOverview
    fulfilment: Fulfilment
    purchasing: Purchasing
    supplying: Supplying
    correspondence: Correspondence
    closing: Closing
    parcels: Parcels
    replacements: Replacements
    shop_changes: ShopChanges
    answers: Answers
    support: Support
    safety: Safety
    alarms: Alarms

    def hearers(self) -> Sequence[Mapping[str, Sequence[Hears]]]:
        """Who hears of what, for `Bookkeeping`."""
        parts = (self.sourcing, self.shop_changes, self.support, self.safety)
        return [part.hearers() for part in parts]


def operations(
    records: Records,
    store: Store,
    inbox: NewsInbox,
    escalations: EscalationService,
    ports: OperationsPorts,
    clock: Clock,
    refund_policy: RefundPolicyService,
    allowances: Allowances,
    settings: Settings,
    *,
    data: Path,
) -> Operations:
    """Build the engine; `data` is the folder of the shipped tables."""
    sourcing = Sourcing(records, ports.suppliers, shipped=data / "sources.json")
    fulfilment = Fulfilment(records, ports.shop, escalations, settings)
    purchasing = Purchasing(records, ports.suppliers)
    parcels = Parcels(records, ports.suppliers, ports.shop, ports.mailer, escalations, settings)
    answers = Answers(records)
    return Operations(
        ports=ports,
        shop_desk=ShopDesk(records, inbox),
        supplier_desk=SupplierDesk(records, inbox),
        sourcing=sourcing,
        refunds=ShopRefunds(records, ports.shop, escalations),
        overview=ShopOverview(store, records),
        fulfilment=fulfilment,
        purchasing=purchasing,
        supplying=Supplying(records, sourcing, purchasing, escalations, settings),
        correspondence=Correspondence(records, ports.mailer, escalations, settings),
        closing=Closing(records, ports.shop, ports.suppliers, escalations, settings),
        parcels=parcels,
        replacements=Replacements(records, ports.suppliers, Resupply(sourcing), parcels),
        shop_changes=ShopChanges(store, clock, fulfilment),
        answers=answers,
        safety=Safety(records, store, ports.ads, escalations, settings),
        alarms=Alarms(records, store, ports.alerts, escalations, settings),
        support=support(
            records,
            store,
            settings,
            shop=ports.shop,
            mailer=ports.mailer,
            answers=answers,
            read=read,
            reader=ports.reader,
            drafter=ports.drafter,
            refunds=refund_policy,
            allowances=allowances,
            escalations=escalations,
        ),
    )
