"""(h) How well support messages are understood by rules, on the labelled set of the tests; and how fast."""

import importlib.util
import sys
import time
from types import ModuleType
from typing import Any

from tools.bench.figures import Figure, median, percentile
from tools.root import ROOT

_LABELLED = ROOT / "tests" / "domain" / "operations" / "labelled.py"
PARTS = {
    "work": "seen while the rules were written",
    "measured": "written by somebody who did not know the rules; only its missed dangers were taught since",
}


def measure() -> list[Figure]:
    """Count what the rules get right on either part, and time them."""
    labelled = _load()
    counted = [
        figure for part, meaning in PARTS.items() for figure in _part(part, meaning, labelled.accuracy(part))
    ]
    texts = [row["text"] for part in PARTS for row in labelled.messages(part)]
    return [*counted, *_times(labelled.read, texts)]


def _part(part: str, meaning: str, result: Any) -> list[Figure]:
    shares = {"intent": result.intent, "priority": result.priority, "anger": result.anger}
    shares["escalation"] = result.escalation
    note = f"{result.messages} messages, {meaning}"
    return [
        *(
            Figure(
                name=f"{part}: {name} right",
                ours=100 * share,
                unit="%",
                note=note if name == "intent" else "",
            )
            for name, share in shares.items()
        ),
        Figure(
            name=f"{part}: dangers recognised", ours=100 * result.recall, unit="%", aim=100, better="more"
        ),
        Figure(name=f"{part}: false alarms", ours=100 * result.false_alarms, unit="%"),
    ]


def _times(read: Any, texts: list[str]) -> list[Figure]:
    taken = []
    for text in texts:
        began = time.perf_counter()
        read(text)
        taken.append(1e6 * (time.perf_counter() - began))
    return [
        Figure(name="reading a message, p50", ours=median(taken), unit="µs"),
        Figure(name="reading a message, p99", ours=percentile(taken, 0.99), unit="µs"),
    ]


def _load() -> ModuleType:
    # the tests are no package
    spec = importlib.util.spec_from_file_location("labelled_support", _LABELLED)
    if spec is None or spec.loader is None:
        raise ImportError(str(_LABELLED))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module
