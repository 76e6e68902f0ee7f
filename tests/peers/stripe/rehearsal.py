"""Customers and their banks as the peer plays them."""

from dataclasses import dataclass
from typing import Any

from shared.domain.money import Money
from tests.peers.stripe.peer import StripePeer


class StripeRehearsal:
    """As much of `shared.ports.payments.PaymentRehearsal` as Stripe's customers and banks do."""

    def __init__(self, peer: StripePeer) -> None:
        self._peer = peer

    async def decline(self, customer_id: str, *, declined: bool = True) -> None:
        self._peer.pays_with(customer_id, "pm_card_chargeDeclined" if declined else "pm_card_visa")

    async def require_action(self, customer_id: str, *, required: bool = True) -> None:
        self._peer.pays_with(customer_id, "pm_card_authenticationRequired" if required else "pm_card_visa")

    async def act(self, payment_id: str, *, succeed: bool = True) -> None:
        self._peer.act(payment_id, succeed=succeed)

    async def onboard(self, account_id: str, *, complete: bool = True) -> None:
        self._peer.onboard(account_id, complete=complete)

    async def open_dispute(
        self, key: str, payment_id: str, *, reason: str, amount: Money | None = None
    ) -> Any:
        minor = None if amount is None else amount.minor
        return StripeDispute(self._peer.open_dispute(payment_id, reason=reason, amount=minor)["id"])

    async def close_dispute(self, dispute_id: str, *, won: bool) -> None:
        self._peer.close_dispute(dispute_id, won=won)

    async def catch_up(self) -> None:
        """Nothing of what Stripe tells is kept back."""


@dataclass(frozen=True, slots=True)
class StripeDispute:
    id: str
