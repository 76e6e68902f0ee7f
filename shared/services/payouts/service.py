"""Payouts (flow 2.8-1 steps 3 to 5): written down and reserved, then sent under a key, then booked.

What is on its way is reserved, so it is paid once whatever is repeated; what the provider cannot take yet
stays earned. A debt nets against later earnings by itself, for only what an account holds is paid.
"""

from shared.domain.events import EventType
from shared.domain.ledger import Account, AccountKind
from shared.domain.ledger.own import lines_of
from shared.domain.money import Money
from shared.domain.negotiations import EscalationReason
from shared.domain.payouts import Payee, Payout, Schedule, payout_entry, payout_id
from shared.domain.status import PayoutStatus
from shared.errors import Conflict, Unavailable
from shared.ports.clock import Clock
from shared.ports.events import EVENT_TTL, CloudEvent, event_document
from shared.ports.payments import NewsKind, ProviderNews, Transfer, TransferRequest, Transfers
from shared.ports.store import Create, Operation, Query, Store, Where
from shared.services.escalations import EscalationService
from shared.services.ledger.accounts import LEDGER, Draft, OwnAccounts
from shared.services.ledger.projection import Projection
from shared.services.outbox import Outbox
from shared.services.payouts.documents import PAYOUT, Kept, payout_of, read_payout
from shared.services.payouts.payees import Payees
from shared.services.records import MAX_RACES, entry_document
from shared.services.results import DONE, StepResult

NOT_READY, NO_MONEY = "account_not_ready", "insufficient_balance"
"""The provider's clear noes: nothing was sent."""


