"""Vectors of whole numbers, and which lie closest."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.scout import vectors
from shared.domain.scout.vectors import LARGEST, VectorIndex, quantised

numbers = st.floats(-1, 1, allow_nan=False)
rays = st.lists(numbers, min_size=8, max_size=8).filter(lambda ray: max(map(abs, ray)) > 1e-3)


def cosine(one: list[float], other: list[float]) -> float:
    product = sum(a * b for a, b in zip(one, other, strict=True))
    return product / math.hypot(*one) / math.hypot(*other)


@given(rays)
def test_the_largest_component_becomes_the_largest_whole_number(ray: list[float]) -> None:
    whole = quantised(ray)
    assert max(map(abs, whole)) == LARGEST
    assert all(isinstance(number, int) for number in whole)


@given(rays, st.floats(1e-3, 1e3))
def test_how_long_a_vector_is_does_not_count(ray: list[float], factor: float) -> None:
    longer = quantised([factor * number for number in ray])
    assert all(abs(a - b) <= 1 for a, b in zip(quantised(ray), longer, strict=True))


@given(rays, rays)
def test_a_cosine_of_whole_numbers_is_nearly_that_of_the_vectors(
    one: list[float], other: list[float]
) -> None:
    index = VectorIndex()
    index.put("it", quantised(one))
    ((_, found),) = index.nearest(quantised(other), limit=1)
    assert found == pytest.approx(cosine(one, other), abs=0.03)


@pytest.mark.parametrize("ray", [[], [0.0, 0.0], [math.nan, 1.0], [math.inf, 1.0]])
def test_what_has_no_direction_is_refused(ray: list[float]) -> None:
    with pytest.raises(ValueError, match="direction"):
        quantised(ray)


@given(st.lists(rays, min_size=1, max_size=20), rays, st.integers(1, 5))
def test_the_nearest_are_those_with_the_largest_cosines_equal_ones_by_key(
    catalogue: list[list[float]], asked: list[float], limit: int
) -> None:
    index = VectorIndex()
    for number, ray in enumerate(catalogue):
        index.put(f"p:{number:02}", quantised(ray))
    found = index.nearest(quantised(asked), limit=limit)
    everything = index.nearest(quantised(asked), limit=100)
    assert found == everything[:limit]
    assert everything == sorted(everything, key=lambda pair: (-pair[1], pair[0]))
    assert len(everything) == len(catalogue)


def test_a_vector_is_replaced_and_removed() -> None:
    index = VectorIndex()
    index.put("p:1", [127, 0])
    index.put("p:2", [0, 127])
    index.put("p:1", [-127, 0])
    assert dict(index.nearest([127, 0], limit=5)) == {"p:1": -1.0, "p:2": 0.0}
    index.remove("p:1")
    index.remove("p:3")
    assert [key for key, _ in index.nearest([127, 0], limit=5)] == ["p:2"]
    assert len(index) == 1


def test_among_very_many_the_signs_lead_to_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 2,000 directions 100 are looked at closely, and the ten that are near are among them."""
    monkeypatch.setattr(vectors, "SHORTLIST", 100)
    draw = random.Random(1)
    centre = [draw.gauss(0, 1) for _ in range(256)]
    index = VectorIndex()
    for number in range(2_000):
        index.put(f"far:{number}", quantised([draw.gauss(0, 1) for _ in centre]))
    for number in range(10):
        index.put(f"near:{number}", quantised([each + draw.gauss(0, 1) for each in centre]))
    found = [key for key, _ in index.nearest(quantised(centre), limit=10)]
    assert {key.split(":")[0] for key in found} == {"near"}
