"""Affiliates as payees: paid by the schedule that they chose (2.6-3 step 3)."""

from shared.domain.affiliates.models import Changed, account_of
from shared.domain.payouts import Schedule
from shared.ports.events import CloudEvent
from shared.services.kinds import AFFILIATES
from shared.services.payouts.payees import Payees
from shared.services.records import Records


class Purses:
    """Makes affiliates known to those who pay out."""

    def __init__(self, records: Records, payees: Payees) -> None:
        self._records = records
        self._payees = payees

    async def list_payee(self, event: CloudEvent) -> None:
        """Have an affiliate that became active paid by its schedule; hears `uso.affiliate.changed`."""
        if event.data.get("what") != Changed.ACTIVATED:
            return
        affiliate = (await self._records.get(AFFILIATES, str(event.data["affiliate_id"]))).value
        await self._payees.set_schedule(account_of(affiliate.id), Schedule(affiliate.schedule))
