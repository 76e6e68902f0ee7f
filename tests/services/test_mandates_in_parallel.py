"""Two of an agent's sessions spend one mandate at once, in 1,000 interleavings: never one cent over.

The real service runs over SQLite, with a connection per session, and over a store in memory; a seeded
schedule decides at every store call whose turn it is. Calls fail and answers get lost on the way, and each
session asks again under its keys, as a plan does.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from shared.adapters.jws_mandates import JwsMandates
from shared.adapters.service_bus_rest import NoBus
from shared.adapters.sqlite_store import SqliteStore
from shared.domain.mandates import Mandate, SignedTerms
from shared.domain.money import Money
from shared.errors import MandateRefused, Unavailable
from shared.ports.store import Create, Operation, Store
from shared.services.kinds import MANDATES
from shared.services.mandate_keys import CONTAINER as KEYS
from shared.services.mandate_keys import MandateKeys
from shared.services.mandates import MandateService
from shared.services.outbox import Outbox
from shared.services.records import Records, Stored
from shared.settings import Settings
from tests.clocks import HandClock
from tests.harness import MONDAY
from tests.services.interleaving import MemoryStore, Schedule, SteppedStore
from tests.wallet import AGENT, Wallet

TOTAL = 10_000
INTERLEAVINGS = 1000
ORDERS = 3
SETTINGS = Settings()
WALLET = Wallet()
SIGNED: SignedTerms = JwsMandates().read(WALLET.mandate(limits={"total": TOTAL}), {WALLET.kid: WALLET.jwk})


class WatchedStore(SteppedStore):
    """Looks at every mandate that is written."""

    async def batch(self, container: str, partition: str, operations: Sequence[Operation]) -> None:
        for operation in operations:
            if operation.id == partition and not isinstance(operation, Create):
                body = operation.body  # type: ignore[union-attr]
                assert 0 <= body["reserved"] + body["settled"] - body["given_back"] <= TOTAL
        await super().batch(container, partition, operations)


def records_of(store: Store) -> Records:
    return Records(store, Outbox(store, NoBus()), HandClock())


def service(store: Store) -> MandateService:
    keys = MandateKeys(store, JwsMandates(), HandClock(), SETTINGS)
    return MandateService(records_of(store), store, keys, JwsMandates(), SETTINGS)


async def granted(store: Store, id: str) -> None:
    """A mandate of 100 dollars, and the key that signed it."""
    mandate = Mandate(
        id=id, created_at=MONDAY, updated_at=MONDAY, terms=SIGNED.terms, kid=WALLET.kid, token="t"
    )
    await records_of(store).commit(Stored(MANDATES, mandate))
    if await store.read(KEYS, WALLET.customer, WALLET.kid) is None:
        body = {"kind": "key", **WALLET.key().model_dump(mode="json")}
        await store.batch(KEYS, WALLET.customer, [Create(WALLET.kid, body)])


@dataclass
class Session:
    """One session of the agent, and what it believes to have reserved and spent."""

    name: str
    mandates: MandateService
    mandate_id: str
    random: Random
    keeps_all: bool
    """Spends every grant in full, so that what is left only shrinks."""
    grants: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    reasons: set[str] = field(default_factory=set)
    held: int = 0
    spent: int = 0

    async def run(self) -> None:
        for n in range(ORDERS):
            key = f"ord_{self.name}{n}"
            amount = self.random.choice([1, 1999, 2000, 3333, 5000, 9999, 10_000])
            if await self._reserved(key, amount):
                self.grants.append(amount)
                await self._go_on(key, amount)
            else:
                self.refused.append(amount)

    async def _reserved(self, key: str, amount: int) -> bool:
        async def reserve() -> Mandate:
            return await self.mandates.reserve(
                self.mandate_id,
                key=key,
                agent=AGENT,
                customer_id=WALLET.customer,
                amount=Money(minor=amount),
                payees=["rosewood"],
                categories=["flowers"],
            )

        try:
            await again_and_again(reserve)
        except MandateRefused as refusal:
            self.reasons.add(refusal.reason)
            return False
        return True

    async def _go_on(self, key: str, amount: int) -> None:
        fate = "settle" if self.keeps_all else self.random.choice(["settle", "part", "release", "wait"])
        if fate == "wait":
            self.held += amount
        elif fate == "release":
            await again_and_again(lambda: self.mandates.release(self.mandate_id, key))
        else:
            paid = amount if fate == "settle" else amount // 2
            await again_and_again(lambda: self.mandates.settle(self.mandate_id, key, Money(minor=paid)))
            self.spent += paid
            if fate == "part":
                back = Money(minor=paid // 3)
                refund = f"{key}:l1:refund"
                await again_and_again(lambda: self.mandates.give_back(self.mandate_id, refund, back))
                self.spent -= back.minor


async def again_and_again(call: Callable[[], Awaitable[Mandate | None]]) -> None:
    """Ask until there is an answer."""
    while True:
        try:
            await call()
        except Unavailable:
            continue
        return


async def spend_together(seed: int, id: str, one: Store, other: Store) -> list[Session]:
    """Two sessions spend a new mandate; what they believe must be what is stored."""
    schedule = Schedule(seed)
    await granted(one, id)
    sessions = [
        Session(
            name=name,
            mandates=service(WatchedStore(store, schedule, trouble=0.08)),
            mandate_id=id,
            random=Random(f"{seed}{name}"),
            keeps_all=seed % 2 == 0,
        )
        for name, store in (("a", one), ("b", other))
    ]
    await schedule.run(*(session.run() for session in sessions))
    mandate = await service(one).get(id)
    assert set().union(*(session.reasons for session in sessions)) <= {"over_total"}
    assert mandate.reserved == sum(session.held for session in sessions)
    assert mandate.spent == sum(session.spent for session in sessions)
    assert mandate.left == TOTAL - mandate.reserved - mandate.spent >= 0
    if seed % 2 == 0:
        assert mandate.spent == sum(sum(session.grants) for session in sessions)
        refused = [amount for session in sessions for amount in session.refused]
        assert all(amount > mandate.left for amount in refused), "nothing is refused that would have fitted"
    return sessions


def assert_they_met(runs: list[list[Session]]) -> None:
    """The schedules were no formality: budgets ran out, and both sessions got something."""
    assert sum(any(session.refused for session in sessions) for sessions in runs) > INTERLEAVINGS / 4
    assert sum(all(session.grants for session in sessions) for sessions in runs) > INTERLEAVINGS / 4


@pytest.mark.flow("1.3-2")
async def test_two_sessions_over_sqlite_never_spend_one_cent_too_much(tmp_path: Path) -> None:
    one, other = (SqliteStore(tmp_path / "store.sqlite", HandClock()) for _ in range(2))
    assert_they_met([await spend_together(n, f"man_{n}", one, other) for n in range(INTERLEAVINGS)])
    await one.close()
    await other.close()


@pytest.mark.flow("1.3-2")
async def test_two_sessions_in_memory_never_spend_one_cent_too_much() -> None:
    runs = []
    for n in range(INTERLEAVINGS):
        store = MemoryStore()
        runs.append(await spend_together(n + INTERLEAVINGS, f"man_{n}", store, store))
    assert_they_met(runs)


async def test_one_key_from_two_sessions_is_one_reservation() -> None:
    """The same order's step runs twice at once: a retry that overtakes, or a second worker."""
    for seed in range(200):
        store, schedule = MemoryStore(), Schedule(seed)
        await granted(store, "man_x")
        stepped = service(WatchedStore(store, schedule, trouble=0.1))
        doubles = [
            Session(name="a", mandates=stepped, mandate_id="man_x", random=Random(seed), keeps_all=True)
            for _ in range(2)
        ]
        await schedule.run(*(session.run() for session in doubles))
        assert doubles[0].grants == doubles[1].grants
        mandate = await service(store).get("man_x")
        assert (mandate.reserved, mandate.spent) == (0, sum(doubles[0].grants))
