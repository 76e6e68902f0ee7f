"""The admin's doors to alarms and campaigns (flow ops-6)."""

from typing import Annotated

from pydantic import Field

from shared.domain.model import Model
from shared.domain.operations.alarms import Alarm
from shared.domain.operations.safety import Freeze, SafetyCase
from shared.services.operations.safety import ProductSafety
from triggers.web.answer import Reply
from triggers.web.call import Call

ShopProductId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]


class AlarmsView(Model):
    """Calls to persons: those that still go on first, then the latest."""

    alarms: tuple[Alarm, ...]


class CampaignsView(Model):
    """Every product that is advertised, or was reported to be dangerous."""

    products: tuple[ProductSafety, ...]


class FreezeView(Model):
    """How a product's advertising stands."""

    product_id: str
    freeze: Freeze | None


class ResumeBody(Model):
    """Why it is safe to advertise the product again."""

    reason: str = Field(min_length=1, max_length=500, pattern=r"\S")


async def list_alarms(call: Call) -> Reply[AlarmsView]:
    """Show who was called about what, when, by which channel."""
    return Reply(AlarmsView(alarms=tuple(await call.app.operations.alarms.list_open())))


async def list_campaigns(call: Call) -> Reply[CampaignsView]:
    """Show every product's campaigns, and what was reported of it."""
    return Reply(CampaignsView(products=tuple(await call.app.operations.safety.overview())))


async def freeze(call: Call, shop_product_id: ShopProductId) -> Reply[FreezeView]:
    """Stop a product's campaigns."""
    case = await call.app.operations.safety.freeze(shop_product_id, by=call.caller.subject)
    return Reply(_view(case))


async def resume(call: Call, shop_product_id: ShopProductId, body: ResumeBody) -> Reply[FreezeView]:
    """Let a product's campaigns run again; what was reported so far no longer counts."""
    case = await call.app.operations.safety.resume(shop_product_id, because=body.reason)
    return Reply(_view(case))


def _view(case: SafetyCase) -> FreezeView:
    return FreezeView(product_id=case.product_id, freeze=case.freeze)
