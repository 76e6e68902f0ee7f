"""How the embedded provider remembers: one transactional batch per effect, one answer per key.

All in the container `payments`, by partition:

    {payment id}         the payment, its disputes, their answers, movements and news
    {account id}         a payee's account
    balance              the totals, and what may not exceed them: transfers, payouts
    key:{digest}         which request an idempotency key belongs to
    declines, actions    customers whose payments are declined or have to be confirmed
    news-shape           how news is told
    booked:{day}, told:{day}, later    derived from all of the above, see `books`

A key is claimed first and answered in the batch of its effect, so whoever asks again, after a crash or at the
same time, finds the claim, then the answer, or does what was not done. What was done, and a payment that was
declined, is the answer for good. What the state of things did not allow is refused under its key for a day,
which is how long Stripe keeps keys for certain, and looked at anew after that.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from shared.adapters.simulated_payments.keys import Keys
from shared.adapters.simulated_payments.records import (
    Claim,
    Line,
    NewsRecord,
    Record,
    Shape,
    digest,
)
from shared.domain.model import Model
from shared.errors import Conflict, NotFound, PaymentDeclined, Unavailable, UsoError
from shared.ports.clock import Clock
from shared.ports.events import EVENT_TTL, event_document
from shared.ports.payments import ProviderNews, news_event
from shared.ports.store import (
    AlreadyExists,
    Create,
    Delete,
    Document,
    Missing,
    Operation,
    PreconditionFailed,
    Store,
    Upsert,
)
from shared.settings import Settings

CONTAINER = "payments"
MAX_RACES = 50
REFUSED_FOR = int(timedelta(days=1).total_seconds())
"""Seconds for which a refusal of nothing but the moment stands."""
_SHAPE = "news-shape"

A = TypeVar("A", bound=Model)
R = TypeVar("R", bound=Record)
Announce = Callable[[], Awaitable[None]]
Refusal = Conflict | PaymentDeclined
_REFUSALS: dict[str, type[Refusal]] = {"conflict": Conflict, "declined": PaymentDeclined}


@dataclass(frozen=True, slots=True)
class Found(Generic[R]):
    """A record as read, with the etag that its change must still meet; None: not stored yet."""

    value: R
    etag: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect(Generic[A]):
    """What one request does to one partition, all or nothing, and the answer to it."""

    answer: A | Refusal
    writes: Sequence[Operation] = ()
    lines: Sequence[Line] = ()
    news: Sequence[ProviderNews] = ()


class Memory:
    """The provider's documents. `announce` says that the outbox holds something new."""

    def __init__(
        self, store: Store, clock: Clock, settings: Settings, announce: Announce | None = None
    ) -> None:
        self.store = store
        self.settings = settings
        self._clock = clock
        self._announce = announce

    def now(self) -> datetime:
        """The current instant."""
        return self._clock.now()

    # --- reading --------------------------------------------------------------------------------

    async def find(self, partition: str, id: str, model: type[R]) -> Found[R] | None:
        """Return a record, or None when there is none of this kind."""
        document = await self.store.read(CONTAINER, partition, id)
        if document is None or document.body.get("kind") != model.kind:
            return None
        return Found(model.model_validate(document.body["record"]), document.etag)

    async def get(self, partition: str, id: str, model: type[R], *, name: str) -> Found[R]:
        """Return a record that callers know as `name`. Raises NotFound."""
        found = await self.find(partition, id, model)
        if found is None:
            raise NotFound(model.kind, name)
        return found

    # --- effects --------------------------------------------------------------------------------

    async def once(
        self,
        answers: type[A],
        operation: str,
        request: Model,
        *,
        key: str,
        partition: str,
        decide: Callable[[], Awaitable[Effect[A]]],
    ) -> A:
        """Do what `decide` says, once per key, and give the same answer to everyone who brings the key.

        Raises what the answer refuses with, Conflict (`key_reused`) when the key belongs to another request,
        Unavailable when too many write at once.
        """
        await self._claim(operation, request, key=key)
        return await self._apply(partition, decide, answers=answers, answer_id=f"answer:{digest(key)}")

    async def change(self, partition: str, decide: Callable[[], Awaitable[Effect[A]]]) -> A:
        """Do what `decide` says, again when someone else wrote in between. It comes without a key."""
        return await self._apply(partition, decide)

    async def write(self, partition: str, operations: Sequence[Operation]) -> None:
        """Apply a batch, and say so if there are events in it."""
        await self.store.batch(CONTAINER, partition, operations)
        if self._announce and any(o.id.startswith("event:") for o in operations):
            await self._announce()

    async def _apply(
        self,
        partition: str,
        decide: Callable[[], Awaitable[Effect[A]]],
        *,
        answers: type[A] | None = None,
        answer_id: str | None = None,
    ) -> A:
        for _ in range(MAX_RACES):
            if answers and answer_id and (known := await self.store.read(CONTAINER, partition, answer_id)):
                return _opened(known, answers)
            effect = await decide()
            operations = [*effect.writes, *(_line(line) for line in effect.lines)]
            operations += await self._told(effect.news)
            if answer_id:
                ttl = REFUSED_FOR if isinstance(effect.answer, Conflict) else None
                operations.append(Create(answer_id, _sealed(effect.answer), ttl=ttl))
            try:
                if operations:
                    await self.write(partition, operations)
            except (AlreadyExists, Missing, PreconditionFailed):
                continue
            if isinstance(effect.answer, UsoError):
                raise effect.answer
            return effect.answer
        raise Unavailable("Too many change this at once; try again.")

    async def _claim(self, operation: str, request: Model, *, key: str) -> None:
        partition = f"key:{digest(key)}"
        wanted = Claim(operation=operation, fingerprint=digest(request.model_dump_json()))
        try:
            await self.store.batch(CONTAINER, partition, [wanted.write("claim")])
        except AlreadyExists:
            held = await self.get(partition, "claim", Claim, name=key)
            if held.value != wanted:
                raise Conflict(f"The key {key} belongs to another request.", code="key_reused") from None

    # --- news -----------------------------------------------------------------------------------

    async def shape(self, *, delay: timedelta, copies: int) -> None:
        """Remember how news is told from now on."""
        shape = Shape(delay_seconds=delay.total_seconds(), copies=copies)
        await self.store.batch(CONTAINER, _SHAPE, [Upsert(_SHAPE, shape.body())])

    async def _told(self, news: Sequence[ProviderNews]) -> list[Operation]:
        if not news:
            return []
        found = await self.find(_SHAPE, _SHAPE, Shape)
        shape = found.value if found else Shape()
        held = self.now() + timedelta(seconds=shape.delay_seconds) if shape.delay_seconds else None
        operations: list[Operation] = []
        for each in news:
            record = NewsRecord(news=each, copies=shape.copies, held_until=held)
            operations.append(record.write(f"news:{each.id}"))
            operations += [] if held else announcements(record)
        return operations

    # --- marks ----------------------------------------------------------------------------------

    async def mark(self, partition: str, id: str, *, on: bool) -> None:
        """Put `id` on a list, or take it off; again changes nothing."""
        operation = Upsert(id, {"kind": "mark"}) if on else Delete(id)
        try:
            await self.store.batch(CONTAINER, partition, [operation])
        except Missing:
            return

    async def marked(self, partition: str, id: str) -> bool:
        """Say whether `id` is on a list."""
        return await self.store.read(CONTAINER, partition, id) is not None


