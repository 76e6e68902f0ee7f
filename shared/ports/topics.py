"""Names on the event bus. Stdlib only: the triggers read them at index time."""

EVENTS_TOPIC = "uso-events"
PLANS = "plans"
"""Subscription that starts and wakes orchestrations."""
NARRATION = "narration"
"""Subscription that tells customers."""
MONEY = "money"
"""Subscription that keeps the books: commissions, payouts, news of the payment provider."""
