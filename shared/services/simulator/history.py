"""Everything simulated partners were asked and answered: paged, summed up, exported (flow 5.4-8)."""

import csv
import heapq
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import AwareDatetime

from shared.domain.csv_text import harmless
from shared.domain.model import Model
from shared.domain.simulator.asks import RequestType
from shared.domain.simulator.figures import Figures, figures
from shared.domain.simulator.requests import QUEUED, ResponseStatus, SimulatedRequest
from shared.errors import InvalidInput
from shared.ports.store import Query, Store, Where, every
from shared.services.records import Records
from shared.services.simulator.kinds import CONTAINER, CORRESPONDENT_LIST

_COLUMNS = (
    "received_at",
    "partner_id",
    "message_id",
    "type",
    "reference",
    "item",
    "quantity",
    "order_value_minor",
    "currency",
    "request",
    "status",
    "manual",
    "scenario_id",
    "verdict",
    "response",
    "responded_at",
    "responded_by",
)


class HistoryFilter(Model):
    """What to look at. Times are aware; `since` is included, `until` is not."""

    partner_id: str | None = None
    type: RequestType | None = None
    status: ResponseStatus | None = None
    manual: bool | None = None
    waiting: bool | None = None
    """Whether a person still has to answer."""
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None

    def admits(self, request: SimulatedRequest) -> bool:
        """Say whether the request, with its status of the moment, is asked for."""
        return (
            self.type in (None, request.ask.type)
            and self.status in (None, request.status)
            and self.manual in (None, request.manual)
            and self.waiting in (None, request.status in QUEUED)
        )


class HistoryPage(Model):
    """Requests, newest first; `next` continues after them and is None on the last page."""

    items: tuple[SimulatedRequest, ...]
    next: str | None = None


class HistoryService:
    """Reads over all partners' partitions, merged by time."""

    def __init__(self, records: Records, store: Store) -> None:
        self._records = records
        self._store = store

    async def page(self, filter: HistoryFilter, *, limit: int = 50, after: str | None = None) -> HistoryPage:  # noqa: A002 - it filters
        """Return one page, newest first. Raises InvalidInput for a cursor that is none of ours."""
        start = _position(after) if after else None
        items: list[SimulatedRequest] = []
        async for request in self._merged(filter, start):
            if len(items) == limit:
                return HistoryPage(items=tuple(items), next=_cursor(items[-1]))
            items.append(request)
        return HistoryPage(items=tuple(items))

    async def figures(self, filter: HistoryFilter) -> Figures:  # noqa: A002
        """Sum up what the filter admits (5.4-8 step 2)."""
        return figures([request async for request in self._merged(filter, None)])

    async def csv(self, filter: HistoryFilter) -> str:  # noqa: A002
        """Write what the filter admits as CSV (RFC 4180); no cell can act as a formula (5.4-8 step 4)."""
        return as_csv([request async for request in self._merged(filter, None)])

    async def _merged(
        self,
        wanted: HistoryFilter,
        start: "_Position | None",
    ) -> AsyncIterator[SimulatedRequest]:
        now = self._records.now()
        partners = [wanted.partner_id] if wanted.partner_id else await self._correspondents()
        sources = [self._of(partner, wanted, start) for partner in partners]
        heads: list[tuple[Any, int, SimulatedRequest]] = []
        for number, source in enumerate(sources):
            await _advance(heads, number, source)
        while heads:
            _, number, request = heapq.heappop(heads)
            await _advance(heads, number, sources[number])
            current = request.model_copy(update={"status": request.status_at(now)})
            if wanted.admits(current):
                yield current

    async def _of(
        self, partner_id: str, wanted: HistoryFilter, start: "_Position | None"
    ) -> AsyncIterator[SimulatedRequest]:
        where = [Where("kind", "==", "simulated_request")]
        if wanted.since is not None:
            where.append(Where("received_ms", ">=", _ms(wanted.since)))
        if wanted.until is not None:
            where.append(Where("received_ms", "<", _ms(wanted.until)))
        if start is not None:
            where.append(Where("received_ms", "<=", start[0] * -1))
        query = Query(tuple(where), order_by="-received_ms")
        async for document in every(self._store, CONTAINER, partner_id, query):
            request = SimulatedRequest.model_validate(document.body)
            if start is None or _key(request) > start:
                yield request

    async def _correspondents(self) -> Sequence[str]:
        found = every(self._store, CONTAINER, CORRESPONDENT_LIST, Query())
        return [document.id async for document in found]


_Position = tuple[int, str, str]
"""Where a request stands, newest first: negated time, partner, id."""


def _key(request: SimulatedRequest) -> _Position:
    return (-request.received_ms, request.partner_id, request.id)


async def _advance(
    heads: list[tuple[Any, int, SimulatedRequest]], number: int, source: AsyncIterator[SimulatedRequest]
) -> None:
    request = await anext(source, None)
    if request is not None:
        heapq.heappush(heads, (_key(request), number, request))


def _cursor(request: SimulatedRequest) -> str:
    return f"{request.received_ms}~{request.partner_id}~{request.id}"


def _position(cursor: str) -> _Position:
    ms, _, rest = cursor.partition("~")
    partner, _, id = rest.partition("~")
    if not (ms.isascii() and ms.isdigit() and len(ms) <= 15 and partner and id):
        raise InvalidInput("This is not a cursor of an earlier page.", field="after")
    return (-int(ms), partner, id)


def _ms(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)


def as_csv(requests: Iterable[SimulatedRequest]) -> str:
    """Write requests as CSV with a header row."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    writer.writerows(
        [harmless(cell) if isinstance(cell, str) else cell for cell in _cells(request)]
        for request in requests
    )
    return text.getvalue()


def _cells(request: SimulatedRequest) -> Sequence[object]:
    ask, answer, value = request.ask, request.answer, request.ask.order_value
    return (
        _stamp(request.created_at),
        request.partner_id,
        request.id,
        ask.type,
        request.reference,
        ask.item,
        ask.quantity,
        value.minor if value else "",
        value.currency if value else "",
        ask.text,
        request.status,
        request.manual,
        request.scenario_id or "",
        answer.verdict if answer else "",
        answer.text if answer else "",
        _stamp(request.responded_at) if request.responded_at else "",
        (answer.by or "") if answer else "",
    )


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()
