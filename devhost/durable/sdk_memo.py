"""Spares the SDK its two costliest repetitions. Every replay parses the timestamp of every event again with
dateutil and defines one namedtuple again; together that is half the time of a short orchestration.
Both are pure functions, so that remembering their results changes none.
"""

import sys
from functools import lru_cache

_MODELS = "azure.durable_functions.models"
_PURE = (
    (f"{_MODELS}.history.HistoryEvent", "dt_parse", 32_768),
    (f"{_MODELS}.TaskOrchestrationExecutor", "namedtuple", 16),
)


def remember_pure_results() -> list[str]:
    """Let the loaded SDK remember, and return the names it remembers by, which depends on its version."""
    remembered = []
    for module_name, name, size in _PURE:
        module = sys.modules.get(module_name)
        function = getattr(module, name, None)
        if function is None:
            continue
        if not hasattr(function, "cache_info"):
            setattr(module, name, lru_cache(size)(function))
        remembered.append(name)
    return remembered
