"""Steps of the partner simulator."""

from typing import TYPE_CHECKING

from shared.services.simulator.deliveries import Delivered, DeliverReply

if TYPE_CHECKING:
    from shared.bootstrap import App


async def deliver_simulated_reply(step: DeliverReply, app: "App") -> Delivered:
    """Hand a simulated partner's answer to the platform; repeating it changes nothing."""
    return await app.simulator.deliveries.deliver(step)
