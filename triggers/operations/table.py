"""The operations engine's rows of the map of the house (`triggers.routes`)."""

from shared.domain.identity import Persona
from triggers.operations.support_table import SUPPORT
from triggers.web.route import PUBLIC, Route, Wing

ADMINS = frozenset({Persona.ADMIN})
hooks = Wing("operations", base="api/v1/webhooks", handlers="triggers.operations", personas=PUBLIC)
_answers = Wing("operations", base="api/v1/answers", handlers="triggers.operations.answers", personas=PUBLIC)
admin = Wing(
    "operations",
    base="api/v1/admin/operations",
    handlers="triggers.operations",
    personas=ADMINS,
    prefix="operations_",
)

OPERATIONS: tuple[Route, ...] = (
    *SUPPORT,
    hooks.door(
        "shopify_webhook",
        "POST shopify",
        "webhooks:shopify",
        "Take a delivery of the shop in; signed as Shopify does, over the raw body.",
        flows=("ops-1",),
        verifies_itself=True,
    ),
    hooks.door(
        "supplier_webhook",
        "POST suppliers/{supplier_id}",
        "webhooks:supplier",
        "Take a delivery of a supplier in.",
        flows=("ops-2",),
        also=(404,),
        verifies_itself=True,
    ),
    _answers.door(
        "shop_question_show",
        "GET {token}",
        "show",
        "Show what was asked about an order of the web shop.",
        flows=("ops-x1", "ops-x2"),
    ),
    _answers.door(
        "shop_question_answer",
        "POST {token}",
        "answer",
        "Answer: refund or wait, or a corrected address.",
        also=(409,),
        flows=("ops-x1", "ops-x2"),
    ),
    admin.door(
        "sources",
        "GET sources",
        "sources:list_sources",
        "Show which supplier sells what, and how far each can be trusted.",
        flows=("ops-1", "ops-x1"),
    ),
    admin.door(
        "sources_change",
        "PUT sources/{sku}",
        "sources:put_sources",
        "Say anew of whom something is bought.",
        also=(409,),
        flows=("ops-1", "ops-x1"),
    ),
    admin.door(
        "alarms",
        "GET alerts",
        "safety:list_alarms",
        "Show who was called about what, when, by which channel.",
        flows=("ops-6",),
    ),
    admin.door(
        "campaigns",
        "GET campaigns",
        "safety:list_campaigns",
        "Show every product's campaigns, and what was reported of it.",
        flows=("ops-6",),
    ),
    admin.door(
        "campaigns_freeze",
        "POST campaigns/{shop_product_id}/freeze",
        "safety:freeze",
        "Stop a product's campaigns.",
        flows=("ops-6",),
    ),
    admin.door(
        "campaigns_resume",
        "POST campaigns/{shop_product_id}/resume",
        "safety:resume",
        "Let a product's campaigns run again.",
        also=(409,),
        flows=("ops-6",),
    ),
    admin.door(
        "orders",
        "GET orders",
        "orders:list_orders",
        "List the web shop's orders of a day, with what each has brought.",
        flows=("ops-1",),
    ),
    admin.door(
        "order",
        "GET orders/{shop_order_id}",
        "orders:get_order",
        "Show an order of the web shop: purchases, parcels, questions, refunds, profit.",
        flows=("ops-1", "ops-2"),
    ),
    admin.door(
        "profit",
        "GET profit",
        "orders:get_profit",
        "Sum up what the web shop's orders of a day have brought.",
        flows=("ops-1",),
    ),
)
