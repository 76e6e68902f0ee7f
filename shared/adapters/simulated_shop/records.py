"""What the embedded shop has on sale."""

from pydantic import Field

from shared.domain.model import Model


class ShopProduct(Model):
    """Something on sale; `price` is in minor units."""

    product_id: str
    sku: str
    title: str
    price: int = Field(ge=0)
