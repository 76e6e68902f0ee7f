"""A real app without a host, orders whose money is booked by hand, and a store and a provider that fail."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shared.adapters.simulated_payments import SimulatedPayments
from shared.adapters.sqlite_store import SqliteStore
from shared.bootstrap import App, bootstrap
from shared.chosen_adapters import Ports
from shared.domain import order_money as money
from shared.domain import orders as rules
from shared.domain.catalogue import Visibility
from shared.domain.ledger import Account, AccountKind, Book, Entry, Terms, credit, debit
from shared.domain.money import Money
from shared.domain.orders import Movement, Order, OrderLeg
from shared.domain.places import GeoPoint, Place
from shared.domain.status import LegStatus
from shared.domain.timechain import Timeline
from shared.errors import Unavailable
from shared.ports.events import CloudEvent
from shared.ports.payments import AuthoriseRequest, Reversal, ReversalRequest, Transfer, TransferRequest
from shared.ports.store import Document, Operation, Upsert
from shared.services.kinds import ORDERS
from shared.services.records import Stored
from shared.settings import Settings
from tests.clocks import HandClock
from tests.feeds import whole_feed

MONDAY = datetime(2026, 5, 4, 14, tzinfo=UTC)
HOME = Place(address="500 Congress Ave, Austin", point=GeoPoint(latitude=30.27, longitude=-97.74))
TIMELINE = Timeline(
    starts_at=MONDAY,
    arrival=MONDAY,
    deadline=None,
    is_feasible=True,
    late_minutes=0,
    total_minutes=0,
    confidence=1.0,
    critical_path=(),
    breaking_leg=None,
    legs=(),
)


class Died(Exception):
    """The process is gone; what was written stays."""


@dataclass
class RecordingBus:
    """Takes every event; `undelivered` are those that no test has looked at yet."""

    sent: list[CloudEvent] = field(default_factory=list)

    async def publish(self, events: Sequence[CloudEvent]) -> None:
        self.sent += events

    async def close(self) -> None:
        """Nothing is open."""

    def of(self, type_: str) -> list[CloudEvent]:
        return [event for event in self.sent if event.type == f"uso.{type_}"]


class MortalStore(SqliteStore):
    """Dies right after its `fatal`-th batch from now on, or before it when `before`.

    `meddle` lets someone else act once, between what was read and the `meddle_at`-th batch from now on.
    """

    fatal: int | None = None
    before = False
    batches = 0
    meddle: Callable[[], Awaitable[Any]] | None = None
    meddle_at = 1

    async def batch(self, container: str, partition: str, operations: Sequence[Operation]) -> None:
        self.batches += 1
        if (meddle := self.meddle) is not None and self.batches >= self.meddle_at:
            self.meddle = None
            await meddle()
        if self.fatal is not None and self.before and self.batches == self.fatal:
            raise Died
        await super().batch(container, partition, operations)
        if self.fatal is not None and not self.before and self.batches == self.fatal:
            raise Died

    def mortal(self, fatal: int | None, *, before: bool = False) -> None:
        self.batches, self.fatal, self.before = 0, fatal, before

    def meddled(self, meddle: Callable[[], Awaitable[Any]], *, at: int = 1) -> None:
        self.batches, self.meddle, self.meddle_at = 0, meddle, at


class Provider(SimulatedPayments):
    """The embedded provider, written down, with failures of what goes to others."""

    asked: list[TransferRequest | ReversalRequest]
    down = False
    """No answer, and nothing happened."""
    loses = 0
    """So many answers are lost from now on, though it happened."""
    refuses: Exception | None = None

    async def transfer(self, request: TransferRequest) -> Transfer:
        return await self._tried(request, super().transfer)

    async def reverse(self, request: ReversalRequest) -> Reversal:
        return await self._tried(request, super().reverse)

    async def _tried(self, request: Any, act: Callable[[Any], Awaitable[Any]]) -> Any:
        self.asked = [*getattr(self, "asked", []), request]
        if self.down:
            raise Unavailable("the provider is away")
        if self.refuses is not None:
            raise self.refuses
        result = await act(request)
        if self.loses:
            self.loses -= 1
            raise Unavailable("the answer was lost")
        return result

    async def transfers(self) -> list[Transfer]:
        """Every transfer there is at the provider, whatever was asked for."""
        changes = await whole_feed(self._memory.store, "payments")
        found = [Transfer.model_validate(d.body["record"]["transfer"]) for d in changes if _is_transfer(d)]
        return sorted(found, key=lambda transfer: transfer.key)


def _is_transfer(document: Document) -> bool:
    return document.body.get("kind") == "transfer"


@dataclass
class Books:
    """The app, and what a test does with it by hand."""

    app: App
    clock: HandClock
    bus: RecordingBus
    store: MortalStore
    provider: Provider

    # --- an order and its money -----------------------------------------------------------------

    async def paid_order(
        self,
        id: str = "ord_1",
        *,
        price: int = 10_000,
        vendor: str = "rosewood",
        legs: int = 1,
        fee: int = 0,
        credit_: int = 0,
        affiliate: str = "",
        currency: str = "USD",
        customer: str = "alice",
        **more: Any,
    ) -> Order:
        """An order that was paid for: captured at the provider, held per leg, all of it booked."""
        terms = Terms(fee_bps=1000, affiliate_id=affiliate, commission_bps=500 if affiliate else 0)
        order = Order(
            id=id,
            created_at=self.clock.now(),
            updated_at=self.clock.now(),
            customer_id=customer,
            thread_id="thr",
            legs=tuple(
                _leg(id, n, vendor, Money(minor=price, currency=currency), terms) for n in range(1, legs + 1)
            ),
            deliver_to=HOME,
            deliver_by=self.clock.now() + timedelta(days=1),
            zone="America/Chicago",
            timeline=TIMELINE,
            book=Book(currency=currency),
            delivery_fee=Money(minor=fee, currency=currency) if fee else None,
            **more,
        )
        movements = [] if credit_ == order.total().minor else [await self._charge(order, credit_)]
        if credit_:
            amount = Money(minor=credit_, currency=currency)
            movements.append(
                Movement(key=f"{id}:credit", receipt_id="", amount=amount, reason="credits", credit=True)
            )
        after = rules.dispatched(rules.paid(order))
        for movement in movements:
            after = rules.with_movement(after, movement)
        after, entries = money.booked(order, after, key=f"{id}:charge", at=self.clock.now(), reason="order")
        await self.app.records.commit(Stored(ORDERS, after), entries=entries)
        for leg in after.legs:
            entry = {"order_id": id, "at": order.created_at.isoformat(), "told": True}
            await self._list(leg, entry)
        return after

    async def releases(self, leg_id: str) -> None:
        """A leg is verified: its money is released, and everyone who follows that hears of it."""
        await self.app.funds.release(leg_id, key=f"{leg_id}:release")
        event = self.bus.of("funds.released")[-1]
        for _ in range(2):  # as a bus may have it
            await self.app.payouts.hear_release(event)

    async def claws_back(self, leg_id: str, minor: int, *, currency: str = "USD") -> None:
        """A part of what was released goes back to the customer."""
        amount = Money(minor=minor, currency=currency)
        key = f"{leg_id}:refund{minor}"
        order_id = leg_id.partition("-")[0]
        await self.app.funds.refund(leg_id, amount, key=key, reason="broken")
        await self.app.order_money.send_refund(order_id, key)
        await self.app.projection.catch_up()

    async def sends_what_is_due(self) -> list[Any]:
        """Run the plan of every payout that was announced."""
        results = []
        for event in self.bus.of("payout.due"):
            account = Account.parse(event.data["account"])
            results.append(await self.app.payouts.send(account, event.data["payout_id"]))
        return results

    async def onboarded(self, account: Account) -> None:
        """The payee has an account and has completed it."""
        payee = await self.app.payees.open_account(account)
        await self.provider.onboard(payee.provider_account)
        await self.app.payees.refresh(account)

    async def balance(self, account: Account, currency: str = "USD") -> int:
        """What an account holds, in minor units."""
        await self.app.projection.catch_up()
        return (await self.app.own_accounts.balance(account)).balance(currency).minor

    async def adds_up(self) -> None:
        """The ledger is balanced, and every own account holds what its postings say."""
        trial = await self.app.statements.trial_balance()
        assert trial.balanced
        own: dict[tuple[str, str], int] = {}
        for document in await whole_feed(self.store, "ledger"):
            if document.id == "balance":
                for currency, (debits, credits_) in document.body["account"]["turnover"].items():
                    kind = document.partition.partition(":")[0]
                    own[kind, currency] = own.get((kind, currency), 0) + credits_ - debits
        summed = {(line.kind.value, line.currency): line.balance for line in trial.lines}
        assert own == {key: summed[key] for key in own}

    async def everything(self) -> dict[tuple[str, str, str], Any]:
        """What the ledger's containers hold, without what may differ between two equal runs."""
        result = {}
        for container in ("ledger", "ledger_views"):
            for document in await whole_feed(self.store, container):
                body = dict(document.body)
                body.pop("cursor", None)
                result[container, document.partition, document.id] = body
        return result

    async def _charge(self, order: Order, credit_: int) -> Movement:
        amount = order.total() - Money(minor=credit_, currency=order.currency())
        payment = await self.app.payments.authorise(
            AuthoriseRequest(
                key=f"{order.id}:charge",
                customer_id=order.customer_id,
                amount=amount,
                group=order.id,
                capture=True,
            )
        )
        return Movement(key=f"{order.id}:charge", receipt_id=payment.id, amount=amount, reason="order")

    async def _list(self, leg: OrderLeg, entry: dict[str, Any]) -> None:
        await self.store.batch("partner_orders", leg.vendor_id, [Upsert(leg.id, entry)])


