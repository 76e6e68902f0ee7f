"""Making, changing and removing simulated partners and what they sell (flows 5.4-1, 5.4-3)."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Field

from shared.domain.catalogue import Availability, Product, ProductKind
from shared.domain.ids import fresh
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.simulator.partners import PartnerProfile, SimulatedPartner
from shared.errors import Conflict, NotFound
from shared.ports.store import Query, Store, Where, every
from shared.services.catalogue import CatalogueService
from shared.services.inventory import InventoryService
from shared.services.records import Records
from shared.services.simulator.kinds import CONTAINER, PARTNER_LIST, PARTNERS

MAX_PRICE = 1_000_000_000
"""In minor units; a thousand of the dearest thing still make a number that every reader understands."""


def _asked(price: Money) -> Money:
    if not 0 <= price.minor <= MAX_PRICE:
        raise ValueError(f"a price is between 0 and {MAX_PRICE}")
    return price


class ProductSheet(Model):
    """What an admin says of a product (5.4-3 step 4). `quantity` None is unlimited, 0 sold out."""

    name: str = Field(min_length=1, max_length=160)
    description: str = Field(default="", max_length=4000)
    kind: ProductKind = ProductKind.PRODUCT
    category: str = Field(default="", max_length=60)
    price: Annotated[Money, AfterValidator(_asked)]
    quantity: int | None = Field(default=999, ge=0, le=1_000_000)
    availability: Availability = Availability.ALWAYS
    lead_minutes: int = Field(default=60, ge=0, le=60 * 24 * 90)
    tags: frozenset[str] = Field(default=frozenset(), max_length=50)
    colours: frozenset[str] = Field(default=frozenset(), max_length=50)
    capabilities: frozenset[str] = Field(default=frozenset(), max_length=50)
    image_url: str = Field(default="", max_length=500, pattern=r"^(https?://\S+)?$")


class StockedProduct(Model):
    """A product and how many can be had now; None is unlimited."""

    product: Product
    quantity: int | None


class PartnerService:
    """Use cases on simulated partners. A vendor that is not one is not found here."""

    def __init__(
        self, records: Records, store: Store, catalogue: CatalogueService, inventory: InventoryService
    ) -> None:
        self._records = records
        self._store = store
        self._catalogue = catalogue
        self._inventory = inventory

    async def create(self, profile: PartnerProfile, *, id: str | None = None) -> SimulatedPartner:
        """Make a partner and show it to the scout (5.4-1 step 7); the same id and profile again is the same.

        Raises Conflict when the id is taken by a vendor, or by a partner that is different.
        """
        partner = await self._store_new(profile, id or fresh("sim"))
        if partner.profile != profile or partner.removed:
            raise Conflict(f"The partner id '{partner.id}' is taken.", field="id", code="partner_id_taken")
        await self._catalogue.put_vendor(partner.vendor())
        return partner

    async def put(self, id: str, profile: PartnerProfile) -> SimulatedPartner:
        """Make or overwrite the partner `id`, also a removed one. Raises Conflict for a real vendor's id."""
        await self._store_new(profile, id)
        return await self._write(id, profile)

    async def get(self, id: str) -> SimulatedPartner:
        """Return a partner. Raises NotFound, also for real vendors and removed partners."""
        partner = (await self._records.get(PARTNERS, id)).value
        if partner.removed:
            raise NotFound(PARTNERS.name, id)
        return partner

    async def list(self) -> Sequence[SimulatedPartner]:
        """Return the partners there are, oldest id first."""
        query = Query((Where("removed", "==", False),))
        found = every(self._store, CONTAINER, PARTNER_LIST, query)
        return [SimulatedPartner.model_validate(document.body) async for document in found]

    async def update(self, id: str, profile: PartnerProfile) -> SimulatedPartner:
        """Change a partner. Raises NotFound."""
        await self.get(id)
        return await self._write(id, profile)

    async def remove(self, id: str) -> None:
        """Take a partner and its products out of the scout; its history stays."""
        await self.get(id)
        await self._catalogue.remove_vendor(id)
        await self._records.update(PARTNERS, id, lambda p: (p.model_copy(update={"removed": True}), ()))

    async def products(self, partner_id: str) -> Sequence[StockedProduct]:
        """Return what a partner sells, with what is left of it (5.4-3 step 3)."""
        await self.get(partner_id)
        await self._catalogue.refresh()
        products = self._catalogue.products_of(partner_id)
        levels = await self._inventory.levels(product.id for product in products)
        return [StockedProduct(product=product, quantity=levels[product.id]) for product in products]

    async def add_product(
        self, partner_id: str, sheet: ProductSheet, *, id: str | None = None
    ) -> StockedProduct:
        """Put a new product on sale. Raises Conflict when the id is taken, NotFound for the partner."""
        await self.get(partner_id)
        await self._catalogue.refresh()
        product_id = id or fresh("prd")
        known = self._catalogue.find_product(product_id)
        product = _described(sheet, product_id, partner_id)
        if known is not None and known != product:
            raise Conflict(f"The product id '{product_id}' is taken.", field="id", code="product_id_taken")
        return await self._put_product(product, sheet.quantity)

    async def update_product(self, partner_id: str, product_id: str, sheet: ProductSheet) -> StockedProduct:
        """Change a product, its price, its stock (5.4-3 step 5). Raises NotFound for another vendor's."""
        known = await self._product(partner_id, product_id)
        product = _described(sheet, product_id, partner_id)
        kept = {name: getattr(known, name) for name in ("quality", "boost", "margin", "lock")}
        return await self._put_product(product.model_copy(update=kept), sheet.quantity)

    async def put_product(self, product: Product, quantity: int | None) -> StockedProduct:
        """Put `product` on sale as it is. Raises NotFound for the partner, Conflict for the id."""
        await self.get(product.vendor_id)
        return await self._put_product(product, quantity)

    async def remove_product(self, partner_id: str, product_id: str) -> None:
        """Take a product off sale (5.4-3 step 6). Raises NotFound for another vendor's."""
        await self._product(partner_id, product_id)
        await self._catalogue.remove_product(product_id)

    async def _store_new(self, profile: PartnerProfile, id: str) -> SimulatedPartner:
        known = await self._records.find(PARTNERS, id)
        if known is not None:
            return known.value
        await self._catalogue.refresh()
        if self._catalogue.find_vendor(id) is not None:
            raise Conflict(f"The id '{id}' is a real vendor's.", field="id", code="partner_id_taken")
        now = self._records.now()
        partner = SimulatedPartner(id=id, created_at=now, updated_at=now, profile=profile)
        return await self._records.create(PARTNERS, partner)

    async def _write(self, id: str, profile: PartnerProfile) -> SimulatedPartner:
        partner = await self._records.update(PARTNERS, id, lambda p: (_written(p, profile), ()))
        await self._catalogue.put_vendor(partner.vendor())
        return partner

    async def _product(self, partner_id: str, product_id: str) -> Product:
        await self.get(partner_id)
        await self._catalogue.refresh()
        product = self._catalogue.find_product(product_id)
        if product is None or product.vendor_id != partner_id:
            raise NotFound("product", product_id)
        return product

    async def _put_product(self, product: Product, quantity: int | None) -> StockedProduct:
        # stock first: a product that the scout shows can be bought
        await self._inventory.set_quantity(product.id, quantity)
        await self._catalogue.put_product(product)
        return StockedProduct(product=product, quantity=await self._inventory.available(product.id))


def _written(partner: SimulatedPartner, profile: PartnerProfile) -> SimulatedPartner:
    if partner.profile == profile and not partner.removed:
        return partner
    return partner.model_copy(update={"profile": profile, "removed": False})


def _described(sheet: ProductSheet, id: str, partner_id: str) -> Product:
    fields = {name: getattr(sheet, name) for name in ProductSheet.model_fields if name != "quantity"}
    return Product(id=id, vendor_id=partner_id, **fields)
