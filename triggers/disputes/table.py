"""The rows of refunds and disputes in the map of the house (`triggers.routes`)."""

from shared.domain.identity import Persona
from triggers.web.route import Wing

_BUYERS = frozenset({Persona.CUSTOMER, Persona.AGENT})
_ADMINS = frozenset({Persona.ADMIN})
_PARTNERS = frozenset({Persona.PARTNER})
_wing = Wing("disputes", base="api/v1", handlers="triggers.disputes", personas=_BUYERS | _ADMINS)

DISPUTES = (
    _wing.door(
        "refund_request",
        "POST orders/{order_id}/refunds",
        "refunds:request_refund",
        "Ask for money back for a part of an order, or, as an admin, give it back.",
        also=(202, 409),
        flows=("5.5-2", "ops-4"),
    ),
    _wing.door(
        "refund_policy_show",
        "GET admin/refund-policy",
        "policy:get_policy",
        "Show the table by which refunds are decided.",
        personas=_ADMINS,
        flows=("5.5-2",),
    ),
    _wing.door(
        "refund_policy_change",
        "PUT admin/refund-policy",
        "policy:put_policy",
        "Replace the table by which refunds are decided.",
        personas=_ADMINS,
        also=(409,),
        flows=("5.5-2",),
    ),
    _wing.door(
        "dispute_open",
        "POST disputes",
        "disputes:open_dispute",
        "Have a person decide about a part of an order.",
        personas=_BUYERS,
        success=202,
        also=(409,),
        flows=("5.5-2",),
    ),
    _wing.door(
        "dispute_list",
        "GET disputes",
        "disputes:list_disputes",
        "List disputes, the most urgent first; customers see their own.",
        flows=("5.5-2", "ops-x4"),
    ),
    _wing.door(
        "dispute_show",
        "GET disputes/{dispute_id}",
        "disputes:get_dispute",
        "Show a dispute.",
        flows=("5.5-2", "ops-x4"),
    ),
    _wing.door(
        "dispute_file",
        "GET disputes/{dispute_id}/file",
        "disputes:get_file",
        "Show everything that helps to decide a dispute.",
        personas=_ADMINS,
        flows=("5.5-2", "ops-x4"),
    ),
    _wing.door(
        "dispute_decide",
        "POST disputes/{dispute_id}/decide",
        "disputes:decide",
        "Approve, deny or split a dispute.",
        personas=_ADMINS,
        also=(409,),
        flows=("5.5-2",),
    ),
    _wing.door(
        "partner_disputes",
        "GET partners/me/disputes",
        "partners:my_disputes",
        "List disputes about what you sold.",
        personas=_PARTNERS,
        flows=("5.5-2",),
    ),
    _wing.door(
        "partner_dispute_respond",
        "POST partners/me/disputes/{dispute_id}/response",
        "partners:respond",
        "Give your side of a dispute.",
        personas=_PARTNERS,
        also=(409,),
        flows=("5.5-2",),
    ),
)
