"""The nightly comparison with the payment provider's books: what only they know is booked, the rest told.

The provider's processing fees and its payouts to the platform's own bank happen without us; each is booked
from its movement, under the movement's id, so that both sides end at the same balance.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from shared.domain.ledger import Account, AccountKind, Entry, Posting, credit, debit
from shared.domain.ledger.own import Line
from shared.domain.ledger.reconciliation import (
    Closing,
    Difference,
    DifferenceKind,
    Fee,
    Moved,
    Reconciliation,
    compare,
)
from shared.domain.money import Money
from shared.domain.negotiations import EscalationReason
from shared.errors import InvalidInput, NotFound
from shared.ports.clock import Clock
from shared.ports.payments import BalanceMovement, MovementKind, ProviderBooks
from shared.ports.store import AlreadyExists, Create, Query, Store, Upsert, every
from shared.services.escalations import EscalationService
from shared.services.ledger.accounts import LEDGER, VIEWS
from shared.services.ledger.projection import Projection, provider_day, utc_day
from shared.services.records import entry_document

REPORTS = "reconciliations"
_DAY = timedelta(days=1)
_LOOKS = 3
"""Money that moves between two questions looks like a gap; it is gone at the next look."""
_NIGHTS = 3
"""A night in which the provider was away is made up for in the next."""
_TOLD = 10
"""Differences that an alarm names; the report has them all."""


class ReconciliationService:
    """Reconciles days and keeps the reports."""

    def __init__(
        self,
        store: Store,
        projection: Projection,
        books: ProviderBooks,
        escalations: EscalationService,
        clock: Clock,
    ) -> None:
        self._store = store
        self._projection = projection
        self._books = books
        self._escalations = escalations
        self._clock = clock

    def yesterday(self) -> date:
        """The latest day (UTC) that is over."""
        return utc_day(self._clock.now()) - _DAY

    async def reconcile_nights(self) -> int:
        """Reconcile the days that are over and were not yet, a few nights back; return how many."""
        days = [self.yesterday() - n * _DAY for n in reversed(range(_NIGHTS))]
        missing = [day for day in days if await self._find(day) is None]
        for day in missing:
            await self.reconcile(day)
        return len(missing)

    async def report(self, day: date) -> Reconciliation:
        """Return the report of a day. Raises NotFound when it was not reconciled."""
        found = await self._find(day)
        if found is None:
            raise NotFound("reconciliation of", day.isoformat())
        return found

    async def reconcile(self, day: date) -> Reconciliation:
        """Compare a day, book what only the provider knows, keep the report, alarm a person if need be.

        Again for the same day is a fresh look. Raises InvalidInput for a day to come.
        """
        if day > utc_day(self._clock.now()):
            raise InvalidInput("This day has not come yet.", field="day")
        fees: dict[str, Fee] = {}
        for _ in range(_LOOKS):
            report = await self._look(day, fees)
            if all(
                difference.kind is not DifferenceKind.BALANCE_DIFFERS for difference in report.differences
            ):
                break
        await self._store.batch(
            VIEWS, REPORTS, [Upsert(day.isoformat(), {"report": report.model_dump(mode="json")})]
        )
        await self._alarm(report)
        return report

    async def _look(self, day: date, fees: dict[str, Fee]) -> Reconciliation:
        now = self._clock.now()
        since, until = _start(day - 2 * _DAY), _start(day + 2 * _DAY)
        movements = [
            each async for each in self._books.movements(since, min(until, now + timedelta(microseconds=1)))
        ]
        for movement in movements:
            await self._book_what_only_they_know(movement, fees)
        await self._projection.catch_up()
        days = [day + n * _DAY for n in range(-2, 2)]
        ours = [line for each in days for line in await self._ours(each)]
        theirs = [_moved(movement) for movement in movements if movement.amount.minor]
        differences, agreed = compare(ours, theirs)
        closing = await self._closing(differences, ours, theirs, days) if until > now else ()
        mine = [each for each in differences if each.day() == day]
        mine += [_balance_differs(each, now) for each in closing if each.unexplained.minor]
        return Reconciliation(
            day=day,
            at=now,
            matched=sum(each.day() == day for each in agreed),
            differences=tuple(mine),
            fees=tuple(fees[m.id] for m in movements if m.id in fees and utc_day(m.at) == day),
            closing=tuple(closing),
            agrees=not mine,
        )

    async def _ours(self, day: date) -> list[Moved]:
        lines = [
            Line.model_validate(document.body["line"])
            async for document in every(self._store, VIEWS, provider_day(day), Query())
        ]
        return [
            Moved(reference=line.posting.reference, amount=line.amount(), at=line.at, key=line.key)
            for line in lines
        ]

    async def _closing(
        self,
        differences: Sequence[Difference],
        ours: Iterable[Moved],
        theirs: Iterable[Moved],
        days: Sequence[date],
    ) -> Sequence[Closing]:
        trial = await self._projection.trial_balance()
        known = {line.currency for line in trial.lines if line.kind is AccountKind.PROVIDER_BALANCE}
        currencies = known | {each.amount.currency for each in (*ours, *theirs)}
        # what moved on the first of the days may have its other half on the day before
        told = [each for each in differences if each.day() in days[1:]]
        result = []
        for currency in sorted(currencies):
            here, there = (
                trial.balance(AccountKind.PROVIDER_BALANCE, currency),
                await self._books.balance(currency),
            )
            explained = sum(each.gap() for each in told if each.currency() == currency)
            unexplained = Money(minor=there.minor - here.minor - explained, currency=currency)
            result.append(Closing(ours=here, theirs=there, unexplained=unexplained))
        return result

    # --- what only the provider knows -----------------------------------------------------------

    async def _book_what_only_they_know(self, movement: BalanceMovement, fees: dict[str, Fee]) -> None:
        if movement.fee.minor:
            entry = _entry(movement, movement.id, AccountKind.PROVIDER_FEES, -movement.fee, reason="fee")
            is_new = await self._book(entry, AccountKind.PROVIDER_FEES)
            known = fees.get(movement.id)
            fees[movement.id] = Fee(
                movement_id=movement.id,
                source_id=movement.source_id,
                amount=movement.fee,
                booked_now=is_new or (known is not None and known.booked_now),
            )
        if movement.kind is MovementKind.PAYOUT and movement.amount.minor:
            entry = _entry(
                movement,
                f"{movement.id}:payout",
                AccountKind.BANK,
                movement.amount,
                reason="payout to the platform's bank",
                reference=movement.source_id,
            )
            await self._book(entry, AccountKind.BANK)

    async def _book(self, entry: Entry, kind: AccountKind) -> bool:
        try:
            await self._store.batch(LEDGER, Account(kind=kind).id, [Create(*entry_document(entry))])
        except AlreadyExists:
            return False
        return True

    # --- what a person has to know --------------------------------------------------------------

    async def _alarm(self, report: Reconciliation) -> None:
        before = await self._find(report.day - _DAY)
        known = {each.unexplained for each in before.closing} if before else set()
        new = [
            each
            for each in report.differences
            if each.kind is not DifferenceKind.BALANCE_DIFFERS
            or Money(minor=each.gap(), currency=each.currency()) not in known
        ]
        if not new:
            return
        told = "; ".join(_in_words(each) for each in new[:_TOLD])
        more = f"; and {len(new) - _TOLD} more" if len(new) > _TOLD else ""
        await self._escalations.raise_alarm(
            subject=f"reconciliation-{report.day.isoformat()}",
            reason=EscalationReason.BOOKS_DIFFER,
            summary=f"Our books and the provider's differ on {report.day.isoformat()}: {told}{more}.",
        )

    async def _find(self, day: date) -> Reconciliation | None:
        document = await self._store.read(VIEWS, REPORTS, day.isoformat())
        return None if document is None else Reconciliation.model_validate(document.body["report"])


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _moved(movement: BalanceMovement) -> Moved:
    return Moved(reference=movement.source_id, amount=movement.amount, at=movement.at, key=movement.id)


def _entry(
    movement: BalanceMovement, key: str, kind: AccountKind, change: Money, *, reason: str, reference: str = ""
) -> Entry:
    """Book a change of the provider's balance against an account of the platform's own."""
    amount = Money(minor=abs(change.minor), currency=change.currency)
    postings: tuple[Posting, Posting]
    if change.minor < 0:
        postings = (
            debit(kind, "", amount),
            credit(AccountKind.PROVIDER_BALANCE, "", amount, reference=reference),
        )
    else:
        postings = (
            debit(AccountKind.PROVIDER_BALANCE, "", amount, reference=reference),
            credit(kind, "", amount),
        )
    about = f"{reason} of {movement.kind} {movement.source_id}"[:500]
    return Entry(key=key, at=movement.at, currency=amount.currency, postings=postings, reason=about)


def _balance_differs(closing: Closing, at: datetime) -> Difference:
    """The provider has more, or less, than the differences found account for."""
    ours = closing.theirs - closing.unexplained
    return Difference(
        kind=DifferenceKind.BALANCE_DIFFERS, reference="balance", at=at, ours=ours, theirs=closing.theirs
    )


def _in_words(difference: Difference) -> str:
    here = difference.ours or "nothing"
    there = difference.theirs or "nothing"
    return f"{difference.reference} ({difference.kind}): {here} here, {there} there"
