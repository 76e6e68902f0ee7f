"""The ways in that are no doors, as spans: events that are heard, timers that tick."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import azure.functions as func

from shared.bootstrap import app
from shared.errors import Unavailable
from shared.ports.events import CloudEvent
from shared.ports.telemetry import Kind, entered
from shared.ports.topics import EVENTS_TOPIC


@asynccontextmanager
async def hearing(message: func.ServiceBusMessage, subscription: str) -> AsyncIterator[CloudEvent]:
    """Read the event of a message, and go on with its trace; hold the message if somebody is away."""
    event = CloudEvent.model_validate_json(message.get_body())
    attributes = {
        "messaging.system": "servicebus",
        "messaging.operation.type": "process",
        "messaging.destination.name": EVENTS_TOPIC,
        "messaging.destination.subscription.name": subscription,
        "cloudevents.event_id": event.id,
        "cloudevents.event_type": event.type,
        "cloudevents.event_subject": event.subject,
    }
    try:
        with entered(Kind.EVENT, f"process {subscription}", attributes, parent=event.traceparent):
            yield event
    except Unavailable:
        await app().hold_event(message.delivery_count or 1)
        raise


@contextmanager
def ticking(timer: str) -> Iterator[None]:
    """Do what a timer does; it has much to do with many stories, and a trace of its own."""
    with entered(Kind.TIMER, timer, {"faas.trigger": "timer", "uso.timer": timer}):
        yield
