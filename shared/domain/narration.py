"""State changes in words that a person likes to read, with the reason (M14, flows 1.4-1, 6.4-1)."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from shared.domain.attribution import Attribution, distinct
from shared.domain.cards import (
    ConditionLine,
    LedgerLine,
    Side,
    Step,
    approval_card,
    ledger_card,
    logic_map_card,
    message_card,
    timeline_card,
)
from shared.domain.catalogue import Visibility
from shared.domain.conditions import State, describe, in_words
from shared.domain.discretion import discreet, visible_timeline
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.negotiations import Negotiation, Offer, wants
from shared.domain.orders import Order, OrderLeg
from shared.domain.recoveries import Proposal, Recovery, RecoveryReason
from shared.domain.standing import StandingIntent, TrustLevel
from shared.domain.status import PartnerStatus, RecoveryStatus
from shared.domain.timechain import Timeline, Verdict, compare

Card = dict[str, Any]


class StatusClass(StrEnum):
    """What kind of news it is."""

    WAITING = "waiting"
    ACTION_TAKEN = "action_taken"
    DECISION_MADE = "decision_made"


class Question(Model):
    """Something that a yes or no of the customer would settle: what kind of thing, which one, in words."""

    kind: str
    id: str
    text: str


class Story(Model):
    """One update: what happened, why USO did so, a card, and the question that is open now, if any."""

    status_class: StatusClass
    narrative: str
    reasoning: str = ""
    card: Card | None = None
    asks: Question | None = None
    settles: bool = False
    """Whether an open question about the same thing is settled by this."""


def told(
    status_class: StatusClass, title: str, narrative: str, reasoning: str = "", *, settles: bool = False
) -> Story:
    """A plain update with a plain card."""
    facts = [("Why", reasoning)] if reasoning else []
    return Story(
        status_class=status_class,
        narrative=narrative,
        reasoning=reasoning,
        card=message_card(title, narrative, facts=facts),
        settles=settles,
    )


# --- orders -----------------------------------------------------------------------------------------


def order_confirmed(order: Order) -> Story:
    """The order is paid and every vendor was told."""
    what = order.title if order.hides_parts else join(_shown(order, leg) for leg in order.live_legs())
    when = local(order.timeline.arrival, order.zone)
    return told(
        StatusClass.ACTION_TAKEN,
        "Order confirmed",
        f"Your order is in: {what}. {_when(order)} {when}.",
        f"I charged {order.paid()} once and hold it until each part is delivered.",
    )


def order_cancelled(order: Order, detail: str) -> Story:
    """The order could not be placed, or everything in it was called off."""
    back = "You were not charged." if order.paid().minor == 0 else "Your money is on its way back."
    return told(StatusClass.DECISION_MADE, "Order cancelled", f"I had to cancel your order. {back}", detail)


def leg_answered(order: Order, leg: OrderLeg, *, accepted: bool, text: str) -> Story:
    """A vendor took its part on, or could not."""
    if accepted:
        return told(
            StatusClass.ACTION_TAKEN,
            "Accepted",
            f"{_vendor(order, leg)} will take care of your {leg.name}.",
            _they_said(order, text),
        )
    return told(
        StatusClass.WAITING,
        "Looking for another way",
        f"{_vendor(order, leg)} cannot do your {_item(order, leg)}, so I am already looking elsewhere.",
        _they_said(order, text) or "They declined the order.",
    )


def _they_said(order: Order, text: str) -> str:
    """A vendor's own words, which may name it, are for those who know the vendors."""
    return f"They answered: {text}" if text and order.visibility is Visibility.TRANSPARENT else ""


_PROGRESS = {
    PartnerStatus.IN_PROGRESS: "is being prepared",
    PartnerStatus.CUSTOMIZATION_STARTED: "is being customised now",
    PartnerStatus.CUSTOMIZATION_COMPLETE: "has its finishing touch",
    PartnerStatus.READY_FOR_PICKUP: "is ready and waits for its ride",
}


def leg_progressed(order: Order, leg: OrderLeg, status: PartnerStatus) -> Story:
    """A vendor made progress (flow 2.3-2 step 3)."""
    arrival = local(order.timeline.arrival, order.zone)
    if order.timeline.is_feasible:
        reasoning = f"Still on track: expected {arrival}."
    else:
        reasoning = f"This now runs {order.timeline.late_minutes} minutes late: expected {arrival}."
    return told(
        StatusClass.ACTION_TAKEN, status.value, f"Your {_item(order, leg)} {_PROGRESS[status]}.", reasoning
    )


# --- negotiations -----------------------------------------------------------------------------------


def change_requested(order: Order, negotiation: Negotiation, leg: OrderLeg) -> Story:
    """The partner is being asked."""
    vendor = discreet(order, leg.vendor_name)
    return told(
        StatusClass.WAITING,
        "Asking for you",
        f"I am asking {vendor} for {wants(negotiation)}.",
        "Your order stays as it is until there is an answer.",
    )


