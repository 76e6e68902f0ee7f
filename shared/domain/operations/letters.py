"""What customers of the shop are asked and told about an order that cannot be sent yet (ops-x1, ops-x2).

Facts only: nothing is promised that is not done. Every letter says how to reach a person.
"""

from datetime import datetime
from enum import StrEnum

from shared.domain.operations.fulfilling import titles
from shared.domain.operations.parcel_letters import PERSON, Letter
from shared.domain.operations.shop_orders import SILENT, Ask, Question, ShopOrder
from shared.domain.status import ShopOrderStatus


class LetterKind(StrEnum):
    """Why it is written."""

    ASK = "ask"
    REMIND = "remind"
    END = "end"
    """Nobody answered, or money was chosen: what happens now."""


def letter_key(order: ShopOrder, question: Question, kind: LetterKind, number: int = 0) -> str:
    """The effect's key of a letter: `sho_1001-q3-remind-1`."""
    return f"{order.id}-q{question.turn}-{kind}" + (f"-{number}" if number else "")


def asking(order: ShopOrder, question: Question, *, link: str, again: bool = False) -> Letter:
    """Ask, or ask again."""
    if question.ask is Ask.ADDRESS:
        return _asking_for_address(order, question, link=link, again=again)
    return _asking_to_choose(order, question, link=link, again=again)


def ending(order: ShopOrder, question: Question) -> Letter:
    """Say what becomes of what a question was about."""
    amounts = [
        refund.amount for refund in order.refunds if refund.key.startswith(f"{order.id}-q{question.turn}-")
    ]
    number = _number(order)
    if question.answer == SILENT and question.ask is Ask.ADDRESS:
        why = "We asked you for an address that we can send your order to, and have not heard from you."
    elif question.answer == SILENT:
        why = "We asked you what to do about goods that are out of stock, and have not heard from you."
    else:
        why = "You chose your money back for goods that are out of stock."
    money = (
        f"We give you back {' and '.join(str(amount) for amount in amounts)}, the way that you paid. "
        "How long it takes until you see it depends on your bank."
        if amounts
        else "There is nothing left to give back."
    )
    is_over = order.status is ShopOrderStatus.CANCELLED
    subject = f"Your order {number} is cancelled" if is_over else f"Your money for order {number}"
    said = "The order is cancelled." if is_over else "This part of your order will not come; the rest does."
    return _letter(order, subject, f"{why} {said} It is about:", *_goods(order, question), "", money)


def _asking_for_address(order: ShopOrder, question: Question, *, link: str, again: bool) -> Letter:
    number = _number(order)
    opening = (
        "We still cannot send your order" if again else "Thank you for your order. We cannot send it yet"
    )
    return _letter(
        order,
        f"{'Reminder: please' if again else 'Please'} correct your address (order {number})",
        f"{opening}, because something is wrong with the address:",
        f"  {question.faults}",
        "",
        "Please correct your address here:",
        f"  {link}",
        "Or answer this mail with the whole address, line by line: name, street and house number, city, "
        "state and postal code, country.",
        "",
        f"Without a correction by {_day(question.until)} we cancel what we could not send and give you your "
        "money back.",
    )


def _asking_to_choose(order: ShopOrder, question: Question, *, link: str, again: bool) -> Letter:
    number = _number(order)
    opening = "We have not heard from you yet. This" if again else "We are sorry: this"
    rest = len(question.lines) < len(order.sold.lines)
    return _letter(
        order,
        f"{'Reminder: refund' if again else 'Refund'} or wait? Your order {number}",
        f"{opening} part of your order is out of stock at all of our suppliers:"
        if rest
        else f"{opening} is out of stock at all of our suppliers:",
        *_goods(order, question),
        "",
        "You choose: your money back, or wait while we go on looking. Tell us here:",
        f"  {link}",
        "Or answer this mail with one word: REFUND or WAIT.",
        "",
        f"If we do not hear from you by {_day(question.until)}, we give you your money back.",
    )


def _goods(order: ShopOrder, question: Question) -> list[str]:
    return [f"  {title}" for title in titles(order, question.lines)]


def _number(order: ShopOrder) -> str:
    return " ".join(order.sold.number.split())


def _day(instant: datetime) -> str:
    return f"{instant.day} {instant:%B %Y}"


def _letter(order: ShopOrder, subject: str, *lines: str) -> Letter:
    name = " ".join(order.sold.customer.name.split())
    text = "\n".join([f"Hello {name}," if name else "Hello,", "", *lines, "", PERSON])
    return Letter(subject=subject[:200], text=text)
