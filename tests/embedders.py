"""A model for tests: it knows a few senses, and says the same of the same text every time."""

import asyncio
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.errors import Unavailable
from shared.ports.embeddings import Vector

SENSES = {
    "diaper": ("diaper", "diapers", "nappies", "nappy"),
    "decoration": ("decor", "centerpiece", "adornment"),
    "pain": ("massage", "rub"),
    "locomotive": ("train", "locomotive", "railway"),
}
"""Sense -> words that mean it. Of all other words a text's vector has hardly a trace."""
_SENSE_OF = {word: sense for sense, words in SENSES.items() for word in words}
_TRACE = 0.05


def vector_of(text: str, dimensions: int) -> Vector:
    """Return the sum of the directions of the senses that a text names, and a trace of the text itself."""
    senses = [_SENSE_OF[word] for word in re.findall(r"[a-z]+", text.lower()) if word in _SENSE_OF]
    directions = [*(_direction(sense, dimensions) for sense in senses)]
    trace = [_TRACE * number for number in _direction(f"text: {text}", dimensions)]
    return [sum(column) for column in zip(*directions, trace, strict=True)]


def _direction(name: str, dimensions: int) -> Vector:
    numbers = hashlib.shake_256(name.encode()).digest(dimensions)
    return [byte / 127.5 - 1 for byte in numbers]


@dataclass
class SenseEmbedder:
    """`shared.ports.embeddings.Embedder`; `asked` are the texts of each call."""

    name: str = "senses"
    dimensions: int = 64
    asked: list[list[str]] = field(default_factory=list)
    away: bool = False
    hangs: bool = False

    @property
    def model(self) -> str:
        """Name and dimensions."""
        return f"{self.name}@{self.dimensions}"

    async def embed(self, texts: Sequence[str]) -> Sequence[Vector]:
        """Return a vector for each text."""
        self.asked.append(list(texts))
        if self.hangs:
            await asyncio.Event().wait()
        if self.away:
            raise Unavailable("the model is away")
        return [vector_of(text, self.dimensions) for text in texts]

    async def close(self) -> None:
        """Nothing is held."""

    def embedded(self) -> list[str]:
        """All texts that were asked for, in order."""
        return [text for call in self.asked for text in call]
