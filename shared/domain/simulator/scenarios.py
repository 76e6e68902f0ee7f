"""Scenarios: IF a trigger fires THEN answer like this, step by step (flows 5.4-4, 5.4-6)."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from shared.domain.aggregate import Aggregate
from shared.domain.model import Model
from shared.domain.simulator.outcomes import Step
from shared.domain.simulator.presets import PRESETS, Rule, ScenarioType
from shared.domain.simulator.triggers import MAX_DEPTH, Always, Trigger, depth


class ResponseMode(StrEnum):
    """Who answers: the scenario's steps, or an admin from the queue."""

    AUTOMATED = "automated"
    MANUAL = "manual"


class Script(Model):
    """What an admin writes down. Smaller `priority` is tried first; no partner assigned: plays for none.

    Without `steps`, an automated scenario plays the ready rule of its type: see `rule`.

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
        if self.response is ResponseMode.AUTOMATED and not self.rule.steps:
            raise ValueError(f"an automated {self.type} scenario has at least one step")
        return self

    @property
    def rule(self) -> Rule:
        """What plays: the own trigger and steps; without steps the ready ones of the type, where it has any.

        A ready trigger gives way to one that was written down.
        """
        ready = PRESETS.get(self.type)
        if self.steps or ready is None or self.response is ResponseMode.MANUAL:
            return Rule(trigger=self.trigger, steps=self.steps, otherwise=self.otherwise)
        trigger = ready.trigger if isinstance(self.trigger, Always) else self.trigger
        return Rule(trigger=trigger, steps=ready.steps, otherwise=self.otherwise or ready.otherwise)


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
