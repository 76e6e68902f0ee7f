"""Disputes in words: what the customer and the vendors are told (flow 5.5-2 step 5, ops-x4)."""

from shared.domain.discretion import discreet
from shared.domain.disputes import POLICY, Bearer, Dispute, Origin, Verdict
from shared.domain.narration import StatusClass, Story, local, told
from shared.domain.orders import Order, OrderLeg

# --- to the customer ----------------------------------------------------------------------------------


def opened(order: Order, dispute: Dispute) -> Story:
    """A person will decide."""
    return told(
        StatusClass.WAITING,
        "A colleague looks into it",
        f"I have opened a case about your {_item(order, dispute)}: it is about {dispute.amount}.",
        f"A colleague hears both sides and decides by {local(dispute.answer_by, order.zone)}. "
        "Until then I pay that money to nobody.",
    )


def resolved(order: Order, dispute: Dispute) -> Story | None:
    """It is decided and done."""
    ruling = dispute.ruling
    if ruling is None:
        return None
    item = _item(order, dispute)
    if dispute.origin is Origin.BANK:
        return _bank_decided(dispute)
    covered = "The refund rules cover it; nobody had to look." if ruling.by == POLICY else ""
    reason = discreet(order, ruling.note) or covered
    if ruling.verdict is Verdict.DENY:
        text = f"Your case about {item} is decided: it stays as it was paid."
    elif ruling.amount.minor == 0:
        text = f"Your case about {item} is closed."
    else:
        text = f"{ruling.amount} for your {item} comes back to you."
    return told(StatusClass.DECISION_MADE, "Decided", text, reason)


def bank_asked(order: Order, dispute: Dispute) -> Story:
    """The customer's bank took a payment back."""
    return told(
        StatusClass.WAITING,
        "Your bank asks for its money",
        f"Your bank has taken back {dispute.amount} that you paid for {_item(order, dispute)}.",
        "Your bank decides about it. I tell it what I know of the delivery, and until then I pay out nothing "
        "that I still hold.",
    )


def _bank_decided(dispute: Dispute) -> Story:
    lost = dispute.ruling is not None and dispute.ruling.verdict is Verdict.APPROVE
    text = (
        f"Your bank has decided: the {dispute.amount} are yours again."
        if lost
        else f"Your bank has decided: the payment of {dispute.amount} stands."
    )
    return told(StatusClass.DECISION_MADE, "Your bank has decided", text)


def _item(order: Order, dispute: Dispute) -> str:
    if order.hides_parts:
        return order.title
    if not dispute.leg_id:
        return order.title or "your order"
    return order.leg(dispute.leg_id).name


# --- to a vendor --------------------------------------------------------------------------------------


def vendor_asked(leg: OrderLeg, dispute: Dispute, *, zone: str) -> str:
    """What a vendor is told when a case is opened about what it sold."""
    until = local(dispute.answer_by, zone)
    if dispute.origin is Origin.BANK:
        return (
            f"The customer's bank has taken the payment for {leg.name} back. What proves the delivery helps: "
            f"please say in your portal what you know of it, by {until}."
        )
    words = f' They say: "{dispute.text}"' if dispute.text else ""
    return (
        f"The customer wants {dispute.amount} back for {leg.name}: {_reason(dispute)}.{words} "
        f"Please give your side in your portal; it is decided by {until}."
    )


def vendor_told(leg: OrderLeg, dispute: Dispute) -> str | None:
    """What a vendor is told when a case is decided."""
    ruling = dispute.ruling
    if ruling is None:
        return None
    note = f" {ruling.note}" if ruling.note else ""
    if dispute.origin is Origin.BANK:
        kept = ruling.verdict is Verdict.APPROVE
        outcome = "keeps the money. Do not deliver what is not delivered yet." if kept else "gives it back."
        return f"The customer's bank {outcome} It was about {leg.name}."
    if ruling.verdict is Verdict.DENY:
        return f"The case about {leg.name} is decided: nothing goes back.{note}"
    if ruling.amount.minor == 0:
        return f"The case about {leg.name} is closed.{note}"
    bearer = "at the platform's cost" if ruling.at_cost_of is Bearer.PLATFORM else "at your cost"
    return f"{ruling.amount} of {leg.price} for {leg.name} go back to the customer, {bearer}.{note}"


def _reason(dispute: Dispute) -> str:
    return str(dispute.reason).replace("_", " ")
