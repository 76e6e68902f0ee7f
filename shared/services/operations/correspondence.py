"""Letters about orders that cannot be sent yet: written from what is stored, sent once (ops-x1, ops-x2)."""

from shared.domain.negotiations import EscalationReason
from shared.domain.operations.letters import LetterKind, asking, ending
from shared.domain.operations.parcel_letters import Letter
from shared.domain.operations.shop_orders import Question, ShopOrder
from shared.errors import Conflict
from shared.ports.mail import Mail, Mailer
from shared.services.escalations import EscalationService
from shared.services.kinds import SHOP_ORDERS
from shared.services.records import Change, Records
from shared.services.results import DONE, StepResult
from shared.settings import Settings

ANSWERS = "api/v1/answers"


class Correspondence:
    """Writes to the shop's customers."""

    def __init__(
        self, records: Records, mailer: Mailer, escalations: EscalationService, settings: Settings
    ) -> None:
        self._records = records
        self._mailer = mailer
        self._escalations = escalations
        self._public_url = settings.public_url

    async def send(self, order_id: str, key: str) -> StepResult:
        """Send the letter of a key, unless it was sent.

        Not ok: the customer takes no mail, and a person knows. Raises Unavailable.
        """
        order = (await self._records.get(SHOP_ORDERS, order_id)).value
        if key in order.letters:
            return DONE
        letter = self._letter(order, key)
        mail = Mail(key=key, to=order.sold.customer.email, subject=letter.subject, text=letter.text)
        result = DONE
        try:
            await self._mailer.send(mail)
        except Conflict as refused:
            await self.report_unsent(order_id, key)
            result = StepResult(ok=False, code=refused.code, detail=refused.detail)
        await self._records.apply(SHOP_ORDERS, order_id, lambda each: Change(_sent(each, key)))
        return result

    async def report_unsent(self, order_id: str, key: str) -> None:
        """Put before a person that a customer does not hear from us."""
        await self._escalations.raise_alarm(
            subject=f"{order_id}-unreached",
            reason=EscalationReason.CUSTOMER_UNREACHED,
            summary=f"The customer of shop order {order_id} could not be written to (letter {key}).",
            order_id=order_id,
        )

    def _letter(self, order: ShopOrder, key: str) -> Letter:
        question, kind = _about(order, key)
        if kind == LetterKind.END:
            return ending(order, question)
        again = kind.startswith(LetterKind.REMIND)
        return asking(order, question, link=self._link(order, question), again=again)

    def _link(self, order: ShopOrder, question: Question) -> str:
        return f"{self._public_url}/{ANSWERS}/{order.id}.{question.secret}"


def _about(order: ShopOrder, key: str) -> tuple[Question, str]:
    """The question that a letter is about, and why it is written (`letters.letter_key`)."""
    turn, _, kind = key.removeprefix(f"{order.id}-q").partition("-")
    return next(each for each in order.questions if each.turn == int(turn)), kind


def _sent(order: ShopOrder, key: str) -> ShopOrder:
    if key in order.letters:
        return order
    question, kind = _about(order, key)
    if kind.startswith(LetterKind.REMIND):
        order = order.with_question(question.model_copy(update={"reminders": question.reminders + 1}))
    return order.model_copy(update={"letters": (*order.letters, key)})
