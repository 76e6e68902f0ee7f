"""Paid orders of the shop, from the payment to the supplier (flows ops-1, ops-x1, ops-x2).

Each look of the plan reads the stored truth after the shop was asked for its own; what is decided is stored
with its events before anything is done outside, so that every step may run again.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Literal

from shared.domain.ids import fresh
from shared.domain.model import Model
from shared.domain.negotiations import EscalationReason
from shared.domain.operations import fulfilling
from shared.domain.operations.fulfilling import EDITED, IN_HAND, Terms
from shared.domain.operations.letters import LetterKind, letter_key
from shared.domain.operations.money import sale
from shared.domain.operations.purchases import Purchase
from shared.domain.operations.shop import FinancialStatus, ShopSnapshot
from shared.domain.operations.shop_orders import SILENT, Choice, ShopOrder
from shared.errors import Conflict, InvalidInput, NotFound
from shared.ports.shop import Shop
from shared.ports.store import AlreadyExists
from shared.services.escalations import EscalationService
from shared.services.kinds import SHOP_ORDERS
from shared.services.records import Change, Records, Stored
from shared.services.results import DONE, StepResult
from shared.settings import Settings


class Look(Model):
    """What one look found. `letter` is the key of a letter that is due; empty: none."""

    action: Literal["buy", "wait", "stop"]
    until: datetime
    letter: str = ""
    outcome: str = ""


class Fulfilment:
    """What the plan of an order's fulfilment does, step by step. `turn` counts its looks, from 1."""

    def __init__(
        self, records: Records, shop: Shop, escalations: EscalationService, settings: Settings
    ) -> None:
        self._records = records
        self._shop = shop
        self._escalations = escalations
        self._terms = terms_of(settings)

    async def get(self, order_id: str) -> ShopOrder:
        """Return an order. Raises NotFound."""
        return (await self._records.get(SHOP_ORDERS, order_id)).value

    async def take(self, order_id: str, shop_order_id: str) -> StepResult:
        """Take a paid order in, its sale booked in the same batch; one that is there already stays as it is.

        Not ok: it is not fulfilled, and nothing was stored. Raises Unavailable.
        """
        if await self._records.find(SHOP_ORDERS, order_id) is not None:
            return DONE
        try:
            sold = await self._shop.order(shop_order_id)
        except NotFound as gone:
            return StepResult(ok=False, code=gone.code, detail=gone.detail)
        if code := fulfilling.why_not_taken(sold):
            if code == FinancialStatus.PARTIALLY_REFUNDED:
                await self._report(order_id, "partly-refunded", "was partly refunded before it was taken in")
            return StepResult(ok=False, code=code, detail=f"The order is {code} in the shop.")
        await self._take(order_id, sold)
        return DONE

    async def look(self, order_id: str, turn: int) -> Look:
        """Ask the shop how the order is, do what is due of its own, and say what comes next."""
        await self._begun(order_id, turn)
        await self._write_correction(order_id)
        try:
            await self.hear_shop(order_id, looks=True)
        except NotFound:
            await self._leave_to_person(order_id, "is gone from the shop")
        secret = fresh("q").removeprefix("q_")
        now = self._records.now()

        def change(order: ShopOrder) -> Change[ShopOrder]:
            return Change(*fulfilling.looked(order, secret=secret, at=now, terms=self._terms))

        return self._next(await self._records.apply(SHOP_ORDERS, order_id, change), at=now)

    async def hear_shop(self, order_id: str, *, looks: bool = False) -> ShopOrder:
        """Note the order as the shop has it now; what a person must compare is put before one first.

        The plan is woken by what matters to it, unless it is the plan that `looks`.

        Raises NotFound, Unavailable.
        """
        order = await self.get(order_id)
        sold = await self._shop.order(order.sold.shop_order_id)
        await self._report_changes(order, sold)
        now = self._records.now()

        def change(current: ShopOrder) -> Change[ShopOrder]:
            return Change(*fulfilling.shop_said(current, sold, at=now, looks=looks))

        return await self._records.apply(SHOP_ORDERS, order_id, change)

    # --- helpers ------------------------------------------------------------------------------------

    async def _take(self, order_id: str, sold: ShopSnapshot) -> None:
        now = self._records.now()
        order = ShopOrder(id=order_id, created_at=now, updated_at=now, sold=sold)
        entries = [sale(order, at=now)] if sold.total.minor else []
        try:
            await self._records.commit(Stored(SHOP_ORDERS, order.posted(*entries)), entries=entries)
        except AlreadyExists:  # taken in by an earlier try of this step
            return

    async def _begun(self, order_id: str, turn: int) -> None:
        """Note that a look begins: from now on news wake the wait that follows it."""

        def change(order: ShopOrder) -> Change[ShopOrder]:
            return Change(order if order.turn >= turn else order.model_copy(update={"turn": turn}))

        await self._records.apply(SHOP_ORDERS, order_id, change)

    async def _write_correction(self, order_id: str) -> None:
        """Give the shop the address that the customer gave here, once."""
        order = await self.get(order_id)
        corrected = fulfilling.correction(order)
        if corrected is None or corrected.address is None:
            return
        key = f"{order_id}:address:{corrected.turn}"
        with suppress(Conflict, InvalidInput, NotFound):  # the customer is asked again if the shop says no
            await self._shop.set_address(key, order.sold.shop_order_id, corrected.address)
        written = corrected.model_copy(update={"written": True})
        await self._records.apply(
            SHOP_ORDERS, order_id, lambda current: Change(current.with_question(written))
        )

    def _next(self, order: ShopOrder, *, at: datetime) -> Look:
        if pending := fulfilling.unsettled(order):
            return self._settling(order, pending, at=at)
        if order.status not in IN_HAND:
            outcome = order.outcome or order.status.value
            return Look(action="stop", until=at, letter=self._last_words(order), outcome=outcome)
        if order.outcome == EDITED:
            return Look(action="stop", until=at, outcome=EDITED)
        return self._asked(order, at=at) or self._paused(order, at=at) or self._shopping(order, at=at)

    def _settling(self, order: ShopOrder, pending: Sequence[Purchase], *, at: datetime) -> Look:
        """Find out what became of purchases; a supplier that says nothing for weeks is a person's by then."""
        if all(fulfilling.is_given_up(purchase, at=at, terms=self._terms) for purchase in pending):
            return Look(action="stop", until=at, outcome="supplier_silent")
        return Look(action="buy", until=self._again(at), letter=self._last_words(order))

    def _asked(self, order: ShopOrder, *, at: datetime) -> Look | None:
        """Wait for the customer, who is asked or reminded first."""
        question = order.open_question()
        if question is None:
            return None
        number = fulfilling.reminders_due(question, at=at, terms=self._terms)
        letter = letter_key(order, question, LetterKind.REMIND if number else LetterKind.ASK, number)
        until = fulfilling.next_reminder(question, at=at, terms=self._terms)
        return Look(action="wait", until=until, letter=_unsent(order, letter))

    def _paused(self, order: ShopOrder, *, at: datetime) -> Look | None:
        """Wait until stock is looked for again, or while the customer's bank has the money."""
        if order.at_the_bank().minor:
            return Look(action="wait", until=self._again(at))
        if order.look_again_at is not None and at < order.look_again_at:
            return Look(action="wait", until=order.look_again_at, letter=self._last_words(order))
        return None

    def _shopping(self, order: ShopOrder, *, at: datetime) -> Look:
        return Look(action="buy", until=self._again(at), letter=self._last_words(order))

    def _last_words(self, order: ShopOrder) -> str:
        """The letter about the end of the latest question, if it ended in money."""
        ended = [each for each in order.questions if each.answer in {SILENT, Choice.REFUND}]
        return _unsent(order, letter_key(order, ended[-1], LetterKind.END)) if ended else ""

    def _again(self, at: datetime) -> datetime:
        return at + self._terms.look_for_stock_every

    async def _report_changes(self, order: ShopOrder, sold: ShopSnapshot) -> None:
        """Put before a person what the machine must not decide: an edited order, an address after buying."""
        if fulfilling.is_sold_otherwise(order, sold):
            await self._leave_to_person(order.id, "was edited in the shop after it was paid")
        if fulfilling.is_moved_after_buying(order, sold):
            await self._report(order.id, "moved", "has another address now, and its goods were bought before")

    async def _leave_to_person(self, order_id: str, why: str) -> None:
        await self._report(order_id, "edited", f"{why}: nothing more is bought until a person has looked")
        now = self._records.now()
        await self._records.apply(
            SHOP_ORDERS, order_id, lambda order: Change(*fulfilling.left_to_person(order, at=now))
        )

    async def _report(self, order_id: str, what: str, why: str) -> None:
        """Queue a person's task about an order, once for each kind of thing."""
        await self._escalations.raise_alarm(
            subject=f"{order_id}-{what}",
            reason=EscalationReason.SHOP_ORDER_CHANGED,
            summary=f"Shop order {order_id} {why}.",
            order_id=order_id,
        )


def terms_of(settings: Settings) -> Terms:
    """The terms that the settings say."""
    return Terms(
        remind_after=settings.remind_after,
        answer_within=settings.answer_within,
        look_for_stock_every=settings.look_for_stock_every,
        wait_for_stock=settings.wait_for_stock,
    )


def _unsent(order: ShopOrder, letter: str) -> str:
    return "" if letter in order.letters else letter
