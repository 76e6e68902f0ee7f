"""The refund policy as an admin edits it; one edit never overwrites another unseen."""

from collections.abc import Sequence
from datetime import UTC, datetime

from shared.domain.refund_policy import DEFAULT_RULES, RefundPolicy, RefundRule
from shared.errors import Conflict
from shared.ports.store import AlreadyExists, PreconditionFailed
from shared.services.kinds import REFUND_POLICY
from shared.services.records import Records, Stored
from shared.settings import Settings

ID = "refund-policy"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a table that nobody has edited was written."""


class RefundPolicyService:
    """Reads and replaces the table."""

    def __init__(self, records: Records, settings: Settings) -> None:
        self._records = records
        self._settings = settings

    async def get(self) -> RefundPolicy:
        """Return the table; the default one until somebody edits it."""
        return (await self._stored()).value

    async def replace(self, rules: Sequence[RefundRule], *, version: int, by: str) -> RefundPolicy:
        """Put `rules` in the place of version `version`. Raises Conflict when that is not the latest."""
        stored = await self._stored()
        if stored.value.revision != version:
            raise _stale(stored.value)
        now = self._records.now()
        created = stored.value.created_at if stored.etag else now
        edited = {"rules": tuple(rules), "edited_by": by, "created_at": created}
        try:
            await self._records.commit(stored.becomes(stored.value.model_copy(update=edited)))
        except (AlreadyExists, PreconditionFailed):
            raise _stale(await self.get()) from None
        return await self.get()

    async def _stored(self) -> Stored[RefundPolicy]:
        found = await self._records.find(REFUND_POLICY, ID)
        if found is not None:
            return found
        untouched = RefundPolicy(
            id=ID,
            created_at=NEVER,
            updated_at=NEVER,
            rules=DEFAULT_RULES,
            currency=self._settings.currency,
        )
        return Stored(REFUND_POLICY, untouched)


def _stale(policy: RefundPolicy) -> Conflict:
    return Conflict(
        f"The policy was edited meanwhile: it is at version {policy.revision}.", code="stale_version"
    )
