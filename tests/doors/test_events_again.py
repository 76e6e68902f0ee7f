"""Every event of a busy day once more, under new message ids, as a replay of dead letters would send it."""

import json
from collections.abc import Mapping
from pathlib import Path

from devhost.messages import Properties
from shared.ports.topics import EVENTS_TOPIC
from tests.doors.stage import staged
from tests.harness import World

Documents = Mapping[tuple[str, str, str], str]
_CATCHES_UP = "ticket_list"
"""Made anew from the tickets at each of their events, it is right sooner than it would be."""


def meaning(documents: Documents) -> dict[tuple[str, str, str], object]:
    """What is stored, but for how often the same was written."""
    bodies = {key: json.loads(body) for key, body in documents.items() if key[0] != _CATCHES_UP}
    return {key: {**body, "revision": 0} for key, body in bodies.items()}


async def test_events_that_come_again_change_nothing(world: World, tmp_path: Path) -> None:
    stage = await staged(world, tmp_path / "data")
    before = await stage.at_rest()
    bodies = [json.loads(body) for body in before.values()]
    events = [body["event"] for body in bodies if body.get("kind") == "event"]
    assert len({event["type"] for event in events}) > 15
    assert len({event["id"] for event in events}) == len(events), "an id that is taken twice hides an event"
    for n, event in enumerate(events):
        world.host.bus.send(EVENTS_TOPIC, json.dumps(event).encode(), Properties(message_id=f"replay:{n}"))
    after = await stage.at_rest()
    assert meaning(after) == meaning(before)
    assert not world.host.bus.dead_letters()
