"""Anything in any order against a model of a few dictionaries: same answers, same refusals, same balance."""

import asyncio
import itertools
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule
from payment_kit import (
    Bench,
    asked,
    cancelling,
    capturing,
    money,
    refunding,
    reversing,
    sending,
)

from shared.errors import Conflict, PaymentDeclined
from shared.ports.payments import Evidence, Payment, Transfer

CUSTOMERS = {"alice": "pays", "bob": "acts", "dora": "is declined"}
AMOUNTS = st.integers(1, 3000)
DAY = 24 * 3600


def fee(minor: int) -> int:
    """2.9 % rounded half up, and 30 cents."""
    return (29 * minor + 500) // 1000 + 30


@dataclass
class Known:
    """What the model knows of one payment."""

    payment: Payment
    amount: int
    state: str
    at_once: bool
    captured: int = 0
    refunded: int = 0
    disputed: int = 0
    drawn: int = 0
    until: float = 0
    disputes: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def left(self) -> int:
        return self.captured - self.refunded - self.disputed


class Provider(RuleBasedStateMachine):
    """One provider, its model, and a client that now and then asks for what it asked for before."""

    payments = Bundle("payments")
    transfers = Bundle("transfers")
    disputes = Bundle("disputes")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.loop = asyncio.new_event_loop()
        self.bench = Bench(Path(self.folder.name))
        self.keys = (f"k{n}" for n in itertools.count())
        self.known: dict[str, Known] = {}
        self.sent: dict[str, list[Any]] = {}
        self.balance = 0
        self.lines = 0
        self.asked: list[tuple[Callable[[], Awaitable[Any]], Any, float]] = []
        self.run(self.bench.provider.decline("dora"))
        self.run(self.bench.provider.require_action("bob"))
        self.payee = self.run(self.bench.payee())

    def teardown(self) -> None:
        self.run(self.bench.store.close())
        self.loop.close()
        self.folder.cleanup()

    def run(self, wanted: Awaitable[Any]) -> Any:
        return self.loop.run_until_complete(wanted)  # type: ignore[arg-type]

    def ask(self, ask: Callable[[], Awaitable[Any]], *, refusal: str | None = None) -> Any:
        """Ask, see that the answer is the one the model expects, and remember both."""
        if refusal is not None:
            with pytest.raises((Conflict, PaymentDeclined)) as told:
                self.run(ask())
            assert told.value.code == refusal
            self.asked.append((ask, refusal, self.now))
            return None
        answer = self.run(ask())
        self.asked.append((ask, answer, self.now))
        return answer

    def moved(self, minor: int) -> None:
        self.balance += minor
        self.lines += 1

    @property
    def now(self) -> float:
        return self.bench.clock.instant.timestamp()

    # --- payments -------------------------------------------------------------------------------

    @rule(target=payments, minor=AMOUNTS, customer=st.sampled_from(sorted(CUSTOMERS)), at_once=st.booleans())
    def authorise(self, minor: int, customer: str, at_once: bool) -> Any:
        request = asked(minor, key=next(self.keys), customer=customer, capture=at_once)
        refusal = "payment_declined" if customer == "dora" else None
        payment = self.ask(lambda: self.bench.provider.authorise(request), refusal=refusal)
        if payment is None:
            return multiple()
        known = self.known[payment.id] = Known(payment, minor, "requires_action", at_once)
        if customer == "alice":
            self._confirm(known)
        assert payment.state == known.state
        return payment.id

    def _confirm(self, known: Known) -> None:
        known.state, known.until = "authorised", self.now + 7 * DAY
        if known.at_once:
            self._take(known, known.amount)

    def _take(self, known: Known, minor: int) -> None:
        known.state, known.captured = "captured", minor
        self.moved(minor - fee(minor))

    @rule(id=payments, succeed=st.booleans())
    def act(self, id: str, succeed: bool) -> None:
        known = self.known[id]
        if known.state != "requires_action":
            with pytest.raises(Conflict):
                self.run(self.bench.provider.act(id))
            return
        self.run(self.bench.provider.act(id, succeed=succeed))
        if succeed:
            self._confirm(known)
        else:
            known.state = "cancelled"

    @rule(id=payments, minor=AMOUNTS)
    def capture(self, id: str, minor: int) -> None:
        known = self.known[id]
        request = capturing(known.payment, minor, key=next(self.keys))
        refusal = "not_capturable" if known.state != "authorised" else None
        if refusal is None and minor > known.amount:
            refusal = "capture_exceeds_authorisation"
        if self.ask(lambda: self.bench.provider.capture(request), refusal=refusal):
            self._take(known, minor)

    @rule(id=payments)
    def cancel(self, id: str) -> None:
        known = self.known[id]
        request = cancelling(known.payment, key=next(self.keys))
        refusal = "already_captured" if known.state == "captured" else None
        if self.ask(lambda: self.bench.provider.cancel(request), refusal=refusal):
            known.state = "cancelled"

    @rule(id=payments, minor=AMOUNTS)
    def refund(self, id: str, minor: int) -> None:
        known = self.known[id]
        request = refunding(known.payment, minor, key=next(self.keys))
        refusal = "refund_exceeds_payment" if minor > known.left else None
        if self.ask(lambda: self.bench.provider.refund(request), refusal=refusal):
            known.refunded += minor
            self.moved(-minor)

    # --- disputes -------------------------------------------------------------------------------

    @rule(target=disputes, id=payments, minor=st.none() | AMOUNTS)
    def open_dispute(self, id: str, minor: int | None) -> Any:
        known, key = self.known[id], next(self.keys)
        amount = None if minor is None else money(minor)
        wanted = known.left if minor is None else minor
        refusal = None if 0 < wanted <= known.left else "not_disputable"
        dispute = self.ask(
            lambda: self.bench.provider.open_dispute(key, id, reason="x", amount=amount), refusal=refusal
        )
        if dispute is None:
            return multiple()
        known.disputed += wanted
        known.disputes[dispute.id] = ["needs_response", wanted, self.now + 7 * DAY]
        self.moved(-wanted - 1500)
        return id, dispute.id

    @rule(dispute=disputes, submit=st.booleans())
    def answer(self, dispute: tuple[str, str], submit: bool) -> None:
        about, key = self.known[dispute[0]].disputes[dispute[1]], next(self.keys)
        provider, evidence = self.bench.provider, Evidence(customer_name=key)
        submitted = self.run(provider.dispute(dispute[1])).submitted
        refusal = None
        if submitted:
            refusal = None if submit else "evidence_submitted"
        elif about[0] != "needs_response":
            refusal = "dispute_closed"
        give = provider.submit_evidence if submit else provider.stage_evidence
        answer = self.ask(lambda: give(key, dispute[1], evidence), refusal=refusal)
        if answer is not None and submit and not submitted:
            about[0] = "under_review"
        if answer is not None:
            assert answer.state == about[0]

    @rule(dispute=consumes(disputes), won=st.booleans())
    def close_dispute(self, dispute: tuple[str, str], won: bool) -> None:
        known = self.known[dispute[0]]
        about = known.disputes[dispute[1]]
        if about[0] == "lost":
            return
        self.run(self.bench.provider.close_dispute(dispute[1], won=won))
        about[0] = "won" if won else "lost"
        if won:
            known.disputed -= about[1]
            self.moved(about[1])

    # --- money to others ------------------------------------------------------------------------

    @rule(target=transfers, minor=AMOUNTS, source=st.none() | payments)
    def transfer(self, minor: int, source: str | None) -> Any:
        request = sending(self.payee, minor, key=next(self.keys), payment_id=source or "")
        known = self.known[source] if source else None
        refusal = "insufficient_balance" if known is None and minor > self.balance else None
        if known is not None and minor > known.captured - known.drawn:
            refusal = "transfer_exceeds_payment"
        transfer: Transfer | None = self.ask(lambda: self.bench.provider.transfer(request), refusal=refusal)
        if transfer is None:
            return multiple()
        if known is not None:
            known.drawn += minor
        self.sent[transfer.id] = [transfer, minor, source]
        self.moved(-minor)
        return transfer.id

    @rule(id=transfers, minor=AMOUNTS)
    def reverse(self, id: str, minor: int) -> None:
        transfer, left, source = self.sent[id]
        request = reversing(transfer, minor, key=next(self.keys))
        refusal = "reversal_exceeds_transfer" if minor > left else None
        if self.ask(lambda: self.bench.provider.reverse(request), refusal=refusal):
            self.sent[id][1] -= minor
            if source:
                self.known[source].drawn -= minor
            self.moved(minor)

    @rule(minor=AMOUNTS)
    def pay_out(self, minor: int) -> None:
        key = next(self.keys)
        refusal = "insufficient_balance" if minor > self.balance else None
        if self.ask(lambda: self.bench.provider.pay_out(key, money(minor)), refusal=refusal):
            self.moved(-minor)

    # --- the client, the process and time ---------------------------------------------------------

    @rule(choice=st.randoms(use_true_random=False))
    def ask_again(self, choice: Any) -> None:
        if self.asked:
            ask, answer, at = choice.choice(self.asked)
            if isinstance(answer, str):
                if answer != "payment_declined" and self.now >= at + DAY:
                    return  # it would be looked at anew
                with pytest.raises((Conflict, PaymentDeclined)) as told:
                    self.run(ask())
                assert told.value.code == answer
            else:
                assert self.run(ask()) == answer

    @rule()
    def begin_again(self) -> None:
        self.bench.provider = self.bench.on(self.bench.store)

    @rule(hours=st.integers(0, 100), catch_up=st.booleans())
    def wait(self, hours: int, catch_up: bool) -> None:
        self.bench.clock.pass_(hours=hours)
        for known in self.known.values():
            if known.state == "authorised" and self.now >= known.until:
                known.state = "cancelled"
            for about in known.disputes.values():
                if about[0] == "needs_response" and self.now >= about[2]:
                    about[0] = "lost"
        if catch_up:
            self.run(self.bench.provider.catch_up())

    @invariant()
    def the_books_agree(self) -> None:
        lines = self.run(self.bench.movements())
        assert len(lines) == len({line.id for line in lines}) == self.lines
        net = sum(line.amount.minor - line.fee.minor for line in lines)
        assert net == self.run(self.bench.balance()) == self.balance
        assert [line.at for line in lines] == sorted(line.at for line in lines)

    @invariant()
    def each_payment_stands_as_it_should(self) -> None:
        for id, known in self.known.items():
            payment = self.run(self.bench.provider.payment(id))
            assert (payment.state, payment.captured, payment.refunded) == (
                known.state,
                known.captured,
                known.refunded,
            )
            assert 0 <= known.left <= known.captured <= known.amount
            for dispute_id, about in known.disputes.items():
                assert self.run(self.bench.provider.dispute(dispute_id)).state == about[0]


Provider.TestCase.settings = settings(
    max_examples=50,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestProvider = Provider.TestCase
