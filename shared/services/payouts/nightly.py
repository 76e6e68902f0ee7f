"""The night's payouts: everyone whose schedule is due, and whoever was left over; then old debts."""

import logging

from shared.domain.ledger import Account
from shared.domain.payouts import BY_DATE, Schedule
from shared.errors import UsoError
from shared.ports.clock import Clock
from shared.services.ledger.projection import utc_day
from shared.services.payouts.payees import Payees
from shared.services.payouts.service import PayoutService
from shared.services.payouts.take_backs import TakeBacks

_log = logging.getLogger(__name__)


class NightlyPayouts:
    """What a timer does once a night; a second run the same night pays nobody twice."""

    def __init__(self, payees: Payees, payouts: PayoutService, take_backs: TakeBacks, clock: Clock) -> None:
        self._payees = payees
        self._payouts = payouts
        self._take_backs = take_backs
        self._clock = clock

    async def run(self) -> int:
        """Begin the payouts that are due and settle old debts; return how many payees were served.

        One payee's failure stops no other; they stay due.
        """
        served, today = 0, utc_day(self._clock.now())
        for schedule in (Schedule.ON_RELEASE, *BY_DATE):
            async for account in self._payees.due(schedule, today):
                try:
                    await self._serve(account, schedule)
                except UsoError:
                    _log.exception("the payout of %s stays due until the next night", account.id)
                else:
                    served += 1
        await self._take_backs.settle_old_debts()
        return served

    async def _serve(self, account: Account, schedule: Schedule) -> None:
        await self._payouts.look(account)
        await self._payouts.begin(account)
        if schedule in BY_DATE:
            await self._payees.served(account, schedule)