def books(folder: Path, clock: HandClock | None = None, **settings: Any) -> Books:
    """A fresh app on a store in `folder`, or another process on the same one."""
    clock = clock or HandClock()
    bus = RecordingBus()
    store = MortalStore(folder / "uso.sqlite", clock)
    given = Settings(data_dir=folder, **settings)
    provider = Provider(store, clock, given)
    app = bootstrap(given, Ports(clock=clock, store=store, bus=bus, payments=provider))
    return Books(replace(app, payment_rehearsal=provider), clock, bus, store, provider)


def vendor(name: str = "rosewood") -> Account:
    return Account(kind=AccountKind.VENDOR_PAYABLE, owner=name)


def worker(name: str = "walt") -> Account:
    return Account(kind=AccountKind.GIG_WALLET, owner=name)


def affiliate(name: str = "texas-limo") -> Account:
    return Account(kind=AccountKind.AFFILIATE_COMMISSION, owner=name)


def granted(customer: str, minor: int, *, key: str = "grant", currency: str = "USD") -> Entry:
    """An apology, as an entry."""
    amount = Money(minor=minor, currency=currency)
    return Entry(
        key=key,
        at=MONDAY,
        currency=currency,
        postings=(debit(AccountKind.GOODWILL, "", amount), credit(AccountKind.CREDITS, customer, amount)),
    )


def _leg(order_id: str, n: int, vendor_id: str, price: Money, terms: Terms) -> OrderLeg:
    return OrderLeg(
        id=f"{order_id}-l{n}",
        slot=f"{order_id}-l{n}",
        product_id=f"p{n}",
        name=f"Item {n}",
        vendor_id=vendor_id,
        vendor_name=vendor_id.title(),
        quantity=1,
        price=price,
        terms=terms,
        status=LegStatus.ACCEPTED,
    )


CONCIERGE = {"visibility": Visibility.CONCIERGE, "title": "White Glove"}
