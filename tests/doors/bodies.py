"""A body that every door with one takes, so that only the tried flaw can be the reason of a refusal."""

from collections.abc import Mapping
from typing import Any

from tests.doors.stage import AFFILIATE, BY_HAND, SHOP_A, TOMORROW
from tests.harness import HOME
from tests.wallet import Wallet

_SHEET = {"name": "Ghost Orchid", "price": {"minor": 9000, "currency": "USD"}, "quantity": 2}
_SHOP = {"name": "Orchid House", "business_type": "florist", "location": HOME}
_ADDRESS = {
    "name": "Jane Doe",
    "line1": "500 Congress Ave",
    "city": "Austin",
    "region": "TX",
    "postal_code": "78701",
    "country": "US",
}

GOOD: Mapping[str, Any] = {
    "chat": {"text": "red roses for tomorrow", "deliver_to": HOME},
    "order_place": {"items": [{"id": "demo-red-flowers"}], "deliver_to": HOME, "deliver_by": TOMORROW},
    "order_confirm_delivery": {},
    "checkout_open": {"items": [{"id": "demo-red-flowers"}], "deliver_to": HOME, "deliver_by": TOMORROW},
    "checkout_confirm": {},
    "order_change": {"text": "white flowers instead of red"},
    "order_simulate": {"text": "chocolates"},
    "recovery_trigger": {
        "order_id": "ord_0000000000000000",
        "leg_id": "ord_0000000000000000-l1",
        "reason": "vendor_unable",
    },
    "recovery_reject": {"keep_original": True},
    "intent_create": {"text": "order flowers on the next sunny Thursday", "deliver_to": HOME},
    "intent_change": {"text": "order flowers on the next rainy Friday", "deliver_to": HOME},
    "intent_reject": {"keep_waiting": True},
    "intent_event": {"type": "WeatherUpdate"},
    "partner_webhook": {"reference": "ord_0000000000000000-l1", "text": "yes"},
    "partner_accept": {"text": "gladly"},
    "partner_reject": {"text": "sorry"},
    "partner_status": {"status": "In Progress"},
    "catalogue_ingest": {"vendor_id": "nobody-at-all", "format": "csv", "content": "name,price\nRose,5.00\n"},
    "escalation_assign": {"note": "please"},
    "escalation_resolve": {"resolution": "close", "note": "done"},
    "affiliate_register": AFFILIATE,
    "affiliate_verify": {"documents": {"insurance": "POL-99887766"}},
    "affiliate_make_link": {"target_url": "https://alice.example/other"},
    "affiliates_review": {"check": "insurance", "verdict": "rejected", "note": "it has run out"},
    "affiliates_manage": {"on_time_pct": 50},
    "fees_replace": {"version": 0, "default_bps": 1200},
    "mandate_add_key": {
        "jwk": Wallet(name="tried").public(),
        "proof": Wallet(name="tried").proof("chl_0000000000000000.n_0000000000000000"),
    },
    "mandate_deliver": {"token": Wallet().mandate()},
    "refund_request": {"leg_id": "ord_0000000000000000-l1", "reason": "damaged"},
    "refund_policy_change": {"version": 7, "rules": [{"action": "escalate"}]},
    "dispute_open": {
        "order_id": "ord_0000000000000000",
        "leg_id": "ord_0000000000000000-l1",
        "reason": "late",
        "text": "It never came.",
    },
    "dispute_decide": {"decision": "deny", "note": "It was there."},
    "partner_dispute_respond": {"text": "We delivered it."},
    "partner_payout_schedule": {"schedule": "weekly"},
    "partner_payout_account": {"email": "shop@flowers.example"},
    "reconciliation_run": {"day": "2026-05-04"},
    "gig_payment": {
        "order_id": "ord_0000000000000000",
        "leg_id": "ord_0000000000000000-l1",
        "worker_id": "walt",
    },
    "credit_grant": {"customer_id": "carol", "order_id": "ord_0000000000000000", "reason": "late"},
    "mail_webhook": {"message_id": "<m@doe.example>", "from": "john@doe.example", "text": "Where is it?"},
    "ticket_open": {"text": "Where is my order?"},
    "ticket_say": {"text": "Thank you."},
    "ticket_resolve": {"text": "We have sent it."},
    "operations_policy_change": {"version": 7, "rules": [{"action": "escalate"}]},
    "operations_policy_dry_run": {"rules": [{"action": "escalate"}]},
    "simulator_create_partner": {"id": "tried-shop", **_SHOP},
    "simulator_put_partner": _SHOP,
    "simulator_create_product": {"id": "tried-orchid", **_SHEET},
    "simulator_put_product": _SHEET,
    "simulator_create_scenario": {"id": "tried-scenario", "script": BY_HAND},
    "simulator_put_scenario": BY_HAND,
    "simulator_preview_scenario": {"samples": [{"id": "s1", "type": "order", "item": "red flowers"}]},
    "simulator_respond": {"verdict": "reject", "text": "Sorry."},
    "simulator_assign": {"to": "ops"},
    "simulator_respond_to_all": {
        "ids": [f"{SHOP_A}.nothing"],
        "answer": {"verdict": "reject", "text": "Sorry."},
    },
    "simulator_demo_setup": {"delay_seconds": 0},
    "simulator_demo_reset": {"delay_seconds": 0},
    "simulator_weather": {"place": HOME, "day": "2026-05-07", "sky": "sunny"},
    "simulator_payments": {"customer_id": "carol", "declined": False},
    "simulator_payment_actions": {"customer_id": "carol", "required": False},
    "simulator_payment_act": {"succeed": True},
    "simulator_payment_account": {"complete": True},
    "simulator_dispute_open": {"payment_id": "pi_" + "0" * 24, "reason": "fraudulent"},
    "simulator_dispute_close": {"won": True},
    "simulator_payout": {"amount": {"minor": 1, "currency": "USD"}},
    "simulator_payment_news": {"delay_seconds": 0, "copies": 1},
    "operations_sources_change": {"version": 0, "sources": [{"supplier_id": "ali", "supplier_sku": "A1"}]},
    "simulator_shop_order": {
        "email": "jane@example.com",
        "name": "Jane Doe",
        "address": _ADDRESS,
        "lines": [{"sku": "PHONE-STAND"}],
    },
    "simulator_shop_address": _ADDRESS,
    "simulator_shop_cancel": {"reason": "changed my mind"},
    "simulator_shop_troubles": {"keeps_news": True},
    "simulator_supplier_stock": {
        "supplier_sku": "A1001",
        "price": 1250,
        "shipping": 0,
        "stock": 5,
        "days": 12,
    },
    "simulator_supplier_troubles": {"lost_answers": 0},
    "simulator_supplier_fate": {"fate": "stand_still"},
}
QUERIES: Mapping[str, Mapping[str, str]] = {
    "discover": {"intent": "red roses"},
    "simulator_mailbox": {"to": "jane@example.com"},
}
