"""What the peer knows: objects by kind and id, its balance, and the events that it told of."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from tests.peers.stripe.refusals import missing

Thing = dict[str, Any]
AVAILABLE_AFTER = 2 * 24 * 3600
"""Seconds until what was charged can be paid out; US cards."""


@dataclass(slots=True)
class State:
    """Everything, in memory. `now` is the peer's clock."""

    now: Callable[[], datetime]
    things: dict[str, dict[str, Thing]] = field(default_factory=dict)
    events: list[Thing] = field(default_factory=list)
    wallets: dict[str, str] = field(default_factory=dict)
    """Our customer -> the card that they have stored; "" for none. Everyone else has a good one."""
    without_default: set[str] = field(default_factory=set)
    """Our customers who have a card stored but none marked as theirs by default."""
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def seconds(self) -> int:
        """The instant as Stripe writes it."""
        return int(self.now().timestamp())

    def new_id(self, prefix: str) -> str:
        """Return an id that was never used."""
        return f"{prefix}_{next(self._numbers):014}"

    def add(self, kind: str, prefix: str, **fields: Any) -> Thing:
        """Keep a new object and return it."""
        thing = {
            "id": self.new_id(prefix),
            "object": kind,
            "created": self.seconds(),
            "livemode": False,
            "metadata": {},
            **fields,
        }
        self.things.setdefault(kind, {})[thing["id"]] = thing
        return thing

    def all(self, kind: str) -> list[Thing]:
        """Every object of a kind, oldest first."""
        return list(self.things.get(kind, {}).values())

    def get(self, kind: str, id: str, *, param: str = "id", status: int = 404) -> Thing:
        """Return an object. Raises Refusal."""
        found = self.things.get(kind, {}).get(id)
        if found is None:
            raise missing(kind, id, param=param, status=status)
        return found

    def find(self, id: str) -> Thing | None:
        """Return the object of any kind with this id."""
        return next((known[id] for known in self.things.values() if id in known), None)

    def emit(self, kind: str, thing: Thing) -> None:
        """Tell of something, as it is now."""
        self.events.append(
            {
                "id": self.new_id("evt"),
                "object": "event",
                "api_version": "2026-10-28.endive",
                "created": self.seconds(),
                "livemode": False,
                "pending_webhooks": 1,
                "request": {"id": self.new_id("req"), "idempotency_key": None},
                "type": kind,
                "data": {"object": copy.deepcopy(thing)},
            }
        )

    def book(
        self,
        kind: str,
        source: str,
        amount: int,
        currency: str,
        *,
        fee: int = 0,
        category: str | None = None,
        available_on: int | None = None,
    ) -> Thing:
        """Move the balance; `amount` is signed and without `fee`."""
        return self.add(
            "balance_transaction",
            "txn",
            type=kind,
            reporting_category=category or kind,
            source=source,
            amount=amount,
            fee=fee,
            net=amount - fee,
            currency=currency,
            available_on=self.seconds() if available_on is None else available_on,
            status="available" if available_on is None else "pending",
            description=None,
            exchange_rate=None,
            fee_details=[],
        )

    def available(self, currency: str) -> int:
        """What can be sent to others now."""
        return self._sum(currency, lambda on: on <= self.seconds())

    def pending(self, currency: str) -> int:
        """What has not settled yet."""
        return self._sum(currency, lambda on: on > self.seconds())

    def currencies(self) -> list[str]:
        """The currencies that ever moved."""
        return sorted({line["currency"] for line in self.all("balance_transaction")} | {"usd"})

    def _sum(self, currency: str, counts: Callable[[int], bool]) -> int:
        return sum(
            line["net"]
            for line in self.all("balance_transaction")
            if line["currency"] == currency and counts(line["available_on"])
        )
