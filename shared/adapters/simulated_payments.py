"""The embedded payment provider: one charge per key, refunds up to the charge, declines on request."""

import contextlib
import hashlib

from shared.errors import Conflict, PaymentDeclined
from shared.ports.payments import (
    AuthoriseRequest,
    CancelRequest,
    CaptureRequest,
    Payment,
    PaymentState,
    Refund,
    RefundRequest,
)
from shared.ports.store import (
    AlreadyExists,
    Create,
    Delete,
    Document,
    Missing,
    PreconditionFailed,
    Replace,
    Store,
    Upsert,
)

CONTAINER = "payments"


class SimulatedPayments:
    """`shared.ports.payments.Payments` with its own memory in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def authorise(self, request: AuthoriseRequest) -> Payment:
        """Take the amount, once per key."""
        charge_id = _id("ch", request.key)
        if (known := await self._store.read(CONTAINER, charge_id, "charge")) is not None:
            return Payment.model_validate(known.body["receipt"])
        if await self._store.read(CONTAINER, "declines", request.customer_id) is not None:
            raise PaymentDeclined("The card was declined. Nothing was charged.")
        receipt = Payment(
            id=charge_id,
            key=request.key,
            state=PaymentState.CAPTURED if request.capture else PaymentState.AUTHORISED,
            amount=request.amount,
            captured=request.amount.minor if request.capture else 0,
            group=request.group,
        )
        body = {"receipt": receipt.model_dump(mode="json"), "refunded": 0}
        try:
            await self._store.batch(CONTAINER, charge_id, [Create("charge", body)])
        except AlreadyExists:
            return await self.authorise(request)
        return receipt

    async def payment(self, payment_id: str) -> Payment:
        """Stand-in."""
        known = await self._store.read(CONTAINER, payment_id, "charge")
        assert known is not None
        return Payment.model_validate(known.body["receipt"])

    async def action(self, payment_id: str) -> None:
        """Stand-in."""

    async def capture(self, request: CaptureRequest) -> Payment:
        """Stand-in."""
        p = await self.payment(request.payment_id)
        p = p.model_copy(update={"state": PaymentState.CAPTURED, "captured": request.amount.minor})
        await self._store.batch(
            CONTAINER, p.id, [Upsert("charge", {"receipt": p.model_dump(mode="json"), "refunded": 0})]
        )
        return p

    async def cancel(self, request: CancelRequest) -> Payment:
        """Stand-in."""
        p = await self.payment(request.payment_id)
        p = p.model_copy(update={"state": PaymentState.CANCELLED})
        await self._store.batch(
            CONTAINER, p.id, [Upsert("charge", {"receipt": p.model_dump(mode="json"), "refunded": 0})]
        )
        return p

    async def refund(self, request: RefundRequest) -> Refund:
        """Give the amount back, once per key, never more than was charged."""
        refund_id = _id("re", request.key)
        while True:
            if (known := await self._store.read(CONTAINER, request.payment_id, refund_id)) is not None:
                return Refund.model_validate(known.body["receipt"])
            charge = await self._store.read(CONTAINER, request.payment_id, "charge")
            if charge is None:
                raise Conflict(f"There is no charge {request.payment_id}.", code="unknown_charge")
            receipt = Refund(
                id=refund_id, key=request.key, payment_id=request.payment_id, amount=request.amount
            )
            try:
                await self._refund(charge, receipt)
            except (PreconditionFailed, AlreadyExists):
                continue
            return receipt

    async def decline(self, customer_id: str, *, declined: bool = True) -> None:
        """Rehearse a failure: from now on decline (or accept again) this customer's charges."""
        if declined:
            await self._store.batch(CONTAINER, "declines", [Upsert(customer_id, {})])
            return
        with contextlib.suppress(Missing):
            await self._store.batch(CONTAINER, "declines", [Delete(customer_id)])

    async def _refund(self, charge: Document, receipt: Refund) -> None:
        charged = Payment.model_validate(charge.body["receipt"]).amount
        refunded = int(charge.body["refunded"]) + receipt.amount.minor
        if (
            receipt.amount.currency != charged.currency
            or not 0 < receipt.amount.minor <= refunded <= charged.minor
        ):
            raise Conflict(f"{receipt.amount} cannot be refunded of {charged}.", code="refund_exceeds_charge")
        await self._store.batch(
            CONTAINER,
            charge.partition,
            [
                Replace("charge", {**charge.body, "refunded": refunded}, if_match=charge.etag),
                Create(receipt.id, {"receipt": receipt.model_dump(mode="json")}),
            ],
        )


def _id(prefix: str, key: str) -> str:
    return f"{prefix}_{hashlib.sha256(key.encode()).hexdigest()[:24]}"
