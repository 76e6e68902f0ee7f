"""Steps of the partner simulator."""

from shared.bootstrap import App
from shared.services.simulator.deliveries import Delivered, DeliverReply


async def deliver_simulated_reply(step: DeliverReply, app: App) -> Delivered:
    """Hand a simulated partner's answer to the platform; repeating it changes nothing."""
    return await app.simulator.deliveries.deliver(step)
