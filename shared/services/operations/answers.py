"""What customers answer when they were asked about an order: by link, or by reply (flows ops-x1, ops-x2).

A link ends in `{order id}.{secret}`. Whoever has it may see what was asked, and answer once.
"""

import hmac
from typing import Literal

from shared.domain.model import Model
from shared.domain.operations import fulfilling
from shared.domain.operations.addresses import Fault, faults_of, in_words, tidied
from shared.domain.operations.answering import address_in, choice_in
from shared.domain.operations.fulfilling import IN_HAND
from shared.domain.operations.shop import ShippingAddress
from shared.domain.operations.shop_orders import CORRECTED, Ask, Choice, Question, ShopOrder
from shared.errors import Conflict, InvalidInput, NotFound
from shared.services.kinds import SHOP_ORDERS
from shared.services.records import Change, Records


class Given(Model):
    """An answer: one of the choices, or an address."""

    choice: Choice | None = None
    address: ShippingAddress | None = None


class Asked(Model):
    """A question as its customer may see it, with what it is about."""

    order: ShopOrder
    question: Question


class AddressUnusable(InvalidInput):
    """The address that was given cannot be used either; `faults` say why, field by field."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(in_words(faults), field=f"address.{faults[0].field}")
        self.faults = faults


class Answers:
    """Shows questions and takes answers. The plan of the order reads them at its next look."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def show(self, token: str) -> Asked:
        """Return what a link asks; nothing changes. Raises NotFound."""
        order_id, _, secret = token.partition(".")
        found = await self._records.find(SHOP_ORDERS, order_id)
        question = _of_secret(found.value, secret) if found else None
        if found is None or question is None:
            raise NotFound("question", token)
        return Asked(order=found.value, question=question)

    async def answer(self, token: str, given: Given) -> Asked:
        """Take an answer; the same again changes nothing.

        Raises NotFound; InvalidInput for what was not asked, AddressUnusable; Conflict (`already_answered`).
        """
        asked = await self.show(token)
        checked = _checked(asked.question, given)
        secret = asked.question.secret

        def change(order: ShopOrder) -> Change[ShopOrder]:
            question = _of_secret(order, secret)
            if question is None:
                raise NotFound("question", token)
            return Change(*self._answered(order, question, checked))

        order = await self._records.apply(SHOP_ORDERS, asked.order.id, change)
        return Asked(order=order, question=_of_secret(order, secret) or asked.question)

    async def by_reply(self, order_id: str, text: str, *, key: str) -> bool:
        """Take the text of a reply as an answer, if it is one beyond doubt; `key` is the message's own.

        False: nothing was asked, or it says something else; the message is one like any other.
        """
        if await self._records.handled(SHOP_ORDERS, order_id, _inbox(key)):
            return True
        found = await self._records.find(SHOP_ORDERS, order_id)
        question = found.value.open_question() if found and found.value.status in IN_HAND else None
        given = _read(found.value, question, text) if found and question else None
        if question is None or given is None:
            return False

        def change(order: ShopOrder) -> Change[ShopOrder]:
            current = order.open_question()
            if current is None or current.turn != question.turn or order.status not in IN_HAND:
                return Change(order)
            return Change(*self._answered(order, current, given))

        after = await self._records.apply(SHOP_ORDERS, order_id, change, inbox=_inbox(key))
        return _is_answered_with(after, question.turn, given)

    def _answered(self, order: ShopOrder, question: Question, given: Given) -> fulfilling.Told:
        word = given.choice.value if given.choice else CORRECTED
        if question.answered_at is not None:
            if (question.answer, question.address) == (word, given.address):
                return order, []
            raise Conflict("This was answered already.", code="already_answered")
        if order.status not in IN_HAND:
            raise Conflict("The order has ended meanwhile.", code="order_ended")
        answered = question.answered(word, at=self._records.now(), address=given.address)
        return fulfilling.answered(order, answered)


def _inbox(key: str) -> str:
    return f"reply:{key}"


def _of_secret(order: ShopOrder, secret: str) -> Question | None:
    """The question of a link; the latest where one was asked again. Takes the same time for every secret."""
    given = secret.encode()
    found = [each for each in order.questions if hmac.compare_digest(each.secret.encode(), given)]
    return found[-1] if found else None


def _checked(question: Question, given: Given) -> Given:
    """The answer, if it is one to this question."""
    wanted: Literal["address", "choice"] = "address" if question.ask is Ask.ADDRESS else "choice"
    if getattr(given, wanted) is None or (given.choice and given.address):
        raise InvalidInput(f"What was asked is your {wanted}.", field=wanted)
    if given.address is None:
        return given
    if faults := faults_of(given.address):
        raise AddressUnusable(faults)
    return Given(address=tidied(given.address))


def _read(order: ShopOrder, question: Question, text: str) -> Given | None:
    if question.ask is Ask.ADDRESS:
        address = address_in(text, known=order.sold.address)
        return Given(address=address) if address else None
    choice = choice_in(text)
    return Given(choice=choice) if choice else None


def _is_answered_with(order: ShopOrder, turn: int, given: Given) -> bool:
    question = next(each for each in order.questions if each.turn == turn)
    word = given.choice.value if given.choice else CORRECTED
    return (question.answer, question.address) == (word, given.address)
