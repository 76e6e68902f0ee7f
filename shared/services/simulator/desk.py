"""The desk: takes what the platform sends to a simulated partner and decides the answer (5.4-1 step 5)."""

from collections.abc import Sequence

from shared.domain.catalogue import Vendor
from shared.domain.events import Event, EventType
from shared.domain.simulator.asks import Ask, RequestType
from shared.domain.simulator.requests import ResponseStatus as Status
from shared.domain.simulator.requests import SimulatedRequest, conversation_of, planned
from shared.domain.simulator.responses import respond
from shared.domain.simulator.scenarios import Scenario
from shared.ports.channels import PartnerMessage
from shared.ports.store import Query, Store, Where, every
from shared.services.records import Records
from shared.services.simulator.kinds import (
    CONTAINER,
    CORRESPONDENTS,
    SCENARIO_LIST,
    Correspondent,
    requests_of,
)

_MAX_ITEM = 400


class SimulatorDesk:
    """Stores each request once, with its answer decided; an automated answer is announced with its due time.

    Serves every vendor whose channel is the simulator, also catalogue vendors that no admin made.
    """

    def __init__(self, records: Records, store: Store) -> None:
        self._records = records
        self._store = store
        self._known: set[str] = set()

    async def take(self, vendor: Vendor, message: PartnerMessage) -> SimulatedRequest:
        """Store `message` and decide its answer; the same message id is the same request (rule 4)."""
        kind = requests_of(vendor.id)
        if (known := await self._records.find(kind, message.id)) is not None:
            return known.value
        await self._remember(vendor)
        earlier = await self._leg_history(vendor.id, message.leg_id)
        request = _request(vendor, message, earlier, self._records)
        history = [r.scenario_id for r in earlier if r.conversation == request.conversation and r.scenario_id]
        response = respond(
            vendor, await self._scenarios(), request.ask, now=request.created_at, history=history
        )
        request = planned(request, response)
        return await self._records.create(kind, request, events=reply_due(request))

    async def _scenarios(self) -> Sequence[Scenario]:
        where = (Where("deleted", "==", False),)
        found = every(self._store, CONTAINER, SCENARIO_LIST, Query(where))
        return [Scenario.model_validate(document.body) async for document in found]

    async def _leg_history(self, partner_id: str, leg_id: str) -> list[SimulatedRequest]:
        query = Query((Where("leg_id", "==", leg_id),), order_by="received_ms")
        found = every(self._store, CONTAINER, partner_id, query)
        return [SimulatedRequest.model_validate(document.body) async for document in found]

    async def _remember(self, vendor: Vendor) -> None:
        if vendor.id in self._known:
            return
        now = self._records.now()
        entry = Correspondent(id=vendor.id, name=vendor.name, created_at=now, updated_at=now)
        await self._records.create(CORRESPONDENTS, entry)
        self._known.add(vendor.id)


def reply_due(request: SimulatedRequest) -> Sequence[Event]:
    """Announce an answer that has to be delivered; none while nobody has decided one."""
    if request.answer is None or request.status not in (Status.SCHEDULED, Status.RESPONDED):
        return ()
    data: dict[str, str | int | bool | None] = {
        "partner_id": request.partner_id,
        "message_id": request.id,
        "due": request.answer.due.isoformat(),
    }
    return (Event(type=EventType.SIMULATED_REPLY_DUE, data=data),)


def _request(
    vendor: Vendor, message: PartnerMessage, earlier: Sequence[SimulatedRequest], records: Records
) -> SimulatedRequest:
    now = records.now()
    first = next((r.ask.item for r in earlier if r.ask.type is RequestType.ORDER), "")
    ask = Ask(
        id=message.id,
        type=RequestType(message.kind),
        text=message.text[:4000],
        item=message.item[:_MAX_ITEM],
        original_item=first,
        quantity=message.quantity,
        order_value=message.order_value,
        buttons=message.buttons,
    )
    return SimulatedRequest(
        id=message.id,
        created_at=now,
        updated_at=now,
        partner_id=vendor.id,
        reference=message.reference,
        conversation=conversation_of(message.reference),
        order_id=message.order_id,
        leg_id=message.leg_id,
        ask=ask,
        status=Status.UNANSWERED,
        reply_by=message.reply_by,
        received_ms=int(now.timestamp() * 1000),
    )
