"""The map of the house: every HTTP door, who may use it, and the handler behind it.

Importing this table costs nothing; a handler is imported when its door is first used.
"""

from shared.domain.identity import Persona
from triggers.affiliates.table import AFFILIATES
from triggers.disputes.table import DISPUTES
from triggers.fees.table import FEES
from triggers.mandates.table import MANDATES
from triggers.money.table import MONEY
from triggers.operations.table import OPERATIONS
from triggers.provider.table import PROVIDER
from triggers.simulator.table import SIMULATOR
from triggers.texting.table import TEXTING
from triggers.web.route import PUBLIC, Route, Wing

BUYERS = frozenset({Persona.CUSTOMER, Persona.AGENT})
"""A customer, or an agent that acts for one."""
ONLOOKERS = BUYERS | {Persona.ADMIN}
PARTNERS = frozenset({Persona.PARTNER})
ADMINS = frozenset({Persona.ADMIN})

_system = Wing("system", base="api", handlers="triggers.system", personas=PUBLIC)
_well_known = Wing("system", base=".well-known", handlers="triggers", personas=PUBLIC)
SYSTEM = (
    _system.door(
        "health", "GET health", "health", "Say that the app is alive, whatever its dependencies do."
    ),
    _system.door("ready", "GET ready", "ready", "Say whether every dependency answers."),
    _system.door("openapi", "GET openapi.json", "openapi", "Describe every door, in OpenAPI 3.1."),
    _well_known.door(
        "protected_resource",
        "GET oauth-protected-resource",
        "protected_resource:metadata",
        "Say whose tokens are taken (RFC 9728).",
        also=(404,),
    ),
)

_shopping = Wing("shopping", base="api/v1", handlers="triggers.chat", personas=BUYERS)
SHOPPING = (
    _shopping.door(
        "chat",
        "POST chat",
        "chat",
        "Say what you want, in your own words.",
        also=(409, 422),
        flows=("6.0-1", "6.1-1", "1.2-1"),
    ),
    _shopping.door(
        "discover",
        "GET discover",
        "discover",
        "Search products and bundles of all vendors.",
        personas=PUBLIC,
        flows=("1.2-1", "6.1-1"),
    ),
    _shopping.door(
        "thread_show",
        "GET threads/{thread_id}",
        "get_thread",
        "Show a conversation with every update.",
        personas=ONLOOKERS,
        flows=("1.4-1", "6.4-1"),
    ),
)

_orders = Wing("orders", base="api/v1/orders", handlers="triggers.orders", personas=BUYERS)
ORDERS = (
    _orders.door(
        "order_place",
        "POST",
        "place_order",
        "Order products and bundles of several vendors at once.",
        success=202,
        also=(409, 422),
        flows=("1.2-1", "6.2-1"),
    ),
    _orders.door("order_show", "GET {order_id}", "get_order", "Show an order.", personas=ONLOOKERS),
    _orders.door(
        "order_timeline",
        "GET {order_id}/timeline",
        "get_timeline",
        "Show when each part of an order happens.",
        personas=ONLOOKERS,
        flows=("6.2-1", "1.4-1"),
    ),
    _orders.door(
        "order_change",
        "POST {order_id}/change-requests",
        "request_change",
        "Ask for a change of a placed order.",
        success=202,
        also=(409, 422),
        flows=("1.6-1", "6.3-1"),
    ),
    _orders.door(
        "order_confirm_delivery",
        "POST {order_id}/confirm-delivery",
        "confirm_delivery",
        "Say what arrived: all of it, a part, or nothing that you keep.",
        also=(409,),
        flows=("1.3-3", "2.8-1"),
    ),
    _orders.door(
        "order_simulate",
        "POST {order_id}/simulate",
        "simulate",
        "Say what adding something would do; nothing changes.",
        also=(422,),
        flows=("1.2-1",),
    ),
)

