"""What a customer is answered (flow ops-5): facts and the policy that applies, nothing beyond either.

Nothing that the customer wrote is repeated, and no name is used that could carry a message of its own: a mail
may claim any sender, and the answer goes to whoever really has that address.
"""

import re
from datetime import datetime

from shared.domain.disputes import RefundReason
from shared.domain.model import Model
from shared.domain.operations.gate import Decision, Topic
from shared.domain.operations.shop_orders import Ask
from shared.domain.operations.support_case import OrderFacts, OrderState, ParcelFacts, SupportCase

PERSON = (
    "If this does not settle it, just answer and say that you would like to speak to a person; one of us will"
    " take over."
)
SIGNED = "Customer service"


class Done(Model):
    """How what was decided went: `ok` is false where the order had moved on meanwhile."""

    ok: bool = True
    detail: str = ""


def reply_to(case: SupportCase, decision: Decision, done: Done, *, now: datetime) -> str:
    """The letter that answers a case, as plain text."""
    topic = decision.topic or Topic.COMPLAINT
    body = _BODIES[topic](case, decision, done, now)
    return _letter(case, body, PERSON)


def handed_over(case: SupportCase, decision: Decision) -> str:
    """The letter that says that a person has it now."""
    if decision.is_danger:
        return _letter(
            case,
            "Thank you for telling us. Please stop using the product now and keep it away from others. If "
            "anyone is hurt or in danger, call your local emergency number first.",
            "A person at our company has been called and will contact you as soon as possible.",
        )
    return _letter(
        case, "Thank you for your message.", "A person will look at it and answer you as soon as possible."
    )


def known_of_orders(case: SupportCase) -> str:
    """What may be told of the order that is meant, or of all; nothing to an address that is not proven."""
    told = [case.order] if case.order else case.orders
    return "\n\n".join(_progress(each) for each in told) if case.authenticated else ""


def begun(case: SupportCase) -> str:
    """The letter that a person may begin with: what is known, and nothing decided."""
    known = known_of_orders(case)
    return _letter(case, "Thank you for your message.", *([known] if known else []), "[to be filled in]")


def subject_of(subject: str, *, authenticated: bool) -> str:
    """The subject of an answer; of a mail whose sender is not proven, nothing that came with it."""
    bare = bare_subject(subject)
    return f"Re: {bare}"[:200] if authenticated and bare else "Your message to us"


def bare_subject(subject: str) -> str:
    """A subject without the marks of replies."""
    return re.sub(r"^((re|fwd?|aw)\s*:\s*)+", "", _plain(subject), flags=re.IGNORECASE)


def is_thanks(text: str) -> bool:
    """Whether a message says thank you and nothing else."""
    words = re.findall(r"[a-z']+", text.lower())
    return (
        0 < len(words) <= 12
        and bool(_THANKS & set(words))
        and not set(words) - _THANKS - _POLITE
        and "?" not in text
    )


_THANKS = {"thanks", "thank", "thx", "ty", "cheers", "danke", "merci", "gracias"}
_FILLERS = (
    "you u so very much a lot many for the your quick fast help reply answer great perfect awesome ok okay "
    "good all it that this was is works now again best regards kind hi hello dear team and i got arrived "
    "everything really appreciate appreciated have nice day"
)
_POLITE = frozenset(_FILLERS.split())


# --- bodies ---------------------------------------------------------------------------------------------


def _tracking(case: SupportCase, decision: Decision, done: Done, now: datetime) -> str:
    """The order that is meant; or all that are still to come, or else the latest."""
    to_come = [each for each in case.orders if each.state not in _OVER] or case.orders[:1]
    return "\n\n".join(_progress(order) for order in ([case.order] if case.order else to_come))


def _which_order(case: SupportCase, decision: Decision, done: Done, now: datetime) -> str:
    lines = [
        f"- order {_plain(each.number)} of {_day(each.paid_at)}: {_titles(each)}" for each in case.orders
    ]
    return "\n".join(["Which of your orders is it about? Please answer with its number:", *lines])


def _no_order(case: SupportCase, decision: Decision, done: Done, now: datetime) -> str:
    return (
        "We find no order under the address that you are writing from. Please write from the address that you"
        " ordered with, and give the order's number; for your safety we tell nobody else about an order."
    )


def _refunded(case: SupportCase, decision: Decision, done: Done, now: datetime) -> str:
    act = decision.act
    title = _plain(case.line_facts.title) if case.line_facts else "your item"
    number = _plain(case.order.number) if case.order else ""
    if act is None or act.amount is None:
        raise ValueError("a refund has an amount")
    return (
        f"We are sorry that this happened. We refund {act.amount} for {title} of order {number}, to the way"
        f" you paid; {_BANKS} You need not send anything back."
    )


def _answered(case: SupportCase, decision: Decision, done: Done, now: datetime) -> str:
    order_id = decision.act.order_id if decision.act else case.about
    number = next((_plain(each.number) for each in case.orders if each.id == order_id), "")
    return f"Thank you, we have noted your answer for order {number}, and it goes on from there."


