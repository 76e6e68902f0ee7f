"""Stripe as the payment provider, through the official SDK 16, which is imported on the first call."""

from collections.abc import Mapping
from datetime import datetime

from shared.adapters.breakers import Breakers
from shared.adapters.stripe_payments import webhooks
from shared.adapters.stripe_payments.books import StripeBooks
from shared.adapters.stripe_payments.disputes import StripeDisputes
from shared.adapters.stripe_payments.payments import StripePaymentIntents
from shared.adapters.stripe_payments.transfers import StripeTransfers
from shared.ports.clock import Clock
from shared.ports.payments import ProviderNews
from shared.ports.store import Store
from shared.settings import Settings


class StripePayments(StripePaymentIntents, StripeTransfers, StripeDisputes, StripeBooks):
    """`shared.ports.payments.PaymentProvider`."""

    def __init__(self, settings: Settings, store: Store, clock: Clock, breakers: Breakers) -> None:
        super().__init__(settings, store, clock, breakers)
        self._webhook_secrets = settings.stripe_webhook_secrets
        self._tolerance = settings.webhook_tolerance

    def read(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> ProviderNews | None:
        """Verify a delivery over its raw body and read it; None for news that nobody here follows.

        Raises Unauthenticated for a missing, wrong, too old or too early signature, InvalidInput for a body
        that is signed but cannot be read.
        """
        signature = {name.lower(): value for name, value in headers.items()}.get(webhooks.HEADER.lower(), "")
        webhooks.verify(
            body,
            signature,
            secrets=[secret.get_secret_value() for secret in self._webhook_secrets],
            now=now,
            tolerance=self._tolerance,
        )
        return webhooks.news_of(body)
