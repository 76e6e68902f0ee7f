"""What happened to alarms, campaigns and refunds of the shop: taken, never taken, away, refused (ops-6)."""

from datetime import timedelta
from typing import Any

from shared.domain.operations.safety import case_id
from shared.domain.operations.shop_orders import ShopRefund
from shared.errors import Conflict
from shared.services.kinds import SHOP_ORDERS
from tests.flows.operations.support_desk import bought_quietly, ticket_of
from tests.harness import World
from tests.replay.operations_ticket_stories import shop_away, written
from tests.replay.stories import story

NECK = "prod-neck-massager"
BURNED = "This product burned my neck!"


async def _outside(world: World, **troubles: Any) -> None:
    await world.admin().call("PUT", "/api/v1/simulator/outside/troubles", troubles)


@story
async def alarm_that_somebody_took(world: World) -> dict[str, str]:
    await bought_quietly(world, "NECK-MASSAGER")
    await _outside(world, silent_channels=["push", "sms", "slack"])
    await written(world, BURNED)
    await world.settle()
    await _outside(world)
    await world.advance(minutes=30)
    await world.admin().post(f"/api/v1/tickets/{ticket_of()}/take-over", {})
    await world.settle()
    return {"alert_person-taken": f"{ticket_of()}-alarm-m1"}


@story
async def alarm_that_calls_only_a_few_times(world: World) -> dict[str, str]:
    await bought_quietly(world, "NECK-MASSAGER", state="under_way")
    await written(world, "Let me talk to a human being, please.")
    await world.advance(hours=12)
    return {"alert_person-enough": f"{ticket_of()}-alarm-m1"}


@story
async def campaigns_that_were_stopped_when_the_platform_was_back(world: World) -> dict[str, str]:
    frozen = await world.app.operations.safety.freeze(NECK, by="ops")
    await _outside(world, ads_away_until=(world.now() + timedelta(hours=2)).isoformat())
    await world.advance(hours=6)
    assert frozen.freezes == 1
    return {"freeze_campaigns-stopped": f"{case_id(NECK)}-freeze-1"}


@story
async def campaigns_that_nobody_could_stop(world: World) -> dict[str, str]:
    frozen = await world.app.operations.safety.freeze(NECK, by="ops")
    await _outside(world, ads_away_until=(world.now() + timedelta(days=30)).isoformat())
    await world.advance(days=5)
    return {"freeze_campaigns-running": f"{frozen.id}-freeze-1"}


async def _owed(world: World, key: str) -> str:
    """Money that a customer of the shop is to have back."""
    order_id = await bought_quietly(world)

    def change(order: Any) -> Any:
        refund = ShopRefund(
            key=f"{order_id}-{key}",
            line_id="l1",
            amount=order.sold.lines[0].total,
            reason="damaged",
            asked_at=world.now(),
        )
        return order.refunding(refund)

    await world.app.records.update(SHOP_ORDERS, order_id, change)
    return f"{order_id}-{key}"


@story
async def shop_refund_that_was_sent_when_the_shop_was_back(world: World) -> dict[str, str]:
    key = await _owed(world, "waited")
    await shop_away(world, hours=3)
    await world.advance(hours=12)
    return {"refund_shop_customer-sent": key}


@story
async def shop_refund_that_was_refused(world: World) -> dict[str, str]:
    async def refuse(request: Any) -> Any:
        raise Conflict("There is nothing left.", code="nothing_left")

    world.app.operations.ports.shop.refund = refuse  # type: ignore[method-assign]
    key = await _owed(world, "refused")
    await world.settle()
    return {"refund_shop_customer-refused": key}
