"""A supplier whose API a document describes. An order is looked for by our key before it is placed.

Whatever is not understood wholly is Unavailable: it may have happened, and the next try finds out.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from pydantic import SecretStr, ValidationError

from shared.adapters.json_supplier.mapping import Operation, SupplierApi
from shared.adapters.json_supplier.speaking import Values, at, body_of, filled, number
from shared.adapters.outbound import Outbound
from shared.domain.money import Money, digits_of
from shared.domain.operations.purchases import Tracking
from shared.errors import Conflict, InvalidInput, NotFound, Unavailable
from shared.ports.suppliers import (
    Supplier,
    SupplierOffer,
    SupplierOrder,
    SupplierOrderRequest,
    SupplierOrderState,
    SupplierWebhooks,
)


class _NotThere(Exception):
    """The supplier says that there is no such thing."""


class JsonSupplier:
    """`shared.ports.suppliers.Supplier`."""

    def __init__(self, api: SupplierApi, outbound: Outbound, secret: SecretStr) -> None:
        self.id = api.id
        self._api = api
        self._outbound = outbound
        self._secret = secret

    async def offer(self, supplier_sku: str, *, country: str) -> SupplierOffer | None:
        """Say what one costs and how many there are."""
        found: dict[str, Any] = {}
        values: Values = {"supplier_sku": supplier_sku, "country": country, "quantity": 1}
        try:
            for operation in self._api.offer:
                found |= await self._read(operation, values)
        except _NotThere:
            return None
        if found.get("price") is None:
            return None
        return SupplierOffer(
            supplier_id=self.id,
            supplier_sku=supplier_sku,
            price=self._money(found["price"]),
            shipping=self._money(found.get("shipping") or 0),
            stock=max(0, int(number(found.get("stock") or 0))),
            days=int(number(found["days"])) if found.get("days") is not None else self._api.days,
        )

    async def place(self, request: SupplierOrderRequest) -> SupplierOrder:
        """Buy, once per key, for at most what was agreed. Raises Conflict, Unavailable."""
        known = await self.find(request.key)
        if known is not None:
            return known
        await self._check_price(request)
        try:
            await self._read(self._api.place, _values(request), lines=_lines(request))
        except _NotThere:
            raise Conflict("The supplier does not sell it any more.", code="out_of_stock") from None
        placed = await self.find(request.key)
        if placed is None:
            raise Unavailable(f"{self.id} does not show the order that it has just taken.")
        return placed

    async def find(self, key: str) -> SupplierOrder | None:
        """Return the order of a key."""
        try:
            return self._order(await self._read(self._api.find, {"key": key}), key=key)
        except _NotThere:
            return None

    async def order(self, supplier_order_id: str) -> SupplierOrder:
        """Return an order as it is now. Raises NotFound."""
        try:
            found = await self._read(self._api.order, {"supplier_order_id": supplier_order_id})
        except _NotThere:
            raise NotFound("supplier order", supplier_order_id) from None
        return self._order(found)

    async def cancel(self, key: str, supplier_order_id: str) -> bool:
        """Call an order off, where its API can do that and the parcel has not left."""
        state = (await self.order(supplier_order_id)).state
        if state is SupplierOrderState.CANCELLED:
            return True
        if self._api.cancel is None or state is not SupplierOrderState.PLACED:
            return False
        await self._read(self._api.cancel, {"supplier_order_id": supplier_order_id, "key": key})
        return (await self.order(supplier_order_id)).state is SupplierOrderState.CANCELLED

    # --- helpers ------------------------------------------------------------------------------------

    async def _check_price(self, request: SupplierOrderRequest) -> None:
        """Most APIs tell what it cost only afterwards: so the price is asked first."""
        total = Money.zero(self._api.currency)
        shipping = Money.zero(self._api.currency)
        for line in request.lines:
            offer = await self.offer(line.supplier_sku, country=request.address.country)
            if offer is None or offer.stock < line.quantity:
                raise Conflict(f"{line.supplier_sku} is out of stock.", code="out_of_stock")
            total += offer.price * line.quantity
            shipping = max(shipping, offer.shipping, key=lambda amount: amount.minor)
        if (total + shipping).minor > request.max_cost.minor:
            raise Conflict(f"It costs {total + shipping} by now.", code="price_changed")

    async def _read(
        self, operation: Operation, values: Values, *, lines: Sequence[Values] = ()
    ) -> dict[str, Any]:
        answer = await self._ask(operation, values, lines)
        self._check(answer)
        return {name: at(answer, pointer) for name, pointer in operation.answer.items()}

    async def _ask(self, operation: Operation, values: Values, lines: Sequence[Values]) -> Any:
        secret = {"secret": self._secret.get_secret_value()}
        query = urlencode({name: filled(text, values) for name, text in operation.query.items()})
        path = filled(operation.path, values, in_url=True)
        url = f"{self._api.base_url.rstrip('/')}{path}" + (f"?{query}" if query else "")
        headers = {name: filled(text, secret) for name, text in self._api.headers.items()}
        body = None
        if operation.body is not None:
            body = json.dumps(body_of(operation.body, values, lines)).encode()
            headers["Content-Type"] = "application/json"
        try:
            answer = await self._outbound.call(operation.method, url, body=body, headers=headers)
        except InvalidInput as error:
            raise Unavailable(f"{self.id} cannot be reached: {error.detail}") from error
        if answer.status == 404:
            raise _NotThere
        try:
            return json.loads(answer.body) if answer.is_whole else None
        except ValueError:
            raise Unavailable(f"{self.id} answered {answer.status} with no JSON.") from None

    def _check(self, answer: Any) -> None:
        envelope = self._api.envelope
        said = str(at(answer, envelope.path)).lower()
        if said in {each.lower() for each in envelope.means}:
            return
        if said in {each.lower() for each in envelope.not_found}:
            raise _NotThere
        message = str(at(answer, envelope.message) or "") if envelope.message else ""
        for code, words in envelope.refusals.items():
            if any(word in message.lower() for word in words):
                raise Conflict(f"{self.id} refused: {message[:200]}", code=code)
        raise Unavailable(f"{self.id} answered {said[:40]}: {message[:200]}")

    def _order(self, found: Mapping[str, Any], *, key: str = "") -> SupplierOrder:
        if found.get("id") is None:
            raise _NotThere
        state = self._api.states.get(str(found.get("state")))
        if state is None or found.get("cost") is None or (key and str(found.get("key")) != key):
            raise Unavailable(f"{self.id} shows an order that is not understood.")
        tracked = found.get("number")
        try:
            tracking = (
                Tracking(
                    number=str(tracked),
                    carrier=str(found.get("carrier") or ""),
                    url=str(found.get("url") or ""),
                )
                if tracked
                else None
            )
            return SupplierOrder(
                id=str(found["id"]),
                key=str(found.get("key") or key),
                state=state,
                cost=self._money(found["cost"]),
                tracking=tracking,
            )
        except ValidationError:
            raise Unavailable(f"{self.id} shows an order that is not understood.") from None

    def _money(self, value: Any) -> Money:
        minor = (number(value) * 10 ** digits_of(self._api.currency)).to_integral_value()
        return Money(minor=int(minor), currency=self._api.currency)


class JsonSuppliers:
    """`shared.ports.suppliers.Suppliers` of documents; they are asked, none of them pushes."""

    def __init__(self, suppliers: Sequence[JsonSupplier]) -> None:
        self._suppliers = {supplier.id: supplier for supplier in suppliers}

    def of(self, supplier_id: str) -> Supplier:
        """Return one. Raises NotFound."""
        if supplier_id not in self._suppliers:
            raise NotFound("supplier", supplier_id)
        return self._suppliers[supplier_id]

    def webhooks(self, supplier_id: str) -> SupplierWebhooks | None:
        """Nobody pushes: their orders are polled."""
        return None

    def ids(self) -> Sequence[str]:
        """Every supplier, the preferred one first."""
        return list(self._suppliers)


def _lines(request: SupplierOrderRequest) -> list[Values]:
    return [{"supplier_sku": line.supplier_sku, "quantity": line.quantity} for line in request.lines]


def _values(request: SupplierOrderRequest) -> Values:
    address = {f"address.{name}": value for name, value in request.address.model_dump().items()}
    return {"key": request.key, "email": request.email, "country": request.address.country, **address}
