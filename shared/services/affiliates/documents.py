"""The numbers that affiliates hand in to be verified: apart from everything else, and gone once decided."""

import contextlib

from pydantic import SecretStr

from shared.domain.affiliates.models import KycCheck
from shared.ports.store import Delete, Missing, Store, Upsert

CONTAINER = "affiliate_documents"
"""Partition the affiliate, id the check."""


class Documents:
    """Keeps each number until its check is decided."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def keep(self, affiliate_id: str, check: KycCheck, number: SecretStr) -> None:
        """Store a number; a newer one takes its place."""
        body = {"number": number.get_secret_value()}
        await self._store.batch(CONTAINER, affiliate_id, [Upsert(check, body)])

    async def read(self, affiliate_id: str, check: KycCheck) -> SecretStr | None:
        """Return a number that is still needed."""
        document = await self._store.read(CONTAINER, affiliate_id, check)
        return None if document is None else SecretStr(str(document.body["number"]))

    async def forget(self, affiliate_id: str, check: KycCheck) -> None:
        """Delete a number; again changes nothing."""
        with contextlib.suppress(Missing):
            await self._store.batch(CONTAINER, affiliate_id, [Delete(check)])
