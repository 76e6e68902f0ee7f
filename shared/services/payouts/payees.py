"""Who is paid, where to, and when (flows 2.8-1, 2.8-2): accounts at the provider, and schedules.

A payee is listed under its schedule, so that a night's work is one query per schedule. The list is written
before the payee, who says what is true.
"""

import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import date

from shared.domain.ledger import Account
from shared.domain.payouts import CHOICES, Payee, Schedule, next_due
from shared.errors import Conflict, InvalidInput, Unavailable
from shared.ports.clock import Clock
from shared.ports.payments import OnboardingLink, Transfers
from shared.ports.store import (
    AlreadyExists,
    Delete,
    Missing,
    Operation,
    PreconditionFailed,
    Query,
    Store,
    Upsert,
    Where,
    every,
)
from shared.services.ledger.accounts import LEDGER, VIEWS
from shared.services.ledger.projection import utc_day
from shared.services.payouts.documents import Kept, read_payee
from shared.services.records import MAX_RACES
from shared.settings import Settings

_BY_PROVIDER = "provider_accounts"
"""Partition of VIEWS: whose a connected account is."""


class Payees:
    """Use cases on one payee."""

    def __init__(self, store: Store, transfers: Transfers, clock: Clock, settings: Settings) -> None:
        self._store = store
        self._transfers = transfers
        self._clock = clock
        self._settings = settings

    async def get(self, account: Account) -> Payee:
        """Return who is paid out of an account, as we know them."""
        return (await self.read(account)).value

    async def read(self, account: Account) -> Kept[Payee]:
        """Return the payee for changing it. Raises InvalidInput for an account that pays nobody."""
        if account.kind not in CHOICES:
            raise InvalidInput(f"Nobody is paid out of {account.id}.", field="account")
        return await read_payee(self._store, account)

    async def find(self, provider_account: str) -> Account | None:
        """Return whose a connected account is; None: nobody's that we know."""
        document = await self._store.read(VIEWS, _BY_PROVIDER, provider_account)
        return None if document is None else Account.parse(document.body["account"])

    # --- their account at the provider ----------------------------------------------------------

    async def open_account(self, account: Account, *, email: str = "") -> Payee:
        """Open the payee's account at the provider, once; it can be paid after onboarding."""
        payee = await self.get(account)
        if payee.provider_account:
            return payee
        payee = await self._change(
            account, lambda p: p if p.email is not None else p.model_copy(update={"email": email})
        )
        opened = await self._transfers.open_account(
            f"{account.id}:account", payee_id=account.id, email=payee.email or ""
        )
        await self._store.batch(VIEWS, _BY_PROVIDER, [Upsert(opened.id, {"account": account.id})])
        found = {"can_be_paid": opened.can_be_paid, "missing": opened.missing}
        return await self._change(
            account, lambda p: p.model_copy(update={"provider_account": opened.id, **found})
        )

    async def onboarding_link(self, account: Account) -> OnboardingLink:
        """Make a link where the payee gives its details. Raises Conflict before the account is opened."""
        payee = await self.get(account)
        if not payee.provider_account:
            raise Conflict("There is no account to be paid to yet.", code="no_account")
        back = self._settings.portal_url or self._settings.public_url
        return await self._transfers.onboarding_link(
            payee.provider_account, return_url=back, refresh_url=back
        )

    async def refresh(self, account: Account) -> Payee:
        """Ask the provider how the payee's account stands; when it does not answer, as we knew it."""
        payee = await self.get(account)
        if not payee.provider_account:
            return payee
        try:
            standing = await self._transfers.account(payee.provider_account)
        except Unavailable:
            return payee
        found = {"can_be_paid": standing.can_be_paid, "missing": standing.missing}
        if found == {"can_be_paid": payee.can_be_paid, "missing": payee.missing}:
            return payee
        return await self._change(account, lambda p: p.model_copy(update=found))

    # --- their schedule -------------------------------------------------------------------------

    async def set_schedule(self, account: Account, schedule: Schedule) -> Payee:
        """Pay from now on by `schedule`. Raises InvalidInput for one that this payee cannot have."""
        choices = CHOICES[account.kind]
        if schedule not in choices:
            offered = ", ".join(choices)
            raise InvalidInput(f"This can be paid {offered}.", field="schedule")
        before = (await self.get(account)).schedule
        await self._list(account, schedule)
        payee = await self._change(account, lambda p: p.model_copy(update={"schedule": schedule}))
        if before is not schedule:
            await self._unlist(account, before)
        return payee

    async def next_payout(self, account: Account) -> date | None:
        """Return the next day on which the payee's schedule pays; None: it does not go by days."""
        payee = await self.get(account)
        today = utc_day(self._clock.now())
        listed = await self._store.read(VIEWS, _scheduled(payee.schedule), account.id)
        if listed is None or not listed.body["due"]:
            return next_due(payee.schedule, today)
        return date.fromisoformat(listed.body["due"])

    async def due(self, schedule: Schedule, today: date) -> AsyncIterator[Account]:
        """Yield whom the schedule pays today, those included whom an earlier day has missed."""
        where = [] if next_due(schedule, today) is None else [Where("due", "<=", today.isoformat())]
        async for document in every(self._store, VIEWS, _scheduled(schedule), Query(where)):
            account = Account.parse(document.id)
            if (await self.get(account)).schedule is schedule:
                yield account
            else:  # it was changed, and its old place in the list was left over
                await self._unlist(account, schedule)

    async def served(self, account: Account, schedule: Schedule) -> None:
        """The schedule has paid: it is due again when it comes round."""
        await self._list(account, schedule)

    async def listed(self, account: Account, kept: Kept[Payee]) -> None:
        """List a payee who is about to be stored for the first time."""
        if kept.etag is None:
            await self._list(account, kept.value.schedule)

    async def _list(self, account: Account, schedule: Schedule) -> None:
        due = next_due(schedule, utc_day(self._clock.now()))
        body = {"due": due.isoformat() if due else ""}
        await self._store.batch(VIEWS, _scheduled(schedule), [Upsert(account.id, body)])

    async def _unlist(self, account: Account, schedule: Schedule) -> None:
        with contextlib.suppress(Missing):
            await self._store.batch(VIEWS, _scheduled(schedule), [Delete(account.id)])

    # --- writing --------------------------------------------------------------------------------

    async def _change(self, account: Account, change: Callable[[Payee], Payee]) -> Payee:
        for _ in range(MAX_RACES):
            kept = await self.read(account)
            after = change(kept.value)
            await self.listed(account, kept)
            if await self.write(account, kept.becomes(after)):
                return after
        raise Unavailable(f"The payee of {account.id} is being changed by too many at once; try again.")

    async def write(self, account: Account, *operations: Operation) -> bool:
        """Write into the account's partition; False: someone else wrote in between."""
        try:
            await self._store.batch(LEDGER, account.id, operations)
        except (AlreadyExists, PreconditionFailed):
            return False
        return True


def _scheduled(schedule: Schedule) -> str:
    return f"payees:{schedule}"
