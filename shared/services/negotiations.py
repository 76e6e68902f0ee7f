"""Change requests: opened, answered by partners, decided by customers (flows 1.6-1, 6.6-1)."""

from collections.abc import Sequence

from shared.domain import negotiations as rules
from shared.domain import orders as order_rules
from shared.domain.changes import ChangeWish, read_change
from shared.domain.events import Event, EventType
from shared.domain.negotiations import (
    Decision,
    Message,
    Negotiation,
    Photo,
    Reply,
    Sender,
)
from shared.domain.orders import Order, OrderLeg
from shared.domain.replies import PartnerReply
from shared.domain.status import NegotiationStatus, OrderStatus
from shared.errors import Conflict, Unavailable
from shared.ports.store import AlreadyExists, PreconditionFailed
from shared.services.catalogue import CatalogueService
from shared.services.kinds import NEGOTIATIONS, ORDERS
from shared.services.planning import is_urgent
from shared.services.records import Records, Stored, decision_key
from shared.services.recoveries import RecoveryService
from shared.services.results import DONE, StepResult
from shared.settings import Settings

OPEN = frozenset(
    {
        NegotiationStatus.PENDING,
        NegotiationStatus.AWAITING_PARTNER_REPLY,
        NegotiationStatus.COUNTER_OFFER,
        NegotiationStatus.AWAITING_USER_APPROVAL,
        NegotiationStatus.ESCALATED,
    }
)


