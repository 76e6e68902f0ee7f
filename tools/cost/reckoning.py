"""Everything about one month, reckoned once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tools.cost import counted, prices, rules
from tools.cost.counted import Counted
from tools.cost.month import Business, Waiting, usage_of, waiting
from tools.cost.prices import Line, Prices
from tools.cost.usage import Model, outside_calls


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowCost:
    """One run of a flow; its dollars at list price."""

    executions: int
    durable_actions: int
    store_operations: int
    request_units: float
    storage_operations: float
    bus_operations: float
    outside_calls: float
    dollars: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """A month of a business on one plan."""

    business: Business
    model: Model
    prices: Prices
    flows: Mapping[str, FlowCost]
    bill: Sequence[Line]
    floor: float
    """Dollars of a month in which nothing happens."""
    least: float
    """Dollars of this one if the minimum of an execution never counted."""
    waiting: Sequence[Waiting]

    @property
    def total(self) -> float:
        """Dollars of the month, at most."""
        return _sum(self.bill)


def reckon(business: Business, model: Model) -> Reckoned:
    """Reckon with the counts, prices and host.json of this repository."""
    counts, table, hub = counted.load(), prices.load(), rules.hub()

    def bill(what: Business, with_: Model) -> Sequence[Line]:
        return table.bill(usage_of(what, with_, counts, hub), model.plan)

    return Reckoned(
        business=business,
        model=model,
        prices=table,
        flows={name: _flow(each, model, table) for name, each in counts.items()},
        bill=bill(business, model),
        floor=_sum(bill(Business(intents=0, orders=0), model)),
        least=_sum(bill(business, replace(model, plan=model.plan.at_best))),
        waiting=waiting(model, table, counts, hub),
    )


def _flow(each: Counted, model: Model, table: Prices) -> FlowCost:
    usage = model.usage(each)
    return FlowCost(
        executions=each.executions,
        durable_actions=each.durable_actions,
        store_operations=each.store_operations,
        request_units=usage.request_units,
        storage_operations=usage.storage_operations,
        bus_operations=usage.bus_operations,
        outside_calls=outside_calls(each),
        dollars=table.list_price(usage, model.plan),
    )


def _sum(bill: Sequence[Line]) -> float:
    return sum(line.price for line in bill)