def counter_offered(order: Order, negotiation: Negotiation, offer: Offer, leg: OrderLeg) -> Story:
    """The partner offers something else, enriched from its catalogue (flow 2.7-2 step 4)."""
    cost, said = _difference(offer.extra), discreet(order, offer.text)
    text = (
        f"{_vendor(order, leg)} cannot do {negotiation.wanted}, but offers {offer.item} {cost}. "
        "Shall I take it?"
    )
    ids = {"kind": "negotiation", "id": negotiation.id}
    facts = [("Offer", offer.item), ("Price", cost), ("They wrote", said)]
    facts += [("Details", discreet(order, offer.description))] if offer.description else []
    return Story(
        status_class=StatusClass.WAITING,
        narrative=text,
        reasoning=f"They wrote: {said}",
        card=approval_card(
            "A counter-offer", text, approve=ids, reject=ids, facts=facts, image_url=offer.image_url
        ),
        asks=Question(kind="negotiation", id=negotiation.id, text=text),
    )


def change_agreed(order: Order, negotiation: Negotiation, leg: OrderLeg) -> Story:
    """The change is done."""
    price = f" for {leg.price}" if order.visibility is Visibility.TRANSPARENT else ""
    text = f"Done: {discreet(order, leg.vendor_name)} now makes {leg.name}{price}."
    return told(StatusClass.DECISION_MADE, "Changed", text, f"You wanted {wants(negotiation)}.", settles=True)


def change_closed(order: Order, negotiation: Negotiation, leg: OrderLeg, outcome: str) -> Story:
    """The partner said no, or nothing came of it."""
    if outcome == "recovering":
        said = negotiation.reply.text if negotiation.reply else ""
        return told(
            StatusClass.WAITING,
            "Finding another vendor",
            f"{_vendor(order, leg)} cannot do {negotiation.wanted}. I am looking for someone who can.",
            _they_said(order, said),
            settles=True,
        )
    why = {"payment_declined": "The extra cost was declined by your bank."}.get(outcome, "")
    return told(StatusClass.DECISION_MADE, "Unchanged", "Your order stays as it was.", why, settles=True)


def escalated(subject: str, reason: str) -> Story:
    """A person looks at it now."""
    return told(
        StatusClass.WAITING,
        "A colleague is on it",
        "I have asked a colleague to take this over; your order stays as it is meanwhile.",
        {
            "timeout": "The partner did not answer in time.",
            "sentiment": "The conversation with the partner needs a person.",
            "deadlock": "Several counter-offers brought no agreement.",
            "urgency": "It is due very soon.",
            "no_alternative": "I found nobody else who could do it in time and at about the price.",
            "undo_failed": "Something has to be set right by hand.",
            "partner_unreached": "The partner cannot be reached the usual way.",
        }.get(reason, "I was not sure what the partner meant."),
        settles=subject.startswith("ord_"),
    )


# --- recoveries -------------------------------------------------------------------------------------

_BECAUSE = {
    RecoveryReason.CHANGE_REJECTED: "could not make the change",
    RecoveryReason.VENDOR_UNABLE: "cannot fulfil the order",
    RecoveryReason.ITEM_UNAVAILABLE: "has run out of it",
    RecoveryReason.DAMAGED_AT_HUB: "sent one that arrived damaged, so we're getting you a fresh one",
}


def recovery_proposed(order: Order, recovery: Recovery, *, ask: bool) -> Story:
    """An alternative was found: the three stories of M6, later, earlier or unchanged."""
    proposal = recovery.proposal
    if proposal is None:
        raise ValueError(f"recovery {recovery.id} has no proposal")
    change = compare(recovery.timeline_before, proposal.timeline)
    old = order.leg(recovery.leg_id)
    timeline = {
        Verdict.LATER: f"Your timeline shows {change.in_words()}.",
        Verdict.EARLIER: f"Good news: everything arrives {change.in_words()}.",
        Verdict.UNCHANGED: "Your timeline stays the same.",
    }[change.verdict]
    cost = f"It costs {_difference(proposal.difference)}."
    found = (
        f"I've found {recovery.wanted} from a different vendor: "
        f"{proposal.item}{_from(order, proposal.vendor_name)}."
    )
    why = discreet(order, proposal.why, proposal.vendor_name)
    reasoning = f"{_vendor(order, old)} {_BECAUSE[recovery.reason]}. I chose this one: {why}."
    sides = _sides(order, recovery.timeline_before, proposal.timeline, old.price, proposal.price)
    if not ask:
        text = f"{found} {timeline} I have arranged it for you; you pay nothing more."
        return Story(
            status_class=StatusClass.ACTION_TAKEN,
            narrative=text,
            reasoning=reasoning,
            card=timeline_card("A fresh plan", text, before=sides[0], after=sides[1]),
        )
    text = f"{found} {timeline} {cost} Should I proceed?"
    ids = {"kind": "recovery", "id": recovery.id}
    return Story(
        status_class=StatusClass.WAITING,
        narrative=text,
        reasoning=reasoning,
        card=approval_card(
            "Found another way",
            text,
            approve=ids,
            reject=ids,
            facts=[("Why", reasoning), ("Price", _priced(order, proposal))],
            before_and_after=sides,
            labels=("Yes, proceed", "No, keep it"),
        ),
        asks=Question(kind="recovery", id=recovery.id, text=text),
    )


