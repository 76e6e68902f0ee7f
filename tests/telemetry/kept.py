"""A collector written by hand."""

from collections.abc import Mapping, Sequence

from shared.ports import telemetry
from shared.ports.telemetry import Span, Value


class Kept:
    """Everything that was told."""

    def __init__(self) -> None:
        self.spans: list[Span] = []

    def take(self, spans: Sequence[Span]) -> None:
        self.spans += spans

    def measure(self, name: str, value: float, attributes: Mapping[str, Value]) -> None:
        raise AssertionError((name, value, attributes))

    async def close(self) -> None:
        telemetry.stop(self)
