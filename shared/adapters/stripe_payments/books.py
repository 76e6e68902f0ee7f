"""What Stripe has written down: balance transactions and the balance, for the reconciliation."""

import math
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shared.adapters.stripe_payments.amounts import from_stripe
from shared.adapters.stripe_payments.base import Base, id_of
from shared.adapters.stripe_payments.errors import About
from shared.domain.money import Money
from shared.ports.payments import BalanceMovement, MovementKind

if TYPE_CHECKING:
    from stripe import BalanceTransaction
    from stripe.params import BalanceTransactionListParamsCreated

_BOOKS = About(what="balance", id="platform")
_TYPES = {
    "charge": MovementKind.PAYMENT,
    "payment": MovementKind.PAYMENT,
    "refund": MovementKind.REFUND,
    "payment_refund": MovementKind.REFUND,
    "transfer": MovementKind.TRANSFER,
    "transfer_refund": MovementKind.REVERSAL,
    "payout": MovementKind.PAYOUT,
}
"""Stripe's type -> our kind; of an adjustment its reporting category says what it is."""
_CATEGORIES = {"dispute": MovementKind.DISPUTE, "dispute_reversal": MovementKind.DISPUTE_WON}


class StripeBooks(Base):
    """`shared.ports.payments.ProviderBooks`."""

    async def movements(self, since: datetime, until: datetime) -> AsyncIterator[BalanceMovement]:
        """Yield every movement of the balance from `since` (included) until `until` (excluded)."""
        within: BalanceTransactionListParamsCreated = {
            "gte": math.ceil(since.timestamp()),
            "lt": math.ceil(until.timestamp()),
        }
        async for line in self._gateway.each(
            _BOOKS,
            lambda client: client.v1.balance_transactions.list_async(
                {"created": within, "limit": 100, "expand": ["data.source"]}
            ),
        ):
            yield _movement(line)

    async def balance(self, currency: str) -> Money:
        """Return what the provider holds for the platform now, pending money included."""
        held = await self._gateway.ask(_BOOKS, lambda client: client.v1.balance.retrieve_async())
        total = sum(part.amount for part in held.available if part.currency == currency.lower())
        total += sum(part.amount for part in held.pending if part.currency == currency.lower())
        return from_stripe(total, currency)


def _movement(line: "BalanceTransaction") -> BalanceMovement:
    return BalanceMovement(
        id=line.id,
        kind=_TYPES.get(line.type) or _CATEGORIES.get(line.reporting_category) or MovementKind.OTHER,
        source_id=_source_of(line),
        amount=from_stripe(line.amount, line.currency),
        fee=from_stripe(line.fee, line.currency),
        at=datetime.fromtimestamp(line.created, UTC),
    )


def _source_of(line: "BalanceTransaction") -> str:
    """Return the payment of a charge, and of all else what moved the balance."""
    source = line.source
    return (
        id_of(getattr(source, "payment_intent", None))
        if line.type in ("charge", "payment")
        else id_of(source)
    )
