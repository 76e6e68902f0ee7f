"""Runs the app's functions: async ones on the loop, plain ones in a thread pool, durable ones by name."""

import asyncio
import contextvars
import logging
import os
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import azure.functions as func

from devhost import converters
from devhost.bindings import ACTIVITY, DURABLE_CLIENT, ENTITY, ORCHESTRATION, RETURN, AppFunction, Binding
from devhost.context import HostContext, HostOut, HostRetry, HostTrace
from devhost.contracts import FunctionError
from devhost.indexing import Index

logger = logging.getLogger("devhost.functions")

ClientFactory = Callable[[Binding], str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one invocation left behind: its return value and what it set on each output parameter."""

    returned: Any
    outputs: Mapping[str, Any] = field(default_factory=dict)

    def value_of(self, binding: Binding) -> Any:
        """Return what is to be sent through one output binding, or None for nothing."""
        return self.returned if binding.name == RETURN else self.outputs.get(binding.name)


def default_threads() -> int:
    """Return how many plain functions may run at once, by the worker's own setting and default."""
    configured = os.environ.get("PYTHON_THREADPOOL_THREAD_COUNT", "")
    return int(configured) if configured.isdigit() and int(configured) else min(32, (os.cpu_count() or 1) + 4)


class Functions:
    """The index made callable. It implements `contracts.DurableFunctions`."""

    def __init__(self, index: Index, *, threads: int | None = None) -> None:
        self.index = index
        self.client_binding: ClientFactory = _no_client
        self._pool = ThreadPoolExecutor(threads or default_threads(), thread_name_prefix="app")
        self._orchestrators = self._durable(ORCHESTRATION)
        self._activities = self._durable(ACTIVITY)
        self._entities = self._durable(ENTITY)

    def _durable(self, trigger_type: str) -> dict[str, AppFunction]:
        return {item.durable_name.lower(): item for item in self.index.triggered_by(trigger_type)}

    def close(self) -> None:
        """Let the threads go; running ones are not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def invoke(
        self,
        function: AppFunction,
        value: Any,
        *,
        trace: HostTrace | None = None,
        retry: HostRetry | None = None,
    ) -> Outcome:
        """Run one function on its converted trigger value. Whatever it raises comes through."""
        arguments: dict[str, Any] = {function.trigger.name: value}
        arguments |= {item.name: self.client_binding(item) for item in function.of_type(DURABLE_CLIENT)}
        outs = {item.name: HostOut() for item in function.outputs if item.name != RETURN}
        arguments |= outs
        if function.wants_context:
            arguments["context"] = HostContext(function.name, function.directory, trace, retry)
        returned = await self._call(function, arguments)
        return Outcome(returned, {name: out.get() for name, out in outs.items()})

    async def _call(self, function: AppFunction, arguments: Mapping[str, Any]) -> Any:
        if function.is_async:
            return await function.call(**arguments)
        call = partial(contextvars.copy_context().run, partial(function.call, **arguments))
        return await asyncio.get_running_loop().run_in_executor(self._pool, call)

    def has_orchestrator(self, name: str) -> bool:
        """Say whether an orchestrator of that name is indexed."""
        return name.lower() in self._orchestrators

    def has_activity(self, name: str) -> bool:
        """Say whether an activity of that name is indexed."""
        return name.lower() in self._activities

    def has_entity(self, name: str) -> bool:
        """Say whether an entity of that name is indexed."""
        return name.lower() in self._entities

    def run_orchestrator(self, name: str, body: str) -> str:
        """Replay one orchestrator; the SDK's own exception comes through untouched."""
        state: str = self._orchestrators[name.lower()].call(func.OrchestrationContext(body))
        return state

    async def run_activity(self, name: str, input_json: str) -> str:
        """Run an activity on its JSON input and return its JSON result."""
        function = self._activities[name.lower()]
        try:
            outcome = await self.invoke(function, converters.activity_input(input_json))
            return converters.activity_result(outcome.returned)
        except Exception as error:
            logger.warning("activity '%s' failed", function.name, exc_info=error)
            raise function_error(function.name, error) from error

    def run_entity(self, name: str, body: str) -> str:
        """Run an entity over a batch of operations."""
        function = self._entities[name.lower()]
        try:
            response: str = function.call(func.EntityContext(body))
        except Exception as error:
            raise function_error(function.name, error) from error
        return response


def function_error(function: str, error: BaseException) -> FunctionError:
    """Wrap what an app function raised."""
    return FunctionError(
        function, type(error).__name__, str(error), "".join(traceback.format_exception(error))
    )


def _no_client(binding: Binding) -> str:
    raise RuntimeError(f"the durable client '{binding.name}' was asked for before the engine started")
