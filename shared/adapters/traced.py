"""Any port whose calls shall be spans: who was asked for what, how long it took, and how it ended."""

import inspect
from functools import wraps
from typing import Any, TypeVar, cast

from shared.ports.telemetry import called, is_collected

T = TypeVar("T")


def traced(port: T, peer: str) -> T:
    """Return `port`; if anybody collects, its calls are told under the name `peer`, without what they say."""
    return cast("T", _Traced(port, peer)) if is_collected() else port


class _Traced:
    def __init__(self, port: object, peer: str) -> None:
        self._port = port
        self._peer = peer

    def __getattr__(self, name: str) -> Any:
        """Return what the port has; calls that wait for somebody are wrapped, once."""
        found = getattr(self._port, name)
        if not inspect.iscoroutinefunction(found):
            return found
        attributes = {"peer.service": self._peer, "uso.call": name, "uso.adapter": type(self._port).__name__}

        @wraps(found)
        async def call(*args: Any, **kwargs: Any) -> Any:
            with called(f"{self._peer} {name}", attributes):
                return await found(*args, **kwargs)

        setattr(self, name, call)
        return call
