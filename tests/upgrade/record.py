"""Keeps what waits on this code, as a later version will find it: `python -m tests.upgrade.record NAME`.

Once per release; what is there already is never written anew, because its code is gone.
"""

import asyncio
import json
import logging
import sys
import tempfile
from pathlib import Path

from tests.harness import running
from tests.trimmed import trim
from tests.upgrade.kept import RELEASES, keep
from tests.upgrade.waiting import begin_all


async def _record(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        data = Path(place) / "data"
        async with running(data) as world:
            known = await begin_all(world)
        trim(data)
        keep(data, folder)
    (folder / "known.json").write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    wanted = RELEASES / sys.argv[1]
    wanted.mkdir(parents=True)
    asyncio.run(_record(wanted))
