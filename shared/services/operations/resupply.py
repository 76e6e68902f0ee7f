"""Finds who sells the goods of a lost parcel again: one supplier for all of them (flow ops-x3)."""

from collections.abc import Collection, Sequence

from shared.domain.operations.choosing import Candidate, Weights, selected
from shared.domain.operations.shop import ShopLine
from shared.domain.operations.shop_orders import ShopOrder
from shared.errors import Unavailable
from shared.services.operations.replacements import Bargain
from shared.services.operations.sourcing import Sourcing

Offers = dict[str, list[Candidate]]


class Resupply:
    """`Choosing`: as much as a refund would cost may be spent, for no margin is left to lose."""

    def __init__(self, sourcing: Sourcing) -> None:
        self._sourcing = sourcing

    async def again(
        self, order: ShopOrder, line_ids: Collection[str], *, without: Collection[str], patient: bool
    ) -> Bargain | None:
        """Return the usual source's offer, else the cheapest, of those who have all these lines now."""
        lines = [line for line in order.sold.lines if line.id in line_ids]
        offers, silent = await self._offers(lines, order.sold.address.country)
        sellers = {each.supplier_id for able in offers.values() for each in able} - set(without)
        found = [each for seller in sorted(sellers) if (each := _bargain(lines, offers, seller))]
        if not found and patient and silent - set(without):
            raise Unavailable(f"{', '.join(sorted(silent))} did not answer.")
        return min(found, key=lambda each: each[:2])[2] if found else None

    async def _offers(self, lines: Sequence[ShopLine], country: str) -> tuple[Offers, set[str]]:
        """What suppliers offer, by line, and who did not answer."""
        offers: Offers = {}
        silent = set[str]()
        for line in lines:
            asked = await self._sourcing.offers(line.sku, country=country)
            silent |= set(asked.silent)
            offers[line.id] = [
                Candidate(
                    **quote.offer.model_dump(), preferred=quote.preferred, reliability=quote.reliability
                )
                for quote in asked.quotes
            ]
        return offers, silent


def _bargain(lines: Sequence[ShopLine], offers: Offers, seller: str) -> tuple[bool, int, Bargain] | None:
    """What one supplier sells all of it for: whether it is a backup, and its cost; None without all."""
    own = {id: [each for each in able if each.supplier_id == seller] for id, able in offers.items()}
    selection = selected(lines, own, Weights(min_margin_bps=0))
    if selection.missing or not selection.baskets:
        return None
    (basket,) = selection.baskets
    usual = any(each.preferred for able in own.values() for each in able)
    bargain = Bargain(supplier_id=seller, lines=basket.lines, cost=basket.limit)
    return not usual, basket.cost.minor, bargain
