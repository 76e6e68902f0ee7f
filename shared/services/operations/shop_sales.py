"""Payments of the web shop's orders, taken back by banks: `Sale` for shop orders (flow ops-x4)."""

from collections.abc import Callable

from shared.domain.disputes import BankClaim, Dispute
from shared.domain.evidence import Evidence
from shared.domain.money import Money
from shared.domain.operations import chargebacks as rules
from shared.domain.operations.proof import is_proven, proof_of
from shared.domain.operations.shop_orders import ShopOrder
from shared.errors import LedgerError
from shared.ports.store import AlreadyExists
from shared.services.disputes.sales import Sold
from shared.services.kinds import SHOP_ORDERS
from shared.services.records import Change, Records


class ShopSales:
    """What the shop sold through our payment provider."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def sold(self, order_id: str, payment_id: str) -> Sold | None:
        """Return the order that a payment paid for; the shop's customers have no account here."""
        found = await self._records.find(SHOP_ORDERS, order_id)
        if found is None or found.value.sold.payment_id != payment_id:
            return None
        return Sold(order_id=order_id, customer_id=f"shop:{found.value.sold.customer.id}")

    async def evidence(self, dispute: Dispute) -> Evidence:
        """Gather the parcels: numbers, carriers, dates, movements, and what the customer was told."""
        return proof_of(await self._order(dispute.order_id))

    async def is_complete(self, order_id: str) -> bool:
        """Say whether every parcel has arrived."""
        return is_proven(await self._order(order_id))

    async def bank_took(self, order_id: str, amount: Money, *, reference: str, by: str) -> None:
        """Book it; an order of which nothing was bought is not bought any more."""
        now = self._records.now()
        await self._book(
            order_id,
            f"{by}:took",
            lambda o: rules.bank_took(o, amount, reference=reference, by=by, at=now),
        )

    async def bank_returned(self, dispute: Dispute) -> None:
        """Book it as won."""
        now, claim = self._records.now(), _claim(dispute)
        await self._book(
            dispute.order_id,
            f"{dispute.id}:returned",
            lambda o: rules.bank_returned(o, dispute.amount, reference=claim.id, by=dispute.id, at=now),
        )

    async def bank_kept(self, dispute: Dispute) -> None:
        """Book it as lost; what the bank gave back is not refunded again."""
        now, claim = self._records.now(), _claim(dispute)
        await self._book(
            dispute.order_id,
            f"{dispute.id}:kept",
            lambda o: rules.bank_kept(o, dispute.amount, reference=claim.id, by=dispute.id, at=now),
        )

    async def _book(self, order_id: str, key: str, rule: Callable[[ShopOrder], rules.Booked]) -> None:
        """Make a move under its key, once."""
        try:
            await self._records.apply(SHOP_ORDERS, order_id, lambda order: Change(*rule(order)))
        except (AlreadyExists, LedgerError):
            if not await self._records.booked(SHOP_ORDERS, order_id, key):
                raise

    async def _order(self, order_id: str) -> ShopOrder:
        return (await self._records.get(SHOP_ORDERS, order_id)).value


def _claim(dispute: Dispute) -> BankClaim:
    if dispute.bank is None:
        raise ValueError(f"{dispute.id} is no bank's")
    return dispute.bank
