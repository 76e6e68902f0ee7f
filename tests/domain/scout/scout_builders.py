"""Small catalogues for tests of Scout."""

from shared.domain.catalogue import Product, Vendor
from shared.domain.money import Money
from shared.domain.places import GeoPoint, Place
from shared.domain.scout import CatalogueIndex

DOWNTOWN = GeoPoint(latitude=30.2672, longitude=-97.7431)


def a_vendor(id: str = "shop", *, name: str = "", latitude: float = 30.27, trust: int = 80) -> Vendor:
    place = Place(address="1 Main St", point=GeoPoint(latitude=latitude, longitude=-97.74))
    return Vendor(id=id, name=name or id.title(), business_type="shop", place=place, trust_score=trust)


def a_product(id: str, name: str, *, vendor: str = "shop", price: int = 5000, **more: object) -> Product:
    fields = {"id": id, "name": name, "vendor_id": vendor, "price": Money(minor=price), **more}
    return Product.model_validate(fields)


def an_index(*products: Product, vendors: tuple[Vendor, ...] = ()) -> CatalogueIndex:
    index = CatalogueIndex()
    given = {vendor.id: vendor for vendor in vendors}
    for vendor_id in sorted({product.vendor_id for product in products} | given.keys()):
        index.put_vendor(given.get(vendor_id) or a_vendor(vendor_id))
    for product in products:
        index.put_product(product)
    return index
