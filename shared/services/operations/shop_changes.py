"""What happens to orders in the shop: heard of, looked up, and again later while the shop is away (ops-1)."""

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta

from shared.errors import NotFound, Unavailable
from shared.ports.clock import Clock
from shared.ports.events import CloudEvent
from shared.ports.store import Store
from shared.services.bookkeeping import Hears
from shared.services.due_list import Due, DueList
from shared.services.operations.fulfilment import Fulfilment

UNHEARD_AFTER = timedelta(minutes=10)
"""When a change of which the shop did not answer is looked up again."""
_log = logging.getLogger(__name__)


class ShopChanges:
    """Follows what happens to orders in the shop (`uso.shop_order.changed`)."""

    def __init__(self, store: Store, clock: Clock, fulfilment: Fulfilment) -> None:
        self._unheard = DueList(store, clock, container="shop_changes", partition="unheard")
        self._clock = clock
        self._fulfilment = fulfilment

    def hearers(self) -> Mapping[str, Sequence[Hears]]:
        """Who hears of what, for `Bookkeeping`."""
        return {"uso.shop_order.changed": [self.hear]}

    async def hear(self, event: CloudEvent) -> None:
        """Look the order up; while the shop does not answer, it is looked up again later."""
        order_id = str(event.data["order_id"])
        await self._unheard.put(Due(order_id, self._clock.now() + UNHEARD_AFTER))
        await self._look_up(order_id)

    async def notice(self) -> int:
        """Look up what was not heard of in time; return how many were."""
        heard = 0
        async for document in self._unheard.due():
            heard += await self._look_up(document.id)
        return heard

    async def _look_up(self, order_id: str) -> bool:
        """Say whether it is known now. What was never taken in is no business of ours."""
        try:
            await self._fulfilment.hear_shop(order_id)
        except Unavailable as error:
            _log.warning("changes of %s are looked up later: %s", order_id, error.detail)
            return False
        except NotFound:
            pass
        await self._unheard.forget(order_id)
        return True
