"""Money to others: separate charges and transfers (https://docs.stripe.com/connect/separate-charges-and-transfers).

Payees get a v1 account with controller properties: Stripe hosts onboarding and an Express dashboard and
collects what it must know; the platform pays the fees and answers for negative balances. The one capability
asked for is `transfers`, for payees take no payments themselves.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shared.adapters.stripe_payments.amounts import from_stripe, to_stripe
from shared.adapters.stripe_payments.base import Base, id_of
from shared.adapters.stripe_payments.effects import KEY, Steps, mark_of
from shared.adapters.stripe_payments.errors import About
from shared.adapters.stripe_payments.gateway import keyed
from shared.domain.model import Model
from shared.errors import Conflict
from shared.ports.payments import (
    ConnectedAccount,
    OnboardingLink,
    Reversal,
    ReversalRequest,
    Transfer,
    TransferRequest,
)

if TYPE_CHECKING:
    from stripe import Account, TransferReversal
    from stripe import Transfer as StripeTransfer
    from stripe.params import AccountCreateParams, TransferCreateParams

PAYEE = "uso_payee"
"""Metadata that names our payee."""


class _OpenAccount(Model):
    """What `open_account` was asked for."""

    payee_id: str
    email: str


class StripeTransfers(Base):
    """`shared.ports.payments.Transfers`."""

    async def open_account(self, key: str, *, payee_id: str, email: str = "") -> ConnectedAccount:
        """Open a payee's account, once per key; it can be paid after onboarding."""
        about = About(what="account", id=payee_id)
        params: AccountCreateParams = {
            "controller": {
                "fees": {"payer": "application"},
                "losses": {"payments": "application"},
                "requirement_collection": "stripe",
                "stripe_dashboard": {"type": "express"},
            },
            "capabilities": {"transfers": {"requested": True}},
            "metadata": {KEY: key, PAYEE: payee_id},
        }
        if email:
            params["email"] = email
        steps = Steps(
            send=lambda _: self._gateway.ask(
                about, lambda client: client.v1.accounts.create_async(params, keyed(key))
            ),
            get=self._account,
            candidates=lambda: self._gateway.each(
                about, lambda client: client.v1.accounts.list_async({"limit": 100})
            ),
        )
        request = _OpenAccount(payee_id=payee_id, email=email)
        return _connected(await self._effects.once(key, request, steps))

    async def account(self, account_id: str) -> ConnectedAccount:
        """Return how an account stands. Raises NotFound."""
        return _connected(await self._account(account_id))

    async def onboarding_link(self, account_id: str, *, return_url: str, refresh_url: str) -> OnboardingLink:
        """Make a link for the payee; each works once, so this is the one write without a key of ours."""
        link = await self._gateway.ask(
            About(what="account", id=account_id),
            lambda client: client.v1.account_links.create_async(
                {
                    "account": account_id,
                    "type": "account_onboarding",
                    "return_url": return_url,
                    "refresh_url": refresh_url,
                }
            ),
        )
        return OnboardingLink(url=link.url, expires_at=datetime.fromtimestamp(link.expires_at, UTC))

    async def transfer(self, request: TransferRequest) -> Transfer:
        """Send the amount. Raises Conflict (`account_not_ready`, `insufficient_balance`)."""
        to_stripe(request.amount)
        steps = Steps(
            send=lambda _: self._sent(request),
            get=self._transfer,
            candidates=lambda: self._gateway.each(
                About(what="account", id=request.account_id),
                lambda client: client.v1.transfers.list_async(
                    {"destination": request.account_id, "limit": 100}
                ),
            ),
        )
        made = await self._effects.once(request.key, request, steps)
        return Transfer(
            id=made.id,
            key=mark_of(made.metadata),
            account_id=id_of(made.destination),
            amount=from_stripe(made.amount, made.currency),
            reversed=from_stripe(made.amount_reversed, made.currency).minor,
        )

    async def reverse(self, request: ReversalRequest) -> Reversal:
        """Take the amount back. Raises Conflict for more than is left of the transfer."""
        to_stripe(request.amount)
        about = About(what="transfer", id=request.transfer_id, exceeded="reversal_exceeds_transfer")
        steps = Steps(
            send=lambda _: self._reversed(request, about),
            get=lambda id: self._gateway.ask(
                about, lambda client: client.v1.transfers.reversals.retrieve_async(request.transfer_id, id)
            ),
            candidates=lambda: self._gateway.each(
                about,
                lambda client: client.v1.transfers.reversals.list_async(request.transfer_id, {"limit": 100}),
            ),
        )
        made = await self._effects.once(request.key, request, steps)
        amount = from_stripe(made.amount, made.currency)
        return Reversal(id=made.id, key=request.key, transfer_id=request.transfer_id, amount=amount)

    # --- steps ----------------------------------------------------------------------------------

    async def _sent(self, request: TransferRequest) -> "StripeTransfer":
        minor, currency = to_stripe(request.amount)
        params: TransferCreateParams = {
            "amount": minor,
            "currency": currency,
            "destination": request.account_id,
            "metadata": {KEY: request.key},
        }
        if request.group:
            params["transfer_group"] = request.group
        if request.description:
            params["description"] = request.description
        if request.payment_id:
            params["source_transaction"] = await self._charge_of(request.payment_id)
        return await self._gateway.ask(
            About(what="account", id=request.account_id, exceeded="transfer_exceeds_payment"),
            lambda client: client.v1.transfers.create_async(params, keyed(request.key)),
        )

    async def _charge_of(self, payment_id: str) -> str:
        intent = await self._gateway.ask(
            About(what="payment", id=payment_id),
            lambda client: client.v1.payment_intents.retrieve_async(payment_id),
        )
        if intent.status != "succeeded":
            raise Conflict("The payment was not captured.", code="payment_not_captured")
        return id_of(intent.latest_charge)

    async def _reversed(self, request: ReversalRequest, about: About) -> "TransferReversal":
        minor, currency = to_stripe(request.amount)
        transfer = await self._transfer(request.transfer_id)
        if transfer.currency != currency:  # Stripe's request names none
            raise Conflict(f"The transfer is in {transfer.currency.upper()}.", code=about.exceeded)
        try:
            return await self._gateway.ask(
                about,
                lambda client: client.v1.transfers.reversals.create_async(
                    request.transfer_id, {"amount": minor, "metadata": {KEY: request.key}}, keyed(request.key)
                ),
            )
        except Conflict:
            # Stripe documents that it refuses, not with which code; what it had before says why
            left = transfer.amount - transfer.amount_reversed
            if minor <= left:
                raise
            raise Conflict("More than is left of the transfer.", code=about.exceeded) from None

    async def _transfer(self, transfer_id: str) -> "StripeTransfer":
        return await self._gateway.ask(
            About(what="transfer", id=transfer_id),
            lambda client: client.v1.transfers.retrieve_async(transfer_id),
        )

    async def _account(self, account_id: str) -> "Account":
        return await self._gateway.ask(
            About(what="account", id=account_id),
            lambda client: client.v1.accounts.retrieve_async(account_id),
        )


def _connected(account: "Account") -> ConnectedAccount:
    needed = account.requirements
    missing = [*(needed.past_due or ()), *(needed.currently_due or ())] if needed else []
    can_be_paid = bool(account.capabilities) and getattr(account.capabilities, "transfers", "") == "active"
    return ConnectedAccount(id=account.id, can_be_paid=can_be_paid, missing=tuple(dict.fromkeys(missing)))
