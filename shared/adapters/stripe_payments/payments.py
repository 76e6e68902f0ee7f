"""Customers' payments: PaymentIntents with manual capture, confirmed without the customer being there.

A card whose bank insists on its holder is confirmed a second time, now as if the holder were there: that is
Stripe's way to turn the decline `authentication_required` into something for them to do.
"""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from pydantic import SecretStr

from shared.adapters.breakers import Breakers
from shared.adapters.stripe_payments.amounts import from_stripe, to_stripe
from shared.adapters.stripe_payments.base import Base
from shared.adapters.stripe_payments.customers import CUSTOMER, Customers
from shared.adapters.stripe_payments.effects import KEY, Steps, mark_of
from shared.adapters.stripe_payments.errors import About, declined
from shared.adapters.stripe_payments.gateway import keyed
from shared.errors import Conflict, PaymentDeclined, Unavailable
from shared.ports.clock import Clock
from shared.ports.payments import (
    Action,
    AuthoriseRequest,
    CancelRequest,
    CaptureRequest,
    Payment,
    PaymentState,
    Refund,
    RefundRequest,
)
from shared.ports.store import Store
from shared.settings import Settings

if TYPE_CHECKING:
    from stripe import PaymentIntent, StripeClient
    from stripe import Refund as StripeRefund
    from stripe.params import PaymentIntentCreateParams

CAPTURE_KEY = "uso_capture_key"
"""Metadata of a PaymentIntent: the key that captured it."""
_STATES = {
    "requires_payment_method": PaymentState.CANCELLED,
    "requires_confirmation": PaymentState.REQUIRES_ACTION,
    "requires_action": PaymentState.REQUIRES_ACTION,
    "requires_capture": PaymentState.AUTHORISED,
    "succeeded": PaymentState.CAPTURED,
    "canceled": PaymentState.CANCELLED,
}
"""Stripe's status -> ours. A declined payment waits there for another method, which it never gets."""


