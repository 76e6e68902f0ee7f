"""The affiliates' rows of the map of the house (`triggers.routes`)."""

from shared.domain.identity import Persona
from triggers.web.route import PUBLIC, Wing

OWNERS = frozenset({Persona.CUSTOMER, Persona.PARTNER})
"""Who may be an affiliate: in person, since it is about contracts and identities, not by an agent."""
_own = Wing(
    "affiliates",
    base="api/v1/affiliates",
    handlers="triggers.affiliates",
    personas=OWNERS,
    prefix="affiliate_",
)
_admin = Wing(
    "affiliates",
    base="api/v1/admin/affiliates",
    handlers="triggers.affiliates",
    personas=frozenset({Persona.ADMIN}),
    prefix="affiliates_",
)
_links = Wing("affiliates", base="l", handlers="triggers.affiliates.links", personas=PUBLIC)

AFFILIATES = (
    _own.door(
        "register",
        "POST",
        "owners:register",
        "Become an affiliate.",
        success=202,
        also=(409,),
        flows=("2.6-1",),
    ),
    _own.door("list", "GET", "owners:list_affiliates", "List your own affiliates.", flows=("2.6-1",)),
    _own.door(
        "show",
        "GET {affiliate_id}",
        "owners:get_affiliate",
        "Show how an affiliate of yours stands.",
        flows=("2.6-1",),
    ),
    _own.door(
        "verify",
        "POST {affiliate_id}/verify",
        "owners:submit_documents",
        "Hand in what is missing or was rejected.",
        success=202,
        also=(409,),
        flows=("2.6-1",),
    ),
    _own.door(
        "make_link",
        "POST {affiliate_id}/links",
        "links:make_link",
        "Wrap a URL into a tracked link.",
        success=201,
        also=(409,),
        flows=("2.6-2",),
    ),
    _own.door(
        "links",
        "GET {affiliate_id}/links",
        "links:list_links",
        "List links with their clicks and orders.",
        flows=("2.6-2",),
    ),
    _own.door(
        "dashboard",
        "GET {affiliate_id}/dashboard",
        "earnings:dashboard",
        "Show clicks, orders and commissions in figures.",
        flows=("2.6-3",),
    ),
    _own.door(
        "commissions",
        "GET {affiliate_id}/commissions",
        "earnings:list_commissions",
        "List commissions, order by order.",
        flows=("2.6-3",),
    ),
    _own.door(
        "payouts",
        "GET {affiliate_id}/payouts",
        "earnings:list_payouts",
        "List what was paid out.",
        flows=("2.6-3",),
    ),
    _own.door(
        "account",
        "POST {affiliate_id}/account",
        "earnings:open_account",
        "Open the account that commissions go to; answers with the link where you complete it.",
        flows=("2.6-1", "2.6-3"),
    ),
    _own.door(
        "notices",
        "GET {affiliate_id}/notices",
        "earnings:list_notices",
        "List what the affiliate was told.",
        flows=("2.6-2",),
    ),
    _links.door(
        "link_follow",
        "GET {link_id}",
        "follow",
        "Follow an affiliate's link; the click is counted.",
        success=302,
        flows=("2.6-2",),
        head=True,
    ),
    _admin.door(
        "list",
        "GET",
        "admin:overview",
        "List affiliates with trust, verification, rates and figures, ranked.",
        flows=("5.4-12",),
    ),
    _admin.door("show", "GET {affiliate_id}", "admin:show", "Show one affiliate.", flows=("5.4-12",)),
    _admin.door(
        "review",
        "POST {affiliate_id}/review",
        "admin:review",
        "Approve or reject a check by hand.",
        flows=("5.4-12",),
    ),
    _admin.door(
        "manage",
        "PUT {affiliate_id}/settings",
        "admin:manage",
        "Set the commission, White Glove, what trust counts, and whether it is active.",
        flows=("5.4-12",),
    ),
)
