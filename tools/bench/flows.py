"""(e) Durable actions and history length of every plan, counted in the demo's stored histories."""

import io
from typing import Any

from tools.bench.figures import Figure
from tools.demo.show import perform
from tools.demo.stage import Stage

AIM_EVENTS = 40
WEEK_SECONDS = 7 * 86_400


def measure() -> list[Figure]:
    """Run both headline jobs unseen and count; of plans that ran more than once, the longest."""
    happened = perform(Stage(io.StringIO()))
    longest: dict[str, dict[str, Any]] = {}
    for plan in happened["plans"]:
        known = longest.setdefault(plan["name"], plan)
        if plan["history_events"] > known["history_events"]:
            longest[plan["name"]] = plan
    waited = happened["standing_intent"]["virtual_seconds"]
    if waited < WEEK_SECONDS:
        raise RuntimeError(f"the standing intent waited for {waited / 86_400:.1f} days only")
    return [figure for plan in longest.values() for figure in _figures(plan, waited)]


def _figures(plan: dict[str, Any], waited: float) -> list[Figure]:
    waits = plan["name"] == "standing_intent"
    return [
        Figure(
            name=f"{plan['name']}: history",
            ours=plan["history_events"],
            unit="events",
            aim=AIM_EVENTS - 1 if waits else None,
            note=f"waited for {waited / 86_400:.0f} days" if waits else "",
        ),
        Figure(name=f"{plan['name']}: durable actions", ours=plan["durable_actions"], unit=""),
    ]
