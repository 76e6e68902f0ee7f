"""`dev.py demo`."""

import argparse
import json
import logging
import sys
import warnings
from collections.abc import Mapping
from typing import Any

from tools.api import Refused
from tools.demo.show import perform, perform_day
from tools.demo.stage import Stage
from tools.demo.world import WentWrong

_INTRODUCTION = (
    "USO runs in a temporary folder, on a clock that only this demo moves. Everything below goes through its "
    "HTTP doors; every name, price, time and reason is what they answered."
)


def demo(arguments: argparse.Namespace) -> int:
    """Show both jobs; 1 when anything did not happen as it should."""
    logging.basicConfig(level=logging.ERROR)
    # the SDK's word for an event that two causes raised at once, which plans expect
    warnings.filterwarnings("ignore", message="Potential duplicate Task completion")
    stage = Stage()
    stage.plain(_INTRODUCTION)
    try:
        happened = perform_day(stage) if arguments.ops else perform(stage)
    except (WentWrong, Refused, TimeoutError) as error:
        print(f"\nThe demo did not go as it should: {error}", file=sys.stderr)
        return 1
    if arguments.ops:
        stage.plain()
        stage.plain(f"A day of the shop took {happened['wall_seconds']} s on this machine.")
    else:
        _close(stage, happened)
    if arguments.json:
        arguments.json.write_text(json.dumps(happened, indent=2) + "\n", encoding="utf-8")
        stage.plain(f"Written to {arguments.json}")
    return 0


def _close(stage: Stage, happened: Mapping[str, Any]) -> None:
    stage.title("What it took")
    for plan in happened["plans"]:
        stage.fact(
            "Plan",
            f"{plan['name']:<16} {plan['durable_actions']:>3} actions, "
            f"{plan['history_events']:>3} history events",
        )
    days = happened["standing_intent"]["virtual_seconds"] / 86_400
    stage.plain()
    stage.plain(
        f"{days:.0f} days of waiting and one rescued order took {happened['wall_seconds']} s on this machine."
    )
    stage.plain("Next: python3 dev.py start")