class StripePaymentIntents(Base):
    """`shared.ports.payments.Payments`."""

    def __init__(self, settings: Settings, store: Store, clock: Clock, breakers: Breakers) -> None:
        super().__init__(settings, store, clock, breakers)
        self._customers = Customers(self._gateway, store)
        self._return_url = settings.public_url

    async def authorise(self, request: AuthoriseRequest) -> Payment:
        """Reserve (or take) the amount; REQUIRES_ACTION is an answer. Raises PaymentDeclined."""
        to_stripe(request.amount)  # what cannot be said is refused before its key is written down

        async def choose() -> str:
            return request.method or await self._customers.method_of(request.customer_id)

        steps = Steps(
            send=lambda method: self._confirmed(request, method),
            get=self._intent,
            candidates=lambda: self._intents_of(request.customer_id),
        )
        intent = await self._effects.once(request.key, request, steps, choose=choose)
        if _wants_its_holder(intent):
            intent = await self._put_to_holder(intent, request.key)
        if intent.status == "requires_payment_method":
            raise _decline(intent)
        return _payment(intent)

    async def payment(self, payment_id: str) -> Payment:
        """Return how a payment stands. Raises NotFound."""
        return _payment(await self._intent(payment_id))

    async def action(self, payment_id: str) -> Action | None:
        """Return what the customer must do; None when there is nothing (any more)."""
        intent = await self._intent(payment_id)
        if intent.status != "requires_action" or not intent.client_secret:
            return None
        redirect = intent.next_action.redirect_to_url if intent.next_action else None
        return Action(
            url=(redirect.url if redirect else None) or "", client_secret=SecretStr(intent.client_secret)
        )

    async def capture(self, request: CaptureRequest) -> Payment:
        """Take the amount. Raises Conflict when it is more than authorised or the authorisation is gone."""
        to_stripe(request.amount)
        steps = Steps(
            send=lambda _: self._captured(request),
            get=self._intent,
            candidates=lambda: self._just(request.payment_id),
            mark=CAPTURE_KEY,
        )
        return _payment(await self._effects.once(request.key, request, steps))

    async def cancel(self, request: CancelRequest) -> Payment:
        """Let an authorisation go; again changes nothing. Raises Conflict when it was captured."""
        try:
            intent = await self._gateway.ask(
                _about(request.payment_id),
                lambda client: client.v1.payment_intents.cancel_async(
                    request.payment_id, {"expand": ["latest_charge"]}, keyed(request.key)
                ),
            )
        except Conflict as conflict:
            if conflict.code != "payment_state":
                raise
            intent = await self._intent(request.payment_id)
        payment = _payment(intent)
        if payment.state is not PaymentState.CANCELLED:
            raise Conflict("The payment was captured.", code="already_captured")
        return payment

    async def refund(self, request: RefundRequest) -> Refund:
        """Give the amount back. Raises Conflict for more than was captured and not yet refunded."""
        to_stripe(request.amount)
        about = About(what="payment", id=request.payment_id, exceeded="refund_exceeds_payment")
        steps = Steps(
            send=lambda _: self._refunded(request, about),
            get=lambda id: self._gateway.ask(about, lambda client: client.v1.refunds.retrieve_async(id)),
            candidates=lambda: self._gateway.each(
                about,
                lambda client: client.v1.refunds.list_async(
                    {"payment_intent": request.payment_id, "limit": 100}
                ),
            ),
        )
        made = await self._effects.once(request.key, request, steps)
        if made.status in ("failed", "canceled"):
            raise Conflict("The customer's bank did not take the refund.", code="refund_failed")
        amount = from_stripe(made.amount, made.currency)
        return Refund(id=made.id, key=request.key, payment_id=request.payment_id, amount=amount)

    # --- steps ----------------------------------------------------------------------------------

    async def _confirmed(self, request: AuthoriseRequest, method: str) -> "PaymentIntent":
        """Make and confirm a PaymentIntent; one that was declined is an answer, too."""
        if not method:
            raise PaymentDeclined("There is no stored payment method. Nothing was charged.")
        params = _create_params(request, await self._customers.stripe_id(request.customer_id), method)

        async def create(client: "StripeClient") -> "PaymentIntent":
            from stripe import CardError

            try:
                return await client.v1.payment_intents.create_async(params, keyed(request.key))
            except CardError as error:
                intent = error.error.payment_intent if error.error else None
                if intent is None:
                    raise
                return intent

        return await self._gateway.ask(About(what="payment method", id=method), create)

    async def _put_to_holder(self, intent: "PaymentIntent", key: str) -> "PaymentIntent":
        failure = intent.last_payment_error
        method = failure.payment_method.id if failure and failure.payment_method else ""

        async def confirm(client: "StripeClient") -> "PaymentIntent":
            from stripe import CardError

            try:
                return await client.v1.payment_intents.confirm_async(
                    intent.id,
                    {"payment_method": method, "return_url": self._return_url, "expand": ["latest_charge"]},
                    keyed(f"{key}:confirm"),
                )
            except CardError:
                return await self._intent(intent.id)

        return await self._gateway.ask(_about(intent.id), confirm)

    async def _captured(self, request: CaptureRequest) -> "PaymentIntent":
        about = About(
            what="payment",
            id=request.payment_id,
            exceeded="capture_exceeds_authorisation",
            state="not_capturable",
        )
        minor, currency = to_stripe(request.amount)
        await self._in_its_currency(currency, about)
        return await self._gateway.ask(
            about,
            lambda client: client.v1.payment_intents.capture_async(
                request.payment_id,
                {
                    "amount_to_capture": minor,
                    "metadata": {CAPTURE_KEY: request.key},
                    "expand": ["latest_charge"],
                },
                keyed(request.key),
            ),
        )

    async def _refunded(self, request: RefundRequest, about: About) -> "StripeRefund":
        minor, currency = to_stripe(request.amount)
        intent = await self._in_its_currency(currency, about)
        if intent.status != "succeeded":  # of what is not captured yet, a refund would let the hold go
            raise Conflict("Nothing of this payment was captured.", code=about.exceeded)
        return await self._gateway.ask(
            about,
            lambda client: client.v1.refunds.create_async(
                {"payment_intent": request.payment_id, "amount": minor, "metadata": {KEY: request.key}},
                keyed(request.key),
            ),
        )

    async def _in_its_currency(self, currency: str, about: About) -> "PaymentIntent":
        """Return the PaymentIntent. Requests about it name no currency, so one in another is refused here.

        Amounts and states are left for Stripe to judge: only it knows which request is a repetition.
        """
        intent = await self._intent(about.id)
        if intent.currency != currency:
            raise Conflict(f"The payment is in {intent.currency.upper()}.", code=about.exceeded)
        return intent

    async def _intent(self, payment_id: str) -> "PaymentIntent":
        return await self._gateway.ask(
            _about(payment_id),
            lambda client: client.v1.payment_intents.retrieve_async(
                payment_id, {"expand": ["latest_charge"]}
            ),
        )

    async def _intents_of(self, customer_id: str) -> "AsyncIterator[PaymentIntent]":
        stripe_id = await self._customers.stripe_id(customer_id)
        async for intent in self._gateway.each(
            About(what="customer", id=customer_id),
            lambda client: client.v1.payment_intents.list_async(
                {"customer": stripe_id, "limit": 100, "expand": ["data.latest_charge"]}
            ),
        ):
            yield intent

    async def _just(self, payment_id: str) -> "AsyncIterator[PaymentIntent]":
        yield await self._intent(payment_id)


