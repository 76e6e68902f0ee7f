"""What a benchmark returns, and how it is shown."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured number. With a peer, the aim is on the ratio (ours / peer), otherwise on ours."""

    name: str
    ours: float
    unit: str
    peer: float | None = None
    peer_name: str = ""
    aim: float | None = None
    better: Literal["less", "more"] = "less"
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times the peer's number ours is."""
        return self.ours / self.peer if self.peer else None

    @property
    def passes(self) -> bool | None:
        """Whether the aim is met; None without an aim."""
        if self.aim is None:
            return None
        judged = self.ours if self.ratio is None else self.ratio
        return judged <= self.aim if self.better == "less" else judged >= self.aim

    def as_json(self) -> dict[str, Any]:
        """Return the figure for a file."""
        return asdict(self) | {"ratio": self.ratio, "passes": self.passes}


_HEAD = ("", "ours", "peer", "ratio", "aim", "")


def table(figures: Sequence[Figure]) -> str:
    """Lay figures out in columns; notes go below."""
    rows = [_HEAD, *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = ["  ".join(_cell(row, i, widths[i]) for i in range(len(row))).rstrip() for row in rows]
    notes = [f"  {figure.name}: {figure.note}" for figure in figures if figure.note]
    return "\n".join([*lines, *notes])


def _cell(row: Sequence[str], column: int, width: int) -> str:
    return row[column].ljust(width) if column in (0, len(row) - 1) else row[column].rjust(width)


def _row(figure: Figure) -> tuple[str, ...]:
    sign = "<=" if figure.better == "less" else ">="
    of_ratio = figure.ratio is not None
    aim = "" if figure.aim is None else f"{sign} {figure.aim:g}{'x' if of_ratio else ' ' + figure.unit}"
    verdict = {True: "pass", False: "MISSED", None: ""}[figure.passes]
    return (
        figure.name,
        f"{_number(figure.ours)} {figure.unit}".strip(),
        "" if figure.peer is None else f"{_number(figure.peer)} {figure.unit}".strip(),
        "" if figure.ratio is None else f"{figure.ratio:.2f}x",
        aim,
        verdict,
    )


def _number(value: float) -> str:
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def median(values: Sequence[float]) -> float:
    """Return the middle of repeated measurements."""
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` of the sorted values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


Benchmark = Callable[[], list[Figure]]
