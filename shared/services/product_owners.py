"""A product id belongs to one vendor, whoever asks first, for good."""

from collections.abc import Iterable

from shared.errors import Conflict, Unavailable
from shared.ports.store import MAX_BATCH, AlreadyExists, Create, Store
from shared.services.catalogue_documents import OWNERS

PARTITION = "ids"
ROUNDS = 5


class ProductOwners:
    """Claims of product ids. Ids are unique across vendors, which no batch of one partition can ensure."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, str] = {}

    async def claim(self, product_id: str, vendor_id: str) -> None:
        """Take an id for a vendor. Raises Conflict when it belongs to another."""
        if await self.claim_all([product_id], vendor_id):
            raise Conflict(
                f"The product id '{product_id}' belongs to another vendor.", code="product_id_taken"
            )

    async def claim_all(self, product_ids: Iterable[str], vendor_id: str) -> set[str]:
        """Take ids for a vendor; return those that belong to others."""
        wanted = list(product_ids)
        for start in range(0, len(wanted), MAX_BATCH):
            await self._claim_batch(wanted[start : start + MAX_BATCH], vendor_id)
        return {id for id in wanted if self._known[id] != vendor_id}

    async def _claim_batch(self, product_ids: list[str], vendor_id: str) -> None:
        for _ in range(ROUNDS):
            fresh = [id for id in product_ids if id not in self._known]
            if not fresh:
                return
            try:
                claims = [Create(id, {"vendor_id": vendor_id}) for id in fresh]
                await self._store.batch(OWNERS, PARTITION, claims)
            except AlreadyExists:
                await self._learn(fresh)
            else:
                self._known.update(dict.fromkeys(fresh, vendor_id))
        raise Unavailable("The product ids could not be claimed right now.")

    async def _learn(self, product_ids: list[str]) -> None:
        for product_id in product_ids:
            claim = await self._store.read(OWNERS, PARTITION, product_id)
            if claim is not None:
                self._known[product_id] = str(claim.body["vendor_id"])
