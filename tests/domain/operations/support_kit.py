"""Cases for the gate: a customer, an order with one line, a message."""

from datetime import UTC, datetime
from typing import Any

from shared.domain.disputes import RefundReason
from shared.domain.money import Money
from shared.domain.operations.gate import DEFAULT_RULES, Decision, GateRule, SupportPolicy, decide
from shared.domain.operations.purchases import Tracking
from shared.domain.operations.reading import Reading, TicketIntent, TicketPriority
from shared.domain.operations.support_case import (
    LineFacts,
    OrderFacts,
    OrderState,
    ParcelFacts,
    SupportCase,
    Tier,
)
from shared.domain.refund_policy import DEFAULT_RULES as REFUND_RULES
from shared.domain.refund_policy import RefundPolicy

NOW = datetime(2026, 5, 4, 14, tzinfo=UTC)
REFUNDS = RefundPolicy(id="refund-policy", created_at=NOW, updated_at=NOW, rules=REFUND_RULES, currency="USD")
TRACKED = ParcelFacts(
    tracking=Tracking(number="LX1", carrier="YunExpress", url="https://track.example/LX1"),
    shipped_at=NOW,
    delivered_at=None,
)


def line(minor: int = 1500, state: OrderState = OrderState.DELIVERED, **more: Any) -> LineFacts:
    """A line of an order."""
    paid = Money(minor=minor)
    given = {"refundable": paid, "refunded": False, **more}
    return LineFacts(id="l1", product_id="p1", title="Neck Massager", total=paid, state=state, **given)


def order(minor: int = 1500, state: OrderState = OrderState.DELIVERED, **more: Any) -> OrderFacts:
    """An order with one line."""
    paid = Money(minor=minor)
    given = {"lines": (line(minor, state),), "total": paid, "refundable": paid, **more}
    return OrderFacts(id="sho_1001", shop_order_id="1001", number="1001", state=state, paid_at=NOW, **given)


def case(
    intent: TicketIntent = TicketIntent.REFUND_REQUEST, of: OrderFacts | None = None, **more: Any
) -> SupportCase:
    """A message about an order; fields of its reading may be given as well."""
    reading = {name: more.pop(name) for name in list(more) if name in Reading.model_fields}
    given: dict[str, Any] = {
        "priority": TicketPriority.NORMAL,
        "authenticated": True,
        "tier": Tier.FIRST_TIME,
        "name": "John Doe",
        "orders": (of,) if of else (),
        "about": of.id if of else "",
        "line": of.lines[0].id if of and len(of.lines) == 1 else "",
        "product_id": "p1" if of else "",
        **more,
    }
    return SupportCase(reading=Reading(intent=intent, **reading), **given)


def damaged(of: OrderFacts | None = None, **more: Any) -> SupportCase:
    """Someone asks for their money because it is damaged."""
    return case(of=of or order(), reason=RefundReason.DAMAGED, **more)


def policy(*rules: GateRule) -> SupportPolicy:
    """A table; without rules the default one."""
    return SupportPolicy(
        id="support-policy", created_at=NOW, updated_at=NOW, rules=rules or DEFAULT_RULES, currency="USD"
    )


def judged(of: SupportCase, *rules: GateRule, **more: Any) -> Decision:
    """What the gate decides."""
    return decide(of, policy(*rules), REFUNDS, max_answers=10, **more)