def _address(case: SupportCase, decision: Decision, done: Done, now: datetime) -> str:
    order = _of(case)
    number = _plain(order.number)
    if decision.act is not None and done.ok:
        return f"Order {number} now goes to the address that you gave: {_plain(done.detail)}."
    if decision.act is not None and done.detail:
        return (
            f"We could not change the address of order {number}: {_plain(done.detail)} Please answer with the"
            " whole address: name, street and number, city, state, postal code and country, each on a line of"
            " its own."
        )
    if order.state is OrderState.CANCELLED:
        return f"Order {number} was cancelled, so nothing will be sent."
    return (
        f"Order {number} has been given to our supplier already, with the address that it was ordered with,"
        f" which can no longer be changed.\n\n{_progress(order)}"
    )


def _cancellation(case: SupportCase, decision: Decision, done: Done, now: datetime) -> str:
    order = _of(case)
    number = _plain(order.number)
    if decision.act is not None and done.ok:
        return (
            f"Order {number} is cancelled, and we refund {decision.act.amount}, to the way you paid; {_BANKS}"
        )
    if order.state is OrderState.CANCELLED:
        return f"Order {number} was cancelled already; nothing more will be sent."
    return (
        f"Order {number} has been given to our supplier already and can no longer be cancelled. If you do not"
        " want to keep what arrives, answer then and say why: we decide about a refund by our refund policy."
        f"\n\n{_progress(order)}"
    )


def _complaint(case: SupportCase, decision: Decision, done: Done, now: datetime) -> str:
    said = "We are sorry that you are not content, and thank you for telling us."
    if case.reading.reason in (RefundReason.DAMAGED, RefundReason.WRONG_ITEM, RefundReason.MISSING):
        said += " If you would like your money back, answer and say so: we decide by our refund policy."
    return "\n\n".join([said, *([_progress(case.order)] if case.order else [])])


def _thanks(case: SupportCase, decision: Decision, done: Done, now: datetime) -> str:
    return "You are welcome, and thank you for writing."


_BODIES = {
    Topic.TRACKING: _tracking,
    Topic.WHICH_ORDER: _which_order,
    Topic.NO_ORDER: _no_order,
    Topic.REFUNDED: _refunded,
    Topic.ANSWERED: _answered,
    Topic.ADDRESS: _address,
    Topic.CANCELLATION: _cancellation,
    Topic.COMPLAINT: _complaint,
    Topic.THANKS: _thanks,
}


_BANKS = "banks usually show it within 5 to 10 days."


# --- words ----------------------------------------------------------------------------------------------


def _progress(order: OrderFacts) -> str:
    """Where an order stands, in facts."""
    head = f"Order {_plain(order.number)} ({_titles(order)}) was paid on {_day(order.paid_at)}. "
    if order.state is OrderState.ASKED:
        asked = (
            "where it should go"
            if order.question is Ask.ADDRESS
            else "whether you would rather wait or have a refund"
        )
        return f"{head}We have asked you {asked}, and it waits for your answer."
    said = head + _STATES[order.state]
    return "\n".join([said, *(_parcel(each) for each in order.parcels)])


_OVER = frozenset({OrderState.DELIVERED, OrderState.CANCELLED})
_STATES = {
    OrderState.UNKNOWN: "",
    OrderState.WAITING: "It is being prepared; we write to you as soon as it is on its way.",
    OrderState.BOUGHT: "It is being packed; you get the tracking number as soon as it is on its way.",
    OrderState.UNDER_WAY: "It is on its way.",
    OrderState.DELIVERED: "It was delivered.",
    OrderState.CANCELLED: "It was cancelled.",
}


def _parcel(parcel: ParcelFacts) -> str:
    tracking = parcel.tracking
    by = f" with {_plain(tracking.carrier)}" if tracking.carrier else ""
    parts = [f"Tracking number {_plain(tracking.number)}{by}"]
    parts += [f"shipped on {_day(parcel.shipped_at)}"] if parcel.shipped_at else []
    parts += [f"delivered on {_day(parcel.delivered_at)}"] if parcel.delivered_at else []
    parts += [f"last seen: {_plain(parcel.last_seen)}"] if parcel.last_seen else []
    parts += [tracking.url] if re.fullmatch(r"https://[^\s<>\"\\]+", tracking.url) else []
    return "; ".join(parts)


def _letter(case: SupportCase, *paragraphs: str) -> str:
    return "\n\n".join([_greeting(case), *paragraphs, SIGNED])


def _greeting(case: SupportCase) -> str:
    """Greet by name only what can be nothing but a name."""
    name = case.name.strip()
    is_name = re.fullmatch(r"[^\W\d_]+([ '\u2019-][^\W\d_]+){0,3}", name) and len(name) <= 40
    return f"Hello {name}," if is_name else "Hello,"


def _of(case: SupportCase) -> OrderFacts:
    if case.order is None:
        raise ValueError("the reply is about an order")
    return case.order


def _titles(order: OrderFacts) -> str:
    titles = [_plain(line.title)[:80] for line in order.lines[:3]]
    more = len(order.lines) - len(titles)
    return ", ".join(titles) + (f" and {more} more" if more else "")


def _day(instant: datetime) -> str:
    return f"{instant:%-d %B %Y}"


def _plain(text: str) -> str:
    """One line, without control characters."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())
