"""The manual response queue (flow 5.4-5)."""

from typing import Annotated, Self

from pydantic import AwareDatetime, Field

from shared.domain.instants import Instant
from shared.domain.model import Model
from shared.domain.simulator.asks import Ask, RequestType
from shared.domain.simulator.requests import Answer, ResponseStatus, SimulatedRequest
from shared.services.simulator.history import HistoryFilter, HistoryPage
from shared.services.simulator.queue import ManualAnswer, response_id
from triggers.web.answer import Reply
from triggers.web.call import Call

_CURSOR = r"^[0-9]{1,15}~[A-Za-z0-9_-]{1,64}~.{1,200}$"


Id = Annotated[str, Field(min_length=1, max_length=256)]


class PageQuery(Model):
    """Which requests to show, newest first. `since` is included, `until` is not."""

    partner_id: str | None = Field(default=None, max_length=64)
    type: RequestType | None = None
    status: ResponseStatus | None = None
    since: Instant | None = None
    until: Instant | None = None
    limit: int = Field(default=50, ge=1, le=200)
    after: str | None = Field(default=None, pattern=_CURSOR)

    def filter(self) -> HistoryFilter:
        """Return what the history is filtered by."""
        return HistoryFilter(
            partner_id=self.partner_id,
            type=self.type,
            status=self.status,
            since=self.since,
            until=self.until,
        )


class RequestView(Model):
    """A request to a simulated partner and what became of it. `id` names it at these doors."""

    id: str
    partner_id: str
    partner_name: str
    reference: str
    received_at: AwareDatetime
    reply_by: AwareDatetime | None
    request: Ask
    status: ResponseStatus
    manual: bool
    scenario_id: str | None
    suggestions: tuple[str, ...]
    assigned_to: str | None
    answer: Answer | None
    responded_at: AwareDatetime | None
    delivered_at: AwareDatetime | None
    refused: str | None

    @classmethod
    def of(cls, call: Call, request: SimulatedRequest) -> Self:
        """Show `request` with its status of the moment."""
        vendor = call.app.catalogue.find_vendor(request.partner_id)
        return cls(
            id=response_id(request),
            partner_id=request.partner_id,
            partner_name=vendor.name if vendor else request.partner_id,
            reference=request.reference,
            received_at=request.created_at,
            reply_by=request.reply_by,
            request=request.ask,
            status=request.status_at(call.now),
            manual=request.manual,
            scenario_id=request.scenario_id,
            suggestions=request.suggestions,
            assigned_to=request.assigned_to,
            answer=request.answer,
            responded_at=request.responded_at,
            delivered_at=request.delivered_at,
            refused=request.refused,
        )


class PageView(Model):
    """One page; give `next` as `after` to go on, it is null on the last."""

    items: tuple[RequestView, ...]
    next: str | None

    @classmethod
    def of(cls, call: Call, page: HistoryPage) -> Self:
        """Show `page`."""
        return cls(items=tuple(RequestView.of(call, each) for each in page.items), next=page.next)


class ConversationView(Model):
    """A request with the other ones about the same order leg, oldest first."""

    request: RequestView
    earlier_and_later: tuple[RequestView, ...]


class Assignment(Model):
    """Who takes a request over; without a name, the caller."""

    to: str | None = Field(default=None, min_length=1, max_length=120)


class BulkBody(Model):
    """One answer to several requests."""

    ids: tuple[Id, ...] = Field(min_length=1, max_length=100)
    answer: ManualAnswer


class BulkLine(Model):
    """What became of one of them: the request as answered, or why it was not."""

    id: str
    request: RequestView | None
    code: str
    problem: str


async def list_queue(call: Call, query: PageQuery) -> Reply[PageView]:
    """List what waits for a person; with a status, what is in that one (5.4-5 steps 2, 3)."""
    wanted = query.filter().model_copy(update={"waiting": True if query.status is None else None})
    page = await call.app.simulator.queue.page(wanted, limit=query.limit, after=query.after)
    return Reply(PageView.of(call, page))


async def get_response(call: Call, response_id: str) -> Reply[ConversationView]:
    """Show one request in full, with its conversation (5.4-5 step 4)."""
    request = await call.app.simulator.queue.get(response_id)
    others = await call.app.simulator.queue.conversation(request)
    shown = tuple(RequestView.of(call, other) for other in others)
    return Reply(ConversationView(request=RequestView.of(call, request), earlier_and_later=shown))


async def respond(call: Call, body: ManualAnswer, response_id: str) -> Reply[RequestView]:
    """Answer in the partner's name; it goes the way of every partner's reply (5.4-5 step 5)."""
    request = await call.app.simulator.queue.respond(response_id, body, by=call.caller.subject)
    return Reply(RequestView.of(call, request))


async def assign(call: Call, body: Assignment, response_id: str) -> Reply[RequestView]:
    """Give a request to an admin (5.4-5 step 6)."""
    to = body.to or call.caller.subject
    return Reply(RequestView.of(call, await call.app.simulator.queue.assign(response_id, to=to)))


async def respond_to_all(call: Call, body: BulkBody) -> Reply[list[BulkLine]]:
    """Answer several requests alike; one that cannot be answered stops no other (5.4-5 step 7)."""
    results = await call.app.simulator.queue.respond_all(body.ids, body.answer, by=call.caller.subject)
    lines = [
        BulkLine(
            id=result.id,
            request=RequestView.of(call, result.request) if result.request else None,
            code=result.code,
            problem=result.problem,
        )
        for result in results
    ]
    return Reply(lines)
