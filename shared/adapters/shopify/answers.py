"""What Shopify answers, as far as it is looked at; parsed strictly: nothing half understood goes on."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Generic, TypeVar

from pydantic import AwareDatetime, BaseModel, Field

from shared.domain.money import Money, apportioned, digits_of
from shared.domain.operations.shop import (
    FinancialStatus,
    ShippingAddress,
    ShopCustomer,
    ShopLine,
    ShopSnapshot,
)

T = TypeVar("T")


class MoneyNode(BaseModel):
    """An amount in major units."""

    amount: Decimal
    currencyCode: str  # noqa: N815 - Shopify's name

    def money(self) -> Money:
        """The same in minor units; more digits than the currency has are rounded half to even."""
        minor = (self.amount * 10 ** digits_of(self.currencyCode)).to_integral_value()
        return Money(minor=int(minor), currency=self.currencyCode)


class MoneyBag(BaseModel):
    """An amount in the shop's own currency."""

    shopMoney: MoneyNode  # noqa: N815


class Nodes(BaseModel, Generic[T]):
    """A page of a connection."""

    nodes: list[T]


class PageInfo(BaseModel):
    """Whether a page is the last one."""

    hasNextPage: bool  # noqa: N815


class IdNode(BaseModel):
    """Something with a global id."""

    id: str


class LineNode(BaseModel):
    """A line of an order."""

    id: str
    sku: str | None
    title: str
    quantity: int
    product: IdNode | None
    discountedTotalSet: MoneyBag  # noqa: N815


class LineNodes(Nodes[LineNode]):
    """The lines of an order."""

    pageInfo: PageInfo  # noqa: N815


class EmailNode(BaseModel):
    """An address that a customer is written to."""

    emailAddress: str  # noqa: N815


class CustomerNode(BaseModel):
    """Who buys."""

    id: str
    displayName: str = ""  # noqa: N815
    numberOfOrders: int  # noqa: N815
    amountSpent: MoneyNode  # noqa: N815
    defaultEmailAddress: EmailNode | None = None  # noqa: N815

    def has(self, email: str) -> bool:
        """Say whether this is who has the address: the search finds others as well."""
        known = self.defaultEmailAddress
        return known is not None and known.emailAddress.lower() == email.lower()

    def customer(self, email: str) -> ShopCustomer:
        """The same as the port says it."""
        return ShopCustomer(
            id=tail(self.id),
            email=email,
            name=self.displayName[:300],
            orders=self.numberOfOrders,
            spent=self.amountSpent.money(),
        )


class AddressNode(BaseModel):
    """Where an order goes."""

    name: str | None = None
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    provinceCode: str | None = None  # noqa: N815
    zip: str | None = None
    countryCodeV2: str | None = None  # noqa: N815
    phone: str | None = None

    def address(self) -> ShippingAddress:
        """The same as the port says it."""
        return ShippingAddress(
            name=(self.name or "")[:300],
            line1=(self.address1 or "")[:300],
            line2=(self.address2 or "")[:300],
            city=(self.city or "")[:300],
            region=(self.provinceCode or "")[:300],
            postal_code=(self.zip or "")[:20],
            country=(self.countryCodeV2 or "")[:2],
            phone=(self.phone or "")[:40],
        )


class OrderNode(BaseModel):
    """An order."""

    id: str
    name: str
    email: str | None
    processedAt: AwareDatetime  # noqa: N815
    updatedAt: AwareDatetime  # noqa: N815
    cancelledAt: AwareDatetime | None  # noqa: N815
    displayFinancialStatus: str | None  # noqa: N815
    customer: CustomerNode | None
    shippingAddress: AddressNode | None  # noqa: N815
    totalPriceSet: MoneyBag  # noqa: N815
    totalShippingPriceSet: MoneyBag  # noqa: N815
    lineItems: LineNodes  # noqa: N815

    def snapshot(self) -> ShopSnapshot:
        """The same as the port says it: what taxes and discounts leave is shared out over the lines.

        Raises ValueError for what the port has no words for.
        """
        if self.lineItems.pageInfo.hasNextPage:
            raise ValueError("lineItems: more than one page")
        email = (self.email or "").lower()
        shipping, total = self.totalShippingPriceSet.shopMoney.money(), self.totalPriceSet.shopMoney.money()
        nodes = self.lineItems.nodes
        weights = [node.discountedTotalSet.shopMoney.money().minor for node in nodes]
        shares = apportioned(total - shipping, weights)
        return ShopSnapshot(
            shop_order_id=tail(self.id),
            number=self.name,
            customer=self.customer.customer(email) if self.customer else ShopCustomer(id="", email=email),
            address=(self.shippingAddress or AddressNode()).address(),
            lines=tuple(
                ShopLine(
                    id=tail(node.id),
                    product_id=tail(node.product.id) if node.product else "",
                    sku=node.sku or "",
                    title=node.title[:300],
                    quantity=node.quantity,
                    total=share,
                )
                for node, share in zip(nodes, shares, strict=True)
            ),
            shipping=shipping,
            total=total,
            financial_status=_STATUSES.get(self.displayFinancialStatus or "", FinancialStatus.PENDING),
            cancelled=self.cancelledAt is not None,
            paid_at=_utc(self.processedAt),
            updated_at=_utc(self.updatedAt),
        )


class UserError(BaseModel):
    """Why a mutation did nothing."""

    message: str


class TrackingNode(BaseModel):
    """A number to follow a parcel by."""

    number: str | None


class FulfilmentNode(BaseModel):
    """Lines that are on their way, or were to be."""

    id: str
    status: str
    trackingInfo: list[TrackingNode]  # noqa: N815

    def shows(self, number: str) -> bool:
        """Say whether a parcel can be followed here by its number."""
        return self.status not in _UNDONE and number in {each.number for each in self.trackingInfo}


class OpenLine(BaseModel):
    """A line that is still to be sent."""

    id: str
    remainingQuantity: int  # noqa: N815
    lineItem: IdNode  # noqa: N815


class FulfilmentOrder(BaseModel):
    """Lines that are sent from one place."""

    id: str
    status: str
    lineItems: Nodes[OpenLine]  # noqa: N815


class ToFulfil(BaseModel):
    """What was sent and what is to be sent of an order."""

    fulfillments: list[FulfilmentNode]
    fulfillmentOrders: Nodes[FulfilmentOrder]  # noqa: N815


class RefundNode(BaseModel):
    """Money that went back."""

    id: str
    note: str | None
    totalRefundedSet: MoneyBag  # noqa: N815


class TransactionNode(BaseModel):
    """A payment of an order."""

    id: str
    kind: str
    status: str
    gateway: str | None


class PaidBack(BaseModel):
    """What was paid and given back of an order, in the currency that its customer pays in."""

    presentmentCurrencyCode: str  # noqa: N815
    refunds: list[RefundNode]
    transactions: list[TransactionNode]


class ThrottleStatus(BaseModel):
    """How much may be asked: points that are there, and that come back each second."""

    currentlyAvailable: float  # noqa: N815
    restoreRate: float = Field(gt=0)  # noqa: N815


def tail(gid: str) -> str:
    """The number at the end of a global id, `gid://shopify/Order/1001`."""
    return gid.rpartition("/")[2].partition("?")[0]


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


_UNDONE = frozenset({"CANCELLED", "ERROR", "FAILURE"})
_STATUSES = {
    "PAID": FinancialStatus.PAID,
    "PARTIALLY_REFUNDED": FinancialStatus.PARTIALLY_REFUNDED,
    "REFUNDED": FinancialStatus.REFUNDED,
    "VOIDED": FinancialStatus.VOIDED,
}