def recovery_closed(order: Order, recovery: Recovery) -> Story:
    """The recovery came to its end."""
    if recovery.status is RecoveryStatus.COMPLETED and recovery.proposal is not None:
        new = order.leg(recovery.proposal.leg_id)
        arrival = local(order.timeline.arrival, order.zone)
        text = f"All set: {new.name}{_from(order, new.vendor_name)} will arrive by {arrival}."
        paid = f"You have paid {order.paid()} in total ({_difference(recovery.proposal.difference)})."
        return told(StatusClass.DECISION_MADE, "Swapped", text, paid, settles=True)
    if recovery.status is RecoveryStatus.ESCALATED:
        return escalated(recovery.id, "no_alternative")
    if recovery.outcome == "kept the original":
        return told(StatusClass.DECISION_MADE, "Unchanged", "I kept your original order.", "", settles=True)
    return told(
        StatusClass.DECISION_MADE, "Settled", f"That is settled: {recovery.outcome}.", "", settles=True
    )


# --- standing intents -------------------------------------------------------------------------------


def intent_watching(intent: StandingIntent) -> Story:
    """Something was found, and is waited for (flow 6.7-1 step 3.2)."""
    choice = intent.choice
    found = f": {choice.item} at {choice.vendor_name} for {intent.price()}" if choice else ""
    text = f"Found your {intent.query}{found}. We'll watch for the perfect moment!"
    return _watching(intent, text, f"I {_plan(intent)} when {in_words(intent.condition)}.")


def intent_turned(intent: StandingIntent, *, why: str, better: bool) -> Story:
    """A condition turned, for the better or not (flows 1.4-2 step 3, 6.4-1)."""
    if better:
        text = f"Good news for your {intent.query}: {why}. I keep watching until the moment comes."
    else:
        text = (
            f"I'm still waiting to buy the {intent.query} because {why}\u2014monitoring for a clear window."
        )
    reasons = [leaf.why for leaf in intent.leaves if (leaf.state is State.MET) is better]
    return _watching(intent, text, sentence("; ".join(reasons)))


def intent_missed(intent: StandingIntent, *, why: str) -> Story:
    """A moment passed without a purchase; the next one is waited for."""
    text = f"{why} I keep watching for the next good moment to buy the {intent.query}."
    return _watching(intent, text, f"I {_plan(intent)} when {in_words(intent.condition)}.")


def _watching(intent: StandingIntent, text: str, reasoning: str) -> Story:
    return Story(
        status_class=StatusClass.WAITING,
        narrative=text,
        reasoning=reasoning,
        card=logic_map(intent, waiting=text),
        settles=True,
    )


def _plan(intent: StandingIntent) -> str:
    return "ask you before I buy" if intent.requires_approval else "buy"


def intent_asked(intent: StandingIntent) -> Story:
    """The moment has come and the customer wants to be asked."""
    choice = intent.choice
    if choice is None or intent.decide_by is None:
        raise ValueError(f"intent {intent.id} has nothing to ask")
    many = f"{intent.quantity} x " if intent.quantity > 1 else ""
    text = (
        f"The moment has come! May I buy {many}{choice.item} from {choice.vendor_name} for {intent.price()}? "
        f"{_OTHERWISE[intent.trust_level].format(until=local(intent.decide_by, intent.zone))}"
    )
    met = intent.met.leaves if intent.met else ()
    why = sentence("; ".join(leaf.why for leaf in met if leaf.state is State.MET))
    ids = {"kind": "standing_intent", "id": intent.id}
    return Story(
        status_class=StatusClass.WAITING,
        narrative=text,
        reasoning=why,
        card=approval_card(
            "May I buy now?",
            text,
            approve=ids,
            reject=ids,
            facts=[("Why", why)],
            sources=distinct(leaf.attribution for leaf in met),
        ),
        asks=Question(kind="standing_intent", id=intent.id, text=text),
    )


