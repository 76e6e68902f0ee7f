"""What reaches a simulated partner: one order, change request, cancellation or notice."""

from enum import StrEnum

from pydantic import Field

from shared.domain.model import Model
from shared.domain.money import Money


class RequestType(StrEnum):
    """What the platform wants of the partner."""

    ORDER = "order"
    CHANGE_REQUEST = "change_request"
    CANCELLATION = "cancellation"
    NOTICE = "notice"


ANSWERABLE = frozenset({RequestType.ORDER, RequestType.CHANGE_REQUEST})
"""A cancellation or a notice asks nothing, so nothing is answered to it."""


class Ask(Model):
    """One request as the partner reads it. `id` seeds its draws; `order_value` is the affected leg's.

    `original_item` is what the partner was first asked for on the same leg, as far as it is known.
    """

    id: str = Field(min_length=1, max_length=200)
    type: RequestType
    text: str = Field(default="", max_length=4000)
    item: str = Field(default="", max_length=400)
    original_item: str = Field(default="", max_length=400)
    quantity: int = Field(default=1, ge=0)
    order_value: Money | None = None
    user_type: str = Field(default="customer", max_length=40)
    buttons: tuple[str, ...] = Field(default=(), max_length=10)

    @property
    def wanted(self) -> str:
        """The words that product triggers look at: the item where one is named, else the whole text."""
        return self.item or self.text
