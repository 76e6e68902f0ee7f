"""The live demo of autonomous recovery in one click (flow 5.4-2)."""

from collections.abc import Sequence

from pydantic import Field

from shared.domain.cards import message_card
from shared.domain.model import Model
from shared.domain.places import GeoPoint
from shared.domain.simulator.outcomes import MAX_DELAY_SECONDS
from shared.services.simulator.live_demo import DemoPartner
from triggers.simulator.partners import PartnerView, ProductView
from triggers.simulator.scenarios import ScenarioView
from triggers.web.answer import Reply
from triggers.web.call import Call


class DemoBody(Model):
    """Where the demo stands (default: the home region) and after how many seconds its partners answer."""

    location: GeoPoint | None = None
    delay_seconds: int = Field(default=0, ge=0, le=MAX_DELAY_SECONDS)


class DemoShopView(Model):
    """One partner of the demo."""

    partner: PartnerView
    product: ProductView
    scenarios: tuple[ScenarioView, ...]


class DemoView(Model):
    """The demo as it is set up, and what to say to see it."""

    partners: tuple[DemoShopView, ...]
    try_this: tuple[str, ...] = ("Order red flowers", "I would like pink flowers instead of red")


async def setup(call: Call, body: DemoBody | None = None) -> Reply[DemoView]:
    """Create both florists with stock and scenarios; twice gives the same (5.4-2 step 3)."""
    wanted = body or DemoBody()
    shops = await call.app.simulator.live_demo.setup(
        location=wanted.location, delay_seconds=wanted.delay_seconds
    )
    return _shown(shops, "The live demo is ready")


async def reset(call: Call, body: DemoBody | None = None) -> Reply[DemoView]:
    """Put stock, prices and scenarios back and close what still waits in the queue."""
    wanted = body or DemoBody()
    shops = await call.app.simulator.live_demo.reset(
        location=wanted.location, delay_seconds=wanted.delay_seconds
    )
    return _shown(shops, "The live demo is back at its start")


async def scenarios(call: Call) -> Reply[list[ScenarioView]]:
    """List the demo's scenarios as they stand; none before it is set up."""
    return Reply([ScenarioView.of(each) for each in await call.app.simulator.live_demo.scenarios()])


def _shown(shops: Sequence[DemoPartner], title: str) -> Reply[DemoView]:
    view = DemoView(
        partners=tuple(
            DemoShopView(
                partner=PartnerView.of(shop.partner),
                product=ProductView.of(shop.product),
                scenarios=tuple(ScenarioView.of(scenario) for scenario in shop.scenarios),
            )
            for shop in shops
        )
    )
    facts = [
        (shop.partner.profile.name, f"{shop.product.product.name}, {shop.product.product.price}")
        for shop in shops
    ]
    return Reply(view, adaptive_card=message_card(title, "Two florists answer by themselves.", facts=facts))
