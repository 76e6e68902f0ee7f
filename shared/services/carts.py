"""Carts: what items by id come to at the server's own prices, and when it could arrive (rule 7)."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import AwareDatetime, Field

from shared.domain import orders as rules
from shared.domain.catalogue import Bundle, Product, Vendor, Visibility
from shared.domain.model import Model
from shared.domain.money import Money, apportioned
from shared.domain.orders import OrderLeg
from shared.domain.places import Place
from shared.domain.timechain import Timeline
from shared.errors import InvalidInput
from shared.services.catalogue import CatalogueService
from shared.services.planning import PlanningService
from shared.settings import Settings


class Line(Model):
    """One thing to buy: a product or a bundle, by id. Prices are the server's (rule 7)."""

    item_id: str = Field(min_length=1, max_length=64)
    quantity: int = Field(default=1, ge=1, le=1000)
    at: AwareDatetime | None = None
    """The time of a booking."""


class Cart(Model):
    """The legs behind some lines, in their order, and how a customer may see them."""

    legs: tuple[OrderLeg, ...]
    visibility: Visibility
    title: str
    """What an order of bundles alone is called."""


class CartService:
    """Composes and times carts."""

    def __init__(self, catalogue: CatalogueService, planning: PlanningService, settings: Settings) -> None:
        self._catalogue = catalogue
        self._planning = planning
        self._settings = settings

    async def compose(self, owner: str, lines: Sequence[Line]) -> Cart:
        """Price the lines as legs of `owner`. Raises InvalidInput naming the line that cannot be bought."""
        await self._catalogue.refresh()
        legs: list[OrderLeg] = []
        for n, line in enumerate(lines):
            for product, vendor, price in self._parts(line, field=f"items.{n}.id"):
                leg = rules.order_leg(f"{owner}-l{len(legs) + 1}", product, vendor, line.quantity)
                legs.append(leg.model_copy(update={"price": price * line.quantity, "at": line.at}))
        if len({leg.price.currency for leg in legs}) > 1:
            raise InvalidInput("All items of an order must be priced in one currency.", field="items")
        return Cart(legs=tuple(legs), visibility=self._visibility(lines), title=self._title(lines))

    async def timed(
        self, legs: Sequence[OrderLeg], deliver_to: Place, deliver_by: datetime, *, express: bool
    ) -> Timeline:
        """When everything would arrive, ordered now."""
        return await self._planning.timeline(legs, deliver_to, deliver_by, express=express)

    def express_fee(self, legs: Sequence[OrderLeg]) -> Money:
        """What a hot-shot courier costs."""
        return Money(minor=self._settings.courier_cost, currency=legs[0].price.currency)

    def _parts(self, line: Line, *, field: str) -> list[tuple[Product, Vendor, Money]]:
        """The products behind one line, each at the price it counts for."""
        bundle = self._catalogue.find_bundle(line.item_id)
        if bundle is not None:
            products = [self._product(id, field=field) for id in bundle.product_ids]
            prices = apportioned(bundle.price, [product.price.minor for product in products])
        else:
            products = [self._product(line.item_id, field=field)]
            prices = [products[0].price]
        return [
            (product, self._catalogue.vendor(product.vendor_id), price)
            for product, price in zip(products, prices, strict=True)
        ]

    def _product(self, id: str, *, field: str) -> Product:
        product = self._catalogue.find_product(id)
        if product is None:
            raise InvalidInput(f"There is no product or bundle '{id}'.", field=field)
        return product

    def _visibility(self, lines: Sequence[Line]) -> Visibility:
        bundles: list[Bundle] = [b for line in lines if (b := self._catalogue.find_bundle(line.item_id))]
        hidden = [b.visibility for b in bundles if b.visibility is not Visibility.TRANSPARENT]
        return hidden[0] if hidden and len(bundles) == len(lines) else Visibility.TRANSPARENT

    def _title(self, lines: Sequence[Line]) -> str:
        bundles = [self._catalogue.find_bundle(line.item_id) for line in lines]
        names = [
            f"{line.quantity} x {bundle.name}" if line.quantity > 1 else bundle.name
            for line, bundle in zip(lines, bundles, strict=True)
            if bundle is not None
        ]
        return " and ".join(names) if len(names) == len(lines) else ""
