"""The alert port: whatever wakes a person (flow ops-6)."""

from typing import Protocol

from pydantic import Field

from shared.domain.model import Model
from shared.domain.operations.alarms import AlertLevel


class Alert(Model):
    """One call to a person. `key` is the effect's key; `url` is where to take it over."""

    key: str = Field(min_length=1, max_length=200)
    level: AlertLevel
    title: str = Field(max_length=200)
    text: str = Field(max_length=2000)
    url: str = ""


class AlertChannel(Protocol):
    """One way to reach whoever is on duty: push, SMS, Slack."""

    name: str

    async def send(self, alert: Alert) -> None:
        """Deliver, at most once per key as far as the other side can tell. Raises Unavailable."""
        ...
