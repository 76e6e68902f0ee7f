"""Recoveries of legs: opened, decided by the customer, closed (M6); `recovery_steps` does the rest."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared.domain import orders as order_rules
from shared.domain.events import Event, EventType
from shared.domain.negotiations import Decision
from shared.domain.orders import Order
from shared.domain.recoveries import Recovery, RecoveryReason
from shared.domain.status import LegStatus, NegotiationStatus, RecoveryStatus
from shared.errors import Conflict
from shared.ports.store import AlreadyExists, PreconditionFailed
from shared.services.kinds import NEGOTIATIONS, ORDERS, RECOVERIES
from shared.services.orders import leg_answered
from shared.services.records import Records, Stored, decision_key
from shared.services.results import DONE, StepResult
from shared.settings import Settings

OPEN = frozenset({RecoveryStatus.PENDING, RecoveryStatus.PROPOSED, RecoveryStatus.APPROVED})


class RecoveryService:
    """Use cases on one recovery."""

    def __init__(self, records: Records, settings: Settings) -> None:
        self._records = records
        self._settings = settings

    async def get(self, recovery_id: str) -> Recovery:
        """Return a recovery. Raises NotFound."""
        return (await self._records.get(RECOVERIES, recovery_id)).value

    async def open(
        self,
        order_id: str,
        leg_id: str,
        *,
        reason: RecoveryReason,
        wanted: str | None = None,
        negotiation_id: str | None = None,
        cause: str | None = None,
        refusal: str | None = None,
    ) -> Recovery:
        """Open the recovery of one leg and announce it.

        One that is open for the leg already, or that the same `cause` asked for, is returned. `refusal` are
        the words of a vendor that gives its leg up: its no is noted in the same write. Raises Conflict when
        there is nothing to recover.
        """
        while True:
            stored = await self._records.get(ORDERS, order_id)
            order, events = stored.value, list[Event]()
            if refusal is not None:
                order, events = _refused(order, leg_id, refusal)
            recovery = await self._known(order, leg_id, cause)
            if recovery is not None and not events:
                return recovery
            changes: list[Stored[Any]] = [stored.becomes(order)]
            if recovery is None:
                recovery = self._opened(order, leg_id, reason, wanted, negotiation_id, cause)
                counted = order.model_copy(update={"changes": order.changes + 1})
                changes = [Stored(RECOVERIES, recovery), stored.becomes(counted)]
                events.append(self._requested(recovery))
            try:
                await self._records.commit(*changes, events=events)
            except (AlreadyExists, PreconditionFailed):
                continue
            return recovery

    def _opened(
        self,
        order: Order,
        leg_id: str,
        reason: RecoveryReason,
        wanted: str | None,
        negotiation_id: str | None,
        cause: str | None,
    ) -> Recovery:
        leg, now = order.leg(leg_id), self._records.now()
        if not order.is_open() or leg.status is LegStatus.CANCELLED or leg.replaces is not None:
            raise Conflict(f"{leg.name} cannot be replaced: it is {leg.status}.", code="closed")
        return Recovery(
            id=f"{order.id}-r{order.changes + 1}",
            created_at=now,
            updated_at=now,
            order_id=order.id,
            leg_id=leg_id,
            thread_id=order.thread_id,
            customer_id=order.customer_id,
            reason=reason,
            wanted=wanted or leg.name,
            negotiation_id=negotiation_id,
            cause=cause,
            timeline_before=order.timeline,
            excluded_vendors=(leg.vendor_id,),
        )

    def _requested(self, recovery: Recovery) -> Event:
        return Event(
            type=EventType.RECOVERY_REQUESTED,
            data={
                "recovery_id": recovery.id,
                "order_id": recovery.order_id,
                "reason": recovery.reason.value,
                "attempts": self._settings.max_attempts,
            },
        )

    async def _known(self, order: Order, leg_id: str, cause: str | None) -> Recovery | None:
        for known in await self._of_leg(order, leg_id):
            if known.status in OPEN or (cause is not None and known.cause == cause):
                return known
        return None

    async def open_for(self, order: Order, leg_id: str) -> Recovery | None:
        """Return the recovery of a leg that is still under way."""
        return next((each for each in await self._of_leg(order, leg_id) if each.status in OPEN), None)

    async def _of_leg(self, order: Order, leg_id: str) -> list[Recovery]:
        numbered = [f"{order.id}-r{n}" for n in range(1, order.changes + 1)]
        found = [await self._records.find(RECOVERIES, id) for id in numbered]
        return [each.value for each in found if each is not None and each.value.leg_id == leg_id]

    async def decide(
        self,
        recovery_id: str,
        *,
        approved: bool,
        by: str,
        keep_original: bool = True,
        key: str | None = None,
    ) -> Recovery:
        """Take the customer's word, once; the same word again changes nothing. Raises Conflict.

        With a `key` a word counts once for good: said again late, it does not meet the next proposal.
        """
        now = self._records.now()
        decision = Decision(approved=approved, by=by, at=now, keep_original=keep_original)

        def change(recovery: Recovery) -> tuple[Recovery, Sequence[Event]]:
            if recovery.decision is not None and recovery.decision.says(approved, keep_original):
                return recovery, []
            if recovery.status is not RecoveryStatus.PROPOSED or recovery.decision or _over(recovery, now):
                raise Conflict(
                    f"Nothing is open to decide: the recovery is {recovery.status}.", code="not_open"
                )
            event = Event(
                type=EventType.RECOVERY_DECIDED,
                data={"recovery_id": recovery_id, "attempt": attempt_of(recovery), "approved": approved},
            )
            return recovery.model_copy(update={"decision": decision}), [event]

        return await self._records.update(RECOVERIES, recovery_id, change, inbox=decision_key(key))

    async def close(
        self, recovery_id: str, status: RecoveryStatus, outcome: str, **update: object
    ) -> StepResult:
        """End the recovery, and with it the negotiation that it came from."""
        event = Event(
            type=EventType.RECOVERY_CLOSED,
            data={"recovery_id": recovery_id, "status": status.value, "outcome": outcome},
        )
        recovery = await self._records.update(
            RECOVERIES,
            recovery_id,
            lambda r: (
                (r, []) if r.status is status else (r.moved(status, outcome=outcome, **update), [event])
            ),
        )
        if status is RecoveryStatus.COMPLETED and recovery.negotiation_id is not None:
            await self._records.update(
                NEGOTIATIONS,
                recovery.negotiation_id,
                lambda n: (
                    (n.moved(NegotiationStatus.RECOVERED), [])
                    if n.status is NegotiationStatus.REJECTED
                    else (n, [])
                ),
            )
        return DONE


def _over(recovery: Recovery, now: datetime) -> bool:
    return recovery.decide_by is not None and now >= recovery.decide_by


def _refused(order: Order, leg_id: str, words: str) -> tuple[Order, list[Event]]:
    after = order_rules.answered(order, leg_id, accepted=False)
    told = [] if after is order else [leg_answered(after.leg(leg_id), accepted=False, text=words)]
    return after, told


def attempt_of(recovery: Recovery) -> int:
    """The number of the open proposal, 0 before the first."""
    return recovery.proposal.attempt if recovery.proposal else 0
