"""The headline flows, driven through the doors of a running app on a virtual clock, and counted.

Of the app's timers only the watcher's runs while days pass; what a run costs when nobody waits is taken off
again. The others are run by hand and counted apart: a flow's counts are what it adds to an idle app.
"""

import contextlib
import logging
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from shared import bootstrap
from tools.api import Api, Time
from tools.cost.counted import Counted
from tools.cost.meter import Meter
from tools.cost.street import Check, Street
from tools.hosted import hosted_app
from tools.place import Place, free_port

SATURDAY = datetime(2026, 5, 2, 14, 1, tzinfo=UTC)
"""A minute past nine in Austin. The wish is said on a Monday."""
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
"""The functions behind them."""


def count() -> dict[str, Counted]:
    """Run every flow once, in a few seconds. Raises NotAsExpected, or Refused by a door."""
    with _quiet(), tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        data, meter = Path(folder), Meter()
        place = Place(data=data, port=free_port(), clock="virtual", start_at=SATURDAY)
        with (
            bootstrap.serving(meter.ports),
            hosted_app(place) as app,
            contextlib.closing(Api(app.url)) as api,
        ):
            street = Street(app, api, data, Time(api))
            street.open()
            street.order()  # so that the app and its store are as on any day
            meter.watch(app)
            return _counted(meter, street)


def _counted(meter: Meter, street: Street) -> dict[str, Counted]:
    counts: dict[str, Counted] = {}

    def measured(flow: Callable[[], Check]) -> Counted:
        before = meter.counted()
        check = flow()
        more = meter.counted() - before
        check()
        return more

    def added(flow: Callable[[], Check]) -> Counted:
        more = measured(flow)
        for _ in range(more.timer_runs):
            more -= counts[TICK]
        return more

    for name, functions in TIMERS.items():
        counts[name] = measured(partial(street.run, *functions))
    street.let_run(*TIMERS[TICK])
    counts[ORDER] = added(street.order)
    street.rain()
    counts[WISH] = added(street.wish)
    alone = added(street.wait_a_week)
    street.wish_too()
    counts[WAITING_WEEK] = added(street.wait_a_week) - alone
    counts[PLACE_WEEK] = alone - counts[WAITING_WEEK]
    street.wish_no_more()
    counts[WISH_GRANTED] = added(street.grant)
    counts[CHECKOUT] = added(street.checkout)
    street.order_for_recovery()
    counts[RECOVERY] = added(street.recover)
    counts[SHOP_ORDER] = added(street.shop_order)
    return counts


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Leave out the SDK's word for an event that two causes raised at once, which plans expect."""
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Potential duplicate Task completion")
            yield
    finally:
        root.setLevel(before)
