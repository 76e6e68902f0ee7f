"""(f) How well sentences are understood, on the labelled set of the tests."""

import importlib.util
import sys
from types import ModuleType
from typing import Any

from tools.bench.figures import Figure
from tools.root import ROOT

_LABELLED = ROOT / "tests" / "domain" / "intents" / "labelled.py"
PARTS = {"work": "seen while the rules were written", "measure": "never looked at, only counted"}


def measure() -> list[Figure]:
    """Count what the rules get right on either part."""
    accuracy = _load().accuracy
    return [figure for part, meaning in PARTS.items() for figure in _part(part, meaning, accuracy(part))]


def _part(part: str, meaning: str, result: Any) -> list[Figure]:
    shares = {"kind": result.kind, "every field": result.fields, "whole sentence": result.whole}
    note = f"{result.sentences} sentences, {meaning}"
    return [
        Figure(name=f"{part}: {name} right", ours=100 * share, unit="%", note=note if name == "kind" else "")
        for name, share in shares.items()
    ]


def _load() -> ModuleType:
    # the tests are no package
    spec = importlib.util.spec_from_file_location("labelled", _LABELLED)
    if spec is None or spec.loader is None:
        raise ImportError(str(_LABELLED))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module
