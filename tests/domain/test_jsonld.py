import json
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain import jsonld
from shared.domain.catalogue import Availability, Bundle, Product, Vendor, Visibility
from shared.domain.money import Money
from shared.domain.orders import Order, order_leg
from shared.domain.places import GeoPoint, Place
from shared.domain.status import OrderStatus
from shared.domain.timechain import Timeline

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
HOME = Place(address="1 Main St, Austin", point=GeoPoint(latitude=30.27, longitude=-97.74))
SHOP = Vendor(id="shop-b", name="Flower Shop B", business_type="florist", place=HOME)
FLOWERS = Product(
    id="pink-flowers",
    vendor_id="shop-b",
    name="Pink Flowers",
    description="A bunch",
    price=Money(minor=5500),
    colours=frozenset({"pink", "white"}),
    capabilities=frozenset({"gift wrap"}),
    image_url="https://cdn.example/p.jpg",
)
VASE = Product(id="vase", vendor_id="shop-b", name="Vase", price=Money(minor=1205))


def bundle(visibility: Visibility) -> Bundle:
    return Bundle(
        id="set",
        name="Set",
        product_ids=("pink-flowers", "vase"),
        price=Money(minor=6000),
        visibility=visibility,
    )


def order(visibility: Visibility = Visibility.TRANSPARENT, status: OrderStatus = OrderStatus.PAID) -> Order:
    timeline = Timeline(
        starts_at=NOW,
        arrival=NOW + timedelta(hours=3),
        deadline=None,
        is_feasible=True,
        late_minutes=0,
        total_minutes=180,
        confidence=0.9,
        critical_path=(),
        breaking_leg=None,
        legs=(),
    )
    return Order(
        id="o-1",
        created_at=NOW,
        updated_at=NOW,
        customer_id="alice",
        thread_id="t",
        legs=(order_leg("o-1-l1", FLOWERS, SHOP, 2), order_leg("o-1-l2", VASE, SHOP, 1)),
        deliver_to=HOME,
        deliver_by=NOW + timedelta(hours=4),
        zone="America/Chicago",
        visibility=visibility,
        status=status,
        timeline=timeline,
    )


def test_a_product_names_its_offer_and_seller() -> None:
    node = jsonld.product(FLOWERS, SHOP)
    assert node["@type"] == "Product"
    assert node["color"] == ["pink", "white"]
    assert node["image"] == "https://cdn.example/p.jpg"
    assert node["offers"] == {
        "@type": "Offer",
        "price": "55.00",
        "priceCurrency": "USD",
        "availability": "https://schema.org/InStock",
        "seller": {"@type": "Organization", "@id": "urn:uso:vendor:shop-b", "name": "Flower Shop B"},
    }


def test_what_a_product_lacks_is_left_out() -> None:
    assert set(jsonld.product(VASE, SHOP)) == {"@type", "@id", "sku", "name", "offers"}


@pytest.mark.parametrize("availability", Availability)
def test_every_availability_has_its_term(availability: Availability) -> None:
    node = jsonld.offer(Money(minor=1), seller="x", vendor_id="x", availability=availability)
    assert node["availability"].startswith("https://schema.org/")


def test_a_list_is_ranked_from_one() -> None:
    node = jsonld.item_list(
        [jsonld.product(FLOWERS, SHOP), jsonld.product(VASE, SHOP)], name="flowers", total=9
    )
    assert node["@context"] == "https://schema.org"
    assert node["numberOfItems"] == 9
    assert [(one["position"], one["item"]["sku"]) for one in node["itemListElement"]] == [
        (1, "pink-flowers"),
        (2, "vase"),
    ]


def test_an_empty_list_is_a_list() -> None:
    assert jsonld.item_list([])["numberOfItems"] == 0


def test_a_transparent_bundle_shows_its_parts_and_vendors() -> None:
    included = jsonld.bundle(bundle(Visibility.TRANSPARENT), (FLOWERS, VASE), (SHOP, SHOP))["offers"][
        "includesObject"
    ]
    assert [part["typeOfGood"]["offers"]["price"] for part in included] == ["55.00", "12.05"]


def test_a_hybrid_bundle_names_its_parts_only() -> None:
    text = json.dumps(jsonld.bundle(bundle(Visibility.HYBRID), (FLOWERS, VASE), (SHOP, SHOP)))
    assert "Vase" in text
    assert "Flower Shop B" not in text
    assert "55.00" not in text


def test_a_concierge_bundle_is_a_name_and_a_total() -> None:
    node = jsonld.bundle(bundle(Visibility.CONCIERGE), (FLOWERS, VASE), (SHOP, SHOP))
    assert node["offers"]["price"] == "60.00"
    for hidden in ("Vase", "Pink", "Flower Shop B", "55.00"):
        assert hidden not in json.dumps(node)


def test_an_order_says_what_from_whom_for_how_much_and_when() -> None:
    node = jsonld.order(order())
    assert node["@type"] == "Order"
    assert node["orderStatus"] == "https://schema.org/OrderProcessing"
    assert node["partOfInvoice"]["totalPaymentDue"]["price"] == "122.05"
    assert [leg["orderQuantity"] for leg in node["orderedItem"]] == [2, 1]
    assert [leg["price"] for leg in node["acceptedOffer"]] == ["110.00", "12.05"]
    assert node["orderDelivery"]["expectedArrivalUntil"] == "2026-05-01T15:00:00+00:00"


@pytest.mark.parametrize("status", OrderStatus)
def test_every_status_has_its_term(status: OrderStatus) -> None:
    assert jsonld.order(order(status=status))["orderStatus"].startswith("https://schema.org/Order")


def test_an_order_hides_what_its_visibility_hides() -> None:
    concierge, hybrid = jsonld.order(order(Visibility.CONCIERGE)), jsonld.order(order(Visibility.HYBRID))
    assert "orderedItem" not in concierge
    assert "orderedItem" in hybrid
    for node in (concierge, hybrid):
        assert "Flower Shop B" not in json.dumps(node)
        assert "110.00" not in json.dumps(node)


def test_a_delivery_points_at_its_order() -> None:
    node = jsonld.delivery(order())
    assert (node["@type"], node["partOfOrder"]["orderNumber"]) == ("ParcelDelivery", "o-1")
    assert node["deliveryAddress"]["streetAddress"] == "1 Main St, Austin"


@pytest.mark.parametrize(("minor", "text"), [(0, "0.00"), (5, "0.05"), (123456, "1234.56"), (-250, "-2.50")])
def test_amounts_have_a_dot_and_two_digits(minor: int, text: str) -> None:
    assert jsonld.decimal(Money(minor=minor)) == text
