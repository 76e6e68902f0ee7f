"""What a simulated partner may answer: a verdict, its words, and what it offers instead."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Self

from pydantic import Field, field_validator, model_validator

from shared.domain.catalogue import SLUG
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.simulator.templates import check

MAX_DELAY_SECONDS = 14 * 24 * 3600


class Verdict(StrEnum):
    """What an answer amounts to; silence is never sent."""

    ACCEPT = "accept"
    REJECT = "reject"
    COUNTER_OFFER = "counter_offer"
    SILENCE = "silence"


USUAL_TEXT: Mapping[Verdict, str] = {
    Verdict.ACCEPT: "Yes, we can do {requested_item}.",
    Verdict.REJECT: "No, we don't have {requested_item} available.",
    Verdict.COUNTER_OFFER: (
        "We don't have {requested_item}, but we can offer {alternative}; it would cost {price_change}."
    ),
    Verdict.SILENCE: "",
}


class Alternative(Model):
    """What is offered instead. The price changes by an amount or by whole percent of the order's value."""

    item: str = Field(default="", max_length=160)
    product_id: str | None = Field(default=None, pattern=SLUG)
    price_change: Money | None = None
    percent: int | None = Field(default=None, ge=-100, le=1000)

    @model_validator(mode="after")
    def _has_one_price(self) -> Self:
        if self.price_change is not None and self.percent is not None:
            raise ValueError("a price changes by an amount or by percent, not both")
        return self

    def change_for(self, value: Money | None) -> Money | None:
        """Return the price change for an order of `value`, percent rounded half up; None: not known."""
        if self.percent is None:
            return self.price_change
        if value is None:
            return None
        return Money(minor=(value.minor * self.percent + 50) // 100, currency=value.currency)


class Outcome(Model):
    """One possible answer of a step, drawn with `weight` among its siblings.

    An empty text is the verdict's usual one. `press_button` answers accept and reject by button as well.
    """

    verdict: Verdict
    text: str = Field(default="", max_length=800)
    weight: int = Field(default=1, ge=1, le=1000)
    delay_seconds: int = Field(default=0, ge=0, le=MAX_DELAY_SECONDS)
    alternatives: tuple[Alternative, ...] = Field(default=(), max_length=10)
    press_button: bool = False

    @field_validator("text")
    @classmethod
    def _renders(cls, text: str) -> str:
        return check(text) if text else text

    @model_validator(mode="after")
    def _offers_something(self) -> Self:
        if (self.verdict is Verdict.COUNTER_OFFER) != bool(self.alternatives):
            raise ValueError("a counter-offer, and only it, names alternatives")
        if self.press_button and self.verdict not in (Verdict.ACCEPT, Verdict.REJECT):
            raise ValueError("only accept and reject have a button")
        return self

    @property
    def template(self) -> str:
        """The text to fill in: the outcome's own, or its verdict's usual one."""
        return self.text or USUAL_TEXT[self.verdict]


class Step(Model):
    """The answer to one request of a conversation: one outcome, or several to draw from."""

    outcomes: tuple[Outcome, ...] = Field(min_length=1, max_length=10)
