"""One adapter's first call and its second, in a process that has called nobody before. Prints JSON.

`python -m tools.bench.first_call NAME`, with the settings that choose the adapter in the environment.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

Call = Callable[[Any, int], Awaitable[object]]
"""Gets the app, and which of the two calls it is."""


async def _bus(app: Any, n: int) -> None:
    from shared.ports.events import CloudEvent, event_document
    from shared.ports.store import Create

    event = CloudEvent(id=f"first-{n}", type="uso.bench", subject="bench", time=datetime.now(UTC))
    await app.store.batch("orders", "bench", [Create(*event_document(event))])
    if await app.outbox.relay("orders") != 1:
        raise RuntimeError("the event did not go out")


async def _forecast(app: Any, n: int) -> None:
    from shared.domain.places import GeoPoint

    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    await app.weather.forecast(GeoPoint(latitude=30.0 + n, longitude=-97.0), tomorrow)


async def _letter(app: Any, n: int) -> None:
    from shared.ports.mail import Mail

    letter = Mail(key=f"bench-{n}", to="jane@example.com", subject="Hello", text="Hello")
    await app.operations.ports.mailer.send(letter)


async def _alert(app: Any, n: int) -> None:
    from shared.domain.operations.alarms import AlertLevel
    from shared.ports.alerts import Alert

    (channel,) = app.operations.ports.alerts
    level = AlertLevel.CRITICAL
    await channel.send(Alert(key=f"bench-{n}", level=level, title="Bench", text="Nothing happened."))


CALLS: dict[str, Call] = {
    "Stripe": lambda app, _: app.payments.balance("USD"),
    "OIDC": lambda app, _: app.tokens.verify(os.environ["BENCH_TOKEN"]),
    "Open-Meteo": _forecast,
    "mail": _letter,
    "Shopify": lambda app, _: app.operations.ports.shop.customer("jane@example.com"),
    "Slack": _alert,
    "Twilio": _alert,
    "OpenAI": lambda app, _: app.operations.ports.reader.read("Where is my order?"),
    "Service Bus": _bus,
    "Cosmos DB": lambda app, n: app.store.read("health", "bench", str(n)),
}
HEAVY = ("azure.cosmos", "azure.servicebus", "azure.identity", "stripe", "twilio", "openai", "jwt")


async def _twice(call: Call) -> dict[str, object]:
    from shared.bootstrap import app

    here = app()
    before = set(sys.modules)
    taken = []
    try:
        for n in range(2):
            began = time.perf_counter()
            await call(here, n)
            taken.append(1000 * (time.perf_counter() - began))
    finally:
        await here.close()
    loaded = set(sys.modules) - before
    sdks = [name for name in HEAVY if name in loaded]
    return {"first_ms": taken[0], "second_ms": taken[1], "modules": len(loaded), "sdks": sdks}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_twice(CALLS[sys.argv[1]]))))
