"""The secrets that partners sign their webhooks with, and we sign ours to them; two while one is rotated."""

from shared.domain.webhook_signature import new_secret
from shared.ports.store import Store, Upsert

CONTAINER = "partner_secrets"


class PartnerSecrets:
    """One or two secrets per partner, the current one first."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, vendor_id: str) -> list[str]:
        """Return the partner's valid secrets; none when it never got one."""
        document = await self._store.read(CONTAINER, vendor_id, "secrets")
        return list(document.body["secrets"]) if document else []

    async def rotate(self, vendor_id: str) -> str:
        """Make a new secret the current one; the one before stays valid until the next rotation."""
        fresh = new_secret()
        kept = (await self.of(vendor_id))[:1]
        await self._store.batch(CONTAINER, vendor_id, [Upsert("secrets", {"secrets": [fresh, *kept]})])
        return fresh
