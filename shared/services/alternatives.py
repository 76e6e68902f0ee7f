"""What could take a leg's place: other vendors' products, each with its price and its timeline (M6)."""

from shared.domain import orders as order_rules
from shared.domain.money import Money
from shared.domain.orders import Order, OrderLeg
from shared.domain.recoveries import Proposal, Recovery
from shared.domain.scout import Alternative, AlternativeQuery
from shared.domain.timechain import compare
from shared.services.catalogue import CatalogueService
from shared.services.deal_terms import DealTerms
from shared.services.planning import PlanningService
from shared.settings import Settings

LOGGED = 20
"""How many refused products one search notes."""


class AlternativeFinder:
    """Looks for alternatives; reserves and keeps nothing."""

    def __init__(
        self,
        catalogue: CatalogueService,
        planning: PlanningService,
        terms: DealTerms,
        settings: Settings,
    ) -> None:
        self._catalogue = catalogue
        self._planning = planning
        self._terms = terms
        self._settings = settings

    async def find(
        self, order: Order, recovery: Recovery, attempt: int
    ) -> tuple[tuple[Proposal, ...], list[str]]:
        """Return what is in time, best first, then what would be late; and the log of what was refused."""
        found = await self._catalogue.alternatives(self._query(order, recovery))
        proposals = [
            await self._proposal(order, recovery, candidate, attempt)
            for candidate in found.found[: self._settings.max_candidates]
        ]
        proposals.sort(key=lambda proposal: not proposal.timeline.is_feasible)
        log = [f"{each.product_name} of {each.vendor_name}: {each.reason}" for each in found.refused]
        return tuple(proposals), log[:LOGGED] if proposals else [*log[:LOGGED], found.summary]

    async def replacement(self, order: Order, recovery: Recovery, proposal: Proposal) -> OrderLeg:
        """Describe the leg that `proposal` amounts to, beside the one it would take over."""
        product = self._catalogue.known_product(proposal.product_id)
        vendor = self._catalogue.known_vendor(proposal.vendor_id)
        old = order.leg(recovery.leg_id)
        leg = order_rules.order_leg(proposal.leg_id, product, vendor, old.quantity)
        place = {"slot": old.slot, "at": old.at, "replaces": old.id, "recovery_id": recovery.id}
        leg = leg.model_copy(update={"price": proposal.price, **place})
        return await self._terms.taken_over(leg, old, at=order.created_at)

    def _query(self, order: Order, recovery: Recovery) -> AlternativeQuery:
        leg = order.leg(recovery.leg_id)
        unit = Money(minor=leg.price.minor // leg.quantity, currency=leg.price.currency)
        original = self._catalogue.known_product(leg.product_id).model_copy(update={"price": unit})
        return AlternativeQuery(
            wanted=recovery.wanted,
            original=original,
            price_window_pct=self._settings.price_window_pct,
            quantity=leg.quantity,
            deliver_to=order.deliver_to.point,
            exclude_vendor_ids=frozenset(recovery.excluded_vendors),
            lock=leg.lock,
        )

    async def _proposal(
        self, order: Order, recovery: Recovery, candidate: Alternative, attempt: int
    ) -> Proposal:
        old = order.leg(recovery.leg_id)
        price = candidate.product.price * old.quantity
        leg_id = recovery.replacement_id(attempt)
        new = order_rules.order_leg(leg_id, candidate.product, candidate.vendor, old.quantity)
        new = new.model_copy(update={"slot": old.slot, "at": old.at})
        legs = [*(leg for leg in order.planned_legs() if leg.id != old.id), new]
        timeline = await self._planning.timeline(legs, order.deliver_to, order.deliver_by)
        return Proposal(
            attempt=attempt,
            product_id=candidate.product.id,
            item=candidate.product.name,
            vendor_id=candidate.vendor.id,
            vendor_name=candidate.vendor.name,
            price=price,
            difference=price - old.price,
            delay_minutes=compare(recovery.timeline_before, timeline).delay_minutes,
            timeline=timeline,
            why=candidate.reason,
            leg_id=leg_id,
        )
