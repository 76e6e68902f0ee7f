"""How many there are, and who has been promised some (M1, pillar 1).

A reservation holds goods until an instant; confirming it takes them out of stock; releasing it, also after
confirmation, gives them back. Each is idempotent per key, so a retried or replayed step changes nothing.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from pydantic import Field

from shared.domain.model import Model
from shared.errors import Conflict

RESERVATION_TTL = timedelta(minutes=15)
"""How long a reservation holds when the caller does not say (M1)."""
LAPSED_KEPT = timedelta(days=1)
"""How long a lapsed reservation can still be confirmed, if there is enough left."""
CONFIRMED_KEPT = timedelta(days=120)
"""How long a confirmed key is known, so that it can be cancelled or repeated."""


class Reservation(Model):
    """`quantity` held until `until`; once confirmed it is sold, and `until` is when it is forgotten."""

    quantity: int = Field(ge=1)
    until: datetime
    confirmed: bool = False


class Stock(Model):
    """The goods of one product. `quantity` counts what is there, held goods included; None is unlimited.

    `set_key` names the last delivery that set the quantity, so that repeating it changes nothing.
    """

    product_id: str
    quantity: int | None = Field(default=0, ge=0)
    reservations: Mapping[str, Reservation] = Field(default_factory=dict)
    set_key: str = ""

    def available(self, now: datetime) -> int | None:
        """Return how many can be promised at `now`; None is unlimited."""
        if self.quantity is None:
            return None
        held = sum(each.quantity for each in self.reservations.values() if _holds(each, now))
        return max(0, self.quantity - held)

    def fits(self, quantity: int, now: datetime) -> bool:
        """Say whether `quantity` more can be promised."""
        available = self.available(now)
        return available is None or available >= quantity

    def _with(
        self, now: datetime, quantity: int | None, changes: Mapping[str, Reservation | None]
    ) -> "Stock":
        known = {**self.reservations, **changes}
        kept = {key: each for key, each in known.items() if each is not None and not _forgotten(each, now)}
        return self.model_copy(update={"quantity": quantity, "reservations": kept})


def reserve(stock: Stock, key: str, *, quantity: int, until: datetime, now: datetime) -> Stock | None:
    """Hold `quantity` under `key` until `until`; None when there are not enough.

    A key that holds already keeps its goods, and keeps them longer when `until` is later. A confirmed key
    stays confirmed. Raises Conflict when the key stands for another quantity.
    """
    known = stock.reservations.get(key)
    if known is not None and (known.confirmed or _holds(known, now)):
        if known.quantity != quantity:
            raise Conflict(f"'{key}' already stands for {known.quantity} of {stock.product_id}.")
        if known.confirmed or known.until >= until:
            return stock
    elif not stock.fits(quantity, now):
        return None
    return stock._with(now, stock.quantity, {key: Reservation(quantity=quantity, until=until)})


def confirm(stock: Stock, key: str, *, now: datetime) -> Stock:
    """Take the goods of `key` out of stock for good.

    A lapsed reservation is honoured while there are enough left. Raises Conflict (reservation_lapsed)
    when there are not, or when nothing was ever reserved under `key`.
    """
    known = stock.reservations.get(key)
    if known is None or not (known.confirmed or _holds(known, now) or stock.fits(known.quantity, now)):
        raise Conflict(f"Nothing of {stock.product_id} is held under '{key}'.", code="reservation_lapsed")
    if known.confirmed:
        return stock
    quantity = None if stock.quantity is None else max(0, stock.quantity - known.quantity)
    sold = Reservation(quantity=known.quantity, until=now + CONFIRMED_KEPT, confirmed=True)
    return stock._with(now, quantity, {key: sold})


def release(stock: Stock, key: str, *, now: datetime) -> Stock:
    """Give the goods of `key` back, held or confirmed (a cancellation); an unknown key changes nothing."""
    known = stock.reservations.get(key)
    if known is None:
        return stock
    returned = known.quantity if known.confirmed else 0
    quantity = None if stock.quantity is None else stock.quantity + returned
    return stock._with(now, quantity, {key: None})


def set_quantity(stock: Stock, quantity: int | None, *, key: str = "") -> Stock:
    """Say how many there are, held goods included and sold ones not; the same `key` counts once."""
    if key and key == stock.set_key:
        return stock
    if quantity is not None and quantity < 0:
        raise ValueError("a quantity is never negative")
    return stock.model_copy(update={"quantity": quantity, "set_key": key or stock.set_key})


def _holds(reservation: Reservation, now: datetime) -> bool:
    return not reservation.confirmed and reservation.until > now


def _forgotten(reservation: Reservation, now: datetime) -> bool:
    kept = timedelta(0) if reservation.confirmed else LAPSED_KEPT
    return reservation.until + kept <= now