def intent_closed(intent: StandingIntent, *, bought: bool) -> Story:
    """It was bought, or it ended."""
    if bought and intent.choice is not None:
        text = (
            f"Your wish came true: I bought {intent.choice.item} from {intent.choice.vendor_name} "
            f"for {intent.price()}."
        )
        return told(StatusClass.ACTION_TAKEN, "Bought", text, intent.reason, settles=True)
    text = f"I stopped waiting for your {intent.query}."
    return told(StatusClass.DECISION_MADE, "Stopped", text, intent.reason, settles=True)


_OTHERWISE = {
    TrustLevel.HIGH: "Unless you say no, I go ahead on {until}.",
    TrustLevel.MEDIUM: "I wait until {until}; without your yes I buy nothing.",
    TrustLevel.LOW: "I wait until {until}; without your yes I go on waiting for the next moment.",
}


def logic_map(intent: StandingIntent, *, waiting: str = "") -> Card:
    """The IF/THEN map with the live state of each condition (flow 1.4-2 step 2)."""
    item = intent.choice.item if intent.choice else intent.query
    lines = [
        ConditionLine(words=leaf.words, holds=_HOLDS[leaf.state], why=leaf.why) for leaf in intent.leaves
    ]
    return logic_map_card(
        "What I am waiting for",
        condition=describe(intent.condition),
        action=f"Order {item}",
        lines=lines,
        waiting=waiting,
        sources=sources_of(intent),
    )


def sources_of(intent: StandingIntent) -> tuple[Attribution, ...]:
    """Whose data the states of its conditions rest on."""
    return distinct(leaf.attribution for leaf in intent.leaves)


def progress_card(intent: StandingIntent) -> Card:
    """The progress ledger (flow 1.4-3 step 2)."""
    lines = [
        LedgerLine(when=local(e.at, intent.zone), text=e.narrative, done=e.status == "completed")
        for e in intent.ledger
    ]
    return ledger_card("Progress", lines, sources=sources_of(intent))


_HOLDS = {State.MET: True, State.NOT_MET: False, State.UNKNOWN: None}


# --- words ------------------------------------------------------------------------------------------


def local(instant: datetime, zone: str) -> str:
    """`Thursday 7 May, 17:05`, where the customer is."""
    at = instant.astimezone(ZoneInfo(zone))
    return f"{at:%A} {at.day} {at:%B, %H:%M}"


def join(parts: Iterable[str]) -> str:
    """`a, b and c`."""
    listed = list(parts)
    if not listed:
        return ""
    *head, last = listed
    return f"{', '.join(head)} and {last}" if head else last


def sentence(text: str) -> str:
    """`Text with a capital and a full stop.`"""
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _difference(amount: Money) -> str:
    if amount.minor == 0:
        return "the same price"
    return f"{amount} more" if amount.minor > 0 else f"{Money.zero(amount.currency) - amount} less"


def _shown(order: Order, leg: OrderLeg) -> str:
    many = f"{leg.quantity} x " if leg.quantity > 1 else ""
    return f"{many}{leg.name}{_from(order, leg.vendor_name)}"


def _from(order: Order, vendor_name: str) -> str:
    """Vendors are named unless the bundle keeps them to itself (flow 1.2-1 step 6)."""
    return f" from {vendor_name}" if order.visibility is Visibility.TRANSPARENT else ""


def _vendor(order: Order, leg: OrderLeg) -> str:
    return leg.vendor_name if order.visibility is Visibility.TRANSPARENT else "The vendor"


def _item(order: Order, leg: OrderLeg) -> str:
    """A part by its name, or the whole where its parts are not shown."""
    return order.title if order.hides_parts else leg.name


def _when(order: Order) -> str:
    """Goods arrive; an evening of bookings ends."""
    booked = all(leg.at is not None for leg in order.live_legs())
    return "It lasts until" if booked else "It should be with you by"


def _sides(
    order: Order, before: Timeline, after: Timeline, old_price: Money, new_price: Money
) -> tuple[Side, Side]:
    old, new = visible_timeline(order, before), visible_timeline(order, after)
    if order.visibility is not Visibility.TRANSPARENT:
        return side_of("Before", old, order.zone), side_of("Now", new, order.zone)
    return side_of("Before", old, order.zone, old_price), side_of("Now", new, order.zone, new_price)


def _priced(order: Order, proposal: Proposal) -> str:
    """What an alternative costs; of a bundle that is sold as one, only the difference is told."""
    difference = _difference(proposal.difference)
    shows = order.visibility is Visibility.TRANSPARENT
    return f"{proposal.price} ({difference})" if shows else difference


def side_of(title: str, timeline: Timeline, zone: str, price: Money | None = None) -> Side:
    """A timeline as one side of a card."""
    steps = tuple(
        Step(name=leg.name, when=local(leg.finishes_at, zone), late=leg.late_minutes > 0)
        for leg in timeline.legs
    )
    return Side(title=title, steps=steps, arrival=local(timeline.arrival, zone), price=price)
