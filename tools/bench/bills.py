"""(h) What each headline flow asks of the services, counted in the running app, and request units by rule."""

from collections.abc import Iterator, Mapping

from tools.bench.figures import Figure
from tools.cost.counted import Counted
from tools.cost.flow_names import MEANINGS
from tools.cost.flows import count
from tools.cost.usage import request_units


def measure() -> list[Figure]:
    """Run every flow once and count."""
    return figures_of(count())


def figures_of(counts: Mapping[str, Counted]) -> list[Figure]:
    """Return five figures of every flow."""
    return [figure for flow, counted in counts.items() for figure in _figures(flow, counted)]


def _figures(flow: str, counted: Counted) -> Iterator[Figure]:
    store = (
        f"{counted.reads} reads, {counted.queries} queries, {counted.feed_looks} looks at feeds, "
        f"{counted.batches} batches"
    )
    outside = ", ".join(f"{calls} {peer}" for peer, calls in counted.outside.items())
    yield Figure(
        name=f"{flow}: store operations",
        ours=counted.store_operations,
        unit="",
        note=f"{store}; {MEANINGS[flow]}",
    )
    yield Figure(name=f"{flow}: request units, estimated", ours=request_units(counted), unit="RU")
    sent = f"{counted.deliveries} deliveries" if counted.deliveries else ""
    yield Figure(name=f"{flow}: messages", ours=counted.messages, unit="", note=sent)
    yield Figure(name=f"{flow}: durable actions", ours=counted.durable_actions, unit="")
    yield Figure(name=f"{flow}: external calls", ours=counted.outside_calls, unit="", note=outside)
