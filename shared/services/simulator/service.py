"""The simulator as a whole: what doors and activities reach through the app."""

from dataclasses import dataclass

from shared.ports.store import Store
from shared.services.catalogue import CatalogueService
from shared.services.inventory import InventoryService
from shared.services.records import Records
from shared.services.simulator.deliveries import Deliveries
from shared.services.simulator.history import HistoryService
from shared.services.simulator.intake import ReplyIntake
from shared.services.simulator.live_demo import LiveDemoService
from shared.services.simulator.partners import PartnerService
from shared.services.simulator.queue import ResponseQueue
from shared.services.simulator.scenarios import ScenarioService
from shared.settings import Settings


@dataclass(frozen=True, slots=True)
class Simulator:
    """The use cases of M25, one attribute each. The desk stands apart: the channel needs it earlier."""

    partners: PartnerService
    scenarios: ScenarioService
    queue: ResponseQueue
    history: HistoryService
    live_demo: LiveDemoService
    deliveries: Deliveries


def simulator(
    records: Records,
    store: Store,
    *,
    catalogue: CatalogueService,
    inventory: InventoryService,
    intake: ReplyIntake,
    settings: Settings,
) -> Simulator:
    """Put the simulator together; `intake` takes its partners' replies like anyone's."""
    partners = PartnerService(records, store, catalogue, inventory)
    scenarios = ScenarioService(records, store)
    history = HistoryService(records, store)
    queue = ResponseQueue(records, store, history)
    return Simulator(
        partners=partners,
        scenarios=scenarios,
        queue=queue,
        history=history,
        live_demo=LiveDemoService(partners, scenarios, queue, settings),
        deliveries=Deliveries(records, intake),
    )
