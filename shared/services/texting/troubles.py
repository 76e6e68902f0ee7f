"""Texts that will not arrive: the partner's next way, and when there is none a person (M24)."""

import logging

from shared.domain.negotiations import EscalationReason
from shared.domain.texting.lines import VENDOR
from shared.domain.texting.texts import SentText, TextState
from shared.errors import NotFound, Unavailable
from shared.ports.channels import PartnerMessage
from shared.ports.events import CloudEvent
from shared.services.catalogue import CatalogueService
from shared.services.escalations import EscalationService
from shared.services.kinds import ORDERS, SENT_TEXTS
from shared.services.partners import PartnerService
from shared.services.records import Records
from shared.services.texting.channel import NO_WAY, TextChannel

_log = logging.getLogger(__name__)


class TextTroubles:
    """What follows when a text has failed after it was handed over or put off."""

    def __init__(
        self,
        records: Records,
        catalogue: CatalogueService,
        channel: TextChannel,
        partners: PartnerService,
        escalations: EscalationService,
    ) -> None:
        self._records = records
        self._catalogue = catalogue
        self._channel = channel
        self._partners = partners
        self._escalations = escalations

    async def hear(self, event: CloudEvent) -> None:
        """Try the next way for a partner's message; again, nothing changes."""
        text = (await self._records.get(SENT_TEXTS, event.data["text_id"])).value
        if text.state is not TextState.FAILED:
            return
        if not text.owner.startswith(VENDOR) or not await self._matters(text):
            _log.warning("%s did not arrive: %s", text.id, text.error)
            return
        try:
            await self._next_way(text)
        except Unavailable as failed:
            if failed.code != NO_WAY:
                raise
            await self._ask_person(text)

    async def _matters(self, text: SentText) -> bool:
        """A question whose answer would not count any more need not be asked on another way."""
        if not text.reference:
            return text.kind != "notice"
        now = self._records.now()
        return await self._partners.awaits(text.owner.removeprefix(VENDOR), text.reference, at=now)

    async def _next_way(self, text: SentText) -> None:
        await self._catalogue.refresh()
        try:
            vendor = self._catalogue.known_vendor(text.owner.removeprefix(VENDOR))
        except NotFound:
            return
        message = PartnerMessage.model_validate(
            {
                "id": text.key,
                "reference": text.reference or text.about,
                "kind": text.kind,
                "order_id": text.order_id,
                "leg_id": text.leg_id,
                "text": text.words,
                "reply_by": text.expires_at,
                "buttons": text.buttons,
            }
        )
        await self._channel.send(vendor, message)

    async def _ask_person(self, text: SentText) -> None:
        found = await self._records.find(ORDERS, text.order_id) if text.order_id else None
        if found is None:
            return
        leg = found.value.leg(text.leg_id)
        await self._escalations.open(
            subject=text.about,
            order=found.value,
            leg_id=text.leg_id,
            reason=EscalationReason.PARTNER_UNREACHED,
            summary=f"{leg.vendor_name} cannot be reached ({text.error}) about: {text.words}",
        )
