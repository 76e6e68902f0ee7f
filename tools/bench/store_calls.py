"""Counts what an app asks of its store, by container."""

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from shared.ports.store import Store

Kind = tuple[str, str]
"""A container and what is asked of it: reads, queries, feed looks or batches."""
_KINDS = {"read": "reads", "query": "queries", "changes": "feed looks", "batch": "batches"}
_RELAY = "relay"


class StoreCalls:
    """The calls of a store that is in use, counted from now on.

    The outbox keeps a cursor per container in one of its own: those count for `relay of {container}`.
    """

    def __init__(self, store: Store) -> None:
        self.counted: Counter[Kind] = Counter()
        for name, kind in _KINDS.items():
            setattr(store, name, self._counting(kind, getattr(store, name)))

    def _counting(self, kind: str, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def counting(container: str, *more: Any, **named: Any) -> Any:
            of = f"relay of {more[0]}" if container == _RELAY else container
            self.counted[of, kind] += 1
            return await call(container, *more, **named)

        return counting
