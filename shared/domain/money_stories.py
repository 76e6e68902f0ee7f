"""What happens to an order's money in words (flows 1.3-1 step 6, 1.3-3 step 5)."""

from shared.domain.narration import StatusClass, Story, local, told
from shared.domain.orders import Delivered, DeliveryOutcome, Order, OrderLeg
from shared.domain.status import OrderStatus


def action_required(order: Order) -> Story:
    """The customer's bank wants to see them before it pays."""
    until = f" by {local(order.paying.act_by, order.zone)}" if order.paying.act_by else ""
    return told(
        StatusClass.WAITING,
        "Please confirm your payment",
        f"Your bank wants you to confirm the payment of {order.to_charge()}{until}.",
        "I hold everything for you until then; without your confirmation nothing is bought.",
    )


def refund_sent(order: Order, key: str) -> Story | None:
    """Money is on its way back."""
    due = order.refund_due(key)
    if due is None:
        return None
    return told(
        StatusClass.ACTION_TAKEN, "Refund", f"{due.amount} is on its way back to you.", _because(due.reason)
    )


def delivery_confirmed(leg: OrderLeg, delivered: Delivered) -> Story | None:
    """What the customer said of a delivery, back to them; silence is not told."""
    match delivered.outcome:
        case DeliveryOutcome.ACCEPTED:
            return told(
                StatusClass.ACTION_TAKEN,
                "Delivered",
                f"Glad your {leg.name} arrived.",
                "Its money, which I held until now, goes to those who made it happen.",
            )
        case DeliveryOutcome.PARTIAL:
            text = f"You kept {delivered.accepted} of {leg.quantity} {leg.name}."
        case DeliveryOutcome.REFUSED:
            text = f"You did not keep your {leg.name}."
    return told(
        StatusClass.WAITING,
        "Not as it should be",
        text,
        "I keep holding the money of what you did not take until it is decided.",
    )


def order_completed(order: Order) -> Story:
    """Everything arrived and everyone is paid, or nothing was kept and everything went back."""
    if order.status is OrderStatus.REFUNDED:
        return told(
            StatusClass.ACTION_TAKEN,
            "Refunded",
            "Nothing of your order is left to pay for: all of it is refunded.",
            "What was held for it, or had been paid out already, went back.",
        )
    refunded = sum(leg.refunded + leg.goodwill for leg in order.legs)
    kept = "" if not refunded else " What you did not keep was refunded."
    return told(
        StatusClass.ACTION_TAKEN,
        "Completed",
        f"Your order is complete: everyone who worked on it is paid.{kept}",
        "I charged once, held the money until each part was delivered, and then passed it on.",
    )


def _because(reason: str) -> str:
    return f"{reason[0].upper()}{reason[1:]}." if reason else ""
