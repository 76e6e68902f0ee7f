"""Counts what a running app does: its store, its bus, its functions and plans, and whom it calls outside.

What stands for the outside world is not the app's: the embedded adapters' own books are left out, and calls
to them are counted where a real adapter would go out.
"""

import inspect
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from devhost.bindings import ACTIVITY, HTTP, SERVICE_BUS, TIMER, AppFunction
from devhost.durable.events import SUB_CREATED, TIMER_CREATED
from devhost.messages import Properties
from shared import bootstrap
from shared.adapters.recorded_mail import CONTAINER as MAILBOX
from shared.adapters.simulated_outside.outside import CONTAINER as OUTSIDE
from shared.adapters.simulated_payments.memory import CONTAINER as PAYMENTS
from shared.adapters.simulated_shop.memory import CONTAINER as SHOP
from shared.adapters.simulated_suppliers.memory import CONTAINER as SUPPLIERS
from shared.bootstrap import App
from shared.chosen_adapters import Ports
from shared.domain.catalogue import ChannelKind, Vendor
from shared.ports.channels import PartnerMessage
from shared.ports.payments import NEWS_TYPE
from shared.ports.store import Create, Delete, Document, Feed, Operation, Page, Store
from shared.services.simulator.kinds import CONTAINER as SIMULATOR
from tools.cost.counted import Counted
from tools.hosted import Hosted
from tools.store_watch import Call, watched

EMBEDDED = frozenset({MAILBOX, OUTSIDE, PAYMENTS, SHOP, SUPPLIERS, SIMULATOR})
"""Containers in which embedded adapters keep what in production is somebody else's."""
WEBHOOK = Counter(requests=1, batches=1, creates=2, create_kb=2, feed_looks=1, feed_documents=1, feed_kb=1)
"""What news by a payment provider's webhook costs besides; the embedded one announces from its own books."""
KILOBYTE, MESSAGE_UNIT = 1024, 64 * 1024
ENVELOPE = 300
"""Bytes that Cosmos DB and we add to a document: id, key, partition, place, etag, timestamp, links."""
_TRIGGERS = {HTTP: "requests", TIMER: "timer_runs", SERVICE_BUS: "deliveries", ACTIVITY: "activities"}
_DECISIONS = {TIMER_CREATED: "timers", SUB_CREATED: "children"}


