"""Where each aggregate lives. What belongs to an order shares its partition, so one batch can change both."""

from shared.domain.affiliates.commissions import CommissionTransaction, Earnings
from shared.domain.affiliates.links import Link
from shared.domain.affiliates.models import Affiliate
from shared.domain.affiliates.notices import Notice
from shared.domain.checkouts import Checkout
from shared.domain.disputes import Dispute
from shared.domain.escalations import Escalation
from shared.domain.ids import owner_of
from shared.domain.mandates import Mandate, Spending
from shared.domain.negotiations import Negotiation
from shared.domain.operations.alarms import Alarm
from shared.domain.operations.gate import SupportPolicy
from shared.domain.operations.safety import SafetyCase
from shared.domain.operations.shop_orders import ShopOrder
from shared.domain.operations.sourcing import Sources, TrackRecord
from shared.domain.operations.tickets import Ticket
from shared.domain.orders import Order
from shared.domain.recoveries import Recovery
from shared.domain.refund_policy import RefundPolicy
from shared.domain.standing import StandingIntent
from shared.domain.texting.lines import Contacts, Line
from shared.domain.texting.texts import HeardText, SentText
from shared.services.records import Kind


def _itself(id: str) -> str:
    return id


def _queue(_: str) -> str:
    return "queue"


def _alarms(_: str) -> str:
    return "alarms"


def _cases(_: str) -> str:
    return "cases"


def _table(_: str) -> str:
    return "table"


ORDERS = Kind("order", "orders", Order, _itself, is_story=True)
CHECKOUTS = Kind("checkout", "checkouts", Checkout, _itself, is_story=True)
NEGOTIATIONS = Kind("negotiation", "orders", Negotiation, owner_of, is_story=True)
RECOVERIES = Kind("recovery", "orders", Recovery, owner_of, is_story=True)
INTENTS = Kind("standing intent", "intents", StandingIntent, _itself, is_story=True)
ESCALATIONS = Kind("escalation", "escalations", Escalation, _queue, is_story=True)
AFFILIATES = Kind("affiliate", "affiliates", Affiliate, _itself)
LINKS = Kind("link", "affiliates", Link, owner_of)
TRANSACTIONS = Kind("commission", "commissions", CommissionTransaction, owner_of)
EARNINGS = Kind("earnings", "commissions", Earnings, owner_of)
NOTICES = Kind("notice", "commissions", Notice, owner_of)
MANDATES = Kind("mandate", "mandates", Mandate, _itself)
SPENDINGS = Kind("spending", "mandates", Spending, owner_of)
DISPUTES = Kind("dispute", "disputes", Dispute, _queue, is_story=True)
REFUND_POLICY = Kind("refund policy", "disputes", RefundPolicy, _itself)
SHOP_ORDERS = Kind("shop order", "shop_orders", ShopOrder, _itself, is_story=True)
TICKETS = Kind("ticket", "tickets", Ticket, owner_of, is_story=True)
SUPPORT_POLICY = Kind("support policy", "tickets", SupportPolicy, _itself)
SOURCES = Kind("source", "sourcing", Sources, _table)
TRACK_RECORDS = Kind("track record", "sourcing", TrackRecord, _itself)
ALARMS = Kind("alarm", "safety", Alarm, _alarms)
SAFETY_CASES = Kind("safety case", "safety", SafetyCase, _cases)
CONTACTS = Kind("contacts", "contacts", Contacts, _itself)
LINES = Kind("line", "texts", Line, _itself)
SENT_TEXTS = Kind("sent text", "texts", SentText, owner_of)
HEARD_TEXTS = Kind("heard text", "texts", HeardText, owner_of)
