"""What every way to Service Bus says about an event, besides its MessageId."""

import hashlib
import json

from shared.ports.events import CloudEvent

CONTENT_TYPE = "application/cloudevents+json"
MAX_SESSION = 128
"""Characters of a session id (Service Bus quotas)."""


def session_of(event: CloudEvent) -> str:
    """Return the session that keeps the events of one subject in order, where a subscription asks for it."""
    if len(event.subject) <= MAX_SESSION:
        return event.subject
    return hashlib.sha256(event.subject.encode()).hexdigest()


def event_id_of(body: bytes) -> str:
    """Return the event's own id, which is not the MessageId of one that was sent again; "" for no event."""
    try:
        event = json.loads(body)
    except ValueError:
        return ""
    return str(event.get("id") or "") if isinstance(event, dict) else ""
