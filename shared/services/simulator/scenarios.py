"""Writing, assigning, trying out and switching scenarios (flows 5.4-4, 5.4-6)."""

from collections.abc import Sequence

from pydantic import Field

from shared.domain.catalogue import Vendor
from shared.domain.ids import fresh
from shared.domain.instants import Instant
from shared.domain.model import Model
from shared.domain.simulator.asks import Ask
from shared.domain.simulator.responses import Preview, in_order, preview
from shared.domain.simulator.scenarios import Scenario, Script
from shared.errors import Conflict, InvalidInput, NotFound
from shared.ports.store import Query, Store, Where, every
from shared.services.records import Records
from shared.services.simulator.kinds import CONTAINER, PARTNERS, SCENARIO_LIST, SCENARIOS


class Trial(Model):
    """Sample requests of one conversation, in order, put to a scenario without anybody being asked."""

    partner_id: str | None = None
    samples: tuple[Ask, ...] = Field(min_length=1, max_length=20)
    at: Instant | None = None


class ScenarioService:
    """Use cases on scenarios. Assigned partners must be simulated ones."""

    def __init__(self, records: Records, store: Store) -> None:
        self._records = records
        self._store = store

    async def create(self, script: Script, *, id: str | None = None) -> Scenario:
        """Store a new scenario; the same id and script again is the same.

        Raises InvalidInput for its partners, Conflict when the id is taken.
        """
        scenario = await self._store_new(script, id or fresh("scn"))
        if scenario.script != script or scenario.deleted:
            raise Conflict(f"The scenario id '{scenario.id}' is taken.", field="id", code="scenario_id_taken")
        return scenario

    async def put(self, id: str, script: Script) -> Scenario:
        """Store or overwrite the scenario `id`, also a deleted one. Raises InvalidInput for its partners."""
        await self._store_new(script, id)
        return await self._records.update(SCENARIOS, id, lambda s: (_written(s, script), ()))

    async def get(self, id: str) -> Scenario:
        """Return a scenario. Raises NotFound, also for a deleted one."""
        scenario = (await self._records.get(SCENARIOS, id)).value
        if scenario.deleted:
            raise NotFound(SCENARIOS.name, id)
        return scenario

    async def update(self, id: str, script: Script) -> Scenario:
        """Rewrite a scenario; requests that were decided before keep their answers."""
        await self.get(id)
        await self._check_partners(script)
        return await self._records.update(SCENARIOS, id, lambda s: (_written(s, script), ()))

    async def delete(self, id: str) -> None:
        """Delete a scenario; its name stays known to the history."""
        await self.get(id)
        await self._records.update(SCENARIOS, id, lambda s: (s.model_copy(update={"deleted": True}), ()))

    async def list(self, *, partner_id: str | None = None, active: bool | None = None) -> Sequence[Scenario]:
        """Return scenarios as they are tried, those of one partner or in one state if asked."""
        query = Query((Where("deleted", "==", False),))
        found = every(self._store, CONTAINER, SCENARIO_LIST, query)
        scenarios = [Scenario.model_validate(document.body) async for document in found]
        return [
            scenario
            for scenario in in_order(scenarios)
            if partner_id in (None, *scenario.script.partner_ids) and active in (None, scenario.script.active)
        ]

    async def preview(self, id: str, trial: Trial) -> Sequence[Preview]:
        """Show what the scenario alone would answer to each sample (5.4-6 step 3).

        The partner is the named one, else the first assigned. Raises InvalidInput when there is neither.
        """
        scenario = await self.get(id)
        vendor = await self._vendor(scenario, trial.partner_id)
        now = trial.at or self._records.now()
        history: list[str] = []
        shown = []
        for sample in trial.samples:
            result = preview(scenario, vendor, sample, now=now, history=history)
            if result.response.scenario_id is not None:
                history.append(scenario.id)
            shown.append(result)
        return shown

    async def _store_new(self, script: Script, id: str) -> Scenario:
        await self._check_partners(script)
        now = self._records.now()
        scenario = Scenario(id=id, created_at=now, updated_at=now, script=script)
        return await self._records.create(SCENARIOS, scenario)

    async def _vendor(self, scenario: Scenario, partner_id: str | None) -> Vendor:
        chosen = partner_id or next(iter(scenario.script.partner_ids), None)
        if chosen is None:
            raise InvalidInput("Name a partner: the scenario is not assigned to any yet.", field="partner_id")
        partner = await self._records.find(PARTNERS, chosen)
        if partner is None:
            raise InvalidInput(f"There is no simulated partner '{chosen}'.", field="partner_id")
        return partner.value.vendor()

    async def _check_partners(self, script: Script) -> None:
        for number, partner_id in enumerate(script.partner_ids):
            partner = await self._records.find(PARTNERS, partner_id)
            if partner is None or partner.value.removed:
                raise InvalidInput(
                    f"There is no simulated partner '{partner_id}'.", field=f"partner_ids.{number}"
                )


def _written(scenario: Scenario, script: Script) -> Scenario:
    if scenario.script == script and not scenario.deleted:
        return scenario
    return scenario.model_copy(update={"script": script, "deleted": False})
