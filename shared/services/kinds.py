"""Where each aggregate lives. What belongs to an order shares its partition, so one batch can change both."""

from shared.domain.checkouts import Checkout
from shared.domain.disputes import Dispute
from shared.domain.escalations import Escalation
from shared.domain.ids import owner_of
from shared.domain.negotiations import Negotiation
from shared.domain.orders import Order
from shared.domain.recoveries import Recovery
from shared.domain.refund_policy import RefundPolicy
from shared.domain.standing import StandingIntent
from shared.services.records import Kind


def _itself(id: str) -> str:
    return id


def _queue(_: str) -> str:
    return "queue"


ORDERS = Kind("order", "orders", Order, _itself)
CHECKOUTS = Kind("checkout", "checkouts", Checkout, _itself)
NEGOTIATIONS = Kind("negotiation", "orders", Negotiation, owner_of)
RECOVERIES = Kind("recovery", "orders", Recovery, owner_of)
INTENTS = Kind("standing intent", "intents", StandingIntent, _itself)
ESCALATIONS = Kind("escalation", "escalations", Escalation, _queue)
DISPUTES = Kind("dispute", "disputes", Dispute, _queue)
REFUND_POLICY = Kind("refund policy", "disputes", RefundPolicy, _itself)
