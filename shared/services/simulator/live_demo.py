"""The live demo: set up in one click, brought back to its start as often as it is shown (flow 5.4-2)."""

from collections.abc import Sequence

from shared.domain.model import Model
from shared.domain.places import GeoPoint
from shared.domain.simulator.live_demo import DemoShop, live_demo
from shared.domain.simulator.partners import SimulatedPartner
from shared.domain.simulator.scenarios import Scenario
from shared.errors import NotFound
from shared.services.simulator.partners import PartnerService, StockedProduct
from shared.services.simulator.queue import ResponseQueue
from shared.services.simulator.scenarios import ScenarioService
from shared.settings import Settings


class DemoPartner(Model):
    """One partner of the demo as it is set up."""

    partner: SimulatedPartner
    product: StockedProduct
    scenarios: tuple[Scenario, ...]


class LiveDemoService:
    """Sets the demo up from what exists already; twice gives the same."""

    def __init__(
        self, partners: PartnerService, scenarios: ScenarioService, queue: ResponseQueue, settings: Settings
    ) -> None:
        self._partners = partners
        self._scenarios = scenarios
        self._queue = queue
        self._settings = settings

    async def setup(
        self, *, location: GeoPoint | None = None, delay_seconds: int = 0
    ) -> tuple[DemoPartner, DemoPartner]:
        """Create the two florists with stock and scenarios, or put them back to that (5.4-2 step 3).

        Without a location they stand in the platform's home region. They answer after `delay_seconds`.
        """
        settings = self._settings
        centre = location or GeoPoint(latitude=settings.region_latitude, longitude=settings.region_longitude)
        shop_a, shop_b = live_demo(centre, zone=settings.home_zone, delay_seconds=delay_seconds)
        return await self._open(shop_a), await self._open(shop_b)

    async def reset(
        self, *, location: GeoPoint | None = None, delay_seconds: int = 0
    ) -> tuple[DemoPartner, DemoPartner]:
        """Set up again and close what still waits in the manual queue (5.4-7 step 6)."""
        shops = await self.setup(location=location, delay_seconds=delay_seconds)
        for shop in shops:
            await self._queue.close_all(shop.partner.id)
        return shops

    async def scenarios(self) -> Sequence[Scenario]:
        """Return the demo's scenarios as they stand now; none before the first setup."""
        settings = self._settings
        centre = GeoPoint(latitude=settings.region_latitude, longitude=settings.region_longitude)
        found = []
        for shop in live_demo(centre, zone=settings.home_zone):
            for id in shop.scripts:
                try:
                    found.append(await self._scenarios.get(id))
                except NotFound:
                    continue
        return found

    async def _open(self, shop: DemoShop) -> DemoPartner:
        partner = await self._partners.put(shop.id, shop.profile)
        product = await self._partners.put_product(shop.product, shop.quantity)
        scenarios = [await self._scenarios.put(id, script) for id, script in shop.scripts.items()]
        return DemoPartner(partner=partner, product=product, scenarios=tuple(scenarios))
