"""Which customer of Stripe each of ours is, and what they pay with.

The pairing is stored, not searched for: Stripe's search lags behind its writes, and the idempotency key of
the creation covers an answer that was lost. A customer made twice, a day apart, would be an empty one.
"""

from typing import TYPE_CHECKING

from shared.adapters.stripe_payments.effects import CONTAINER
from shared.adapters.stripe_payments.errors import About
from shared.adapters.stripe_payments.gateway import Gateway, keyed
from shared.ports.store import AlreadyExists, Create, Store

if TYPE_CHECKING:
    from stripe import Customer

PARTITION = "stripe_customers"
CUSTOMER = "uso_customer"
"""Metadata that names our customer."""


class Customers:
    """The pairing, in the store."""

    def __init__(self, gateway: Gateway, store: Store) -> None:
        self._gateway = gateway
        self._store = store

    async def stripe_id(self, customer_id: str) -> str:
        """Return Stripe's id of a customer, who is made known to Stripe on first use."""
        stored = await self._store.read(CONTAINER, PARTITION, customer_id)
        if stored is not None:
            return str(stored.body["stripe_id"])
        made = await self._gateway.ask(
            About(what="customer", id=customer_id),
            lambda client: client.v1.customers.create_async(
                {"metadata": {CUSTOMER: customer_id}}, keyed(f"customer:{customer_id}")
            ),
        )
        body = {"kind": "stripe_customer", "stripe_id": made.id}
        try:
            await self._store.batch(CONTAINER, PARTITION, [Create(customer_id, body)])
        except AlreadyExists:  # another process was first
            return await self.stripe_id(customer_id)
        return made.id

    async def method_of(self, customer_id: str) -> str:
        """Return the id of the stored payment method to charge, "" when there is none.

        The customer's default, else the card stored last.
        """
        stripe_id = await self.stripe_id(customer_id)
        about = About(what="customer", id=customer_id)
        customer = await self._gateway.ask(
            about, lambda client: client.v1.customers.retrieve_async(stripe_id)
        )
        if default := _default_of(customer):
            return default
        cards = await self._gateway.ask(
            about,
            lambda client: client.v1.customers.payment_methods.list_async(
                stripe_id, {"type": "card", "limit": 1}
            ),
        )
        return cards.data[0].id if cards.data else ""


def _default_of(customer: "Customer") -> str:
    settings = None if getattr(customer, "deleted", False) else customer.invoice_settings
    method = settings.default_payment_method if settings else None
    return method if isinstance(method, str) else method.id if method else ""
