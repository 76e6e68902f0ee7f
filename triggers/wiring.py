"""Which event starts or wakes which plan. Stdlib only, one line per event.

Instance ids are the ids of what the plan is about, so starting twice is starting once.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Start:
    """Start a plan, unless it was started before."""

    plan: str
    instance_id: str
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wake:
    """Raise an event for a plan."""

    instance_id: str
    event: str


def _answered(data: Data) -> Wake | None:
    recovery = data.get("recovery_id")
    return Wake(recovery, f"answer-{data['leg_id']}") if recovery else None


def _resolved(data: Data) -> Wake | None:
    """A negotiation or a recovery waits for its person; nothing else that is escalated has a plan."""
    waits = re.fullmatch(r"ord_[0-9a-z]+-[nr]\d+", data["subject"])
    return Wake(data["subject"], "resolved") if waits else None


def _confirmed(data: Data) -> Wake | None:
    """The plan of the release waits from its first look on; before, that look sees what is stored."""
    return Wake(f"{data['leg_id']}-release", f"delivery-{data['turn']}") if data["turn"] else None


def _turn(data: Data) -> Wake:
    return Wake(data["intent_id"], f"wake-{data['turn']}")


def _parcel_news(data: Data) -> Wake | None:
    """The plan waits from its first look on; what was said before, that look asks for."""
    return Wake(f"{data['purchase_id']}-parcel", f"parcel-{data['turn']}") if data["turn"] else None


def _told(data: Data) -> Start | None:
    """What a person wrote is sent by its own plan; the machine has sent its answer itself."""
    ticket_id, number = data["ticket_id"], data["message"]
    if data["by"] == "agent":
        return None
    payload = {"ticket_id": ticket_id, "number": number}
    return Start("send_ticket_answer", f"{ticket_id}-m{number}-answer", payload)


ACTIONS: Mapping[str, Callable[[Data], Start | Wake | None]] = {
    "uso.order.placed": lambda d: Start("fulfil_order", d["order_id"], {"order_id": d["order_id"]}),
    "uso.payment.settled": lambda d: Wake(d["order_id"], "payment"),
    "uso.leg.completed": lambda d: Start("release_leg", f"{d['leg_id']}-release", {"leg_id": d["leg_id"]}),
    "uso.delivery.confirmed": _confirmed,
    "uso.refund.due": lambda d: Start(
        "refund_customer", d["plan"], {"order_id": d["order_id"], "key": d["key"]}
    ),
    "uso.payout.due": lambda d: Start(
        "pay_out", d["plan"], {"account": d["account"], "payout_id": d["payout_id"]}
    ),
    "uso.CHARGEBACK_CREATED": lambda d: Start(
        "defend_chargeback", d["dispute_id"], {"dispute_id": d["dispute_id"]}
    ),
    "uso.chargeback.changed": lambda d: Wake(d["dispute_id"], f"news-{d['turn']}"),
    "uso.leg.answered": _answered,
    "uso.change.requested": lambda d: Start(
        "negotiate_change", d["negotiation_id"], {"negotiation_id": d["negotiation_id"]}
    ),
    "uso.partner.replied": lambda d: Wake(d["negotiation_id"], f"reply-{d['round']}"),
    "uso.negotiation.decided": lambda d: Wake(d["negotiation_id"], f"decision-{d['round']}"),
    "uso.escalation.resolved": _resolved,
    "uso.recovery.requested": lambda d: Start(
        "recover_leg", d["recovery_id"], {"recovery_id": d["recovery_id"], "attempts": d["attempts"]}
    ),
    "uso.recovery.decided": lambda d: Wake(d["recovery_id"], f"decision-{d['attempt']}"),
    "uso.intent.created": lambda d: Start("standing_intent", d["intent_id"], {"intent_id": d["intent_id"]}),
    "uso.intent.met": _turn,
    "uso.intent.decided": _turn,
    "uso.intent.changed": _turn,
    "uso.affiliate.submitted": lambda d: Start(
        "verify_affiliate", f"kyc_{d['affiliate_id']}_{d['round']}", {"affiliate_id": d["affiliate_id"]}
    ),
    "uso.ORDER_PAID": lambda d: Start(
        "fulfil_shop_order",
        d["order_id"],
        {"order_id": d["order_id"], "shop_order_id": d["shopify_order_id"]},
    ),
    "uso.shop_order.answered": lambda d: Wake(d["order_id"], f"answer-{d['turn']}"),
    "uso.shop_order.closed": lambda d: Start(
        "close_shop_order", f"{d['order_id']}-close", {"order_id": d["order_id"]}
    ),
    "uso.TICKET_CREATED": lambda d: Start(
        "handle_ticket",
        f"{d['ticket_id']}-m{d['message']}",
        {"ticket_id": d["ticket_id"], "message": d["message"]},
    ),
    "uso.TICKET_SOLVED": _told,
    "uso.TICKET_ESCALATED": lambda d: Start(
        "alert_person",
        f"{d['ticket_id']}-alarm-m{d['message']}",
        {name: d[name] for name in ("ticket_id", "message", "level", "reason", "product_id")},
    ),
    "uso.ticket.taken": lambda d: Wake(f"{d['ticket_id']}-alarm-m{d['message']}", "taken"),
    "uso.freeze.due": lambda d: Start(
        "freeze_campaigns",
        f"{d['case_id']}-freeze-{d['number']}",
        {"case_id": d["case_id"], "number": d["number"]},
    ),
    "uso.shop_refund.due": lambda d: Start(
        "refund_shop_customer", d["key"], {"order_id": d["order_id"], "key": d["key"]}
    ),
    "uso.SUPPLIER_ORDER_PLACED": lambda d: Start(
        "follow_parcel",
        f"{d['purchase_id']}-parcel",
        {"order_id": d["order_id"], "purchase_id": d["purchase_id"]},
    ),
    "uso.parcel.news": _parcel_news,
    "uso.simulator.reply_due": lambda d: Start(
        "simulated_reply",
        f"sim_{d['message_id']}".replace(":", "_").replace(".", "_"),
        {"partner_id": d["partner_id"], "message_id": d["message_id"], "due_at": d["due"]},
    ),
}


def action_of(event_type: str, data: Data) -> Start | Wake | None:
    """What the event sets in motion; None for events that only tell."""
    rule = ACTIONS.get(event_type)
    return rule(data) if rule else None
