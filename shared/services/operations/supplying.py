"""Finds who sells what an order still lacks, and plans to buy it there (flows ops-1, ops-x1)."""

from collections.abc import Sequence
from datetime import datetime

from shared.domain.ids import fresh
from shared.domain.model import Model
from shared.domain.negotiations import EscalationReason
from shared.domain.operations import fulfilling
from shared.domain.operations.choosing import Candidate, Selection, Weights, selected, without_refused
from shared.domain.operations.fulfilling import ADDRESS_REFUSED, EDITED, IN_HAND, UNDELIVERABLE
from shared.domain.operations.shop import ShopLine
from shared.domain.operations.shop_orders import ShopOrder
from shared.domain.status import ShopOrderStatus
from shared.errors import Unavailable
from shared.services.escalations import EscalationService
from shared.services.kinds import SHOP_ORDERS
from shared.services.operations.fulfilment import terms_of
from shared.services.operations.purchasing import Purchasing
from shared.services.operations.sourcing import Sourcing
from shared.services.records import Change, Records
from shared.settings import Settings

BUYING = frozenset({ShopOrderStatus.OPEN, ShopOrderStatus.WAITING_FOR_STOCK})


class Planned(Model):
    """Ids of the purchases that are to be placed now."""

    purchases: tuple[str, ...] = ()


class Supplying:
    """Chooses suppliers for an order, and asks its customer where there is none."""

    def __init__(
        self,
        records: Records,
        sourcing: Sourcing,
        purchasing: Purchasing,
        escalations: EscalationService,
        settings: Settings,
    ) -> None:
        self._records = records
        self._sourcing = sourcing
        self._purchasing = purchasing
        self._escalations = escalations
        self._terms = terms_of(settings)
        self._weights = Weights(
            price=settings.supplier_price_weight,
            time=settings.supplier_time_weight,
            reliability=settings.supplier_reliability_weight,
            min_margin_bps=settings.min_margin_bps,
        )

    async def plan(self, order_id: str, *, patient: bool) -> Planned:
        """Write down what is bought of whom; what was planned before, and is not known of, comes first.

        What nobody sells is asked about once everything else is settled. Raises Unavailable when a supplier
        does not answer and is waited for, being `patient`.
        """
        order = (await self._records.get(SHOP_ORDERS, order_id)).value
        if pending := fulfilling.unsettled(order):
            return Planned(purchases=tuple(purchase.id for purchase in pending))
        lines = fulfilling.missing_lines(order)
        if not lines or order.status not in BUYING or order.outcome == EDITED:
            return Planned()
        selection = await self._selected(order, lines, patient=patient)
        planned = [
            await self._purchasing.plan(
                order_id, basket.lines, supplier_id=basket.supplier_id, cost=basket.limit
            )
            for basket in selection.baskets
        ]
        if not planned:
            await self._ask(order_id, lines)
        return Planned(purchases=tuple(purchase.id for purchase in planned))

    async def report_silence(self, order_id: str, purchase_id: str) -> None:
        """A supplier has not said for days whether it took an order: it may have, so nobody else is asked."""
        await self._escalations.raise_alarm(
            subject=f"{purchase_id}-silent",
            reason=EscalationReason.PURCHASE_UNCERTAIN,
            summary=(
                f"Nobody answers whether purchase {purchase_id} was taken. It is asked again every day, and "
                "not bought elsewhere, so that nothing is bought twice."
            ),
            order_id=order_id,
        )

    async def _selected(self, order: ShopOrder, lines: Sequence[ShopLine], *, patient: bool) -> Selection:
        refusals = fulfilling.recent_refusals(order, at=self._records.now(), terms=self._terms)
        country = order.sold.address.country
        candidates = {}
        for line in lines:
            offered = await self._candidates(line.sku, country=country, patient=patient)
            candidates[line.id] = without_refused(line, offered, refusals)
        return selected(lines, candidates, self._weights)

    async def _candidates(self, sku: str, *, country: str, patient: bool) -> list[Candidate]:
        """What suppliers offer; who does not answer is left out, unless one is `patient`."""
        found = await self._sourcing.offers(sku, country=country)
        if found.silent and patient:
            raise Unavailable(f"{', '.join(found.silent)} did not say what {sku} costs.")
        return [
            Candidate(**quote.offer.model_dump(), preferred=quote.preferred, reliability=quote.reliability)
            for quote in found.quotes
        ]

    async def _ask(self, order_id: str, lines: Sequence[ShopLine]) -> None:
        """Nobody sells `lines` to this address at a price that leaves something: the customer decides."""
        now = self._records.now()
        secret = fresh("q").removeprefix("q_")

        def change(order: ShopOrder) -> Change[ShopOrder]:
            if order.status not in IN_HAND:
                return Change(order)
            if self._is_undeliverable(order, lines, at=now):
                return Change(
                    *fulfilling.address_asked(
                        order, [UNDELIVERABLE], secret=secret, at=now, terms=self._terms
                    )
                )
            return Change(*fulfilling.not_to_be_had(order, lines, secret=secret, at=now, terms=self._terms))

        await self._records.apply(SHOP_ORDERS, order_id, change)

    def _is_undeliverable(self, order: ShopOrder, lines: Sequence[ShopLine], *, at: datetime) -> bool:
        ids = {line.id for line in lines}
        refusals = fulfilling.recent_refusals(order, at=at, terms=self._terms)
        return any(each.refusal == ADDRESS_REFUSED and ids & each.line_ids for each in refusals)
