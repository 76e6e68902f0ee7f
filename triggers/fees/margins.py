"""The door to a bundle's margin (M20, M22)."""

from shared.domain.cards import message_card
from shared.domain.margin import Margin
from shared.domain.money import Money
from shared.services.bundle_margins import Swap
from triggers.web.answer import Reply
from triggers.web.call import Call


class MarginView(Margin):
    """Where a bundle's price goes (M22).

    `total_margin` is what stays when every vendor earns as much as alone and every affiliate its commission;
    `margin_percentage` is of the price. `suggested_price` is the lowest at which the target stays, if any.
    """

    bundle_id: str
    target_percentage: float
    suggested_price: Money | None
    alternatives: tuple[Swap, ...]


async def get_margin(call: Call, bundle_id: str) -> Reply[MarginView]:
    """Reckon a bundle with the fees in force and the commissions of vendors that are affiliates."""
    found = await call.app.bundle_margins.of(bundle_id)
    facts = [("Price", str(found.margin.total_bundle_price)), ("Margin", str(found.margin.total_margin))]
    if found.suggested_price is not None:
        facts.append(("Suggested price", str(found.suggested_price)))
    return Reply(
        MarginView(
            bundle_id=found.bundle_id,
            **dict(found.margin),
            target_percentage=found.target_bps / 100,
            suggested_price=found.suggested_price,
            alternatives=found.alternatives,
        ),
        adaptive_card=message_card("Margin", f"Of the bundle {found.bundle_id}.", facts=facts),
    )
