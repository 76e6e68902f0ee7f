"""The app that benchmarks run: activities that do nothing, one after the other."""

from collections.abc import Generator
from typing import Any

import azure.durable_functions as df

app = df.DFApp()


@app.orchestration_trigger(context_name="context")  # type: ignore[untyped-decorator]
def chain(context: df.DurableOrchestrationContext) -> Generator[Any, Any, int]:
    """Count to `steps`, one activity at a time."""
    value = 0
    for _ in range(context.get_input()["steps"]):
        value = yield context.call_activity("increment", value)
    return value


@app.activity_trigger(input_name="value")  # type: ignore[untyped-decorator]
def increment(value: int) -> int:
    """Add one."""
    return value + 1
