"""The rows of fees and margins in the map of the house (`triggers.routes`)."""

from shared.domain.identity import Persona
from triggers.web.route import Wing

_admin = Wing("fees", base="api/v1/admin", handlers="triggers.fees", personas=frozenset({Persona.ADMIN}))
_partner = Wing(
    "fees", base="api/v1/partners/me", handlers="triggers.fees", personas=frozenset({Persona.PARTNER})
)

FEES = (
    _admin.door(
        "fees_show",
        "GET fees",
        "fees:get_fees",
        "Show the table of fees in force, those to come, and those that were.",
        flows=("5.1-2",),
    ),
    _admin.door(
        "fees_replace",
        "PUT fees",
        "fees:replace_fees",
        "Replace the table of fees, now or from an instant on.",
        also=(409,),
        flows=("5.1-2",),
    ),
    _partner.door(
        "partner_fees",
        "GET fees",
        "fees:my_fees",
        "Show your own rates, now and to come.",
        flows=("5.1-2",),
    ),
    _admin.door(
        "bundle_margin",
        "GET bundles/{bundle_id}/margin",
        "margins:get_margin",
        "Reckon what stays of a bundle's price, and what would leave more.",
        also=(422,),
    ),
)
