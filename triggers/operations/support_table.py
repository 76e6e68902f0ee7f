"""The rows of support in the map of the house (`triggers.operations.table`)."""

from shared.domain.identity import Persona
from triggers.web.route import PUBLIC, Wing

_BUYERS = frozenset({Persona.CUSTOMER, Persona.AGENT})
_ADMINS = frozenset({Persona.ADMIN})
_hooks = Wing("operations", base="api/v1/webhooks", handlers="triggers.operations", personas=PUBLIC)
_tickets = Wing("tickets", base="api/v1/tickets", handlers="triggers.operations.tickets", personas=_BUYERS)
_admin = Wing(
    "tickets",
    base="api/v1/admin/operations",
    handlers="triggers.operations.support_admin",
    personas=_ADMINS,
    prefix="operations_",
)

SUPPORT = (
    _hooks.door(
        "mail_webhook",
        "POST mail",
        "mail:receive",
        "Take a mail in, signed by the mail server.",
        flows=("ops-3",),
        signed_by="triggers.operations.mail:secrets_of",
    ),
    _tickets.door(
        "ticket_open",
        "POST",
        "open_ticket",
        "Ask customer service something.",
        success=202,
        also=(409,),
        flows=("ops-3",),
    ),
    _tickets.door(
        "ticket_show",
        "GET {ticket_id}",
        "show",
        "Show a ticket with every message.",
        personas=_BUYERS | _ADMINS,
        flows=("ops-3", "ops-5"),
    ),
    _tickets.door(
        "ticket_say",
        "POST {ticket_id}/messages",
        "say",
        "Write something more on a ticket.",
        success=202,
        also=(409,),
        flows=("ops-3",),
    ),
    _tickets.door(
        "ticket_take_over",
        "POST {ticket_id}/take-over",
        "take_over",
        "Take a ticket as a person; the alarms stop.",
        personas=_ADMINS,
        also=(409,),
        flows=("ops-6",),
    ),
    _tickets.door(
        "ticket_resolve",
        "POST {ticket_id}/resolve",
        "resolve",
        "Answer a ticket as a person, and do what was proposed.",
        personas=_ADMINS,
        also=(409,),
        flows=("ops-6",),
    ),
    _admin.door(
        "tickets",
        "GET tickets",
        "list_tickets",
        "List tickets, those that wait first.",
        flows=("ops-4", "ops-6"),
    ),
    _admin.door(
        "ticket",
        "GET tickets/{ticket_id}",
        "get_ticket",
        "Show everything about a ticket.",
        flows=("ops-3", "ops-4"),
    ),
    _admin.door(
        "ticket_draft",
        "POST tickets/{ticket_id}/draft",
        "draft_answer",
        "Draft an answer for the person who will write it; nothing is sent.",
        also=(409,),
        flows=("ops-6",),
    ),
    _admin.door("policy", "GET policy", "get_policy", "Show the resolution gate's table.", flows=("ops-4",)),
    _admin.door(
        "policy_change",
        "PUT policy",
        "put_policy",
        "Replace the resolution gate's table.",
        also=(409,),
        flows=("ops-4",),
    ),
    _admin.door(
        "policy_dry_run",
        "POST policy/dry-run",
        "dry_run",
        "Say what another table would have done to last week's messages.",
        flows=("ops-4",),
    ),
)
