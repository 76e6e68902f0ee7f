"""What a model is told, and within which limits: one file of `data/language` per use, read at start."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.domain.model_calls import Use

_FILE = re.compile(r"---\n(?P<limits>(?:[a-z_]+: \d+\n)+)---\n(?P<text>.+)", re.DOTALL)
_UNSEEN = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
"""Control, direction and tag characters: what a reader does not see, a model must not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """The instructions of one use. A call may take `seconds`; `max_chars` of material are sent."""

    instructions: str
    seconds: float
    max_chars: int
    max_output_tokens: int

    def fenced(self, material: Mapping[str, str]) -> str:
        """Return the material as one JSON object, which no text in it can end; the last is cut to fit."""
        left, kept = self.max_chars, {}
        for name, text in material.items():
            kept[name] = _UNSEEN.sub("", text)[:left]
            left -= len(kept[name])
        return json.dumps(kept, ensure_ascii=False)


def load_prompts(folder: Path, uses: Iterable[Use]) -> Mapping[Use, Prompt]:
    """Read the uses' files, behind the common one. Raises ValueError for one that is not in order."""
    fence = (folder / "fence.md").read_text(encoding="utf-8")
    return {use: _prompt(folder / f"{use}.md", fence) for use in uses}


def _prompt(file: Path, fence: str) -> Prompt:
    found = _FILE.fullmatch(file.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{file.name} has no limits at its head")
    limits = {name: int(value) for name, value in map(_pair, found["limits"].splitlines())}
    if limits.keys() != {"seconds", "max_chars", "max_output_tokens"}:
        raise ValueError(f"{file.name} has other limits than its kind")
    return Prompt(instructions=f"{fence}\n{found['text']}", **limits)


def _pair(line: str) -> tuple[str, str]:
    name, _, value = line.partition(": ")
    return name, value