class Meter:
    """Counts from `watch` on, until the app ends. `ports` are those to bootstrap the app with."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()
        self._outside: Counter[str] = Counter()
        self._app: Hosted | None = None

    @property
    def ports(self) -> Ports:
        """The embedded adapters, each behind what counts the calls to it."""
        return Ports(
            payments=self._outward("payments", lambda app: app.payment_rehearsal),
            weather=self._outward("weather", lambda app: app.weather_script),
            mailer=self._outward("mail", lambda app: app.mailbox),
            shop=self._outward("shop", lambda app: app.shop_rehearsal),
            suppliers=self._outward("suppliers", lambda app: app.suppliers_rehearsal),
            channels=dict.fromkeys(ChannelKind, _Partners(self._outside)),
        )

    def watch(self, app: Hosted) -> None:
        """Begin to count. The app must have answered once, so that it is there."""
        self._app = app
        watch_store(bootstrap.app().store, self._seen)
        functions, engine, bus = app.host.functions, app.host.engine, app.host.bus
        _before(functions, "invoke", self._invoked)
        _before(functions, "run_orchestrator", lambda *_, **__: self._count("episodes"))
        _before(engine, "start_new", lambda *_, **__: self._count("starts"))
        _before(engine, "raise_event", lambda *_, **__: self._count("events_raised"))
        _before(engine, "get_status", lambda *_, **__: self._count("status_looks"))
        _before(bus, "send_many", self._sent)

    def counted(self) -> Counted:
        """Return what was counted up to now; read between two flows, when nothing moves."""
        if self._app is None:
            raise RuntimeError("watch an app first")
        durable: Counter[str] = Counter()
        for plan in self._app.plans():
            durable["history_events"] += len(plan["history"])
            durable.update(
                _DECISIONS[event["EventType"]]
                for event in plan["history"]
                if event["EventType"] in _DECISIONS
            )
        return Counted(**self._seen, **durable, outside=dict(self._outside))

    def _count(self, what: str, times: int = 1) -> None:
        self._seen[what] += times

    def _invoked(self, function: AppFunction, *_: Any, **__: Any) -> None:
        self._count(_TRIGGERS[function.trigger.type])

    def _sent(self, _: str, messages: Sequence[tuple[bytes, Properties]]) -> None:
        self._count("messages", sum(_units(len(body), MESSAGE_UNIT) for body, _ in messages))
        for _body, said in messages:
            if said.label == NEWS_TYPE:
                self._seen.update(WEBHOOK)

    def _outward(self, peer: str, embedded: Callable[[App], object]) -> Any:
        return _Outward(peer, lambda: embedded(bootstrap.app()), self._outside)


class _Outward:
    """An adapter whose calls are counted. One that hands out others (suppliers) hands out counted ones."""

    def __init__(self, peer: str, inner: Callable[[], object], calls: Counter[str]) -> None:
        self._peer, self._inner, self._calls = peer, inner, calls

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner(), name)
        if name == "of":
            return lambda which: _Outward(self._peer, lambda: method(which), self._calls)
        if not inspect.iscoroutinefunction(method):
            return method

        async def calling(*given: Any, **named: Any) -> Any:
            self._calls[self._peer] += 1
            return await method(*given, **named)

        return calling


class _Partners:
    """Vendors who take every message; their answers are the flow's business."""

    def __init__(self, calls: Counter[str]) -> None:
        self._calls = calls

    async def send(self, vendor: Vendor, message: PartnerMessage) -> None:
        self._calls["partners"] += 1


def _before(there: object, name: str, look: Callable[..., None]) -> None:
    """Let `look` see the arguments of each call of a method first."""
    method = getattr(there, name)

    def looking(*given: Any, **named: Any) -> Any:
        look(*given, **named)
        return method(*given, **named)

    setattr(there, name, looking)


def watch_store(store: Store, seen: Counter[str]) -> None:
    """Count the calls of a store that is in use, by the names of `Counted`, from now on."""
    looks = {"read": _read, "query": _query, "changes": _followed, "batch": _wrote}

    def look(call: Call) -> None:
        if call.container not in EMBEDDED:
            looks[call.method](seen, call)

    watched(store, look)


def _read(seen: Counter[str], call: Call) -> None:
    found: Document | None = call.answer
    seen["reads"] += 1
    seen["read_kb"] += _kilobytes(found.body) if found else 1


def _query(seen: Counter[str], call: Call) -> None:
    page: Page | None = call.answer
    found = page.documents if page else ()
    seen["queries"] += 1
    seen["query_documents"] += len(found)
    seen["query_kb"] += sum(_kilobytes(each.body) for each in found)


def _followed(seen: Counter[str], call: Call) -> None:
    feed: Feed | None = call.answer
    found = feed.documents if feed else ()
    seen["feed_looks"] += 1
    seen["feed_documents"] += len(found)
    seen["feed_kb"] += sum(_kilobytes(each.body) for each in found)


def _wrote(seen: Counter[str], call: Call) -> None:
    operations: Sequence[Operation] = call.given[1]
    seen["batches"] += 1
    for operation in operations:
        if isinstance(operation, Delete):
            seen["deletes"] += 1
            continue
        kind = "create" if isinstance(operation, Create) else "replace"
        seen[f"{kind}s"] += 1
        seen[f"{kind}_kb"] += _kilobytes(operation.body)


def _kilobytes(body: Mapping[str, Any]) -> int:
    return _units(ENVELOPE + len(json.dumps(body, separators=(",", ":"))), KILOBYTE)


def _units(size: int, unit: int) -> int:
    return max(1, -(-size // unit))
