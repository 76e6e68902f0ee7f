"""Counts what an app asks of its store, by container."""

from collections import Counter

from shared.ports.store import Store
from tools.store_watch import Call, watched

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
        watched(store, self._count)

    def _count(self, call: Call) -> None:
        of = f"relay of {call.given[0]}" if call.container == _RELAY else call.container
        self.counted[of, _KINDS[call.method]] += 1
