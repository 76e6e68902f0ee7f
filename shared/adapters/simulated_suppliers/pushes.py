"""The signed webhooks of an embedded supplier that pushes (Standard Webhooks 1.0.0)."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from shared.adapters import secret_file
from shared.adapters.simulated_suppliers.memory import Memory
from shared.domain import webhook_signature as webhook
from shared.errors import InvalidInput
from shared.ports.clock import Clock
from shared.ports.rehearsals import SignedDelivery
from shared.ports.suppliers import SupplierNews
from shared.settings import Settings


class _Push(BaseModel):
    """A body: our number of the order, and what the supplier says of it, which is looked up anyway."""

    id: str = Field(min_length=1, max_length=100)
    order_number: str = Field(min_length=1, max_length=50)
    status: str = ""


class Pushes:
    """`shared.ports.suppliers.SupplierWebhooks`, and the deliveries to rehearse with."""

    def __init__(self, memory: Memory, clock: Clock, settings: Settings, secret: Path) -> None:
        self._memory = memory
        self._clock = clock
        self._settings = settings
        self._secret_file = secret

    def read(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> SupplierNews | None:
        """Verify a delivery over its raw body and read it. Raises Unauthenticated, InvalidInput."""
        id = webhook.verify(
            [self._secret()],
            headers=headers,
            body=body,
            now=now,
            tolerance=self._settings.webhook_tolerance,
        )
        try:
            push = _Push.model_validate_json(body)
        except ValidationError as error:
            where = error.errors(include_url=False, include_input=False)[0]["loc"]
            raise InvalidInput("This is no news.", field=".".join(map(str, where)) or "body") from None
        return SupplierNews(id=id, key=push.order_number)

    async def deliveries(self) -> AsyncIterator[SignedDelivery]:
        """Yield one delivery for each thing that was seen of each order so far."""
        now = self._clock.now()
        async for order in self._memory.orders():
            seen = order.seen(now, carrier="")
            for n in range(len(seen.movements)):
                push = _Push(id=f"{order.number}-{n}", order_number=order.key, status=seen.movements[n].text)
                body = push.model_dump_json()
                headers = webhook.sign(self._secret(), id=push.id, timestamp=now, body=body.encode())
                yield SignedDelivery(id=push.id, headers=headers, body=body)

    def _secret(self) -> str:
        if not self._secret_file.exists():
            secret_file.create_once(self._secret_file, webhook.new_secret().encode())
        return self._secret_file.read_text(encoding="ascii")
