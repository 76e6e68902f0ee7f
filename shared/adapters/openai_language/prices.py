"""What calls cost: a snapshot of the public price list (`data/language/prices.json`), and own prices."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

Rates = tuple[float, float, float]
"""Dollars per million tokens, which is micro-dollars per token: input, cached input, output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of a call. Those read from the provider's cache and written into it are part of the input's."""

    input_tokens: int = 0
    cached_tokens: int = 0
    written_tokens: int = 0
    output_tokens: int = 0


class Prices:
    """The prices of the models in use."""

    def __init__(self, file: Path, own: Mapping[str, Rates], *, models: Iterable[str]) -> None:
        """Raises ValueError for a model that neither the file nor the settings know the price of."""
        snapshot = json.loads(file.read_text(encoding="utf-8"))
        listed: Mapping[str, Rates] = snapshot["models"] | dict(own)
        for model in models:
            if model not in listed:
                raise ValueError(f"USO_OPENAI_PRICES must say what {model} costs")
        self._rates = listed
        self._writing: float = snapshot["cache_write"]

    def cost(self, model: str, usage: Usage) -> int:
        """Return micro-dollars, rounded up."""
        fresh, cached, output = self._rates[model]
        plain = usage.input_tokens - usage.cached_tokens - usage.written_tokens
        of_input = (plain + usage.written_tokens * self._writing) * fresh + usage.cached_tokens * cached
        return math.ceil(of_input + usage.output_tokens * output)

    def most(self, model: str, *, input_bytes: int, output_tokens: int) -> int:
        """Return the most that a call can cost: no token of text is shorter than a byte."""
        most = Usage(input_tokens=input_bytes, written_tokens=input_bytes, output_tokens=output_tokens)
        return self.cost(model, most)