_checkouts = Wing("checkouts", base="api/v1/checkouts", handlers="triggers.checkouts", personas=BUYERS)
CHECKOUTS = (
    _checkouts.door(
        "checkout_open",
        "POST",
        "open_checkout",
        "Quote a cart of several vendors, with the ways to deliver it.",
        success=201,
        also=(409,),
        flows=("1.3-1",),
    ),
    _checkouts.door(
        "checkout_show",
        "GET {checkout_id}",
        "get_checkout",
        "Show a checkout and how its payment goes.",
        personas=ONLOOKERS,
        flows=("1.3-1",),
    ),
    _checkouts.door(
        "checkout_confirm",
        "POST {checkout_id}/confirm",
        "confirm",
        "Buy it: one payment for all vendors, or nothing.",
        success=202,
        also=(409, 422),
        flows=("1.3-1", "1.3-2"),
    ),
    _checkouts.door(
        "checkout_cancel",
        "POST {checkout_id}/cancel",
        "cancel",
        "Call a checkout off while it is not paid.",
        also=(409,),
        flows=("1.3-1",),
    ),
)

_recoveries = Wing("recoveries", base="api/v1/recoveries", handlers="triggers.recoveries", personas=BUYERS)
RECOVERIES = (
    _recoveries.door(
        "recovery_trigger",
        "POST",
        "trigger",
        "Report that a leg cannot be delivered as it is.",
        personas=ADMINS,
        success=202,
        also=(409,),
        flows=("6.3-2",),
    ),
    _recoveries.door(
        "recovery_show",
        "GET {recovery_id}",
        "get_recovery",
        "Show a recovery: before, after and why.",
        personas=ONLOOKERS,
        flows=("6.3-1",),
    ),
    _recoveries.door(
        "recovery_approve",
        "POST {recovery_id}/approve",
        "approve",
        "Say yes to the alternative.",
        success=202,
        also=(409,),
        flows=("6.3-1", "1.6-1"),
    ),
    _recoveries.door(
        "recovery_reject",
        "POST {recovery_id}/reject",
        "reject",
        "Say no to the alternative.",
        success=202,
        also=(409,),
        flows=("6.3-1", "1.6-1"),
    ),
)

_standing = Wing(
    "standing intents", base="api/v1/standing-intents", handlers="triggers.standing", personas=BUYERS
)
STANDING = (
    _standing.door(
        "intent_create",
        "POST",
        "create",
        "Wish for something at the right moment.",
        success=202,
        also=(409,),
        flows=("6.7-1", "1.2-1"),
    ),
    _standing.door("intent_list", "GET", "list_intents", "List your standing intents.", flows=("1.4-3",)),
    _standing.door(
        "intent_show",
        "GET {intent_id}",
        "get_intent",
        "Show a standing intent.",
        personas=ONLOOKERS,
        flows=("1.4-3",),
    ),
    _standing.door(
        "intent_change",
        "PUT {intent_id}",
        "change",
        "Change a wish while it waits.",
        also=(409,),
        flows=("1.4-3",),
    ),
    _standing.door("intent_cancel", "DELETE {intent_id}", "cancel", "Stop waiting.", also=(409,)),
    _standing.door(
        "intent_progress",
        "GET {intent_id}/progress",
        "progress",
        "Show the IF/THEN map and the progress ledger.",
        personas=ONLOOKERS,
        flows=("1.4-2", "1.4-3"),
    ),
    _standing.door(
        "intent_approve",
        "POST {intent_id}/approve",
        "approve",
        "Say yes to buying now.",
        success=202,
        also=(409,),
        flows=("6.7-1", "6.7-3"),
    ),
    _standing.door(
        "intent_reject",
        "POST {intent_id}/reject",
        "reject",
        "Say no to buying now.",
        success=202,
        also=(409,),
        flows=("6.7-1", "6.7-3"),
    ),
    _standing.door(
        "intent_event",
        "POST {intent_id}/events",
        "event",
        "Tell of something that a wish waits for.",
        success=202,
        also=(409,),
        flows=("6.7-3",),
    ),
)

_negotiations = Wing(
    "negotiations", base="api/v1/negotiations", handlers="triggers.negotiations", personas=BUYERS
)
NEGOTIATIONS = (
    _negotiations.door(
        "negotiation_show",
        "GET {negotiation_id}",
        "get_negotiation",
        "Show a change request with every message.",
        personas=ONLOOKERS,
        flows=("6.6-1",),
    ),
    _negotiations.door(
        "negotiation_approve",
        "POST {negotiation_id}/approve",
        "approve",
        "Take the counter-offer.",
        success=202,
        also=(409,),
        flows=("6.6-1",),
    ),
    _negotiations.door(
        "negotiation_reject",
        "POST {negotiation_id}/reject",
        "reject",
        "Turn the counter-offer down.",
        success=202,
        also=(409,),
        flows=("6.6-1",),
    ),
)

