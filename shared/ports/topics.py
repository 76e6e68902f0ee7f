"""What there must be on the event bus: a topic, its subscriptions, their settings. `infra/` creates this.

Stdlib only: the triggers read the names at index time.
"""

from dataclasses import dataclass

EVENTS_TOPIC = "uso-events"
PLANS = "plans"
"""Subscription that starts and wakes orchestrations."""
NARRATION = "narration"
"""Subscription that tells customers."""
MONEY = "money"
"""Subscription that keeps the books: commissions, payouts, news of the payment provider."""

MAX_DELIVERIES = 10
"""Of one event to one subscription; then it is a dead letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSettings:
    """Of the topic, which is not partitioned: a batch holds many sessions. Durations are ISO 8601."""

    name: str
    duplicate_detection_window: str
    """For how long an event that comes again, by its MessageId, is dropped."""
    time_to_live: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionSettings:
    """Of one subscription. What expires or is tried too often becomes a dead letter."""

    name: str
    requires_session: bool = False
    """Every event carries its subject as its session, but no consumer depends on the order of events."""
    max_delivery_count: int = MAX_DELIVERIES
    lock_duration: str = "PT1M"
    """The trigger renews the lock of what takes longer."""


TOPIC = TopicSettings(name=EVENTS_TOPIC, duplicate_detection_window="P1D", time_to_live="P14D")
SUBSCRIPTIONS = (
    SubscriptionSettings(name=PLANS),
    SubscriptionSettings(name=NARRATION),
    SubscriptionSettings(name=MONEY),
)
"""None has a filter: an event that nobody follows costs a call, one that a filter forgot costs an order."""
