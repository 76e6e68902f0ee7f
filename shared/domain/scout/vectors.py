"""Vectors of the catalogue, quantised, and which of them lie closest to one: without any library.

A component is a whole number from -127 to 127, a third as long as the text of a float; it changes cosines by
less than 0.004. Among very many vectors those are looked at closely whose signs differ from the query's in
the fewest places, which one XOR of two long integers tells (`docs/SEARCH.md` says what that costs and
misses).
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from math import isfinite, sqrt
from operator import mul

LARGEST = 127
SHORTLIST = 400
"""Vectors whose cosine is worked out: of a smaller catalogue, all."""
_SIGNS = bytes(b"01"[0 < byte < 128] for byte in range(256))
"""Byte of a component -> the digit of its sign."""


def quantised(vector: Iterable[float]) -> list[int]:
    """Return the vector with its largest component at 127. Raises ValueError for one without a direction."""
    numbers = list(vector)
    largest = max(map(abs, numbers), default=0.0)
    if not largest or not all(map(isfinite, numbers)):
        raise ValueError("this vector has no direction")
    return [round(number / largest * LARGEST) for number in numbers]


@dataclass(frozen=True, slots=True)
class _Ray:
    """A vector as it is compared: a byte per component, its length, its signs as the bits of one integer."""

    key: str
    components: "array[int]"
    length: float
    signs: int

    def cosine(self, other: "_Ray") -> float:
        product: int = sum(map(mul, self.components, other.components))
        return product / (self.length * other.length)


def _ray(key: str, vector: Sequence[int]) -> _Ray:
    components = array("b", vector)
    length = sqrt(sum(map(mul, components, components)))
    return _Ray(key, components, length, int(components.tobytes().translate(_SIGNS), 2))


class VectorIndex:
    """Vectors of one model by key, in memory. Not thread-safe: one event loop owns it."""

    def __init__(self) -> None:
        self._rays: dict[str, _Ray] = {}

    def __len__(self) -> int:
        return len(self._rays)

    def put(self, key: str, vector: Sequence[int]) -> None:
        """Add or replace a quantised vector."""
        self._rays[key] = _ray(key, vector)

    def remove(self, key: str) -> None:
        """Forget a vector, if it is there."""
        self._rays.pop(key, None)

    def nearest(self, vector: Sequence[int], *, limit: int) -> list[tuple[str, float]]:
        """Return keys and cosines, closest first, equally close ones by key."""
        query = _ray("", vector)
        close = nsmallest(SHORTLIST, self._rays.values(), lambda ray: (query.signs ^ ray.signs).bit_count())
        found = sorted((-query.cosine(ray), ray.key) for ray in close)
        return [(key, -minus) for minus, key in found[:limit]]
