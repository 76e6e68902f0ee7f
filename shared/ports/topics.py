"""What there must be on the event bus: a topic, its subscriptions, their settings. `infra/` creates just this.

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


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSettings:
    """Of the topic. Durations are ISO 8601."""

    name: str
    duplicate_window: str
    """How long an event that comes again, by its MessageId, is dropped."""
    time_to_live: str
    partitioned: bool = False
    """A batch of a partitioned topic may hold one session only; ours holds many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionSettings:
    """Of one subscription. With `labels` it takes only events of those types, by correlation filters."""

    name: str
    labels: tuple[str, ...] = ()
    requires_session: bool = False
    """Every event carries its subject as session, but no consumer depends on the order of events."""
    max_delivery_count: int = 10
    lock_duration: str = "PT1M"
    """The trigger renews locks of what takes longer."""
    dead_letters_expired: bool = True


TOPIC = TopicSettings(name=EVENTS_TOPIC, duplicate_window="PT1H", time_to_live="P14D")
SUBSCRIPTIONS: tuple[SubscriptionSettings, ...] = (
    SubscriptionSettings(name=PLANS),
    SubscriptionSettings(name=NARRATION),
    SubscriptionSettings(name=MONEY),
)
"""No filters: an event that nobody follows costs a call, one that a filter forgot costs an order."""
