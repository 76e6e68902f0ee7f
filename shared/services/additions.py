"""Adding to a running order: simulated first, then decided by the customer (flow 1.2-1 steps 8 and 11)."""

from enum import StrEnum

from shared.domain.orders import Order
from shared.domain.patterns import Pattern
from shared.domain.places import Place
from shared.domain.replies import DecisionKind, understand_decision
from shared.domain.timechain import ConflictAnalysis, SuggestionType
from shared.errors import Conflict
from shared.services.carts import Line
from shared.services.orders import OrderRequest, OrderService
from shared.services.planning import PlanningService
from shared.services.shopping import ShoppingService
from shared.services.threads import Addition

_APART = Pattern(r"\b(?:separate|separately|courier|on (?:its|their) own|by (?:itself|themselves))\b")
_OUT = Pattern(r"\b(?:leave (?:it|them|the \w+)(?: \w+)? out|without (?:it|them)|forget (?:it|them|about))\b")


class Choice(StrEnum):
    """What the customer wants done with the addition."""

    JOIN = "join"
    APART = "apart"
    DROP = "drop"


def read_choice(text: str) -> Choice | None:
    """Understand the answer to a simulation; None when the sentence is about something else."""
    said = text.lower()
    if _OUT.search(said):
        return Choice.DROP
    if _APART.search(said):
        return Choice.APART
    decided = understand_decision(text).kind
    return {DecisionKind.APPROVE: Choice.JOIN, DecisionKind.REJECT: Choice.DROP}.get(decided)


class AdditionService:
    """Says what an addition would do, and does what the customer then chooses. What runs stays as it is."""

    def __init__(self, orders: OrderService, planning: PlanningService, shopping: ShoppingService) -> None:
        self._orders = orders
        self._planning = planning
        self._shopping = shopping

    async def simulate(self, order: Order, wanted: str, quantity: int) -> tuple[Addition, ConflictAnalysis]:
        """Try adding what `wanted` names. Raises NotFound when nothing like it is sold."""
        product = await self._shopping.product_for(None, wanted, near=order.deliver_to.point)
        vendor = self._orders.vendor_of(product)
        analysis = await self._planning.simulate(order, product, vendor, quantity)
        rides = self._planning.has_rides(order)
        addition = Addition(
            order_id=order.id,
            product_id=product.id,
            name=product.name,
            quantity=quantity,
            joins_by=None if rides else max(analysis.change.arrival_after, order.deliver_by),
            **_apart(analysis, order),
        )
        return addition, analysis

    async def place(self, addition: Addition, choice: Choice, *, key: str | None, agent: str = "") -> Order:
        """Order the addition beside the running order, by courier of its own or with the rest.

        Raises Conflict for what was not on offer, Infeasible when it has become too late.
        """
        order = await self._orders.get(addition.order_id)
        apart = choice is Choice.APART
        to, by = (addition.apart_to, addition.apart_by) if apart else (order.deliver_to, addition.joins_by)
        if to is None or by is None:
            raise Conflict(_NOT_OFFERED[choice], code="not_offered")
        request = OrderRequest(
            customer_id=order.customer_id,
            thread_id=order.thread_id,
            lines=(Line(item_id=addition.product_id, quantity=addition.quantity),),
            deliver_to=to,
            deliver_by=by,
            zone=order.zone,
            express=apart,
            key=key,
            agent=agent,
        )
        return await self._orders.place(request)


def _apart(analysis: ConflictAnalysis, order: Order) -> dict[str, object]:
    """Where and until when a courier would bring it, if that was suggested."""
    found = [s.alternative for s in analysis.suggestions if s.type is SuggestionType.SEPARATE_DELIVERY]
    if not found or found[0] is None or not found[0].in_time:
        return {}
    worst = analysis.conflicts[0]
    point = analysis.plan.leg(worst.leg_id).destination or order.deliver_to.point
    return {
        "apart_to": Place(address=found[0].delivery_location, point=point),
        "apart_by": worst.deadline,
    }


_NOT_OFFERED = {
    Choice.JOIN: "I cannot send the ride on a detour. I can leave it out, or courier it separately.",
    Choice.APART: "A courier cannot bring it in time.",
}