class PayoutService:
    """Begins payouts, sends them, and hears of what makes them due."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        projection: Projection,
        accounts: OwnAccounts,
        payees: Payees,
        transfers: Transfers,
        escalations: EscalationService,
        clock: Clock,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._projection = projection
        self._accounts = accounts
        self._payees = payees
        self._transfers = transfers
        self._escalations = escalations
        self._clock = clock

    # --- when money is due ----------------------------------------------------------------------

    async def hear_release(self, event: CloudEvent) -> None:
        """Held money was released: a vendor who is paid on release is paid."""
        await self._earned(Account(kind=AccountKind.VENDOR_PAYABLE, owner=event.data["vendor_id"]))

    async def hear_gig(self, event: CloudEvent) -> None:
        """A worker was credited for a scan."""
        await self._earned(Account(kind=AccountKind.GIG_WALLET, owner=event.data["worker_id"]))

    async def hear_news(self, event: CloudEvent) -> None:
        """A payee's account at the provider has changed: whoever has waited for that is paid."""
        news = ProviderNews.model_validate(event.data)
        if news.kind is NewsKind.ACCOUNT_CHANGED and (account := await self._payees.find(news.object_id)):
            await self.look(account)

    async def look(self, account: Account) -> Payee:
        """Ask how the payee's account stands; pay now what was due before it was ready."""
        payee = await self._payees.refresh(account)
        if payee.can_be_paid and payee.waiting:
            await self.begin(account)
            return await self._payees.get(account)
        return payee

    async def begin(self, account: Account) -> list[Payout]:
        """Begin to pay all that is available, a payout per currency; their plans send them.

        A payee who cannot be paid yet keeps it and is paid once they can. One payout of a currency is on its
        way at a time; one that got stuck is started again.
        """
        await self._projection.catch_up()
        for _ in range(MAX_RACES):
            kept = await self._payees.read(account)
            draft = await self._accounts.draft(account)
            await self._start_again(kept.value)
            due = [
                available
                for currency in sorted(draft.account.turnover)
                if (available := draft.account.available(currency)).minor > 0
                and currency not in kept.value.open
            ]
            if not due or (kept.value.waiting and not kept.value.can_be_paid):
                return []
            await self._payees.listed(account, kept)
            if not kept.value.can_be_paid:
                waiting = kept.value.model_copy(update={"waiting": True})
                if await self._payees.write(account, kept.becomes(waiting)):
                    return []
            elif begun := await self._begin(draft, kept, due):
                await self._outbox.relay_soon(LEDGER)
                return begun
        raise _contended(account)

    async def _earned(self, account: Account) -> None:
        if (await self._payees.get(account)).schedule is Schedule.ON_RELEASE:
            await self.begin(account)

    async def _begin(self, draft: Draft, kept: Kept[Payee], due: list[Money]) -> list[Payout]:
        """Write payouts down and reserve their amounts; none: someone else wrote in between."""
        payee, begun = kept.value, list[Payout]()
        for amount in due:
            number = payee.payouts + 1
            payout = Payout(
                id=payout_id(payee.account, number),
                number=number,
                account=payee.account,
                amount=amount,
                destination=payee.provider_account,
                created_at=self._clock.now(),
            )
            draft.reserve(payout.key, amount)
            payee = payee.opened(payout)
            begun.append(payout)
        creations = [Kept(payout, None).becomes(payout) for payout in begun]
        events = [self._event(EventType.PAYOUT_DUE, payout) for payout in begun]
        written = await self._accounts.commit(draft, kept.becomes(payee), *creations, *events)
        return begun if written else []

    async def _start_again(self, payee: Payee) -> None:
        for id in payee.open.values():
            kept = await read_payout(self._store, payee.account, id)
            if kept.value.stuck:
                again = kept.value.model_copy(update={"stuck": False, "run": kept.value.run + 1})
                due = self._event(EventType.PAYOUT_DUE, again)
                if await self._payees.write(payee.account, kept.becomes(again), due):
                    await self._outbox.relay_soon(LEDGER)

    # --- steps of its plan ----------------------------------------------------------------------

    async def send(self, account: Account, payout_id: str) -> StepResult:
        """Send a payout and book it; not ok: the provider's clear no, with its code. Raises Unavailable.

        `account_not_ready` ends it and leaves the money with its payee; `insufficient_balance` is worth
        trying again later; anything else is a person's business.
        """
        payout = (await read_payout(self._store, account, payout_id)).value
        if payout.status is PayoutStatus.OPEN:
            try:
                transfer = await self._transfers.transfer(
                    TransferRequest(
                        key=payout.transfer_key,
                        account_id=payout.destination,
                        amount=payout.amount,
                        description=f"Payout {payout.id}",
                    )
                )
            except Conflict as refused:
                return await self._refused(payout, refused)
            payout = await self._paid(payout, transfer)
        if payout.status is PayoutStatus.FAILED:
            return StepResult(ok=False, code=NOT_READY, detail=payout.reason)
        await self._earned(account)  # what came in while this one was on its way
        return DONE

    async def report_unsent(self, account: Account, payout_id: str, detail: str) -> None:
        """Nobody tries any more: put it before a person. It stays reserved, for it may have been sent."""
        for _ in range(MAX_RACES):
            kept = await read_payout(self._store, account, payout_id)
            if kept.value.status is not PayoutStatus.OPEN:
                return
            stuck = kept.value.model_copy(update={"stuck": True, "reason": detail})
            if await self._payees.write(account, kept.becomes(stuck)):
                break
        else:
            raise _contended(account)
        await self._escalations.raise_alarm(
            subject=stuck.plan,
            reason=EscalationReason.PAYOUT_FAILED,
            summary=f"The payout {payout_id} of {stuck.amount} from {account.id} to {stuck.destination} "
            f"under {stuck.transfer_key} was not sent: {detail}.",
        )

    async def _refused(self, payout: Payout, refused: Conflict) -> StepResult:
        result = StepResult(ok=False, code=refused.code, detail=refused.detail)
        if refused.code == NOT_READY:
            await self._failed(payout, refused.detail)
        elif refused.code == NO_MONEY:
            await self._next_attempt(payout)
        return result

    async def _next_attempt(self, payout: Payout) -> None:
        """The provider remembers its no under the key, so the next try takes a new one."""
        kept = await read_payout(self._store, payout.account, payout.id)
        if kept.value.attempt == payout.attempt and kept.value.status is PayoutStatus.OPEN:
            later = kept.value.model_copy(update={"attempt": payout.attempt + 1})
            await self._payees.write(payout.account, kept.becomes(later))

    async def _paid(self, sent: Payout, transfer: Transfer) -> Payout:
        """Book the payout, close it and announce it, in one batch."""
        for _ in range(MAX_RACES):
            kept, payee, draft = await self._all_of(sent)
            if kept.value.status is not PayoutStatus.OPEN:
                return kept.value
            now = self._clock.now()
            paid = kept.value.moved(PayoutStatus.PAID, transfer_id=transfer.id, settled_at=now)
            entry = payout_entry(paid, transfer_id=transfer.id, at=now)
            for line in lines_of(entry):
                if line.posting.account == sent.account:
                    draft.post(line)  # a fact by now, and what it takes was reserved
            if await self._accounts.commit(
                draft,
                kept.becomes(paid),
                payee.becomes(payee.value.closed(paid).got(paid.amount)),
                Create(*entry_document(entry)),
                self._event(EventType.PAYOUT_PAID, paid),
            ):
                await self._outbox.relay_soon(LEDGER)
                return paid
        raise _contended(sent.account)

    async def _failed(self, refused: Payout, reason: str) -> None:
        """The payee cannot be paid (any more): the money stays theirs, and is paid once they can."""
        for _ in range(MAX_RACES):
            kept, payee, draft = await self._all_of(refused)
            if kept.value.status is not PayoutStatus.OPEN:
                return
            failed = kept.value.moved(PayoutStatus.FAILED, reason=reason, settled_at=self._clock.now())
            waiting = payee.value.closed(failed).model_copy(update={"can_be_paid": False, "waiting": True})
            draft.release(failed.key)
            if await self._accounts.commit(draft, kept.becomes(failed), payee.becomes(waiting)):
                return
        raise _contended(refused.account)

    async def _all_of(self, payout: Payout) -> tuple[Kept[Payout], Kept[Payee], Draft]:
        return (
            await read_payout(self._store, payout.account, payout.id),
            await self._payees.read(payout.account),
            await self._accounts.draft(payout.account),
        )

    # --- looking --------------------------------------------------------------------------------

    async def history(self, account: Account, *, limit: int = 20) -> list[Payout]:
        """List an account's payouts, newest first."""
        query = Query([Where("kind", "==", PAYOUT)], order_by="-number", limit=limit)
        return [
            payout_of(document) for document in (await self._store.query(LEDGER, account.id, query)).documents
        ]

    def _event(self, type_: EventType, payout: Payout) -> Operation:
        event = CloudEvent(
            id=f"{payout.plan}:{type_}",
            type=f"uso.{type_}",
            subject=payout.id,
            time=self._clock.now(),
            data={
                "account": payout.account.id,
                "payout_id": payout.id,
                "plan": payout.plan,
                "minor": payout.amount.minor,
                "currency": payout.amount.currency,
                "transfer_id": payout.transfer_id,
            },
        )
        return Create(*event_document(event), ttl=EVENT_TTL)


def _contended(account: Account) -> Unavailable:
    return Unavailable(f"The payouts of {account.id} are being changed by too many at once; try again.")
