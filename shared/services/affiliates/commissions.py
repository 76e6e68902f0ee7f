"""Commissions: read off orders as they go on, covered by payouts as they arrive (2.6-3).

Every event is only a reason to look: what is written follows from the order and from what the payouts say, so
an event may come twice, late or never in its turn.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from shared.domain.affiliates.commissions import (
    CommissionStatus,
    CommissionTransaction,
    Earnings,
    added_up,
    affiliates_of,
    is_confirmed,
    laid_over,
    news,
    read_off,
    transaction_id,
)
from shared.domain.affiliates.models import account_of
from shared.domain.affiliates.notices import Notice, rank_of
from shared.domain.ids import owner_of
from shared.domain.ledger import Account, AccountKind
from shared.domain.money import Money
from shared.domain.orders import Order
from shared.errors import InvalidInput, Unavailable
from shared.ports.events import CloudEvent
from shared.ports.store import AlreadyExists, PreconditionFailed, Query, Store, Where, every
from shared.services.kinds import EARNINGS, NOTICES, ORDERS, TRANSACTIONS
from shared.services.payouts.payees import Payees
from shared.services.records import MAX_RACES, Records, Stored

AT_ONCE = 40
"""Transactions that one write covers: each may bring a notice, and a batch holds a hundred."""
_TEXTS = {
    CommissionStatus.PENDING: "An order came through your link: {pending} once it is delivered.",
    CommissionStatus.PAYABLE: "You earned {earned}; it goes out with your next payout.",
    CommissionStatus.PAID: "A commission of {earned} was paid out.",
    CommissionStatus.CANCELLED: "A commission was cancelled: the order was refunded.",
}
_BUSY = "The commissions are being changed by too many at once."


class CommissionService:
    """What affiliates earn."""

    def __init__(self, records: Records, store: Store, payees: Payees) -> None:
        self._records = records
        self._store = store
        self._payees = payees

    async def hear_order(self, event: CloudEvent) -> None:
        """Look at the order that an event is about, whatever the event says."""
        order_id = str(event.data.get("order_id") or owner_of(event.subject))
        order = (await self._records.get(ORDERS, order_id)).value
        for affiliate_id in affiliates_of(order):
            await self._read_off(order, affiliate_id)
            await self.cover(affiliate_id, order.currency())

    async def hear_payout(self, event: CloudEvent) -> None:
        """Tell an affiliate of its payout, once, and cover with it what is due; others' are not ours."""
        account = Account.parse(str(event.data["account"]))
        if account.kind is not AccountKind.AFFILIATE_COMMISSION:
            return
        paid = Money(minor=int(event.data["minor"]), currency=str(event.data["currency"]))
        notice = self._notice(
            account.owner,
            f"{event.data['payout_id']}",
            number=0,
            about="payout",
            text=f"{paid} was paid out to you.",
            at=event.time,
        )
        await self._records.create(NOTICES, notice.value)
        await self.cover(account.owner, paid.currency)

    async def cover(self, affiliate_id: str, currency: str) -> None:
        """Lay what was paid out, by what the payouts say now, over what is due, oldest first."""
        races = 0
        while races < MAX_RACES:
            earnings = await self._earnings(affiliate_id)
            paid_out = (await self.paid_out(affiliate_id)).get(currency, 0)
            spare = paid_out - earnings.value.of(currency).covered
            due = await self._due(affiliate_id, currency) if spare > 0 else []
            covered = laid_over(spare, [stored.value for stored in due])
            if not covered:
                return
            races += not await self._covered(earnings, due[: len(covered)], covered)
        raise Unavailable(_BUSY)

    async def paid_out(self, affiliate_id: str) -> Mapping[str, int]:
        """What was paid out to an affiliate and not taken back, by currency."""
        return (await self._payees.get(account_of(affiliate_id))).paid

    async def earnings(self, affiliate_id: str) -> Earnings:
        """All that an affiliate earned."""
        return (await self._earnings(affiliate_id)).value

    async def transactions(
        self, affiliate_id: str, *, limit: int, after: str | None = None
    ) -> list[CommissionTransaction]:
        """List an affiliate's commissions, newest orders first, from the one after the order `after` on.

        Raises InvalidInput when there is no commission of that order.
        """
        where, passed = [Where("order_revision", "!=", None)], ("", "")
        if after is not None:
            last = await self._store.read(
                TRANSACTIONS.container, affiliate_id, transaction_id(affiliate_id, after)
            )
            if last is None:
                raise InvalidInput(f"There is no commission of an order '{after}'.", field="after")
            where.append(Where("ordered_at", "<=", last.body["ordered_at"]))
            passed = (last.body["ordered_at"], last.id)
        found: list[CommissionTransaction] = []
        query = Query(where=where, order_by="-ordered_at", limit=limit)
        async for document in every(self._store, TRANSACTIONS.container, affiliate_id, query):
            if document.body["ordered_at"] == passed[0] and document.id <= passed[1]:
                continue  # of one instant, by id
            found.append(CommissionTransaction.model_validate(document.body))
            if len(found) == limit:
                break
        return found

    async def notices(self, affiliate_id: str, *, limit: int) -> list[Notice]:
        """List what an affiliate was told, newest first."""
        query = Query(where=[Where("about", "!=", None)], order_by="-rank", limit=limit)
        page = await self._store.query(NOTICES.container, affiliate_id, query)
        return [Notice.model_validate(document.body) for document in page.documents]

    async def _read_off(self, order: Order, affiliate_id: str) -> None:
        """Write an affiliate's transaction of an order, unless it is written as new as this or newer."""
        now = self._records.now()
        for _ in range(MAX_RACES):
            known = await self._records.find(TRANSACTIONS, transaction_id(affiliate_id, order.id))
            before = known.value if known else None
            if not is_confirmed(order) if before is None else before.order_revision >= order.revision:
                return
            after = read_off(order, affiliate_id, before, at=now)
            earnings = await self._earnings(affiliate_id)
            summed = earnings.becomes(added_up(earnings.value, before, after))
            stored = known.becomes(after) if known else Stored(TRANSACTIONS, after)
            if await self._commit(summed, stored, *self._notices([(before, after)], now)):
                return
        raise Unavailable(_BUSY)

    async def _covered(
        self,
        earnings: Stored[Earnings],
        due: Sequence[Stored[CommissionTransaction]],
        covered: Sequence[CommissionTransaction],
    ) -> bool:
        pairs = [(stored.value, after) for stored, after in zip(due, covered, strict=True)]
        summed = earnings.value
        for before, after in pairs:
            summed = added_up(summed, before, after)
        writes = [stored.becomes(after) for stored, after in zip(due, covered, strict=True)]
        notices = self._notices(pairs, self._records.now())
        return await self._commit(earnings.becomes(summed), *writes, *notices)

    async def _commit(self, *changes: Stored) -> bool:  # type: ignore[type-arg]
        """Write all or nothing; False when someone else wrote in between."""
        try:
            await self._records.commit(*changes)
        except (AlreadyExists, PreconditionFailed):
            return False
        return True

    async def _earnings(self, affiliate_id: str) -> Stored[Earnings]:
        id, now = f"{affiliate_id}-sum", self._records.now()
        found = await self._records.find(EARNINGS, id)
        return found or Stored(
            EARNINGS, Earnings(id=id, created_at=now, updated_at=now, affiliate_id=affiliate_id)
        )

    async def _due(self, affiliate_id: str, currency: str) -> list[Stored[CommissionTransaction]]:
        """What is due, in the order in which it is covered."""
        query = Query(
            where=[Where("due", ">", 0), Where("currency", "==", currency)],
            order_by="earned_at",
            limit=AT_ONCE,
        )
        page = await self._store.query(TRANSACTIONS.container, affiliate_id, query)
        return [
            Stored(TRANSACTIONS, CommissionTransaction.model_validate(document.body), document.etag)
            for document in page.documents
        ]

    def _notices(
        self, pairs: Sequence[tuple[CommissionTransaction | None, CommissionTransaction]], at: datetime
    ) -> list[Stored[Notice]]:
        told = []
        for before, after in pairs:
            if (status := news(before, after)) is not None:
                amounts = {"pending": after.money(after.pending), "earned": after.money(after.earned)}
                told.append(
                    self._notice(
                        after.affiliate_id,
                        f"{after.order_id}.{after.revision + 1}",
                        number=after.revision + 1,
                        about=f"commission_{status}",
                        text=_TEXTS[status].format(**amounts),
                        at=at,
                        order_id=after.order_id,
                    )
                )
        return told

    def _notice(
        self,
        affiliate_id: str,
        key: str,
        *,
        number: int,
        about: str,
        text: str,
        at: datetime,
        order_id: str = "",
    ) -> Stored[Notice]:
        return Stored(
            NOTICES,
            Notice(
                id=f"{affiliate_id}-n_{key}",
                created_at=at,
                updated_at=at,
                affiliate_id=affiliate_id,
                at=at,
                rank=rank_of(at, source="earnings", number=number),
                about=about,
                text=text,
                order_id=order_id,
            ),
        )
