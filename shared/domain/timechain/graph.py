"""The order of a plan's legs: each after everything it waits for."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from shared.domain.timechain.model import InvalidPlan, Leg, Plan


def in_order(plan: Plan) -> tuple[Leg, ...]:
    """Return the legs so that each follows all that it waits for; the same plan gives the same order.

    Raises InvalidPlan for a repeated id, an unknown predecessor or a cycle.
    """
    legs = _by_id(plan)
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for leg in plan.legs:
        for before in leg.after:
            if before not in legs:
                raise InvalidPlan(f"Leg '{leg.id}' follows the unknown leg '{before}'.", leg_id=leg.id)
        sorter.add(leg.id, *leg.after)
    try:
        return tuple(legs[id] for id in sorter.static_order())
    except CycleError as cycle:
        around = cycle.args[1]
        raise InvalidPlan(f"Legs wait for each other: {' -> '.join(around)}.", leg_id=around[0]) from None


def followers(plan: Plan) -> Mapping[str, tuple[Leg, ...]]:
    """Return the legs that wait for each leg, by its id; the last legs have none."""
    result: dict[str, list[Leg]] = {leg.id: [] for leg in plan.legs}
    for leg in plan.legs:
        for before in leg.after:
            result[before].append(leg)
    return {id: tuple(legs) for id, legs in result.items()}


def _by_id(plan: Plan) -> dict[str, Leg]:
    legs: dict[str, Leg] = {}
    for leg in plan.legs:
        if leg.id in legs:
            raise InvalidPlan(f"Two legs are called '{leg.id}'.", leg_id=leg.id)
        legs[leg.id] = leg
    return legs
