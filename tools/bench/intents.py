"""(f) How well sentences are understood, on the labelled set of the tests."""

from typing import Any

from tools.bench.figures import Figure
from tools.bench.labelled import load

PARTS = {"work": "seen while the rules were written", "measure": "never looked at, only counted"}


def measure() -> list[Figure]:
    """Count what the rules get right on either part."""
    accuracy = load("intents/labelled.py").accuracy
    return [figure for part, meaning in PARTS.items() for figure in _part(part, meaning, accuracy(part))]


def _part(part: str, meaning: str, result: Any) -> list[Figure]:
    shares = {
        "kind right": result.kind,
        "every field right": result.fields,
        "whole sentence right": result.whole,
        "sure": result.sure,
        "kind right where sure": result.sure_kind,
        "a model would be asked": result.modelled,
    }
    note = f"{result.sentences} sentences, {meaning}"
    return [
        Figure(name=f"{part}: {name}", ours=100 * share, unit="%", note=note if name == "kind right" else "")
        for name, share in shares.items()
    ]
