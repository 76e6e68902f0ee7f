"""What customers of the shop are told of their parcels, by mail (flows ops-2, ops-x3).

Facts only: nothing is promised. What suppliers, carriers and customers wrote stands on one line of its own.
"""

from collections.abc import Iterable, Iterator

from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.operations.purchases import Purchase, Tracking
from shared.domain.operations.shop_orders import ShopOrder
from shared.domain.status import PurchaseStatus

PERSON = "Is something wrong? Answer this mail, and if you ask for a person, a person reads it."


class Letter(Model):
    """A letter in plain text."""

    subject: str
    text: str


def on_the_way(order: ShopOrder, purchase: Purchase, tracking: Tracking) -> Letter:
    """A parcel was sent: the number, who carries it, and where to look."""
    if purchase.status is PurchaseStatus.DELIVERED:
        news = "Your parcel has arrived, says its carrier. This was in it:"
        subject = f"Your order {_line(order.sold.number)} has arrived"
    else:
        news = "Your order is on the way. This is in the parcel:"
        subject = f"Your order is on the way ({_line(order.sold.number)})"
    if purchase.replaces:
        news = f"We have sent it again. {news}"
    return _letter(order, subject, news, *_goods(order, purchase), "", *_to_follow(tracking))


def new_number(order: ShopOrder, purchase: Purchase, tracking: Tracking) -> Letter:
    """The parcel has another number from now on."""
    return _letter(
        order,
        f"A new tracking number for your order {_line(order.sold.number)}",
        "Your parcel is followed by another number from now on. This is in it:",
        *_goods(order, purchase),
        "",
        *_to_follow(tracking),
    )


def sent_again(order: ShopOrder, purchase: Purchase, *, because_of: Purchase) -> Letter:
    """The parcel `because_of` is given up, and its goods are bought again."""
    return _letter(
        order,
        f"We send your order {_line(order.sold.number)} again",
        f"{_why(because_of)} So we send it again, and you pay nothing more:",
        *_goods(order, purchase),
        "",
        "You get the new tracking number when it is on the way. "
        "Should the first parcel turn up after all, you need not do anything.",
    )


def money_back(order: ShopOrder, purchase: Purchase, amount: Money) -> Letter:
    """A parcel is given up, and its money goes back."""
    return _letter(
        order,
        f"Your money for order {_line(order.sold.number)} comes back",
        f"{_why(purchase)} So {amount} go back to you, the way that you paid. This will not come:",
        *_goods(order, purchase),
        "",
        "How long it takes until you see the money depends on your bank.",
    )


def _why(purchase: Purchase) -> str:
    if purchase.status is PurchaseStatus.CANCELLED:
        return "We are sorry: what you ordered could not be sent to you."
    return "We are sorry: your parcel has not moved for too long, and we do not expect it to arrive."


def _goods(order: ShopOrder, purchase: Purchase) -> Iterator[str]:
    titles = {line.id: line.title for line in order.sold.lines}
    for line in purchase.lines:
        yield f"  {line.quantity} x {_line(titles.get(line.line_id, 'an item'))}"


def _to_follow(tracking: Tracking) -> Iterator[str]:
    yield f"Tracking number: {_line(tracking.number)}"
    if tracking.carrier:
        yield f"Carrier: {_line(tracking.carrier)}"
    if tracking.url.startswith("https://"):
        yield f"Follow it here: {_line(tracking.url)}"


def _letter(order: ShopOrder, subject: str, *lines: str) -> Letter:
    return Letter(subject=subject[:200], text="\n".join(_framed(order, lines)))


def _framed(order: ShopOrder, lines: Iterable[str]) -> Iterator[str]:
    name = _line(order.sold.customer.name or order.sold.address.name)
    yield f"Hello {name}," if name else "Hello,"
    yield ""
    yield from lines
    yield ""
    yield PERSON


def _line(text: str) -> str:
    """Text of somebody else, on one line."""
    return " ".join(text.split())
