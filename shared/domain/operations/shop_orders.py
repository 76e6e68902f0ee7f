"""An order of the web shop on its way from the payment to the door (flows ops-1, ops-2, ops-x1 to ops-x3)."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from shared.domain.aggregate import Aggregate
from shared.domain.events import Event, EventType
from shared.domain.ledger import AccountKind, Book, Entry
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.operations.purchases import Purchase
from shared.domain.operations.shop import ShippingAddress, ShopSnapshot
from shared.domain.status import ShopOrderStatus, move
from shared.errors import Conflict, NotFound

WHOLE = ""
"""The `line_id` of a refund that is about the order as a whole."""


def shop_order_key(shop_order_id: str) -> str:
    """Our id of the shop's order, which is also the id of the plan that fulfils it."""
    return f"sho_{shop_order_id.lower()}"


def is_shop_order(order_id: str) -> bool:
    """Whether an id is of an order of the web shop, rather than of the platform's own."""
    return order_id.startswith("sho_")


class Ask(StrEnum):
    """What a customer is asked."""

    ADDRESS = "address"
    REFUND_OR_WAIT = "refund_or_wait"


class Choice(StrEnum):
    """What a customer may choose whose goods nobody has."""

    REFUND = "refund"
    WAIT = "wait"


CORRECTED, SILENT, WITHDRAWN = "corrected", "silent", "withdrawn"
"""Further ends of a question: a new address; nothing was said in time; the order ended otherwise."""


class Question(Model):
    """Something that the customer was asked, by link or reply (flows ops-x1, ops-x2). `turn` numbers it.

    `secret` is the part of the link that nobody can guess. `answer` is a `Choice`, or one of the words above.
    """

    ask: Ask
    turn: int
    secret: str
    asked_at: datetime
    until: datetime
    lines: tuple[str, ...] = ()
    """Ids of the lines that it is about; empty: all of them."""
    reminders: int = 0
    """Reminders that were sent."""
    faults: str = ""
    """What is wrong with the address, in words for the customer."""
    answer: str = ""
    answered_at: datetime | None = None
    about: ShippingAddress | None = None
    """The address that cannot be used."""
    address: ShippingAddress | None = None
    """The correction, where one was given here."""
    written: bool = False
    """The shop has the correction."""

    def answered(self, answer: str, *, at: datetime, **update: object) -> "Question":
        """Return the question with its end."""
        return self.model_copy(update={"answer": answer, "answered_at": at, **update})


class ShopRefund(Model):
    """Money that goes back to the customer: asked for, then sent. `key` follows from what it is for."""

    key: str
    line_id: str = WHOLE
    amount: Money
    reason: str = Field(max_length=200)
    automatic: bool = False
    """Decided by the policy, without a person."""
    asked_at: datetime
    refund_id: str = ""
    sent_at: datetime | None = None


