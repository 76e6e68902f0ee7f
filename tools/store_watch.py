"""Looks at the calls of a store that is in use."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from shared.ports.store import Store

Method = Literal["read", "query", "changes", "batch"]
METHODS: Sequence[Method] = ("read", "query", "changes", "batch")


@dataclass(frozen=True, slots=True)
class Call:
    """A call that has ended. `given` is what came after the container; `answer` is None when it failed."""

    method: Method
    container: str
    given: Sequence[Any]
    answer: Any


def watched(store: Store, look: Callable[[Call], None]) -> None:
    """Let `look` see every call of `store` from now on."""
    for method in METHODS:
        setattr(store, method, _watching(method, getattr(store, method), look))


def _watching(
    method: Method, call: Callable[..., Awaitable[Any]], look: Callable[[Call], None]
) -> Callable[..., Awaitable[Any]]:
    async def watching(container: str, *given: Any, **named: Any) -> Any:
        answer = None
        try:
            answer = await call(container, *given, **named)
        finally:
            look(Call(method, container, given, answer))
        return answer

    return watching
