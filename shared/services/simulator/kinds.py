"""Where the simulator's documents live: requests in their partner's partition, the rest in lists."""

from typing import Literal

from shared.domain.aggregate import Aggregate
from shared.domain.simulator.partners import SimulatedPartner
from shared.domain.simulator.requests import SimulatedRequest
from shared.domain.simulator.scenarios import Scenario
from shared.services.records import Kind

CONTAINER = "simulator"
PARTNER_LIST = "simulator:partners"
SCENARIO_LIST = "simulator:scenarios"
CORRESPONDENT_LIST = "simulator:correspondents"
"""Partition names with a colon, which no partner id has."""


class Correspondent(Aggregate):
    """A vendor that got a request: whose partitions the history must read."""

    kind: Literal["correspondent"] = "correspondent"
    name: str


PARTNERS = Kind("simulated partner", CONTAINER, SimulatedPartner, lambda _: PARTNER_LIST)
SCENARIOS = Kind("scenario", CONTAINER, Scenario, lambda _: SCENARIO_LIST)
CORRESPONDENTS = Kind("correspondent", CONTAINER, Correspondent, lambda _: CORRESPONDENT_LIST)


def requests_of(partner_id: str) -> Kind[SimulatedRequest]:
    """Return where the requests to one partner live."""
    return Kind("simulated request", CONTAINER, SimulatedRequest, lambda _: partner_id)
