"""The link in a letter: what was asked about an order, and the answer (flows ops-x1, ops-x2).

Looking changes nothing: mail scanners follow links. Who has the link is who was asked.
"""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from shared.domain.model import Model
from shared.domain.operations.fulfilling import titles
from shared.domain.operations.shop import ShippingAddress
from shared.domain.operations.shop_orders import Ask, Choice
from shared.services.operations.answers import AddressUnusable, Asked, Given
from triggers.web.answer import Reply
from triggers.web.call import Call
from triggers.web.problem import Fault, InvalidRequest

Token = Annotated[str, Field(pattern=r"^sho_[a-z0-9_]{1,40}\.[0-9a-z]{16,40}$", max_length=100)]


class AnswerBody(Model):
    """One of the choices, or the whole address; which of the two, the question says."""

    choice: Choice | None = None
    address: ShippingAddress | None = None


class AskedView(Model):
    """What was asked. Nothing of who was asked: a link may be forwarded."""

    ask: Ask
    order_number: str
    items: tuple[str, ...]
    choices: tuple[Choice, ...]
    faults: str
    """What is wrong with the address."""
    until: datetime
    answer: str
    """What was answered; empty while it was not."""


async def show(call: Call, token: Token) -> Reply[AskedView]:
    """Show what is asked about an order."""
    return Reply(_view(await call.app.operations.answers.show(token)))


async def answer(call: Call, token: Token, body: AnswerBody) -> Reply[AskedView]:
    """Answer, once. The same answer again changes nothing; another one is too late."""
    given = Given(choice=body.choice, address=body.address)
    try:
        return Reply(_view(await call.app.operations.answers.answer(token, given)))
    except AddressUnusable as refused:
        faults = [Fault(field=f"address.{each.field}", reason=each.says) for each in refused.faults]
        raise InvalidRequest(faults) from None


def _view(asked: Asked) -> AskedView:
    question = asked.question
    return AskedView(
        ask=question.ask,
        order_number=asked.order.sold.number,
        items=titles(asked.order, question.lines),
        choices=tuple(Choice) if question.ask is Ask.REFUND_OR_WAIT else (),
        faults=question.faults,
        until=question.until,
        answer=question.answer,
    )
