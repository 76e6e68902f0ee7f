"""The whole show: an app in a temporary folder, both jobs, what they left behind."""

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.demo import operations, recovery, waiting
from tools.demo.plans import summary
from tools.demo.stage import Stage
from tools.demo.world import world
from tools.hosted import Hosted, hosted_app
from tools.place import Place, free_port

MONDAY = datetime(2026, 5, 4, 14, tzinfo=UTC)
"""9:00 in Austin."""


def perform(stage: Stage) -> dict[str, Any]:
    """Run both jobs and return what happened. Raises WentWrong, or Refused by a door."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        place = Place(data=Path(folder), port=free_port(), clock="virtual", start_at=MONDAY)
        with hosted_app(place) as app:
            happened = _both(app, place, stage)
    return happened | {"wall_seconds": round(time.monotonic() - began, 1)}


def perform_day(stage: Stage) -> dict[str, Any]:
    """Run a day of the web shop and return what happened. Raises WentWrong, or Refused by a door."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        place = Place(
            data=Path(folder),
            port=free_port(),
            clock="virtual",
            start_at=MONDAY,
            more={"USO_MAIL_WEBHOOK_SECRET": operations.MAIL_SECRET},
        )
        with hosted_app(place) as app:
            here = world(app.url, place.data, stage)
            try:
                day = operations.perform(here)
            finally:
                here.api.close()
    return day | {"wall_seconds": round(time.monotonic() - began, 1)}


def _both(app: Hosted, place: Place, stage: Stage) -> dict[str, Any]:
    here = world(app.url, place.data, stage)
    try:
        recovered = recovery.perform(here)
        waited = waiting.perform(here)
        ended = here.time.now()
    finally:
        here.api.close()
    return {
        "began": MONDAY.isoformat(),
        "ended": ended.isoformat(),
        "recovery": recovered,
        "standing_intent": waited,
        "plans": summary(app.plans()),
    }
