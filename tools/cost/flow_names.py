"""The flows that are counted, and what each is."""

from collections.abc import Mapping

HOUSEKEEPING, TICK, NIGHT = "housekeeping", "watcher tick", "night"
ORDER, RECOVERY, CHECKOUT, SHOP_ORDER = "order", "recovery", "checkout", "shop order"
WISH, WAITING_WEEK, PLACE_WEEK, WISH_GRANTED = "wish", "waiting week", "place week", "wish granted"
MEANINGS: Mapping[str, str] = {
    HOUSEKEEPING: "one run of the timer of every ten minutes that finds nothing to do",
    TICK: "one run of the hourly watcher when nobody waits",
    NIGHT: "the books compared, the due paid, old histories purged: three runs a night",
    ORDER: "found in the chat, ordered, accepted, delivered, confirmed, paid out",
    CHECKOUT: "a cart of three vendors, quoted and confirmed: one charge, all three told",
    RECOVERY: "what a refused change adds to an order: another vendor found, asked, swapped in",
    WISH: "a standing intent said, understood, scouted and armed",
    WAITING_WEEK: "what one more waiting intent adds to seven days, a sunless Thursday among them",
    PLACE_WEEK: "what the first one of a place adds besides: its forecasts",
    WISH_GRANTED: "three more days, the forecast turns, the question, yes, the purchase",
    SHOP_ORDER: "paid in the web shop, bought at a supplier, shipped, its customer told",
}
TIMERS: Mapping[str, tuple[str, ...]] = {
    HOUSEKEEPING: ("keep_house",),
    TICK: ("watch_intents",),
    NIGHT: ("reconcile_yesterday", "pay_schedules", "forget_ended_plans"),
}
"""The functions behind what runs by the clock."""
RUNS_A_DAY: Mapping[str, int] = {HOUSEKEEPING: 144, TICK: 24, NIGHT: 1}
