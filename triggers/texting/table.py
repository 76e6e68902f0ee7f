"""The texts' rows of the map of the house (`triggers.routes`)."""

from shared.domain.identity import Persona
from triggers.web.route import PUBLIC, Route, Wing

_hooks = Wing("texts", base="api/v1/webhooks", handlers="triggers.texting", personas=PUBLIC)
_ways = Wing("texts", base="api/v1", handlers="triggers.texting.ways", personas=frozenset({Persona.PARTNER}))

TEXTING: tuple[Route, ...] = (
    _hooks.door(
        "twilio_text",
        "POST twilio",
        "twilio:text",
        "Take a WhatsApp message or an SMS in; signed as Twilio does.",
        also=(404,),
        flows=("2.7-1", "2.7-2", "2.7-3", "1.5-2"),
        verifies_itself=True,
        media_type="application/xml",
    ),
    _hooks.door(
        "twilio_status",
        "POST twilio/status",
        "twilio:delivery",
        "Take news of a delivery in; signed as Twilio does.",
        also=(404,),
        flows=("2.7-1",),
        verifies_itself=True,
        media_type="application/xml",
    ),
    _ways.door(
        "partner_channels",
        "GET partners/me/channels",
        "show",
        "Show how the calling partner is reached.",
        flows=("2.7-1",),
    ),
    _ways.door(
        "partner_channels_choose",
        "PUT partners/me/channels",
        "choose",
        "Say by which numbers and addresses to be reached, the preferred one first.",
        also=(404, 409),
        flows=("2.7-1",),
    ),
    _ways.door(
        "thread_whatsapp",
        "PUT threads/{thread_id}/whatsapp",
        "notify_customer",
        "Let a conversation's updates come by WhatsApp as well.",
        personas=frozenset({Persona.CUSTOMER}),
        also=(409,),
        flows=("1.5-2",),
    ),
    _ways.door(
        "photo_show",
        "GET photos/{photo_id}",
        "photo",
        "Show a photo that a partner has sent.",
        personas=PUBLIC,
        flows=("2.7-3",),
        media_type="image/*",
    ),
)