def _create_params(request: AuthoriseRequest, customer: str, method: str) -> "PaymentIntentCreateParams":
    minor, currency = to_stripe(request.amount)
    params: PaymentIntentCreateParams = {
        "amount": minor,
        "currency": currency,
        "customer": customer,
        "payment_method": method,
        # of all that Stripe offers, what can be held, and charged while the customer is away
        "allowed_payment_method_types": ["card"],
        "capture_method": "automatic" if request.capture else "manual",
        "confirm": True,
        "off_session": True,
        "metadata": {KEY: request.key, CUSTOMER: request.customer_id},
        "expand": ["latest_charge"],
    }
    if request.group:
        params["transfer_group"] = request.group
    if request.description:
        params["description"] = request.description
    return params


def _payment(intent: "PaymentIntent") -> Payment:
    if intent.status not in _STATES:
        raise Unavailable("The payment provider is still working on this payment; ask again.")
    return Payment(
        id=intent.id,
        key=mark_of(intent.metadata),
        state=_STATES[intent.status],
        amount=from_stripe(intent.amount, intent.currency),
        captured=from_stripe(intent.amount_received, intent.currency).minor,
        refunded=from_stripe(_refunded_of(intent), intent.currency).minor,
        group=intent.transfer_group or "",
    )


def _refunded_of(intent: "PaymentIntent") -> int:
    """Return what went back, in Stripe's unit. Stripe counts what a partial capture let go among it."""
    charge = intent.latest_charge
    if charge is None or isinstance(charge, str) or not charge.captured:
        return 0
    return max(charge.amount_refunded - (charge.amount - charge.amount_captured), 0)


def _wants_its_holder(intent: "PaymentIntent") -> bool:
    failure = intent.last_payment_error
    return intent.status == "requires_payment_method" and bool(
        failure and failure.code == "authentication_required"
    )


def _decline(intent: "PaymentIntent") -> PaymentDeclined:
    failure = intent.last_payment_error
    return declined(failure.code, failure.decline_code) if failure else declined(None, None)


def _about(payment_id: str) -> About:
    return About(what="payment", id=payment_id)