class NegotiationService:
    """Use cases on one negotiation."""

    def __init__(
        self,
        records: Records,
        catalogue: CatalogueService,
        recoveries: RecoveryService,
        settings: Settings,
    ) -> None:
        self._records = records
        self._catalogue = catalogue
        self._recoveries = recoveries
        self._settings = settings

    async def get(self, negotiation_id: str) -> Negotiation:
        """Return a negotiation. Raises NotFound."""
        return (await self._records.get(NEGOTIATIONS, negotiation_id)).value

    async def request_change(
        self, order_id: str, text: str, *, leg_id: str | None = None, key: str | None = None
    ) -> Negotiation:
        """Open a negotiation about one leg (flow 1.6-1 steps 1, 2). The same `key` gives the same one.

        Raises InvalidInput with one question when the text is not clear, Conflict when the leg is closed or
        already being negotiated, or the key was used for another wish.
        """
        await self._catalogue.refresh()
        for _ in range(3):
            stored = await self._records.get(ORDERS, order_id)
            order = stored.value
            if (known := await self._known(order, key)) is not None:
                return _same_request(known, text)
            change = read_change(order, text, leg_id=leg_id, now=self._records.now())
            await self._may_change(order, change.leg)
            negotiation = self._open(order, change, text, key)
            counted = order.model_copy(update={"changes": order.changes + 1})
            event = Event(type=EventType.CHANGE_REQUESTED, data={"negotiation_id": negotiation.id})
            try:
                await self._records.commit(
                    Stored(NEGOTIATIONS, negotiation), stored.becomes(counted), events=[event]
                )
            except (AlreadyExists, PreconditionFailed):
                continue
            return negotiation
        raise Unavailable("The order is being changed by someone else; try again.")

    async def receive_reply(
        self,
        message_id: str,
        negotiation_id: str,
        round_: int,
        reply: PartnerReply,
        text: str,
        *,
        photo: Photo | None = None,
    ) -> bool:
        """Keep a partner's reply (rule 2); say whether it counts. Late and repeated ones are shown only."""
        now = self._records.now()
        message = Message(
            id=message_id,
            sender=Sender.PARTNER,
            text=text[:2000],
            at=now,
            round=round_,
            photo_url=photo.url if photo else "",
        )
        heard = Reply(
            message_id=message_id,
            verdict=reply.verdict,
            item=reply.item,
            price=reply.price,
            frustration=reply.frustration,
            text=text[:2000],
            photo=photo,
        )
        event = Event(
            type=EventType.PARTNER_REPLIED, data={"negotiation_id": negotiation_id, "round": round_}
        )

        def change(negotiation: Negotiation) -> tuple[Negotiation, Sequence[Event]]:
            after = rules.replied(negotiation, heard, message)
            return after, [event] if after.reply != negotiation.reply else []

        after = await self._records.update(NEGOTIATIONS, negotiation_id, change)
        return after.reply is not None and after.reply.message_id == message_id

    async def decide(
        self, negotiation_id: str, *, approved: bool, by: str, key: str | None = None
    ) -> Negotiation:
        """Take the customer's word on the open offer, once per `key` if there is one.

        Raises Conflict when nothing is open any more.
        """
        now = self._records.now()
        decision = Decision(approved=approved, by=by, at=now)

        def change(negotiation: Negotiation) -> tuple[Negotiation, Sequence[Event]]:
            if negotiation.decision is not None and negotiation.decision.says(approved):
                return negotiation, []
            if not negotiation.awaits_customer(now):
                raise Conflict(
                    f"Nothing is open to decide: the request is {negotiation.status}.", code="not_open"
                )
            event = Event(
                type=EventType.NEGOTIATION_DECIDED,
                data={"negotiation_id": negotiation_id, "round": negotiation.round},
            )
            return negotiation.model_copy(update={"decision": decision}), [event]

        return await self._records.update(NEGOTIATIONS, negotiation_id, change, inbox=decision_key(key))

    async def close(self, negotiation_id: str, status: NegotiationStatus, outcome: str) -> StepResult:
        """End the negotiation in `status`."""
        event = Event(
            type=EventType.NEGOTIATION_CLOSED,
            data={"negotiation_id": negotiation_id, "status": status.value, "outcome": outcome},
        )
        await self._records.update(
            NEGOTIATIONS,
            negotiation_id,
            lambda n: (n, []) if n.status is status else (n.moved(status), [event]),
        )
        return DONE

    def _open(self, order: Order, change: ChangeWish, text: str, key: str | None) -> Negotiation:
        now, leg = self._records.now(), change.leg
        return Negotiation(
            id=f"{order.id}-n{order.changes + 1}",
            created_at=now,
            updated_at=now,
            order_id=order.id,
            leg_id=leg.id,
            thread_id=order.thread_id,
            customer_id=order.customer_id,
            vendor_id=leg.vendor_id,
            product_id=leg.product_id,
            currency=leg.price.currency,
            channel=self._catalogue.known_vendor(leg.vendor_id).channel.kind,
            text=text,
            wanted=change.wanted,
            instead_of=change.instead_of,
            just_in_time=is_urgent(order, leg.id, now=now, within=self._settings.urgent_within),
            key=key,
        )

    async def _known(self, order: Order, key: str | None) -> Negotiation | None:
        known = [n for n in await self.of_order(order) if key is not None and n.key == key]
        return known[0] if known else None

    async def of_order(self, order: Order) -> list[Negotiation]:
        """Every negotiation of an order, oldest first."""
        numbered = [f"{order.id}-n{n}" for n in range(1, order.changes + 1)]
        found = [await self._records.find(NEGOTIATIONS, id) for id in numbered]
        return [stored.value for stored in found if stored is not None]

    async def _may_change(self, order: Order, leg: OrderLeg) -> None:
        if (
            order.status not in {OrderStatus.PAID, OrderStatus.PROCESSING}
            or leg.status not in order_rules.LIVE
        ):
            raise Conflict(f"{leg.name} can no longer be changed: it is {leg.status}.", code="closed")
        for negotiation in await self.of_order(order):
            if negotiation.leg_id == leg.id and negotiation.status in OPEN:
                raise Conflict(
                    f"A change of {leg.name} is under way: {negotiation.id}.", code="change_under_way"
                )
        if await self._recoveries.open_for(order, leg.id):
            raise Conflict(f"{leg.name} is being replaced right now.", code="change_under_way")


def _same_request(negotiation: Negotiation, text: str) -> Negotiation:
    if negotiation.text != text:
        raise Conflict("This idempotency key was used for another change.", code="idempotency_key_reused")
    return negotiation
