"""A request that reached a simulated partner, and what became of it (flows 5.4-5, 5.4-8)."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Literal

from shared.domain.aggregate import Aggregate
from shared.domain.model import Model
from shared.domain.simulator.asks import Ask
from shared.domain.simulator.outcomes import Verdict
from shared.domain.simulator.responses import ManualResponse, NoResponse, PlannedResponse, Response
from shared.errors import IllegalMove


class ResponseStatus(StrEnum):
    """Where an answer stands. `scheduled` and `unanswered` are automated ones, the rest the queue's."""

    SCHEDULED = "scheduled"
    UNANSWERED = "unanswered"
    PENDING = "pending"
    ASSIGNED = "assigned"
    RESPONDED = "responded"
    EXPIRED = "expired"


_S = ResponseStatus
MOVES: Mapping[ResponseStatus, frozenset[ResponseStatus]] = {
    _S.SCHEDULED: frozenset({_S.RESPONDED}),
    _S.UNANSWERED: frozenset(),
    _S.PENDING: frozenset({_S.ASSIGNED, _S.RESPONDED, _S.EXPIRED}),
    _S.ASSIGNED: frozenset({_S.ASSIGNED, _S.RESPONDED, _S.EXPIRED}),
    _S.RESPONDED: frozenset(),
    _S.EXPIRED: frozenset(),
}
QUEUED = frozenset({_S.PENDING, _S.ASSIGNED})
"""What still waits for a person."""


class Answer(Model):
    """What the partner says: decided when the request came in, or written by an admin (`by`)."""

    verdict: Verdict
    text: str
    button: str | None = None
    due: datetime
    by: str | None = None


class SimulatedRequest(Aggregate):
    """One message to a partner, with its answer.

    `conversation` joins the rounds of one negotiation. `responded_at` is when the answer was handed to the
    platform, or when the admin wrote it; `refused` is the code with which the platform turned it down.
    `received_ms` is `created_at` in epoch milliseconds, to sort by.
    """

    kind: Literal["simulated_request"] = "simulated_request"
    partner_id: str
    reference: str
    conversation: str
    order_id: str
    leg_id: str
    ask: Ask
    manual: bool = False
    status: ResponseStatus
    scenario_id: str | None = None
    step: int = 0
    suggestions: tuple[str, ...] = ()
    answer: Answer | None = None
    reply_by: datetime | None = None
    received_ms: int
    assigned_to: str | None = None
    responded_at: datetime | None = None
    delivered_at: datetime | None = None
    refused: str | None = None

    @property
    def reply_id(self) -> str:
        """The id of the one reply there can be: a repeated delivery is the same reply."""
        return reply_id(self.partner_id, self.id)

    def status_at(self, now: datetime) -> ResponseStatus:
        """Return the status, counting what nobody answered until `reply_by` as expired."""
        over = self.reply_by is not None and now >= self.reply_by
        return ResponseStatus.EXPIRED if over and self.status in QUEUED else self.status

    def moved(self, target: ResponseStatus, *, now: datetime, **update: object) -> "SimulatedRequest":
        """Return the request in `target`. Raises IllegalMove."""
        current = self.status_at(now)
        if target not in MOVES[current]:
            raise IllegalMove("response", current, target)
        return self.model_copy(update={"status": target, **update})


def reply_id(partner_id: str, message_id: str) -> str:
    """Name the reply to a message, in letters and digits only, whatever the message's id looks like."""
    digest = hashlib.sha256(f"{partner_id}\n{message_id}".encode()).hexdigest()
    return f"sim_{digest[:24]}"


def conversation_of(reference: str) -> str:
    """Return what the rounds of one negotiation share: the reference up to its round."""
    return reference.partition(".")[0]


def planned(request: SimulatedRequest, response: Response) -> SimulatedRequest:
    """Return the new request with the decision of how it is answered."""
    match response:
        case PlannedResponse():
            answer = Answer(
                verdict=response.verdict, text=response.text, button=response.button, due=response.due
            )
            update = {"status": ResponseStatus.SCHEDULED, "answer": answer, "step": response.step}
        case ManualResponse():
            update = {
                "status": ResponseStatus.PENDING,
                "manual": True,
                "suggestions": response.suggestions,
            }
        case NoResponse():
            update = {"status": ResponseStatus.UNANSWERED}
    return request.model_copy(update={**update, "scenario_id": response.scenario_id})


def assigned(request: SimulatedRequest, *, to: str, now: datetime) -> SimulatedRequest:
    """Give the request to an admin, from the queue or from another admin (5.4-5 step 6)."""
    return request.moved(ResponseStatus.ASSIGNED, now=now, assigned_to=to)


def responded(request: SimulatedRequest, answer: Answer, *, now: datetime) -> SimulatedRequest:
    """Keep what an admin answered; it is delivered next (5.4-5 step 5)."""
    if request.status is ResponseStatus.SCHEDULED:
        raise IllegalMove("response", request.status, ResponseStatus.RESPONDED)
    return request.moved(ResponseStatus.RESPONDED, now=now, answer=answer, responded_at=now)


def delivered(request: SimulatedRequest, *, now: datetime, refused: str | None = None) -> SimulatedRequest:
    """Note that the answer reached the platform, or was refused for good; a second time changes nothing."""
    if request.delivered_at is not None:
        return request
    update = {"delivered_at": now, "refused": refused}
    if request.status is ResponseStatus.SCHEDULED:
        return request.moved(ResponseStatus.RESPONDED, now=now, responded_at=now, **update)
    return request.model_copy(update=update)


def expired(request: SimulatedRequest) -> SimulatedRequest:
    """Close a request that nobody needs to answer any more; answered ones stay as they are."""
    if request.status not in QUEUED:
        return request
    return request.model_copy(update={"status": ResponseStatus.EXPIRED})
