"""What a run leaves behind: every document of the app, every plan's end, every message of the bus.

Instants are left out: a run that was interrupted may end later. What happened must be the same.
"""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.harness import World

BOOKKEEPING = frozenset(
    {"relay", "catalogue", "catalog", "external_events", "watches", "ticks", "watcher", "silences"}
)
"""Cursors, pending wake-ups, what is looked at when: how far the machine is, not what it did."""
INSTANT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)|\b\d+[ -]minutes?\b|\b\d\d:\d\d\b"
)
"""Instants, spans and times of day, also where they stand in sentences."""
COUNTERS = frozenset(
    {"revision", "sequence", "order", "version", "received_ms", "turn", "cursor", "looks", "place"}
)
"""Which write of the store it was; a step that ran twice may have counted one more."""
TRACE = frozenset({"traceparent"})
"""Made up anew by every run."""
SPANS = frozenset({"slack_minutes", "delay_minutes", "late_minutes"})
"""How long before the promise it was."""


async def outcome(world: World, data: Path) -> dict[str, Any]:
    """Describe what there is now, in comparable form."""
    engine = world.host.engine
    plans = (await engine.list_instances(show_input=False)).items
    counts = world.host.bus.counts() if hasattr(world.host.bus, "counts") else {}
    return {
        "documents": _documents(data / "uso" / "uso.sqlite"),
        "plans": {plan["instanceId"]: [plan["name"], plan["runtimeStatus"], _end(plan)] for plan in plans},
        "failed steps": [failure for plan in plans for failure in await _failures(world, plan["instanceId"])],
        "bus": sorted(f"{name}: {count}" for name, count in counts.items()),
    }


def _end(plan: dict[str, Any]) -> Any:
    """How the plan ended. Whether a reply was the first delivery or its repetition is no difference."""
    return None if plan["name"] == "simulated_reply" else plan["output"]


async def _failures(world: World, instance_id: str) -> list[str]:
    """Steps that raised and were tried again: after a crash as before, there is no reason for one."""
    history = await world.host.engine.raw_history(instance_id)
    return [f"{instance_id}: {event['Reason']}" for event in history if event["EventType"] == 6]


def _documents(path: Path) -> dict[str, Any]:
    """Every document by its key, without instants and counters; events by what they tell."""
    found: dict[str, Any] = {}
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT container, partition, id, body FROM documents ORDER BY 1, 2, 3").fetchall()
    told: dict[str, list[str]] = {}
    for container, partition, id, body in rows:
        if container in BOOKKEEPING:
            continue
        value = _plain(json.loads(body))
        if id.startswith(("event:", "update:")):
            told.setdefault(f"{container}/{partition}/{id.partition(':')[0]}s", []).append(_told(value))
        else:
            found[f"{container}/{partition}/{id}"] = value
    return {**found, **{key: sorted(values) for key, values in told.items()}}


def _told(value: dict[str, Any]) -> str:
    event = value.get("event", value)
    subject, type_ = event["subject"], event["type"]
    told = event.get("narrative") or json.dumps(event.get("data"), sort_keys=True)
    return f"{type_} of {subject}: {told}"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items() if key not in COUNTERS | SPANS | TRACE}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return INSTANT.sub("<instant>", value) if isinstance(value, str) else value


def differences(one: Any, other: Any, where: str = "") -> list[str]:
    """Say where two outcomes differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = sorted({*one, *other})
        return [d for key in keys for d in differences(one.get(key), other.get(key), f"{where}/{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [
            d
            for n, (a, b) in enumerate(zip(one, other, strict=True))
            for d in differences(a, b, f"{where}[{n}]")
        ]
    if isinstance(one, list) and isinstance(other, list):
        lost = [f"{where}: lost {part!r}"[:600] for part in one if part not in other]
        return [*lost, *(f"{where}: gained {part!r}"[:600] for part in other if part not in one)]
    return [] if one == other else [f"{where}: {one!r} became {other!r}"[:600]]