class ShopOrder(Aggregate):
    """One order. `id` is `sho_` and the shop's id; everything about it shares its partition."""

    sold: ShopSnapshot
    """What the shop said last; `sold.updated_at` tells a stale word from a new one."""
    status: ShopOrderStatus = ShopOrderStatus.OPEN
    purchases: tuple[Purchase, ...] = ()
    questions: tuple[Question, ...] = ()
    refunds: tuple[ShopRefund, ...] = ()
    money_back_wanted: bool = False
    """The customer has asked for their money: nothing is sent again instead (flow ops-x3)."""
    outcome: str = Field(default="", max_length=100)
    """Why it ended as it did."""
    letters: tuple[str, ...] = ()
    """Keys of the letters about it that were sent, so that each is sent once."""
    look_again_at: datetime | None = None
    """When suppliers are asked again for what nobody had."""
    turn: int = 0
    """Counts the looks of the plan that fulfils it; a wake-up is for the look after this."""
    book: Book = Book()

    def moved(self, target: ShopOrderStatus, **update: object) -> "ShopOrder":
        """Return the order in `target`. Raises IllegalMove."""
        status = move("shop order", self.status, target)
        return self.model_copy(update={"status": status, **update})

    def posted(self, *entries: Entry) -> "ShopOrder":
        """Return the order with `entries` in its book. Raises LedgerError."""
        book = self.book
        for entry in entries:
            book = book.posted(entry)
        return self.model_copy(update={"book": book})

    def purchase(self, purchase_id: str) -> Purchase:
        """Return a purchase. Raises NotFound."""
        for purchase in self.purchases:
            if purchase.id == purchase_id:
                return purchase
        raise NotFound("purchase", purchase_id)

    def with_purchase(self, purchase: Purchase) -> "ShopOrder":
        """Return the order with `purchase` in the place of the one of its id, or added."""
        known = [each.id for each in self.purchases]
        if purchase.id not in known:
            return self.model_copy(update={"purchases": (*self.purchases, purchase)})
        swapped = tuple(purchase if each.id == purchase.id else each for each in self.purchases)
        return self.model_copy(update={"purchases": swapped})

    def refund(self, key: str) -> ShopRefund:
        """Return what was asked for under a key. Raises NotFound."""
        for refund in self.refunds:
            if refund.key == key:
                return refund
        raise NotFound("refund", key)

    def with_refund(self, refund: ShopRefund) -> "ShopOrder":
        """Return the order with `refund` in the place of the one of its key."""
        return self.model_copy(
            update={"refunds": tuple(refund if each.key == refund.key else each for each in self.refunds)}
        )

    def next_purchase_id(self) -> str:
        """The id of one more purchase: `sho_1001-p2`."""
        return f"{self.id}-p{len(self.purchases) + 1}"

    def open_question(self) -> Question | None:
        """What the customer was asked and has not answered."""
        return next((each for each in self.questions if each.answered_at is None), None)

    def with_question(self, question: Question) -> "ShopOrder":
        """Return the order with `question` in the place of the one of its turn, or added."""
        if question.turn not in {each.turn for each in self.questions}:
            return self.model_copy(update={"questions": (*self.questions, question)})
        swapped = tuple(question if each.turn == question.turn else each for each in self.questions)
        return self.model_copy(update={"questions": swapped})

    def at_the_bank(self) -> Money:
        """What of the payment the customer's bank has taken and not decided about (flow ops-x4)."""
        there = self.book.balance(AccountKind.CHARGEBACK, self.id)
        return Money(minor=there.minor, currency=self.sold.total.currency)

    def refundable(self, line_id: str = WHOLE) -> Money:
        """What can still be given back, for one line or at all. Raises NotFound for an unknown line.

        What went back as a whole, and what a bank has, is no line's; a line never gives more than is left.
        """
        currency = self.sold.total.currency
        back = Money.total((each.amount for each in self.refunds), currency) + self.at_the_bank()
        left = max((self.sold.total - back).minor, 0)
        if line_id == WHOLE:
            return Money(minor=left, currency=currency)
        line = next((each for each in self.sold.lines if each.id == line_id), None)
        if line is None:
            raise NotFound("line", line_id)
        of_line = (each.amount for each in self.refunds if each.line_id == line_id)
        line_left = (line.total - Money.total(of_line, currency)).minor
        return Money(minor=max(min(line_left, left), 0), currency=currency)

    def refunding(self, refund: ShopRefund) -> "tuple[ShopOrder, list[Event]]":
        """Ask for a refund, which its own plan then sends; the same key again changes nothing.

        Raises Conflict (`nothing_left`) when it is more than can still be given back.
        """
        if any(each.key == refund.key for each in self.refunds):
            return self, []
        if not 0 < refund.amount.minor <= self.refundable(refund.line_id).minor:
            raise Conflict(
                f"{refund.amount} is more than the {self.refundable(refund.line_id)} that are left.",
                code="nothing_left",
            )
        after = self.model_copy(update={"refunds": (*self.refunds, refund)})
        return after, [Event(type=EventType.SHOP_REFUND_DUE, data={"order_id": self.id, "key": refund.key})]
