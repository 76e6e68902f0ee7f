"""A tiny host for the engine's tests: the functions of one DFApp, looked up and run as the worker does."""

import asyncio
import inspect
import json
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import azure.durable_functions as df
import azure.functions as func
from azure.functions import meta

from devhost.clock import VirtualClock
from devhost.contracts import FunctionError
from devhost.durable import DurableEngine

START = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)


class AppFunctions:
    """`contracts.DurableFunctions` over a DFApp."""

    def __init__(self, app: df.DFApp) -> None:
        self.calls: list[tuple[str, Any]] = []
        self._by_kind: dict[str, dict[str, Any]] = {}
        for function in app.get_functions():
            trigger = function.get_trigger().get_dict_repr()
            kind = trigger["type"]
            name = trigger.get("entityName") or function.get_function_name()
            self._by_kind.setdefault(kind, {})[name.lower()] = function.get_user_function()

    def _get(self, kind: str, name: str) -> Any:
        return self._by_kind.get(kind, {}).get(name.lower())

    def has_orchestrator(self, name: str) -> bool:
        return self._get("orchestrationTrigger", name) is not None

    def has_activity(self, name: str) -> bool:
        return self._get("activityTrigger", name) is not None

    def has_entity(self, name: str) -> bool:
        return self._get("entityTrigger", name) is not None

    def run_orchestrator(self, name: str, body: str) -> str:
        return self._get("orchestrationTrigger", name)(func.OrchestrationContext(body))

    async def run_activity(self, name: str, input_json: str) -> str:
        converter = meta.get_binding_registry().get("activityTrigger")
        value = converter.decode(meta.Datum(input_json, "string"), trigger_metadata={})
        self.calls.append((name, value))
        try:
            result = self._get("activityTrigger", name)(value)
            if inspect.isawaitable(result):
                result = await result
            return converter.encode(result, expected_type=None).value
        except Exception as error:
            raise FunctionError(name, type(error).__name__, str(error), traceback.format_exc()) from error

    def run_entity(self, name: str, body: str) -> str:
        return self._get("entityTrigger", name)(func.EntityContext(body))


class Host:
    """An engine over an app, on a clock that stands still."""

    def __init__(self, folder: Path, app: df.DFApp | AppFunctions, **options: Any) -> None:
        self.folder = folder
        self.functions = app if isinstance(app, AppFunctions) else AppFunctions(app)
        self.clock = VirtualClock(folder / "clock.txt", START)
        options.setdefault("replay_twice", True)
        self.engine = DurableEngine(folder / "durable.db", self.functions, self.clock, **options)

    async def __aenter__(self) -> "Host":
        await self.engine.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.engine.stop()

    async def settle(self) -> None:
        """Let the engine work until nothing is left to do at this instant."""
        while not self.engine.idle():  # noqa: ASYNC110
            await asyncio.sleep(0)

    async def advance(self, to: datetime) -> None:
        """Move the clock on, from one due instant to the next."""
        await self.settle()
        while (due := self.engine.next_due()) is not None and due <= to:
            self.clock.set(max(due, self.clock.now()))
            self.engine.poke()
            await self.settle()
        self.clock.set(to)
        self.engine.poke()
        await self.settle()

    async def start(self, name: str, value: Any = None, instance_id: str = "it") -> str:
        """Start as the SDK client does, its input encoded twice, and settle."""
        text = None if value is None else json.dumps(json.dumps(value))
        started = await self.engine.start_new(name, text, instance_id)
        await self.settle()
        return started

    async def raise_event(self, name: str, value: Any, instance_id: str = "it") -> None:
        """Raise as the HTTP API does, encoded once, and settle."""
        await self.engine.raise_event(instance_id, name, json.dumps(value))
        await self.settle()

    async def status(self, instance_id: str = "it") -> dict[str, Any]:
        await self.settle()
        return await self.engine.get_status(instance_id)

    async def outcome(self, instance_id: str = "it") -> tuple[str, Any]:
        """Return (runtime status, output)."""
        status = await self.status(instance_id)
        return status["runtimeStatus"], status["output"]

    async def events(self, instance_id: str = "it") -> list[tuple[int, int]]:
        """Return (event type, event id) of the history, without the frame of the episodes."""
        history = await self.engine.raw_history(instance_id)
        return [(e["EventType"], e["EventId"]) for e in history if e["EventType"] not in (12, 13)]

    def warned(self) -> set[str]:
        return {warning.code for warning in self.engine.warnings}
