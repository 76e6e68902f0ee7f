"""What the settings make of Twilio: carriers for the channels that are set, its webhooks, its media."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.adapters.outbound import Outbound
from shared.adapters.twilio_channel.account import TwilioAccount
from shared.adapters.twilio_channel.carrier import TwilioCarrier
from shared.adapters.twilio_channel.contents import Contents
from shared.adapters.twilio_channel.media import TwilioMedia
from shared.adapters.twilio_channel.webhooks import DELIVERIES, TwilioWebhooks
from shared.domain.catalogue import ChannelKind
from shared.ports.store import Store
from shared.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioParts:
    """Nothing of it where no account is set."""

    account: TwilioAccount | None = None
    carriers: Mapping[ChannelKind, TwilioCarrier] = field(default_factory=dict)
    webhooks: TwilioWebhooks | None = None
    media: TwilioMedia | None = None


def twilio_parts(settings: Settings, outbound: Outbound, store: Store) -> TwilioParts:
    """Build what the settings ask for; nothing is called and no SDK is loaded."""
    if settings.twilio_token is None:
        return TwilioParts()
    name, token, base_url = settings.twilio_account, settings.twilio_token, settings.twilio_base_url
    public_url = settings.public_url.rstrip("/")
    account = TwilioAccount(outbound, name, token, base_url=base_url)
    callback_url = f"{public_url}{DELIVERIES}"
    carriers = {
        ChannelKind.SMS: TwilioCarrier(
            account, ChannelKind.SMS, sender=settings.twilio_from, callback_url=callback_url
        )
    }
    if settings.whatsapp_from:
        carriers[ChannelKind.WHATSAPP] = TwilioCarrier(
            account,
            ChannelKind.WHATSAPP,
            sender=settings.whatsapp_from,
            callback_url=callback_url,
            contents=Contents(account, store, base_url=base_url),
            templates={str(kind): sid for kind, sid in settings.whatsapp_templates.items()},
        )
    return TwilioParts(
        account=account,
        carriers=carriers,
        webhooks=TwilioWebhooks(name, token, public_url=public_url),
        media=TwilioMedia(outbound, name, token, max_bytes=settings.max_photo_bytes, base_url=base_url),
    )
