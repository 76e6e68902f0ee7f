"""A supplier behind a JSON API: looked for by our key before anything is bought, and after every doubt."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from shared.adapters.json_supplier import answers
from shared.adapters.json_supplier.answers import Malformed
from shared.adapters.json_supplier.gateway import Gateway, Refused
from shared.adapters.json_supplier.mapping import Asking, Failure, Looking, Options, SupplierMapping, Total
from shared.adapters.json_supplier.templates import Values
from shared.domain.money import Money
from shared.domain.operations.purchases import Movement, Tracking
from shared.errors import Conflict, NotFound, Unavailable
from shared.ports.suppliers import SupplierLine, SupplierOffer, SupplierOrder, SupplierOrderRequest

MOST_MOVEMENTS = 100
MOST_NUMBER = 100
_NO = {
    Failure.OUT_OF_STOCK: "It is out of stock.",
    Failure.PRICE_CHANGED: "It costs more by now.",
    Failure.ADDRESS_REFUSED: "It is not delivered there.",
}


@dataclass(frozen=True, slots=True)
class _Way:
    """How something is sent."""

    price: Money
    days: int
    option: str = ""


@dataclass(frozen=True, slots=True)
class _Heard:
    """What the questions of an offer were answered, for the goods of one line or for a way of sending."""

    price: Money | None = None
    stock: int | None = None
    shipping: Money | None = None
    days: int | None = None
    way: _Way | None = None
    has_no_way: bool = False


class JsonSupplier:
    """`shared.ports.suppliers.Supplier`."""

    def __init__(self, mapping: SupplierMapping, gateway: Gateway) -> None:
        self._id = mapping.id
        self._mapping = mapping
        self._gateway = gateway
        self._zone = ZoneInfo(mapping.zone)

    async def offer(self, supplier_sku: str, *, country: str) -> SupplierOffer | None:
        """Say what one costs and how many there are; None when it is not sold, or not there."""
        line = SupplierLine(supplier_sku=supplier_sku, quantity=1)
        try:
            quote = await self._quoted([line], country)
        except Conflict:
            return None
        return SupplierOffer(
            supplier_id=self._id,
            supplier_sku=supplier_sku,
            price=quote.prices[0],
            shipping=quote.way.price,
            stock=quote.stocks[0],
            days=quote.way.days,
        )

    async def place(self, request: SupplierOrderRequest) -> SupplierOrder:
        """Buy, once per key. Raises Conflict (nothing was bought), Unavailable (it may have been)."""
        known = await self.find(request.key)
        if known is not None:
            return known
        way = await self._wanted(request)
        values = {**_address(request), **self._country(request.address.country), "option": way.option}
        try:
            placed = await self._gateway.ask(self._mapping.place, values, _lines(request.lines))
            order = await self.order(answers.text(placed, self._mapping.place.id))
        except Malformed as fault:
            raise self._gateway.misunderstood(fault) from None
        except Refused as no:
            return await self._refused(request.key, no)
        except NotFound as error:
            raise Unavailable(f"{self._id} does not know yet what it has taken.") from error
        if order.key != request.key:
            raise self._gateway.misunderstood(Malformed("an order of another key"))
        return order

    async def find(self, key: str) -> SupplierOrder | None:
        """Return the order of a key."""
        try:
            return await self._looked(self._mapping.find, {"key": key}, key=key)
        except NotFound:
            return None

    async def order(self, supplier_order_id: str) -> SupplierOrder:
        """Return an order as it is now. Raises NotFound."""
        values = {"order_id": supplier_order_id}
        found = await self._looked(self._mapping.order, values, key="")
        if found.id != supplier_order_id:
            raise self._gateway.misunderstood(Malformed("another order"))
        return found

    async def cancel(self, key: str, supplier_order_id: str) -> bool:
        """Call an order off; False when it cannot be any more."""
        if self._mapping.cancel is None:
            return False
        try:
            await self._gateway.ask(self._mapping.cancel, {"order_id": supplier_order_id, "key": key})
        except Refused as no:
            if no.failure not in (Failure.NOT_FOUND, Failure.REFUSED):
                raise Unavailable(f"{self._id} did not call an order off: {no}.") from None
            return no.failure is Failure.NOT_FOUND
        return True

    # --- buying -------------------------------------------------------------------------------------

    async def _wanted(self, request: SupplierOrderRequest) -> _Way:
        """How to send what is wanted, if it is there for no more than it may cost. Raises Conflict."""
        quote = await self._quoted(request.lines, request.address.country)
        wanted = zip(request.lines, quote.prices, quote.stocks, strict=True)
        cost = quote.way.price
        for line, price, stock in wanted:
            if stock < line.quantity:
                raise _conflict(Failure.OUT_OF_STOCK)
            cost += price * line.quantity
        if cost.currency != request.max_cost.currency or cost.minor > request.max_cost.minor:
            raise _conflict(Failure.PRICE_CHANGED)
        return quote.way

    async def _refused(self, key: str, no: Refused) -> SupplierOrder:
        """The order that is there already; otherwise raises Conflict or Unavailable."""
        if no.failure is Failure.EXISTS:
            known = await self.find(key)
            if known is not None:
                return known
        if no.failure in _NO:
            raise _conflict(no.failure) from None
        raise Unavailable(f"{self._id} did not take the order: {no}.") from None

    # --- asking -------------------------------------------------------------------------------------

    async def _quoted(self, lines: Sequence[SupplierLine], country: str) -> "_Quote":
        """Ask everything that an offer is made of, side by side. Raises Conflict, Unavailable."""
        where = self._country(country)
        of_lines = [each for each in self._mapping.offer if not each.is_of_order]
        of_order = [each for each in self._mapping.offer if each.is_of_order]
        heard = await asyncio.gather(
            *(
                self._heard(asking, {**where, "sku": line.supplier_sku, "quantity": line.quantity}, ())
                for line in lines
                for asking in of_lines
            ),
            *(self._heard(asking, where, _lines(lines)) for asking in of_order),
        )
        width = len(of_lines)
        parts = [heard[n * width : (n + 1) * width] for n in range(len(lines))]
        return _Quote(
            prices=[_only(each.price for each in part) for part in parts],
            stocks=[_only(each.stock for each in part) for part in parts],
            way=_way(heard),
        )

    async def _heard(self, asking: Asking, values: Values, lines: Sequence[Values]) -> _Heard:
        try:
            document = await self._gateway.ask(asking, values, lines)
            return self._read_answer(asking, document)
        except Malformed as fault:
            raise self._gateway.misunderstood(fault) from None
        except Refused as no:
            failure = Failure.OUT_OF_STOCK if no.failure is Failure.NOT_FOUND else no.failure
            if failure in _NO:
                raise _conflict(failure) from None
            raise Unavailable(f"{self._id} did not say what it costs: {no}.") from None

    def _read_answer(self, asking: Asking, document: Any) -> _Heard:
        stock = asking.stock
        way = self._cheapest(asking.options, document) if asking.options else None
        return _Heard(
            price=None if asking.price is None else self._amount(document, asking.price),
            stock=None if stock is None else _count(document, stock),
            shipping=None if asking.shipping is None else self._amount(document, asking.shipping),
            days=None if asking.days is None else answers.days(document, asking.days),
            way=way,
            has_no_way=asking.options is not None and way is None,
        )

    def _cheapest(self, options: Options, document: Any) -> _Way | None:
        ways = [
            _Way(
                price=self._amount(row, options.price),
                days=answers.days(row, options.days),
                option=answers.text(row, options.name),
            )
            for row in answers.rows(document, options.at)
            if not options.only or answers.text(row, options.name) in options.only
        ]
        return min(ways, key=lambda way: (way.price.minor, way.days, way.option), default=None)

    def _country(self, code: str) -> dict[str, str]:
        names = self._mapping.countries
        if names and code not in names:
            raise _conflict(Failure.ADDRESS_REFUSED)
        return {"country": code, **({"country_name": names[code]} if names else {})}

    def _amount(self, document: Any, pointer: str) -> Money:
        return answers.amount(
            document,
            pointer,
            currency=self._mapping.currency,
            in_minor=self._mapping.amounts == "minor",
        )

    # --- looking ------------------------------------------------------------------------------------

    async def _looked(self, looking: Looking, values: Values, *, key: str) -> SupplierOrder:
        """Return an order. Raises NotFound, Unavailable."""
        name = str(values.get("order_id", key))
        try:
            document = await self._gateway.ask(looking, values)
            row = self._row(document, looking.at, key)
            if row is None:
                raise NotFound("supplier order", name)
            return await self._read_order(row)
        except Malformed as fault:
            raise self._gateway.misunderstood(fault) from None
        except Refused as no:
            if no.failure is Failure.NOT_FOUND:
                raise NotFound("supplier order", name) from None
            raise Unavailable(f"{self._id} did not say how order {name} stands: {no}.") from None

    def _row(self, document: Any, at: str, key: str) -> Any:
        """The order in an answer; with a `key`, the one of that key."""
        found = answers.named(document, at)
        if isinstance(found, list):
            found = [row for row in found if not key or answers.text(row, self._mapping.reading.key) == key]
            if len(found) > 1:
                raise Malformed("several orders of one key")
            return found[0] if found else None
        if found is not None and key and answers.text(found, self._mapping.reading.key) != key:
            raise Malformed("an order of another key")
        return found

    async def _read_order(self, row: Any) -> SupplierOrder:
        reading = self._mapping.reading
        word = answers.text(row, reading.state)
        if word in reading.unpaid:
            raise Unavailable(f"{self._id} has an order that is not paid ({word[:40]}).")
        if word not in reading.states:
            raise Malformed(f"at {reading.state}: an unknown word")
        id, tracking = answers.text(row, reading.id), self._tracking(row)
        return SupplierOrder(
            id=id,
            key=answers.text(row, reading.key),
            state=reading.states[word],
            cost=self._amount(row, reading.cost),
            tracking=tracking,
            movements=await self._movements(id, tracking),
        )

    def _tracking(self, row: Any) -> Tracking | None:
        reading = self._mapping.reading
        number = answers.maybe_text(row, reading.number) if reading.number is not None else ""
        if not number:
            return None
        if len(number) > MOST_NUMBER:
            raise Malformed(f"at {reading.number}: too long")
        url = answers.maybe_text(row, reading.url) if reading.url is not None else ""
        return Tracking(
            number=number,
            carrier=(answers.maybe_text(row, reading.carrier) if reading.carrier is not None else "")[:100],
            url=url if url.startswith(("https://", "http://")) else "",  # customers will follow it
        )

    async def _movements(self, order_id: str, tracking: Tracking | None) -> tuple[Movement, ...]:
        tracing = self._mapping.tracking
        if tracing is None or tracking is None:
            return ()
        values = {"order_id": order_id, "number": tracking.number, "carrier": tracking.carrier}
        try:
            document = await self._gateway.ask(tracing, values)
        except Refused as no:
            if no.failure is Failure.NOT_FOUND:
                return ()
            raise
        seen = [
            Movement(
                at=answers.instant(row, tracing.when, zone=self._zone),
                text=answers.text(row, tracing.text)[:300],
                place="" if tracing.place is None else answers.maybe_text(row, tracing.place)[:200],
            )
            for row in answers.rows(document, tracing.at, may_be_missing=True)
        ]
        return tuple(sorted(seen, key=lambda movement: movement.at)[-MOST_MOVEMENTS:])


@dataclass(frozen=True, slots=True)
class _Quote:
    """What several goods cost, one by one, and how they are sent together."""

    prices: Sequence[Money]
    stocks: Sequence[int]
    way: _Way


def _way(heard: Iterable[_Heard]) -> _Way:
    """The way that was named; asked for each line, the dearest of a parcel. Raises Conflict."""
    heard = list(heard)
    if any(each.has_no_way for each in heard):
        raise _conflict(Failure.ADDRESS_REFUSED)
    ways = [each.way for each in heard if each.way]
    if ways:
        return max(ways, key=lambda way: (way.price.minor, way.days))
    shipping = max((each.shipping for each in heard if each.shipping), key=lambda price: price.minor)
    return _Way(price=shipping, days=max(each.days for each in heard if each.days is not None))


def _only(values: "Iterable[Any]") -> Any:
    """The one that was answered; the mapping sees to it that there is one."""
    return next(each for each in values if each is not None)


def _count(document: Any, stock: "str | Total") -> int:
    if isinstance(stock, str):
        return answers.whole(document, stock)
    rows = answers.rows(document, stock.at)
    return sum(answers.whole(row, stock.of) for row in rows if answers.matches(row, stock.where))


def _lines(lines: Sequence[SupplierLine]) -> list[Mapping[str, str | int]]:
    return [{"sku": line.supplier_sku, "quantity": line.quantity} for line in lines]


def _address(request: SupplierOrderRequest) -> dict[str, str]:
    return {"key": request.key, "email": request.email, **request.address.model_dump()}


def _conflict(failure: Failure) -> Conflict:
    return Conflict(_NO[failure], code=str(failure))
