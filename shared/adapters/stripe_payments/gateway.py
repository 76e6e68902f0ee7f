"""The way of every call to Stripe: one client per process, errors translated, keys that Stripe accepts."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from shared.adapters.breakers import Breakers
from shared.adapters.stripe_payments.errors import About, is_failure, translated
from shared.settings import Settings

if TYPE_CHECKING:
    from stripe import ListObject, RequestOptions, StripeClient, StripeObject

    from shared.adapters.stripe_payments.sdk import Http

T = TypeVar("T")
S = TypeVar("S", bound="StripeObject")
MAX_KEY = 255
_PLAIN = re.compile(rf"[\x21-\x7e]{{1,{MAX_KEY}}}")


def keyed(key: str) -> "RequestOptions":
    """Return the options of a write. A key that no header can carry goes as its digest."""
    plain = key if _PLAIN.fullmatch(key) else f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"
    return {"idempotency_key": plain}


class Gateway:
    """Opens the SDK on first use."""

    def __init__(self, settings: Settings, breakers: Breakers) -> None:
        if settings.stripe_key is None:
            raise ValueError("Stripe needs USO_STRIPE_KEY")
        self._key = settings.stripe_key
        self._settings = settings
        self._breakers = breakers
        self._open: tuple[StripeClient, Http] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def ask(self, about: About, call: "Callable[[StripeClient], Awaitable[T]]") -> T:
        """Return the answer. Raises our errors only; Unavailable means that the call may have worked."""
        with self._calling(about):
            return await call(self._client())

    async def each(
        self, about: About, call: "Callable[[StripeClient], Awaitable[ListObject[S]]]"
    ) -> AsyncIterator[S]:
        """Yield all that a list call finds, page after page."""
        page = await self.ask(about, call)
        while not page.is_empty:
            for item in page:
                yield item
            with self._calling(about):
                page = await page.next_page_async()

    async def close(self) -> None:
        """Release connections; the next call opens anew."""
        opened, self._open = self._open, None
        if opened is not None:
            await opened[1].close_async()

    @contextmanager
    def _calling(self, about: About) -> Iterator[None]:
        """Call, unless Stripe is left in peace. The SDK asks nothing for a page that is not there."""
        import stripe

        try:
            with self._breakers.calling("Stripe", is_failure=is_failure):
                yield
        except stripe.StripeError as error:
            # not chained: its arguments are the whole answer, and a traceback would print them
            raise translated(error, about) from None

    def _client(self) -> "StripeClient":
        from shared.adapters.stripe_payments.sdk import open_client

        loop = asyncio.get_running_loop()
        if self._open is None or self._loop is not loop:
            self._loop = loop  # connections serve one event loop only
            self._open = open_client(self._settings, self._key.get_secret_value())
        return self._open[0]
