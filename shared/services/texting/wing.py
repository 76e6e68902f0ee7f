"""The texts' part of the app, put together: first what goes out, then what comes in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.domain.catalogue import ChannelKind
from shared.domain.events import EventType
from shared.ports.carriers import Carrier, CarrierWebhooks, MediaSource
from shared.ports.clock import Clock
from shared.ports.photos import PhotoCheck
from shared.ports.store import Store
from shared.services.bookkeeping import Hears
from shared.services.catalogue import CatalogueService
from shared.services.chat import ChatService
from shared.services.due_list import DueList
from shared.services.escalations import EscalationService
from shared.services.operations.tickets import TicketService
from shared.services.partners import PartnerService
from shared.services.records import Records
from shared.services.texting.channel import TextChannel
from shared.services.texting.customer_side import CustomerSide
from shared.services.texting.customer_updates import CustomerTexts
from shared.services.texting.desk import TextDesk
from shared.services.texting.letters import PartnerLetters
from shared.services.texting.lines import LineBook
from shared.services.texting.partner_side import PartnerSide
from shared.services.texting.photos import Photos
from shared.services.texting.sender import TextSender
from shared.services.texting.troubles import TextTroubles
from shared.services.threads import ThreadService
from shared.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class TextsOut:
    """What partner messages and the narrator need."""

    lines: LineBook
    sender: TextSender
    channel: TextChannel
    customers: CustomerTexts


@dataclass(frozen=True, slots=True, kw_only=True)
class Texting:
    """Texts in and out. `webhooks` is None where no provider of texts is set."""

    out: TextsOut
    desk: TextDesk
    customers: CustomerSide
    letters: PartnerLetters
    photos: Photos
    troubles: TextTroubles
    webhooks: CarrierWebhooks | None

    def hearers(self) -> Mapping[str, Sequence[Hears]]:
        """Who hears of what, for `Bookkeeping`."""
        return {
            f"uso.{EventType.TEXT_HEARD}": [self.desk.hear],
            f"uso.{EventType.TEXT_FAILED}": [self.troubles.hear],
        }


def texts_out(
    records: Records,
    store: Store,
    carriers: Mapping[ChannelKind, Carrier],
    catalogue: CatalogueService,
    clock: Clock,
    settings: Settings,
) -> TextsOut:
    """Build what goes out."""
    lines = LineBook(records, catalogue)
    sender = TextSender(records, store, carriers, clock, settings)
    return TextsOut(
        lines=lines,
        sender=sender,
        channel=TextChannel(records, lines, sender, settings),
        customers=CustomerTexts(lines, sender),
    )


def texting(
    out: TextsOut,
    records: Records,
    store: Store,
    clock: Clock,
    settings: Settings,
    *,
    catalogue: CatalogueService,
    partners: PartnerService,
    escalations: EscalationService,
    threads: ThreadService,
    chat: ChatService,
    tickets: TicketService,
    webhooks: CarrierWebhooks | None,
    media: MediaSource | None,
    photo_check: PhotoCheck | None,
) -> Texting:
    """Build what comes in."""
    photos = Photos(store, photo_check, settings)
    customers = CustomerSide(threads, chat, tickets, out.sender, settings)
    partner_side = PartnerSide(records, partners, out.sender, photos, media)
    unread = DueList(store, clock, container="texts_waiting", partition="unread")
    desk = TextDesk(records, out.lines, out.sender, partner_side, customers, escalations, unread, settings)
    return Texting(
        out=out,
        desk=desk,
        customers=customers,
        letters=PartnerLetters(out.lines, out.sender, desk),
        photos=photos,
        troubles=TextTroubles(records, catalogue, out.channel, partners, escalations),
        webhooks=webhooks,
    )