class Desk:
    """A part of the provider, over the memory and the secrets that all parts share."""

    def __init__(self, memory: Memory, keys: Keys) -> None:
        self._memory = memory
        self._keys = keys


def announcements(record: NewsRecord) -> list[Operation]:
    """The outbox events that tell a piece of news; copies are messages of their own with the same data."""
    event = news_event(record.news)
    ids = [event.id, *(f"{event.id[:120]}:{n}" for n in range(2, record.copies + 1))][: record.copies]
    events = [event.model_copy(update={"id": id}) for id in ids]
    return [Create(*event_document(each), ttl=EVENT_TTL) for each in events]


def _line(line: Line) -> Operation:
    return line.write(f"line:{line.movement.id}")


def _sealed(answer: Model | Refusal) -> dict[str, Any]:
    if isinstance(answer, Model):
        return {"kind": "answer", "answer": answer.model_dump(mode="json")}
    error = "declined" if isinstance(answer, PaymentDeclined) else "conflict"
    return {"kind": "answer", "refusal": {"error": error, "detail": answer.detail, "code": answer.code}}


def _opened(document: Document, answers: type[A]) -> A:
    refusal = document.body.get("refusal")
    if refusal is not None:
        raise _REFUSALS[refusal["error"]](refusal["detail"], code=refusal["code"])
    return answers.model_validate(document.body["answer"])