_partners = Wing("partners", base="api/v1", handlers="triggers.partners", personas=PARTNERS)
PARTNER = (
    _partners.door(
        "partner_webhook",
        "POST webhooks/partners/{partner_id}",
        "webhook",
        "Take a partner's signed reply in.",
        personas=PUBLIC,
        also=(404, 409),
        flows=("2.7-1", "6.6-1"),
        signed_by="triggers.partners:secrets_of",
    ),
    _partners.door(
        "partner_secret", "POST partners/me/webhook-secret", "rotate_secret", "Make a new webhook secret."
    ),
    _partners.door(
        "partner_orders",
        "GET partners/me/orders",
        "my_orders",
        "List your own parts of orders.",
        flows=("2.3-1",),
    ),
    _partners.door(
        "partner_accept",
        "POST partners/me/orders/{leg_id}/accept",
        "accept",
        "Take an order on.",
        also=(409,),
        flows=("2.3-1",),
    ),
    _partners.door(
        "partner_reject",
        "POST partners/me/orders/{leg_id}/reject",
        "reject",
        "Decline an order.",
        also=(409,),
        flows=("2.3-1", "6.3-2"),
    ),
    _partners.door(
        "partner_status",
        "POST partners/me/orders/{leg_id}/status",
        "report",
        "Report how far the work is.",
        also=(409,),
        flows=("2.3-2",),
    ),
)

_catalogue = Wing(
    "catalogue", base="api/v1/admin/legacy", handlers="triggers.catalogue", personas=ADMINS | PARTNERS
)
CATALOGUE = (
    _catalogue.door(
        "catalogue_ingest",
        "POST ingest",
        "ingest",
        "Import a vendor's products from a CSV or JSON feed.",
        also=(404, 409),
        flows=("2.2-1",),
    ),
    _catalogue.door(
        "catalogue_columns",
        "GET column-map",
        "column_map",
        "List the column names that feeds may use.",
        flows=("2.2-1",),
    ),
)

_escalations = Wing(
    "escalations", base="api/v1/escalations", handlers="triggers.escalations", personas=ADMINS
)
ESCALATIONS = (
    _escalations.door(
        "escalation_list",
        "GET",
        "list_escalations",
        "List what waits for a person, the most urgent first.",
        flows=("5.4b-4", "6.6-2"),
    ),
    _escalations.door(
        "escalation_assign",
        "POST {escalation_id}/assign",
        "assign",
        "Give a task to someone.",
        also=(409,),
        flows=("5.4b-4",),
    ),
    _escalations.door(
        "escalation_resolve",
        "POST {escalation_id}/resolve",
        "resolve",
        "Settle a task.",
        also=(409,),
        flows=("5.4b-4", "2.7-4"),
    ),
)

_dead_letters = Wing(
    "dead letters", base="api/v1/admin/dead-letters", handlers="triggers.dead_letters", personas=ADMINS
)
DEAD_LETTERS = (
    _dead_letters.door(
        "dead_letters_list",
        "GET {subscription}",
        "list_dead_letters",
        "Show the events that a subscription gave up, oldest first.",
    ),
    _dead_letters.door(
        "dead_letters_replay",
        "POST {subscription}/replay",
        "replay_all",
        "Send the events that a subscription gave up again, up to a hundred at once.",
    ),
    _dead_letters.door(
        "dead_letter_replay",
        "POST {subscription}/{dead_letter}/replay",
        "replay_one",
        "Send one of them again.",
        also=(409,),
    ),
)

_language = Wing(
    "language model", base="api/v1/admin/language", handlers="triggers.language", personas=ADMINS
)
LANGUAGE = (
    _language.door(
        "language_calls",
        "GET",
        "calls_of_day",
        "Show a day's calls of the language model, and what they cost.",
    ),
)

ROUTES: tuple[Route, ...] = (
    *SYSTEM,
    *SHOPPING,
    *ORDERS,
    *CHECKOUTS,
    *RECOVERIES,
    *STANDING,
    *NEGOTIATIONS,
    *PARTNER,
    *CATALOGUE,
    *ESCALATIONS,
    *DEAD_LETTERS,
    *LANGUAGE,
    *MONEY,
    *PROVIDER,
    *AFFILIATES,
    *FEES,
    *MANDATES,
    *DISPUTES,
    *OPERATIONS,
    *TEXTING,
    *SIMULATOR,
)
