"""The adapter on its bench: the real SDK, a peer on loopback, a store and a clock to move."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shared.adapters.sqlite_store import SqliteStore
from shared.adapters.stripe_payments import StripePayments
from shared.domain.money import Money
from shared.ports.payments import (
    AuthoriseRequest,
    CaptureRequest,
    Payment,
    RefundRequest,
    ReversalRequest,
    Transfer,
    TransferRequest,
)
from shared.settings import Settings
from tests.breakers import breakers
from tests.clocks import HandClock
from tests.peers.stripe.peer import StripePeer, running_peer

NOW = datetime(2026, 5, 4, 14, tzinfo=UTC)
SECRET = "whsec_" + "bench"
GROUP = "ord_1"


def usd(minor: int) -> Money:
    return Money(minor=minor)


@dataclass(slots=True)
class Bench:
    """One adapter in front of one peer."""

    peer: StripePeer
    store: SqliteStore
    clock: HandClock
    made: list[StripePayments] = field(default_factory=list)

    @property
    def stripe(self) -> StripePayments:
        """The adapter that a test uses all along."""
        return self.made[0]

    def provider(self, **settings: Any) -> StripePayments:
        """Another process's adapter, on the same store."""
        given: dict[str, Any] = {
            "stripe_key": self.peer.api_key,
            "stripe_webhook_secrets": SECRET,
            "stripe_base_url": self.peer.url,
            "stripe_retries": 0,
            **settings,
        }
        provider = StripePayments(Settings(**given), self.store, self.clock, breakers(self.clock))
        self.made.append(provider)
        return provider

    # --- what most tests begin with ---------------------------------------------------------------

    async def authorised(
        self, minor: int = 5000, *, key: str = "auth", customer: str = "alice", **more: Any
    ) -> Payment:
        return await self.stripe.authorise(asked(minor, key=key, customer=customer, **more))

    async def captured(self, minor: int = 5000, *, key: str = "auth", take: int | None = None) -> Payment:
        payment = await self.authorised(minor, key=key)
        request = CaptureRequest(
            key=f"{key}-capture", payment_id=payment.id, amount=usd(minor if take is None else take)
        )
        return await self.stripe.capture(request)

    async def payee(self, payee_id: str = "vendor") -> str:
        """A connected account that can be paid."""
        account = await self.stripe.open_account(f"open-{payee_id}", payee_id=payee_id)
        self.peer.onboard(account.id)
        return account.id

    async def transferred(self, minor: int = 2000, *, key: str = "transfer") -> Transfer:
        payment = await self.captured(key=f"{key}-auth")
        account = await self.payee(f"{key}-payee")
        return await self.stripe.transfer(
            TransferRequest(
                key=key, account_id=account, amount=usd(minor), group=GROUP, payment_id=payment.id
            )
        )


def asked(minor: int = 5000, *, key: str = "auth", customer: str = "alice", **more: Any) -> AuthoriseRequest:
    fields: dict[str, Any] = {"amount": usd(minor), "group": GROUP, **more}
    return AuthoriseRequest(key=key, customer_id=customer, **fields)


def refund_of(payment: Payment, minor: int, *, key: str = "refund") -> RefundRequest:
    return RefundRequest(key=key, payment_id=payment.id, amount=usd(minor))


def reversal_of(transfer: Transfer, minor: int, *, key: str = "reversal") -> ReversalRequest:
    return ReversalRequest(key=key, transfer_id=transfer.id, amount=usd(minor))


@contextlib.asynccontextmanager
async def running_bench(folder: Path) -> AsyncIterator[Bench]:
    clock = HandClock()
    store = SqliteStore(folder / "uso.sqlite", clock)
    async with running_peer(clock.now) as peer:
        bench = Bench(peer, store, clock)
        bench.provider()
        try:
            yield bench
        finally:
            for provider in bench.made:
                await provider.close()
            await store.close()
            assert not peer.faults, "a fault that was arranged never struck"
