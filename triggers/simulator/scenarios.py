"""Scenarios: how simulated partners answer (flows 5.4-4, 5.4-6)."""

from typing import Self

from pydantic import Field

from shared.domain.catalogue import SLUG
from shared.domain.model import Model
from shared.domain.simulator.responses import Preview
from shared.domain.simulator.scenarios import Scenario, Script
from shared.domain.simulator.triggers import describe
from shared.services.simulator.scenarios import Trial
from triggers.simulator.ids import chosen
from triggers.simulator.partners import Removed
from triggers.web.answer import Reply
from triggers.web.call import Call


class NewScenario(Model):
    """A script to be stored; without an id it gets one."""

    id: str | None = Field(default=None, pattern=SLUG)
    script: Script


class ScenarioView(Model):
    """A scenario; `condition` is its IF in words."""

    id: str
    condition: str
    script: Script

    @classmethod
    def of(cls, scenario: Scenario) -> Self:
        """Show `scenario`."""
        condition = describe(scenario.script.rule.trigger)
        return cls(id=scenario.id, condition=condition, script=scenario.script)


class ScenarioQuery(Model):
    """Which scenarios to list."""

    partner_id: str | None = Field(default=None, max_length=128)
    active: bool | None = None


async def create_scenario(call: Call, body: NewScenario) -> Reply[ScenarioView]:
    """Store a scenario: type, triggers, steps, partners (5.4-4 step 3)."""
    id = chosen(call, body.id, prefix="scn")
    return _shown(await call.app.simulator.scenarios.create(body.script, id=id))


async def list_scenarios(call: Call, query: ScenarioQuery) -> Reply[list[ScenarioView]]:
    """List scenarios in the order in which they are tried."""
    scenarios = await call.app.simulator.scenarios.list(partner_id=query.partner_id, active=query.active)
    return Reply([ScenarioView.of(scenario) for scenario in scenarios])


async def get_scenario(call: Call, scenario_id: str) -> Reply[ScenarioView]:
    """Show one scenario."""
    return _shown(await call.app.simulator.scenarios.get(scenario_id))


async def put_scenario(call: Call, body: Script, scenario_id: str) -> Reply[ScenarioView]:
    """Rewrite, assign, switch on or off a scenario (5.4-6 steps 4, 5); decided answers stay as they are."""
    return _shown(await call.app.simulator.scenarios.update(scenario_id, body))


async def delete_scenario(call: Call, scenario_id: str) -> Reply[Removed]:
    """Delete a scenario; the history still names it."""
    await call.app.simulator.scenarios.delete(scenario_id)
    return Reply(Removed(id=scenario_id))


async def preview_scenario(call: Call, body: Trial, scenario_id: str) -> Reply[list[Preview]]:
    """Put sample requests to a scenario, as one conversation; nobody is asked (5.4-6 step 3)."""
    return Reply(list(await call.app.simulator.scenarios.preview(scenario_id, body)))


def _shown(scenario: Scenario) -> Reply[ScenarioView]:
    path = f"/api/v1/simulator/scenarios/{scenario.id}"
    return Reply(ScenarioView.of(scenario), links={"self": path, "preview": f"{path}/preview"})
