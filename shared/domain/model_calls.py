"""Calls of a language model as they are kept: what for, what they cost, how they ended; never their words."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from shared.domain.model import Model


class Use(StrEnum):
    """What a model is asked for. Each use has a rule-based twin that serves without it."""

    INTENT = "intent"
    """What a sentence of the chat is looking for, where the rules would have to ask."""
    DECISION = "decision"
    """Whether an unclear answer of a customer leans to yes or no."""
    REPLY = "reply"
    """What an unclear answer of a partner says."""
    SUPPORT = "support"
    """What a message to customer service is about."""
    DRAFT = "draft"
    """What a person could answer to it."""
    PHOTO = "photo"
    """Whether a partner's photo shows what is wanted."""
    NARRATION = "narration"
    """An update, told more warmly."""


class CallOutcome(StrEnum):
    """How a call ended; all but `ANSWERED` leave the rules alone."""

    ANSWERED = "answered"
    REFUSED = "refused"
    """The model would not answer."""
    INVALID = "invalid"
    """What it said is not of the asked form, or was cut short."""
    TOO_SLOW = "too_slow"
    AWAY = "away"
    """Not reached, or it failed."""
    THROTTLED = "throttled"
    """A limit of the account is reached."""
    REJECTED = "rejected"
    """The request was not taken: a wrong key, model or setting of ours."""


class ModelCall(Model):
    """One call. Money is in micro-dollars; where the usage stayed unknown, the most that it can have cost."""

    id: str
    at: datetime
    use: Use
    model: str
    outcome: CallOutcome
    input_tokens: int = Field(default=0, ge=0)
    cached_tokens: int = Field(default=0, ge=0)
    output_tokens: int = Field(default=0, ge=0)
    cost_micros: int = Field(default=0, ge=0)
    duration_ms: int = Field(default=0, ge=0)


class DaySpent(Model):
    """What a day's calls (UTC) cost together, in micro-dollars; those under way count with the most."""

    micros: int = Field(default=0, ge=0)
    calls: int = Field(default=0, ge=0)
    by_use: dict[Use, int] = Field(default_factory=dict)
    """Micro-dollars of the calls that have ended."""
