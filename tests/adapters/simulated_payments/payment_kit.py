"""The embedded provider under test: a clock to set, stores that interleave or die, and short requests."""

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shared.adapters.simulated_payments import CONTAINER, SimulatedPayments
from shared.adapters.sqlite_store import SqliteStore
from shared.domain.money import Money
from shared.ports.events import CloudEvent
from shared.ports.payments import (
    AuthoriseRequest,
    BalanceMovement,
    CancelRequest,
    CaptureRequest,
    Payment,
    ProviderNews,
    RefundRequest,
    ReversalRequest,
    SignedNews,
    Transfer,
    TransferRequest,
)
from shared.ports.store import Document, Feed, Operation, Page, Query
from shared.settings import Settings
from tests.clocks import HandClock
from tests.feeds import whole_feed

START = datetime(2026, 5, 4, 14, tzinfo=UTC)
AGES_AGO, ONE_DAY = datetime(2000, 1, 1, tzinfo=UTC), timedelta(days=1)


class Killed(BaseException):
    """The process is no more. Not an Exception, so that nobody handles it."""


class Between:
    """A store in front of another, with something happening before and after each batch and read."""

    def __init__(self, inner: SqliteStore) -> None:
        self.inner = inner

    async def before(self) -> None:
        """What happens before a call."""

    async def written(self) -> None:
        """What happens after a batch."""

    async def read(self, container: str, partition: str, id: str) -> Document | None:
        await self.before()
        return await self.inner.read(container, partition, id)

    async def query(self, container: str, partition: str, query: Query) -> Page:
        await self.before()
        return await self.inner.query(container, partition, query)

    async def batch(self, container: str, partition: str, operations: Sequence[Operation]) -> None:
        await self.before()
        await self.inner.batch(container, partition, operations)
        await self.written()

    async def changes(self, container: str, after: str | None = None, limit: int = 1000) -> Feed:
        await self.before()
        return await self.inner.changes(container, after, limit)

    async def close(self) -> None:
        await self.inner.close()


class Interleaving(Between):
    """Lets others run before each call, for a number of turns that the seed says."""

    def __init__(self, inner: SqliteStore, seed: int) -> None:
        super().__init__(inner)
        self._chance = random.Random(seed)

    async def before(self) -> None:
        for _ in range(self._chance.randrange(4)):
            await asyncio.sleep(0)


class Dying(Between):
    """Dies right after batch number `fatal`; 0 dies before the first."""

    def __init__(self, inner: SqliteStore, fatal: int) -> None:
        super().__init__(inner)
        self._left = fatal

    async def batch(self, container: str, partition: str, operations: Sequence[Operation]) -> None:
        if self._left == 0:
            raise Killed
        await super().batch(container, partition, operations)

    async def written(self) -> None:
        self._left -= 1
        if self._left == 0:
            raise Killed


class Bench:
    """One provider and what is around it."""

    def __init__(self, folder: Path, clock: HandClock | None = None, **settings: Any) -> None:
        self.clock = clock or HandClock()
        self.settings = Settings(data_dir=folder, **settings)
        self.store = SqliteStore(folder / "store.sqlite", self.clock)
        self.announced = 0
        self.provider = self.on(self.store)

    def on(self, store: Any) -> SimulatedPayments:
        """Another process with the same provider."""
        return SimulatedPayments(store, self.clock, self.settings, self._announce)

    async def _announce(self) -> None:
        self.announced += 1

    async def balance(self, currency: str = "USD") -> int:
        return (await self.provider.balance(currency)).minor

    async def movements(
        self, since: datetime = AGES_AGO, until: datetime | None = None
    ) -> list[BalanceMovement]:
        until = until or self.clock.instant + ONE_DAY
        return [each async for each in self.provider.movements(since, until)]

    async def deliveries(self) -> list[SignedNews]:
        return [each async for each in self.provider.deliveries(AGES_AGO, self.clock.instant + ONE_DAY)]

    async def told(self) -> list[str]:
        """The kinds of all news, in order."""
        return [str(each.news.kind) for each in await self.deliveries()]

    async def events(self) -> list[CloudEvent]:
        """What stands in the outbox."""
        documents = await whole_feed(self.store, CONTAINER)
        return [
            CloudEvent.model_validate(d.body["event"]) for d in documents if d.body.get("kind") == "event"
        ]

    async def event_news(self) -> list[ProviderNews]:
        """What the outbox tells."""
        return [ProviderNews.model_validate(event.data) for event in await self.events()]

    async def everything(self) -> dict[tuple[str, str], Any]:
        """Every document of the provider, without the place in the feed up to which was counted."""
        documents = await whole_feed(self.store, CONTAINER)
        return {(d.partition, d.id): _plain(d.body) for d in documents}

    async def taken(self, minor: int = 10_000, **more: Any) -> Payment:
        """A payment that was captured."""
        return await self.provider.authorise(asked(minor, capture=True, **more))

    async def payee(self, key: str = "payee") -> str:
        """The id of an account that can be paid."""
        account = await self.provider.open_account(key, payee_id=key)
        await self.provider.onboard(account.id)
        return account.id

    async def sent(self, minor: int, *, key: str = "transfer", **more: Any) -> Transfer:
        """A transfer."""
        return await self.provider.transfer(sending(await self.payee(), minor, key=key, **more))


def _plain(body: Any) -> Any:
    record = body.get("record")
    return {**body, "record": {**record, "cursor": None}} if record and "cursor" in record else body


def money(minor: int, currency: str = "USD") -> Money:
    return Money(minor=minor, currency=currency)


def asked(
    minor: int = 10_000, *, key: str = "o:pay", customer: str = "alice", currency: str = "USD", **more: Any
) -> AuthoriseRequest:
    return AuthoriseRequest(key=key, customer_id=customer, amount=money(minor, currency), **more)


def capturing(
    payment: Payment, minor: int, *, key: str = "o:capture", currency: str = "USD"
) -> CaptureRequest:
    return CaptureRequest(key=key, payment_id=payment.id, amount=money(minor, currency))


def cancelling(payment: Payment, *, key: str = "o:cancel") -> CancelRequest:
    return CancelRequest(key=key, payment_id=payment.id)


def refunding(payment: Payment, minor: int, *, key: str = "o:refund", currency: str = "USD") -> RefundRequest:
    return RefundRequest(key=key, payment_id=payment.id, amount=money(minor, currency))


def sending(account_id: str, minor: int, *, key: str = "transfer", **more: Any) -> TransferRequest:
    return TransferRequest(key=key, account_id=account_id, amount=money(minor), **more)


def reversing(transfer: Transfer, minor: int, *, key: str = "reversal") -> ReversalRequest:
    return ReversalRequest(key=key, transfer_id=transfer.id, amount=money(minor))
