"""The manual response queue: what a person answers in a partner's name (flow 5.4-5)."""

import re
from collections.abc import Sequence
from typing import Literal, Self

from pydantic import Field, model_validator

from shared.domain.catalogue import SLUG
from shared.domain.events import Event
from shared.domain.model import Model
from shared.domain.simulator import requests as rules
from shared.domain.simulator.outcomes import Verdict
from shared.domain.simulator.requests import QUEUED, Answer, SimulatedRequest
from shared.errors import InvalidInput, NotFound, UsoError
from shared.ports.store import Query, Store, Where, every
from shared.services.records import Records
from shared.services.simulator.desk import reply_due
from shared.services.simulator.history import HistoryFilter, HistoryPage, HistoryService
from shared.services.simulator.kinds import CONTAINER, requests_of

_NO_REQUESTS = ("event:", "inbox:")
"""What else lies in a partner's partition."""


class ManualAnswer(Model):
    """What to answer: own words, or one of the request's suggestions by number, from 0."""

    verdict: Literal["accept", "reject", "counter_offer"]
    text: str = Field(default="", max_length=1600)
    suggestion: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if (self.suggestion is None) != bool(self.text.strip()):
            raise ValueError("either write a text or choose a suggestion")
        return self


class BulkResult(Model):
    """What became of one request of a bulk answer; `problem` says why it was not answered."""

    id: str
    request: SimulatedRequest | None = None
    code: str = ""
    problem: str = ""


class ResponseQueue:
    """Use cases on requests that wait for a person. A response id is `{partner}.{message}`."""

    def __init__(self, records: Records, store: Store, history: HistoryService) -> None:
        self._records = records
        self._store = store
        self._history = history

    async def page(self, filter: HistoryFilter, *, limit: int = 50, after: str | None = None) -> HistoryPage:  # noqa: A002
        """Return one page of manual requests, newest first (5.4-5 steps 2, 3)."""
        manual = filter.model_copy(update={"manual": True})
        return await self._history.page(manual, limit=limit, after=after)

    async def get(self, response_id: str) -> SimulatedRequest:
        """Return one request with its status of the moment. Raises NotFound."""
        partner_id, message_id = _split(response_id)
        request = (await self._records.get(requests_of(partner_id), message_id)).value
        return request.model_copy(update={"status": request.status_at(self._records.now())})

    async def conversation(self, request: SimulatedRequest) -> Sequence[SimulatedRequest]:
        """Return the other requests of the same order leg, oldest first (5.4-5 step 4)."""
        query = Query((Where("leg_id", "==", request.leg_id),), order_by="received_ms")
        found = every(self._store, CONTAINER, request.partner_id, query)
        return [SimulatedRequest.model_validate(d.body) async for d in found if d.id != request.id]

    async def respond(self, response_id: str, answer: ManualAnswer, *, by: str) -> SimulatedRequest:
        """Answer in the partner's name; the answer is delivered like an automated one (5.4-5 step 5).

        Raises NotFound, IllegalMove (answered, expired or automated), InvalidInput.
        """
        now = self._records.now()

        def change(request: SimulatedRequest) -> tuple[SimulatedRequest, Sequence[Event]]:
            said = Answer(verdict=Verdict(answer.verdict), text=_words(request, answer), due=now, by=by)
            done = rules.responded(request, said, now=now)
            return done, reply_due(done)

        partner_id, message_id = _split(response_id)
        return await self._records.update(requests_of(partner_id), message_id, change)

    async def assign(self, response_id: str, *, to: str) -> SimulatedRequest:
        """Give a request to an admin (5.4-5 step 6). Raises NotFound, IllegalMove."""
        now = self._records.now()
        partner_id, message_id = _split(response_id)
        return await self._records.update(
            requests_of(partner_id), message_id, lambda r: (rules.assigned(r, to=to, now=now), ())
        )

    async def respond_all(
        self, response_ids: Sequence[str], answer: ManualAnswer, *, by: str
    ) -> Sequence[BulkResult]:
        """Answer several requests alike; one that cannot be answered stops no other (5.4-5 step 7)."""
        results = []
        for response_id in dict.fromkeys(response_ids):
            try:
                request = await self.respond(response_id, answer, by=by)
            except UsoError as error:
                results.append(BulkResult(id=response_id, code=error.code, problem=error.detail))
            else:
                results.append(BulkResult(id=response_id, request=request))
        return results

    async def close_all(self, partner_id: str) -> None:
        """Expire what still waits for a person at one partner."""
        for status in sorted(QUEUED):
            query = Query((Where("kind", "==", "simulated_request"), Where("status", "==", status)))
            found = [d.id async for d in every(self._store, CONTAINER, partner_id, query)]
            for id in found:
                await self._records.update(requests_of(partner_id), id, lambda r: (rules.expired(r), ()))


def response_id(request: SimulatedRequest) -> str:
    """Name a request at the doors: its partner, a dot, its message."""
    return f"{request.partner_id}.{request.id}"


def _split(response_id: str) -> tuple[str, str]:
    partner_id, dot, message_id = response_id.partition(".")
    ours = re.fullmatch(SLUG, partner_id) and not message_id.startswith(_NO_REQUESTS)
    if not dot or not message_id or not ours:
        raise NotFound("simulated request", response_id)
    return partner_id, message_id


def _words(request: SimulatedRequest, answer: ManualAnswer) -> str:
    if answer.suggestion is None:
        return answer.text
    if answer.suggestion >= len(request.suggestions):
        raise InvalidInput(f"There are {len(request.suggestions)} suggestions.", field="suggestion")
    return request.suggestions[answer.suggestion]
