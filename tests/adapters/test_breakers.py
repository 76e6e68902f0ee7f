"""Circuit breakers: when one opens, what callers learn, who tries it, and what is never held against it."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from orchestrators.plan import ATTEMPTS, FIRST_RETRY_MS
from shared.adapters import breakers as module
from shared.adapters.breakers import Breakers
from shared.errors import Conflict, InvalidInput, NotFound, PaymentDeclined, Unavailable, UsoError
from shared.settings import Settings
from tests.clocks import HandClock

FAILURES, REST = 5, 10


class Service:
    """The other side, called through the breakers. `fails` is what it does instead of answering."""

    def __init__(self, name: str = "Shop") -> None:
        self.clock = HandClock()
        self.breakers = Breakers(self.clock, Settings())
        self.name = name
        self.fails: BaseException | None = None
        self.asked = 0

    async def ask(self, name: str = "", wait: Callable[[], Awaitable[object]] | None = None) -> str:
        with self.breakers.calling(name or self.name):
            self.asked += 1
            if wait is not None:
                await wait()
            if self.fails is not None:
                raise self.fails
        return "answered"

    async def break_(self, times: int = FAILURES, name: str = "") -> None:
        self.fails = Unavailable("It did not answer.")
        for _ in range(times):
            with pytest.raises(Unavailable, match="did not answer"):
                await self.ask(name)


@pytest.fixture
def service() -> Service:
    return Service()


async def test_after_failures_in_a_row_nobody_asks_and_everybody_learns_when_it_is_asked_again(
    service: Service,
) -> None:
    await service.break_()
    for _ in range(10):
        with pytest.raises(
            Unavailable, match=r"Shop failed again .* from 2026-05-04T14:00:10\+00:00"
        ) as told:
            await service.ask()
    assert told.value.extensions == {"retry_at": "2026-05-04T14:00:10+00:00"}
    assert service.asked == FAILURES


async def test_one_answer_in_between_starts_the_count_anew(service: Service) -> None:
    for _ in range(4):
        await service.break_(FAILURES - 1)
        service.fails = None
        await service.ask()
    assert service.asked == 4 * FAILURES


async def test_after_the_rest_one_call_tries_it_and_its_answer_closes_the_circuit(service: Service) -> None:
    await service.break_()
    service.clock.pass_(seconds=REST - 1)
    with pytest.raises(Unavailable):
        await service.ask()
    assert service.asked == FAILURES
    service.clock.pass_(seconds=1)
    service.fails = None
    assert await service.ask() == "answered"
    await service.break_(FAILURES - 1)
    assert service.asked == FAILURES + 1 + FAILURES - 1, "what was before is forgotten"


async def test_a_trial_that_fails_lets_it_rest_again(service: Service) -> None:
    await service.break_()
    for round_ in range(1, 4):
        service.clock.pass_(seconds=REST)
        for _ in range(5):
            with pytest.raises(Unavailable):
                await service.ask()
        assert service.asked == FAILURES + round_


async def test_while_one_tries_it_the_others_do_not_wait(service: Service) -> None:
    await service.break_()
    service.clock.pass_(seconds=REST)
    service.fails, answered = None, asyncio.Event()
    trial = asyncio.create_task(service.ask(wait=answered.wait))
    await asyncio.sleep(0)
    with pytest.raises(Unavailable, match="failed again and again"):
        await service.ask()
    with pytest.raises(Unavailable, match="failed again and again"):
        service.breakers.check("Shop")
    assert service.asked == FAILURES + 1
    answered.set()
    assert await trial == "answered"
    assert await service.ask() == "answered"


async def test_who_is_cancelled_has_had_no_answer_and_a_trial_that_is_cancelled_proves_nothing(
    service: Service,
) -> None:
    await service.break_()
    service.clock.pass_(seconds=REST)
    service.fails = None
    trial = asyncio.create_task(service.ask(wait=asyncio.Event().wait))
    await asyncio.sleep(0)
    trial.cancel()
    with pytest.raises(asyncio.CancelledError):
        await trial
    with pytest.raises(Unavailable, match="failed again and again"):
        await service.ask()
    service.clock.pass_(seconds=REST)
    assert await service.ask() == "answered", "it is no trial that goes on for ever"


async def test_answers_that_come_after_it_was_opened_do_not_close_it(service: Service) -> None:
    slow = asyncio.Event()
    late = asyncio.create_task(service.ask(wait=slow.wait))
    await asyncio.sleep(0)
    await service.break_()
    service.fails = None
    slow.set()
    assert await late == "answered"
    with pytest.raises(Unavailable, match="failed again and again"):
        await service.ask()


@pytest.mark.parametrize(
    "answer",
    [
        PaymentDeclined("The card was declined."),
        InvalidInput("This is not a URL."),
        NotFound("order", "o-1"),
        Conflict("It was sent already."),
    ],
)
async def test_a_refusal_is_an_answer(service: Service, answer: UsoError) -> None:
    service.fails = answer
    for _ in range(3 * FAILURES):
        with pytest.raises(type(answer)):
            await service.ask()
    assert service.asked == 3 * FAILURES


async def test_an_error_goes_through_as_it_is(service: Service) -> None:
    service.fails = Unavailable("It did not answer.")
    for _ in range(FAILURES):
        with pytest.raises(Unavailable) as raised:
            await service.ask()
        assert raised.value is service.fails


async def test_what_counts_as_a_failure_is_the_adapter_s_to_say(service: Service) -> None:
    for _ in range(FAILURES):
        with (
            suppress(KeyError),
            service.breakers.calling("Bank", is_failure=lambda e: isinstance(e, KeyError)),
        ):
            raise KeyError
    with pytest.raises(Unavailable, match="Bank failed"):
        service.breakers.check("Bank")


async def test_a_party_that_fails_is_no_other_party_s_trouble(service: Service) -> None:
    await service.break_(name="partner:ven_1")
    service.fails = None
    assert await service.ask("partner:ven_2") == "answered"
    service.breakers.check("partner:ven_2")
    with pytest.raises(Unavailable, match="partner:ven_1"):
        service.breakers.check("partner:ven_1")


async def test_only_so_many_parties_are_remembered_those_that_were_called_last(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    await service.break_(name="first")
    for number in range(2):
        await service.break_(name=f"other-{number}")
    for name in ("first", "other-0", "other-1"):
        with pytest.raises(Unavailable):
            service.breakers.check(name)
    with pytest.raises(Unavailable):
        await service.ask("first")
    await service.break_(1, name="one more")
    assert len(service.breakers._circuits) == 3
    service.breakers.check("other-0")
    with pytest.raises(Unavailable):
        service.breakers.check("first")


async def test_who_was_never_called_may_be_called(service: Service) -> None:
    service.breakers.check("nobody")
    assert len(service.breakers._circuits) == 0


def test_event_loops_and_threads_share_what_they_find_out(service: Service) -> None:
    def elsewhere() -> None:
        asyncio.run(service.break_(1))

    for _ in range(FAILURES):
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    with pytest.raises(Unavailable, match="failed again and again"):
        asyncio.run(service.ask())
    assert service.asked == FAILURES


async def test_an_outage_is_logged_when_it_begins_and_when_it_ends(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    await service.break_()
    service.clock.pass_(seconds=REST)
    service.fails = None
    await service.ask()
    assert [record.getMessage() for record in caplog.records if record.name == "uso.breakers"] == [
        "Shop: the circuit is open",
        "Shop: the circuit is half-open",
        "Shop: the circuit is closed",
    ]


def test_no_step_of_a_plan_uses_up_its_tries_while_a_service_is_left_in_peace() -> None:
    assert Settings().breaker_rest.total_seconds() * 1000 <= FIRST_RETRY_MS * (ATTEMPTS - 2)
