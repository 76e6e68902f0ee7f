"""The headline flows, driven through the doors of a running app on a virtual clock, and counted.

Of the app's timers only the watcher's runs while days pass; what a run costs when nobody waits is taken off
again. The others are run by hand and counted apart: a flow's counts are what it adds to an idle app.
"""

import contextlib
import tempfile
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from shared import bootstrap
from tools.api import Api, Time
from tools.cost.counted import Counted
from tools.cost.flow_names import (
    CHECKOUT,
    ORDER,
    PLACE_WEEK,
    RECOVERY,
    SHOP_ORDER,
    TICK,
    TIMERS,
    WAITING_WEEK,
    WISH,
    WISH_GRANTED,
)
from tools.cost.meter import Meter
from tools.cost.street import Check, Street
from tools.hosted import hosted_app
from tools.place import Place, free_port
from tools.quiet import only_errors

SATURDAY = datetime(2026, 5, 2, 14, 1, tzinfo=UTC)
"""A minute past nine in Austin. The wish is said on a Monday."""


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
    with only_errors(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Potential duplicate Task completion")
        yield
