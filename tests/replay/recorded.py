"""Histories of plans as they are kept in `histories/`: one JSON file each, one line per event."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devhost.durable.events import Event

FOLDER = Path(__file__).parent / "histories"
USUAL: dict[str, Any] = {"EventId": -1, "IsPlayed": True, "Version": "", "ParentInstance": None, "Tags": None}
"""Left out of the files where it is so; `Timestamp` is left out when it is that of the event before."""
OPTIONAL = {"Version": {0, 4, 7}, "ParentInstance": {0}, "Tags": {0}}
"""Which fields only events of some types have, so that they come back only there."""
AGAIN = "python -m tests.replay.record"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One kept history."""

    name: str
    plan: str
    events: list[Event]


def load() -> list[Recorded]:
    """Return every kept history."""
    return [_read(path) for path in sorted(FOLDER.glob("*.json"))]


def save(name: str, events: list[Event]) -> None:
    """Keep a history."""
    lines, last = [], None
    for event in events:
        kept = {k: v for k, v in event.items() if k not in USUAL or v != USUAL[k]}
        if kept.get("Timestamp") == last:
            del kept["Timestamp"]
        last = event["Timestamp"]
        if "Details" in kept:
            kept["Details"] = _without_stack(kept["Details"])
        lines.append(json.dumps(kept, separators=(",", ":")))
    text = "[\n" + ",\n".join(lines) + "\n]\n"
    for started in (event for event in events if event["EventType"] == 0):
        text = text.replace(started["OrchestrationInstance"]["ExecutionId"], f"execution-of-{name}")
    (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")


def _without_stack(details: str) -> str:
    """Leave out the stack of a failure: it names the machine that recorded, and no plan reads it."""
    told = json.loads(details)
    return json.dumps({**told, "StackTraceString": ""}) if "StackTraceString" in told else details


def _read(path: Path) -> Recorded:
    events: list[Event] = []
    for kept in json.loads(path.read_text(encoding="utf-8")):
        usual = {k: v for k, v in USUAL.items() if kept["EventType"] in OPTIONAL.get(k, {kept["EventType"]})}
        before = {"Timestamp": events[-1]["Timestamp"]} if events else {}
        events.append({**usual, **before, **kept})
    return Recorded(path.stem, path.stem.partition("-")[0], events)
