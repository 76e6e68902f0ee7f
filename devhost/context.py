"""What app functions are handed besides their trigger: the invocation context and the output holders."""

import threading
import uuid
from typing import Any

import azure.functions as func


class HostTrace(func._abc.TraceContext):
    """The W3C trace context of the request that led to this invocation."""

    def __init__(self, parent: str = "", state: str = "") -> None:
        self._parent = parent
        self._state = state

    @property
    def trace_parent(self) -> str:
        """Return the `traceparent` header, or an empty text."""
        return self._parent

    @property
    def trace_state(self) -> str:
        """Return the `tracestate` header, or an empty text."""
        return self._state

    @property
    def attributes(self) -> dict[str, str]:
        """Return no attributes: nothing in this host sets any."""
        return {}

    # The worker answers to these older names too.
    Tracestate = trace_state
    Traceparent = trace_parent
    Attributes = attributes


class HostRetry(func._abc.RetryContext):
    """Which attempt of the function's retry policy this invocation is."""

    def __init__(self, count: int = 0, limit: int = 0, error: BaseException | None = None) -> None:
        self._count = count
        self._limit = limit
        self._error = error

    @property
    def retry_count(self) -> int:
        """Return how many attempts failed before this one."""
        return self._count

    @property
    def max_retry_count(self) -> int:
        """Return how many retries the policy allows."""
        return self._limit

    @property
    def exception(self) -> Any:
        """Return the exception of the attempt before, or None."""
        return self._error


class HostContext(func.Context):
    """The `context` of one invocation."""

    def __init__(
        self, function: str, directory: str, trace: HostTrace | None = None, retry: HostRetry | None = None
    ) -> None:
        self._id = str(uuid.uuid4())
        self._function = function
        self._directory = directory
        self._trace = trace or HostTrace()
        self._retry = retry or HostRetry()
        self._local = threading.local()
        self._local.invocation_id = self._id

    @property
    def invocation_id(self) -> str:
        """Return the id of this invocation."""
        return self._id

    @property
    def thread_local_storage(self) -> Any:
        """Return the storage that carries the invocation id into user threads."""
        return self._local

    @property
    def function_name(self) -> str:
        """Return the function's name."""
        return self._function

    @property
    def function_directory(self) -> str:
        """Return the folder of the app."""
        return self._directory

    @property
    def trace_context(self) -> HostTrace:
        """Return the trace context."""
        return self._trace

    @property
    def retry_context(self) -> HostRetry:
        """Return the retry context."""
        return self._retry


class HostOut(func.Out[Any]):
    """Holds what the function sets on one output parameter."""

    def __init__(self) -> None:
        self._value: Any = None

    def set(self, val: Any) -> None:
        """Keep the value; the last one counts."""
        self._value = val

    def get(self) -> Any:
        """Return the value kept, or None."""
        return self._value
