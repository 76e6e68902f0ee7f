"""Records the histories anew: `python -m tests.replay.record [name of a story ...]`.

Only when no plan of the old kind runs anywhere any more: these files stand for the running ones.
"""

import asyncio
import importlib
import logging
import sys
import tempfile
from pathlib import Path

from tests.harness import running
from tests.replay.recorded import FOLDER, save
from tests.replay.stories import STORIES

STORY_TELLERS = (
    "tests.replay.money_stories",
    "tests.replay.failure_stories",
    "tests.replay.operations_alarm_stories",
    "tests.replay.operations_order_stories",
    "tests.replay.operations_parcel_stories",
    "tests.replay.operations_ticket_stories",
)
"""Further modules that tell stories."""


async def _record(names: list[str]) -> None:
    for teller in STORY_TELLERS:
        importlib.import_module(teller)

    for tell in STORIES:
        if names and tell.__name__ not in names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            async with running(Path(folder) / "data", faulty=True) as world:
                for name, instance in (await tell(world)).items():
                    events = await world.host.engine.raw_history(instance)
                    assert any(event["EventType"] == 1 for event in events), f"{name} has not ended"
                    save(name, events)
                    result = next(event for event in events if event["EventType"] == 1)["Result"]
                    print(f"{name}: {len(events)} events, ended with {result}", flush=True)


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    FOLDER.mkdir(exist_ok=True)
    asyncio.run(_record(sys.argv[1:]))
