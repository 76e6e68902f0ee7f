"""Scenarios: IF a trigger fires THEN answer like this, step by step (flows 5.4-4, 5.4-6)."""

from enum import StrEnum
from typing import Self

from pydantic import Field, field_validator, model_validator

from shared.domain.aggregate import Aggregate
from shared.domain.catalogue import SLUG
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.simulator.templates import check
from shared.domain.simulator.triggers import MAX_DEPTH, Always, Trigger, depth

MAX_DELAY_SECONDS = 14 * 24 * 3600


class ScenarioType(StrEnum):
    """What the scenario plays; all but custom come with a ready answer (M25)."""

    REJECTION = "rejection"
    UNAVAILABLE = "unavailable"
    SLOW = "slow"
    COUNTER_OFFER = "counter_offer"
    PRICE_NEGOTIATION = "price_negotiation"
    CONDITIONAL = "conditional"
    ACCEPTANCE = "acceptance"
    CUSTOM = "custom"


class ResponseMode(StrEnum):
    """Who answers: the scenario's steps, or an admin from the queue."""

    AUTOMATED = "automated"
    MANUAL = "manual"


class Verdict(StrEnum):
    """What an answer amounts to; silence is never sent."""

    ACCEPT = "accept"
    REJECT = "reject"
    COUNTER_OFFER = "counter_offer"
    SILENCE = "silence"


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


class Step(Model):
    """The answer to one request of a conversation: one outcome, or several to draw from."""

    outcomes: tuple[Outcome, ...] = Field(min_length=1, max_length=10)


class Script(Model):
    """What an admin writes down. Smaller `priority` is tried first; no partner assigned: plays for none.

    `otherwise` answers when the trigger does not fire, which makes an IF/THEN/ELSE. The draws depend on
    `seed` and the request's id alone.
    """

    name: str = Field(min_length=1, max_length=120)
    type: ScenarioType = ScenarioType.CUSTOM
    active: bool = True
    priority: int = Field(default=100, ge=0, le=1000)
    partner_ids: tuple[str, ...] = Field(default=(), max_length=100)
    trigger: Trigger = Always()
    response: ResponseMode = ResponseMode.AUTOMATED
    steps: tuple[Step, ...] = Field(default=(), max_length=10)
    otherwise: tuple[Step, ...] = Field(default=(), max_length=10)
    seed: str = Field(default="", max_length=80)

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if depth(self.trigger) > MAX_DEPTH:
            raise ValueError(f"a trigger is at most {MAX_DEPTH} levels deep")
        if self.response is ResponseMode.AUTOMATED and not self.steps:
            raise ValueError("an automated scenario has at least one step")
        return self


class Scenario(Aggregate):
    """A stored script, or one that was deleted but is still named by the history."""

    script: Script
    deleted: bool = False

    def plays_for(self, partner_id: str) -> bool:
        """Say whether the scenario may answer for the partner."""
        return self.script.active and not self.deleted and partner_id in self.script.partner_ids

    @property
    def seed(self) -> str:
        """What the scenario's draws begin with."""
        return self.script.seed or self.id
