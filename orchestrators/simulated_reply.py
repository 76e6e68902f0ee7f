"""A simulated partner's answer, after the delay that its scenario asks for (flow 5.4-4)."""

from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any

import azure.durable_functions as df

LONGEST_TIMER = timedelta(days=5)
FIRST_RETRY_MS = 5_000
ATTEMPTS = 5


def simulated_reply(context: df.DurableOrchestrationContext) -> Generator[Any, Any, dict[str, Any]]:
    """Deliver the answer to a request when it is due.

    Input: `partner_id`, `message_id`, `due_at` (ISO 8601, aware). Output: what the delivery step returned.

    1. Wait until the answer is due.
    2. Deliver it; the step tells a repeated delivery from a first one.
    """
    ask = context.get_input()
    yield from _until(context, datetime.fromisoformat(ask["due_at"]))
    step = {"partner_id": ask["partner_id"], "message_id": ask["message_id"]}
    result: dict[str, Any] = yield context.call_activity_with_retry(
        "deliver_simulated_reply", df.RetryOptions(FIRST_RETRY_MS, ATTEMPTS), step
    )
    return result


def _until(context: df.DurableOrchestrationContext, due: datetime) -> Generator[Any, Any, None]:
    while (left := due - context.current_utc_datetime) > timedelta(0):
        yield context.create_timer(context.current_utc_datetime + min(left, LONGEST_TIMER))
