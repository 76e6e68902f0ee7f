"""How one supplier's API is spoken: a typed document, strict about everything, that holds no code.

Templates are texts with named placeholders in braces, filled with plain values; pointers are paths into an
answer, `/data/orderId`, where `*` stands for every element of a list.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from shared.domain.model import Model
from shared.ports.suppliers import SupplierOrderState

PLACEHOLDER = re.compile(r"\{([a-z_]+(?:\.[a-z0-9_]+)?)\}")
FIELDS = frozenset(
    {
        *("secret", "key", "supplier_sku", "quantity", "country", "email", "supplier_order_id"),
        *(f"address.{name}" for name in ("name", "line1", "line2", "city", "region", "postal_code")),
        *("address.country", "address.phone"),
    }
)
"""What a template may name."""
EACH, ITEM = "each", "item"
"""A list in a body that has one element per line: `{"each": "lines", "item": {...}}`."""


def _known(template: str) -> str:
    unknown = [name for name in PLACEHOLDER.findall(template) if name not in FIELDS]
    if unknown:
        raise ValueError(f"there is no placeholder {unknown[0]}")
    return template


def _known_inside(body: Any) -> Any:
    if isinstance(body, str):
        _known(body)
    for part in body.values() if isinstance(body, dict) else body if isinstance(body, list) else ():
        _known_inside(part)
    return body


Template = Annotated[str, Field(max_length=500), AfterValidator(_known)]
Body = Annotated[Any, AfterValidator(_known_inside)]


class Pointer(Model):
    """Where a value stands in an answer, and which of several it is."""

    path: str = Field(pattern=r"^(/[A-Za-z0-9_*]+)+$", max_length=200)
    pick: Literal["first", "sum", "least", "most"] = "first"


class Operation(Model):
    """One call, and what is read of its answer."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: Template
    query: Mapping[str, Template] = Field(default_factory=dict)
    body: Body = None
    answer: Mapping[str, Pointer] = Field(default_factory=dict)


class Envelope(Model):
    """How an answer says that it worked: the value at `path` is one of `means`."""

    path: Pointer
    means: tuple[str, ...] = Field(min_length=1)
    message: Pointer | None = None
    not_found: tuple[str, ...] = ()
    """Values at `path` that say that there is no such thing."""
    refusals: Mapping[Literal["out_of_stock", "price_changed", "address_refused"], tuple[str, ...]] = Field(
        default_factory=dict
    )
    """Words of the message, in lower case, that say why an order was not taken."""


OFFER, ORDER = ("price", "stock"), ("id", "key", "state", "cost")
"""What must be read of an offer and of an order. Optional: `shipping`, `days`; `number`, `carrier`, `url`."""


class SupplierApi(Model):
    """One supplier. Money in answers is in major units of `currency`."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    base_url: str = Field(pattern=r"^https?://")
    headers: Mapping[str, Template] = Field(default_factory=dict)
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    envelope: Envelope
    offer: tuple[Operation, ...] = Field(min_length=1)
    """Asked one after another; together they say price, stock and the rest."""
    place: Operation
    find: Operation
    """By our key; reads an order."""
    order: Operation
    """By the supplier's id; reads an order."""
    cancel: Operation | None = None
    states: Mapping[str, SupplierOrderState]
    days: int = Field(default=14, ge=0, le=365)
    """To the door, where its offers do not say."""

    @model_validator(mode="after")
    def _reads_enough(self) -> "SupplierApi":
        read = {name for operation in self.offer for name in operation.answer}
        _must(OFFER, read, "offer")
        for name in ("find", "order"):
            _must(ORDER, set(getattr(self, name).answer), name)
        return self


def _must(names: tuple[str, ...], read: set[str], where: str) -> None:
    missing = [name for name in names if name not in read]
    if missing:
        raise ValueError(f"{where} does not say where {missing[0]} stands in the answer")
