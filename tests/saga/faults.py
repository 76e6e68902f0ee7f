"""The ports of the outside world, recorded and made to fail: before, after, for good or a few times."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from shared.errors import Conflict, PaymentDeclined, Unavailable

T = TypeVar("T")


class Mode(StrEnum):
    """How a call fails."""

    BEFORE = "error before"
    """Nothing happens, and it raises."""
    AFTER = "error after"
    """It happens, and then it raises."""
    LOST = "answer lost"
    """It happens, and nobody ever hears so."""
    REFUSED = "refused"
    """The other side says no, in the port's own way."""


@dataclass
class Fault:
    """One call that fails: `about` is the product or payment it is for, `times` how often (None: always)."""

    call: str
    mode: Mode
    about: str = ""
    times: int | None = None

    def strikes(self, call: str, about: str) -> bool:
        if call != self.call or self.about not in ("", about) or self.times == 0:
            return False
        if self.times is not None:
            self.times -= 1
        return True

    def __str__(self) -> str:
        often = "always" if self.times is None else f"{self.times}x"
        return f"{self.call}({self.about}) {self.mode} {often}"


@dataclass
class Faults:
    """What fails, and every call that was made: its name, what it was for, and its key."""

    now: list[Fault] = field(default_factory=list)
    calls: list[tuple[str, str, str]] = field(default_factory=list)
    done: list[tuple[str, str, str]] = field(default_factory=list)

    async def through(
        self, call: str, about: str, key: str, act: Callable[[], Awaitable[T]], refuse: Callable[[], T]
    ) -> T:
        self.calls.append((call, about, key))
        fault = next((each for each in self.now if each.strikes(call, about)), None)
        if fault is not None and fault.mode is Mode.BEFORE:
            raise Unavailable(f"{call} cannot be reached")
        if fault is not None and fault.mode is Mode.REFUSED:
            return refuse()
        result = await act()
        self.done.append((call, about, key))
        if fault is not None and fault.mode is Mode.AFTER:
            raise RuntimeError(f"{call} broke off")
        if fault is not None:
            raise Unavailable(f"{call} did not answer in time")
        return result


class FaultyVendors:
    """`VendorHolds` in front of another."""

    def __init__(self, inner: Callable[[], Any], faults: Faults) -> None:
        self._inner, self._faults = inner, faults

    async def reserve(self, key: str, product_id: str, quantity: int = 1, until: Any = None) -> bool:
        return await self._faults.through(
            "reserve",
            product_id,
            key,
            lambda: self._inner().reserve(key, product_id, quantity, until),
            lambda: False,
        )

    async def confirm(self, key: str, product_id: str) -> None:
        await self._faults.through(
            "confirm", product_id, key, lambda: self._inner().confirm(key, product_id), _conflict
        )

    async def release(self, key: str, product_id: str) -> None:
        await self._faults.through(
            "release", product_id, key, lambda: self._inner().release(key, product_id), _conflict
        )


class FaultyPayments:
    """`PaymentProvider` in front of another: what changes money is recorded and may fail."""

    def __init__(self, inner: Callable[[], Any], faults: Faults) -> None:
        self._inner, self._faults = inner, faults

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner(), name)

    async def authorise(self, request: Any) -> Any:
        return await self._through("authorise", request, _declined)

    async def capture(self, request: Any) -> Any:
        return await self._through("capture", request, _conflict)

    async def cancel(self, request: Any) -> Any:
        return await self._through("cancel", request, _conflict)

    async def refund(self, request: Any) -> Any:
        return await self._through("refund", request, _conflict)

    async def transfer(self, request: Any) -> Any:
        return await self._through("transfer", request, _conflict)

    async def payment(self, payment_id: str) -> Any:
        return await self._faults.through(
            "payment", payment_id, "", lambda: self._inner().payment(payment_id), _conflict
        )

    async def _through(self, call: str, request: Any, refuse: Callable[[], Any]) -> Any:
        return await self._faults.through(
            call, "", request.key, lambda: getattr(self._inner(), call)(request), refuse
        )


def _conflict() -> Any:
    raise Conflict("The other side refuses.", code="refused")


def _declined() -> Any:
    raise PaymentDeclined("The card was declined. Nothing was charged.")
