"""Hands a simulated partner's answer to the platform, by the door that real partners use (rule 5)."""

from shared.domain.model import Model
from shared.domain.simulator.requests import delivered
from shared.errors import Conflict, Infeasible, InvalidInput, NotFound
from shared.ports.store import AlreadyExists, Missing, PreconditionFailed
from shared.services.partners import IncomingReply
from shared.services.records import Records
from shared.services.simulator.intake import ReplyIntake
from shared.services.simulator.kinds import requests_of

_RACES = (AlreadyExists, PreconditionFailed, Missing)
_FINAL = (NotFound, InvalidInput, Conflict, Infeasible)


class DeliverReply(Model):
    """Which answer is due."""

    partner_id: str
    message_id: str


class Delivered(Model):
    """What happened. `delivered` is false when there was nothing to say, or it had been said before.

    `refused` is the code of the platform's refusal: the order is over, the reply comes too late.
    """

    delivered: bool
    reply_id: str | None = None
    refused: str | None = None


class Deliveries:
    """Delivers planned and manual answers."""

    def __init__(self, records: Records, intake: ReplyIntake) -> None:
        self._records = records
        self._intake = intake

    async def deliver(self, step: DeliverReply) -> Delivered:
        """Submit the answer to a request, then note it. Safe to repeat: the reply's id never changes.

        Raises NotFound for an unknown request.
        """
        kind = requests_of(step.partner_id)
        request = (await self._records.get(kind, step.message_id)).value
        if request.answer is None or request.delivered_at is not None:
            return Delivered(delivered=False)
        reply = IncomingReply(
            id=request.reply_id,
            vendor_id=request.partner_id,
            reference=request.reference,
            text=request.answer.text,
            button=request.answer.button,
        )
        refused = await self._submit(reply)
        now = self._records.now()
        await self._records.update(kind, request.id, lambda r: (delivered(r, now=now, refused=refused), ()))
        return Delivered(delivered=refused is None, reply_id=reply.id, refused=refused)

    async def _submit(self, reply: IncomingReply) -> str | None:
        """Return the code of a refusal that stays one; what may pass raises and is tried again."""
        try:
            await self._intake.receive(reply)
        except _RACES:
            raise
        except _FINAL as error:
            return error.code
        return None
