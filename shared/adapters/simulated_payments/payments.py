"""Customers' payments: `Payments` of the port, and how they are made to fail.

The processing fee is `processing_fee_bps` of what is captured, rounded half up to the minor unit, and
`processing_fee_fixed` minor units of its currency. It is kept when the money goes back.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from shared.adapters.simulated_payments.books import Books
from shared.adapters.simulated_payments.memory import Effect, Found, Refusal
from shared.adapters.simulated_payments.records import Line, PaymentRecord, id_of, must_be_positive, within
from shared.domain.model import Model
from shared.domain.money import Money
from shared.errors import Conflict, PaymentDeclined
from shared.ports.payments import (
    Action,
    AuthoriseRequest,
    CancelRequest,
    CaptureRequest,
    MovementKind,
    NewsKind,
    Payment,
    PaymentState,
    Refund,
    RefundRequest,
)

PAYMENT = "payment"
"""Id of a payment's document; its partition is the payment's id."""
DECLINES, ACTIONS = "declines", "actions"

A = TypeVar("A", bound=Model)


class PaymentDesk(Books):
    """Payments of customers."""

    async def authorise(self, request: AuthoriseRequest) -> Payment:
        """Reserve (or take) the amount; REQUIRES_ACTION is an answer. Raises PaymentDeclined."""
        must_be_positive(request.amount)
        id = id_of("pi", request.key)

        async def decide() -> Effect[Payment]:
            begun = Found(PaymentRecord.begun(id, request), None)
            if await self._memory.marked(DECLINES, request.customer_id):
                return self._declined(begun)
            if await self._memory.marked(ACTIONS, request.customer_id):
                return self._changed(begun)
            return self._confirmed(begun)

        return await self._memory.once(
            Payment, "authorise", request, key=request.key, partition=id, decide=decide
        )

    async def payment(self, payment_id: str) -> Payment:
        """Return how a payment stands. Raises NotFound."""
        return (await self._seen(payment_id)).value.payment

    async def action(self, payment_id: str) -> Action | None:
        """Return what the customer must do; None when there is nothing (any more)."""
        payment = await self.payment(payment_id)
        if payment.state is not PaymentState.REQUIRES_ACTION:
            return None
        url = f"{self._memory.settings.public_url}/api/v1/simulator/payments/{payment.id}/action"
        return Action(url=url, client_secret=self._keys.client_secret(payment.id))

    async def capture(self, request: CaptureRequest) -> Payment:
        """Take the amount. Raises Conflict when it is more than authorised or the authorisation is gone."""
        must_be_positive(request.amount)

        async def decide() -> Effect[Payment]:
            found = await self._seen(request.payment_id)
            flaw = _capture_flaw(found.value.payment, request.amount)
            return Effect(answer=flaw) if flaw else self._taken(found, request.amount)

        return await self._once("capture", request, decide, Payment)

    async def cancel(self, request: CancelRequest) -> Payment:
        """Let an authorisation go; again changes nothing. Raises Conflict when it was captured."""

        async def decide() -> Effect[Payment]:
            found = await self._seen(request.payment_id)
            payment = found.value.payment
            if payment.state is PaymentState.CAPTURED:
                return Effect(answer=Conflict("The payment was captured.", code="already_captured"))
            if payment.state is PaymentState.CANCELLED:
                return Effect(answer=payment)
            return self._changed(found, state=PaymentState.CANCELLED)

        return await self._once("cancel", request, decide, Payment)

    async def refund(self, request: RefundRequest) -> Refund:
        """Give the amount back. Raises Conflict for more than was captured and not yet refunded.

        What a bank has taken back, or is about to, cannot be refunded as well.
        """
        must_be_positive(request.amount)

        async def decide() -> Effect[Refund]:
            found = await self._seen(request.payment_id)
            record = found.value
            if not within(request.amount, record.left):
                detail = f"{request.amount} cannot be refunded: {record.left} are left of the payment."
                return Effect(answer=Conflict(detail, code="refund_exceeds_payment"))
            return self._refunded(found, request)

        return await self._once("refund", request, decide, Refund)

    # --- rehearsal ------------------------------------------------------------------------------

    async def decline(self, customer_id: str, *, declined: bool = True) -> None:
        """From now on decline (or accept again) this customer's payments."""
        await self._memory.mark(DECLINES, customer_id, on=declined)

    async def require_action(self, customer_id: str, *, required: bool = True) -> None:
        """From now on ask this customer to confirm each payment (or no longer)."""
        await self._memory.mark(ACTIONS, customer_id, on=required)

    async def act(self, payment_id: str, *, succeed: bool = True) -> Payment:
        """Do what the customer was asked to do, or fail at it. Raises Conflict when nothing was asked."""

        async def decide() -> Effect[Payment]:
            found = await self._seen(payment_id)
            if found.value.payment.state is not PaymentState.REQUIRES_ACTION:
                return Effect(
                    answer=Conflict("Nothing was asked of the customer.", code="no_action_required")
                )
            return self._confirmed(found) if succeed else self._changed(found, state=PaymentState.CANCELLED)

        return await self._memory.change(payment_id, decide)

    async def lapse(self, payment_id: str) -> None:
        """Let an authorisation go whose time is over."""

        async def decide() -> Effect[Payment]:
            stored = await self._memory.get(payment_id, PAYMENT, PaymentRecord, name=payment_id)
            seen = stored.value.seen(self._memory.now())
            if seen.payment.state is stored.value.payment.state:
                return Effect(answer=seen.payment)
            return self._changed(stored, state=seen.payment.state)

        await self._memory.change(payment_id, decide)

    # --- what becomes of a payment --------------------------------------------------------------

    async def _once(
        self,
        operation: str,
        request: CaptureRequest | CancelRequest | RefundRequest,
        decide: Callable[[], Awaitable[Effect[A]]],
        answers: type[A],
    ) -> A:
        return await self._memory.once(
            answers, operation, request, key=request.key, partition=request.payment_id, decide=decide
        )

    async def _seen(self, payment_id: str) -> Found[PaymentRecord]:
        found = await self._memory.get(payment_id, PAYMENT, PaymentRecord, name=payment_id)
        return Found(found.value.seen(self._memory.now()), found.etag)

    def _declined(self, begun: Found[PaymentRecord]) -> Effect[Payment]:
        refusal = PaymentDeclined("The card was declined. Nothing was charged.")
        return self._changed(begun, refusal=refusal, state=PaymentState.CANCELLED)

    def _confirmed(self, found: Found[PaymentRecord]) -> Effect[Payment]:
        if found.value.take_at_once:
            return self._taken(found, found.value.payment.amount)
        lapses_at = self._memory.now() + self._memory.settings.authorisation_lifetime
        lasting = found.value.model_copy(update={"lapses_at": lapses_at})
        return self._changed(Found(lasting, found.etag), state=PaymentState.AUTHORISED)

    def _taken(self, found: Found[PaymentRecord], amount: Money) -> Effect[Payment]:
        payment = found.value.payment
        line = Line.of(MovementKind.PAYMENT, payment.id, amount, fee=self._fee(amount), at=self._memory.now())
        return self._changed(found, lines=[line], state=PaymentState.CAPTURED, captured=amount.minor)

    def _refunded(self, found: Found[PaymentRecord], request: RefundRequest) -> Effect[Refund]:
        id, now = id_of("re", request.key), self._memory.now()
        refunded = found.value.payment.refunded + request.amount.minor
        after, news = found.value.becoming(refunded=refunded).telling(NewsKind.REFUND_CHANGED, at=now)
        return Effect(
            answer=Refund(id=id, key=request.key, payment_id=request.payment_id, amount=request.amount),
            writes=[after.write(PAYMENT, found.etag)],
            lines=[Line.of(MovementKind.REFUND, id, -request.amount, at=now)],
            news=[news],
        )

    def _changed(
        self,
        found: Found[PaymentRecord],
        *,
        refusal: Refusal | None = None,
        lines: Sequence[Line] = (),
        **changes: Any,
    ) -> Effect[Payment]:
        after, news = found.value.becoming(**changes).telling(NewsKind.PAYMENT_CHANGED, at=self._memory.now())
        writes = [after.write(PAYMENT, found.etag)]
        return Effect(answer=refusal or after.payment, writes=writes, lines=lines, news=[news])

    def _fee(self, amount: Money) -> Money:
        settings = self._memory.settings
        share = (amount.minor * settings.processing_fee_bps + 5_000) // 10_000
        return Money(minor=share + settings.processing_fee_fixed, currency=amount.currency)


def _capture_flaw(payment: Payment, amount: Money) -> Conflict | None:
    if payment.state is not PaymentState.AUTHORISED:
        return Conflict(f"A payment that is {payment.state} cannot be captured.", code="not_capturable")
    if not within(amount, payment.amount):
        detail = f"{amount} cannot be captured of {payment.amount}."
        return Conflict(detail, code="capture_exceeds_authorisation")
    return None
