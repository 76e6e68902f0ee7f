"""Debts that do not go away: earnings clawed back after they were paid out, and nothing earned since.

A debt that is older than the platform's patience is settled by reversing the payee's latest payouts, the
last one first. Each reversal is written down on the payee, then asked for under its key, then booked.
"""

import logging
from datetime import datetime

from shared.domain.ledger import Account
from shared.domain.ledger.own import lines_of
from shared.domain.money import Money
from shared.domain.negotiations import EscalationReason
from shared.domain.payouts import CHOICES, Payee, Payout, TakeBack, take_back_entry
from shared.domain.status import PayoutStatus
from shared.errors import Conflict, Unavailable, UsoError
from shared.ports.clock import Clock
from shared.ports.payments import Reversal, ReversalRequest, Transfers
from shared.ports.store import Create, Query, Store, Where, every
from shared.services.escalations import EscalationService
from shared.services.ledger.accounts import LEDGER, NEGATIVE, VIEWS, OwnAccounts
from shared.services.ledger.projection import utc_day
from shared.services.payouts.documents import PAYOUT, Kept, payout_of, read_payout
from shared.services.payouts.payees import Payees
from shared.services.records import MAX_RACES, entry_document
from shared.settings import Settings

_log = logging.getLogger(__name__)


class TakeBacks:
    """Settles old debts."""

    def __init__(
        self,
        store: Store,
        accounts: OwnAccounts,
        payees: Payees,
        transfers: Transfers,
        escalations: EscalationService,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._payees = payees
        self._transfers = transfers
        self._escalations = escalations
        self._clock = clock
        self._settings = settings

    async def settle_old_debts(self) -> int:
        """Take back what is owed for too long; return how many reversals were booked.

        One payee's failure stops no other; it is tried again the next night.
        """
        booked = 0
        async for document in every(self._store, VIEWS, NEGATIVE, Query()):
            account = Account.parse(document.id)
            if account.kind not in CHOICES:
                continue
            try:
                booked += await self._settle(account)
            except UsoError:
                _log.exception("the debt of %s stays as it is until the next night", account.id)
        return booked

    async def _settle(self, account: Account) -> int:
        booked, patience = 0, self._clock.now() - self._settings.clawback_patience
        while (taken := await self._next(account, patience)) is not None:
            try:
                reversal = await self._transfers.reverse(
                    ReversalRequest(
                        key=taken.key,
                        transfer_id=await self._transfer_of(account, taken),
                        amount=taken.amount,
                    )
                )
            except Conflict as refused:
                await self._refused(account, taken, refused)
                break
            await self._book(account, taken, reversal)
            booked += 1
        return booked

    async def _next(self, account: Account, patience: datetime) -> TakeBack | None:
        """Return the reversal that is on its way, or write the next one down; None: no debt is that old."""
        for _ in range(MAX_RACES):
            payee = await self._payees.read(account)
            if payee.value.taking_back is not None:
                return payee.value.taking_back
            taken = await self._oldest_debt(account, patience)
            if taken is None:
                return None
            after = payee.value.model_copy(update={"taking_back": taken})
            if await self._payees.write(account, payee.becomes(after)):
                return taken
        raise _contended(account)

    async def _oldest_debt(self, account: Account, patience: datetime) -> TakeBack | None:
        """Say what to take back now; a debt that no payout covers is a person's business."""
        held = await self._accounts.balance(account)
        for currency, since in sorted(held.negative_since.items(), key=lambda debt: debt[1]):
            if since > patience:
                continue
            owed, payout = -held.balance(currency), await self._latest_paid(account, currency)
            if payout is not None:
                amount = Money(minor=min(owed.minor, payout.left().minor), currency=currency)
                key = f"{payout.key}:back:{payout.returns + 1}"
                return TakeBack(key=key, payout_id=payout.id, amount=amount)
            await self._report(account, owed, "there is no payout left to take it from")
        return None

    async def _latest_paid(self, account: Account, currency: str) -> Payout | None:
        where = [Where("kind", "==", PAYOUT), Where("status", "==", PayoutStatus.PAID.value)]
        async for document in every(self._store, LEDGER, account.id, Query(where, order_by="-number")):
            payout = payout_of(document)
            if payout.amount.currency == currency and payout.left().minor > 0:
                return payout
        return None

    async def _transfer_of(self, account: Account, taken: TakeBack) -> str:
        return (await read_payout(self._store, account, taken.payout_id)).value.transfer_id

    async def _book(self, account: Account, taken: TakeBack, reversal: Reversal) -> None:
        for _ in range(MAX_RACES):
            payee, payout = await self._both(account, taken)
            draft = await self._accounts.draft(account)
            if payee.value.taking_back != taken:
                return
            entry = take_back_entry(payout.value, taken, reversal_id=reversal.id, at=self._clock.now())
            for line in lines_of(entry):
                if line.posting.account == account:
                    draft.post(line)
            returned = payout.value.returned + taken.amount.minor
            back = payout.value.model_copy(update={"returned": returned, "returns": payout.value.returns + 1})
            settled = payee.value.got(-taken.amount).model_copy(update={"taking_back": None})
            if await self._accounts.commit(
                draft, payee.becomes(settled), payout.becomes(back), Create(*entry_document(entry))
            ):
                return
        raise _contended(account)

    async def _refused(self, account: Account, taken: TakeBack, refused: Conflict) -> None:
        """The provider's clear no: nothing came back under this key, and the next try takes a new one."""
        payee, payout = await self._both(account, taken)
        if payee.value.taking_back == taken:
            later = payout.value.model_copy(update={"returns": payout.value.returns + 1})
            without = payee.value.model_copy(update={"taking_back": None})
            await self._payees.write(account, payee.becomes(without), payout.becomes(later))
        await self._report(account, taken.amount, refused.detail)

    async def _both(self, account: Account, taken: TakeBack) -> tuple[Kept[Payee], Kept[Payout]]:
        payee = await self._payees.read(account)
        return payee, await read_payout(self._store, account, taken.payout_id)

    async def _report(self, account: Account, owed: Money, why: str) -> None:
        held = await self._accounts.balance(account)
        since = held.negative_since.get(owed.currency, self._clock.now())
        await self._escalations.raise_alarm(
            subject=f"debt-{account.id}-{utc_day(since)}",
            reason=EscalationReason.PAYOUT_FAILED,
            summary=f"{account.id} owes {owed}, which could not be taken back: {why}",
        )


def _contended(account: Account) -> Unavailable:
    return Unavailable(f"The debt of {account.id} is being changed by too many at once; try again.")
