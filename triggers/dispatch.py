"""Moving plans through the durable client: start once, wake until heard (rule 2, flow 6.7-3)."""

import logging
from datetime import UTC, datetime, timedelta

import azure.durable_functions as df

from shared.ports.events import CloudEvent
from shared.ports.telemetry import traceparent
from shared.services.wakeups import Wakeup, Wakeups
from triggers.wiring import Start, Wake, action_of

OVERDUE = timedelta(minutes=2)
FINISHED = frozenset(
    {
        df.OrchestrationRuntimeStatus.Completed,
        df.OrchestrationRuntimeStatus.Failed,
        df.OrchestrationRuntimeStatus.Terminated,
        df.OrchestrationRuntimeStatus.Canceled,
    }
)
ENDED_WELL = [df.OrchestrationRuntimeStatus.Completed, df.OrchestrationRuntimeStatus.Terminated]
"""Those that failed stay: they are a person's task."""
_EVER = datetime(2020, 1, 1, tzinfo=UTC)
"""The interface wants a beginning (`createdTimeFrom`)."""
_log = logging.getLogger(__name__)


async def dispatch(event: CloudEvent, client: df.DurableOrchestrationClient, wakeups: Wakeups) -> None:
    """Do what `event` asks of the plans."""
    match action_of(event.type, event.data):
        case Start() as start:
            await _start(start, client)
        case Wake(instance_id, name):
            wakeup = await wakeups.remember(instance_id, name)
            if wakeup is not None:
                await _wake(wakeup, client, wakeups)


async def reconcile(client: df.DurableOrchestrationClient, wakeups: Wakeups) -> int:
    """Raise again what no plan has heard; return how many were raised."""
    raised = 0
    async for wakeup in wakeups.overdue(older_than=OVERDUE):
        await _wake(wakeup, client, wakeups)
        raised += 1
    return raised


async def forget_ended(client: df.DurableOrchestrationClient, *, before: datetime) -> None:
    """Delete the histories of plans that were started before an instant and have ended as they should."""
    gone = await client.purge_instance_history_by(_EVER, before, ENDED_WELL)
    _log.info("%s plans that ended are forgotten", gone.instances_deleted)


async def _start(start: Start, client: df.DurableOrchestrationClient) -> None:
    if await _is_known(start.instance_id, client):
        return
    trace = {"traceparent": here} if (here := traceparent()) else {}
    try:
        await client.start_new(start.plan, start.instance_id, {**start.payload, **trace})
    except Exception:  # the SDK raises nothing more precise
        if not await _is_known(start.instance_id, client):
            raise
        _log.info("plan %s was started by the same event's other delivery", start.instance_id)


async def _is_known(instance_id: str, client: df.DurableOrchestrationClient) -> bool:
    return (await client.get_status(instance_id)).runtime_status is not None


async def _wake(wakeup: Wakeup, client: df.DurableOrchestrationClient, wakeups: Wakeups) -> None:
    """Raise the event; a plan that is not there yet is woken by the reconciler, a finished one never."""
    status = (await client.get_status(wakeup.instance_id)).runtime_status
    if status is None:
        _log.warning("plan %s is not there yet to hear %s", wakeup.instance_id, wakeup.event)
    elif status in FINISHED:
        await wakeups.forget(wakeup.instance_id, wakeup.event)
    else:
        await client.raise_event(wakeup.instance_id, wakeup.event, {})
