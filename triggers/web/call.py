"""What a handler knows of the request besides its parsed inputs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from shared.domain.identity import Principal
from shared.errors import Unauthenticated

if TYPE_CHECKING:
    from azure.durable_functions import DurableOrchestrationClient

    from shared.bootstrap import App


class Headers(Mapping[str, str]):
    """Request headers, looked up without regard to case (RFC 9110, section 5.1)."""

    def __init__(self, items: Mapping[str, str]) -> None:
        self._items = {name.lower(): value for name, value in items.items()}

    def __getitem__(self, name: str) -> str:
        return self._items[name.lower()]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request to a door.

    `now` is the instant of arrival by the app's clock. `durable` is set on doors whose route asks for it,
    `webhook_id` (the key to remember a delivery by) on signed ones.
    """

    app: "App"
    request_id: str
    method: str = "GET"
    now: datetime
    principal: Principal | None = None
    idempotency_key: str | None = None
    raw_body: bytes = b""
    headers: Headers
    webhook_id: str | None = None
    durable: "DurableOrchestrationClient | None" = None

    @property
    def caller(self) -> Principal:
        """Who calls, on a door that has personas. Raises Unauthenticated on one that has none."""
        if self.principal is None:
            raise Unauthenticated("This needs a token.")
        return self.principal
