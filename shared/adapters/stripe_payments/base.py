"""What the parts of the adapter share."""

from shared.adapters.breakers import Breakers
from shared.adapters.stripe_payments.effects import Effects
from shared.adapters.stripe_payments.gateway import Gateway
from shared.ports.clock import Clock
from shared.ports.store import Store
from shared.settings import Settings


class Base:
    """The way to Stripe, and the memory of what was asked of it."""

    def __init__(self, settings: Settings, store: Store, clock: Clock, breakers: Breakers) -> None:
        self._gateway = Gateway(settings, breakers)
        self._effects = Effects(store, clock)

    async def close(self) -> None:
        """Release connections."""
        await self._gateway.close()


def id_of(reference: object) -> str:
    """Return the id of an object that Stripe names or, when asked to, shows whole; "" for none."""
    return reference if isinstance(reference, str) else str(getattr(reference, "id", ""))
