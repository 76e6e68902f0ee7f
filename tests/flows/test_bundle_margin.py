"""The margin of a bundle, its suggested price and better parts (M20, M22)."""

from shared.domain.catalogue import Bundle
from shared.domain.money import Money
from tests.affiliates import registered
from tests.harness import World
from tests.street import flowers, opened

MARGIN = "/api/v1/admin/bundles/{}/margin"


async def test_a_bundle_says_where_its_price_goes_and_what_would_be_right(world: World) -> None:
    wine = await opened(world, "vineyard", flowers("wine", "red", 20_000, name="Luxury Wine"))
    await opened(world, "limo", flowers("ride", "white", 10_000, name="Limo Ride"))
    await registered(world, by=wine.portal)
    await world.app.catalogue.put_bundle(
        Bundle(id="vip", name="VIP Wine Tour", product_ids=("wine", "ride"), price=Money(minor=30_000))
    )
    shown = await world.admin().get(MARGIN.format("vip"))
    amounts = {name: amount["minor"] for name, amount in shown.items() if isinstance(amount, dict)}
    assert amounts == {
        "total_bundle_price": 30_000,
        "sum_of_parts": 30_000,
        "total_commissions": 1_000,
        "platform_fee": 3_000,
        "total_margin": 3_000,
        "suggested_price": 31_837,
    }
    assert (shown["margin_percentage"], shown["target_percentage"]) == (10.0, 15.0)
    assert [(item["product_id"], item["commission"]["minor"]) for item in shown["breakdown"]] == [
        ("wine", 1_000),
        ("ride", 0),
    ]


async def test_a_cheaper_part_of_the_same_kind_is_an_alternative(world: World) -> None:
    await opened(world, "corner", flowers("red", "red", 10_000), flowers("white", "white", 4_000))
    await opened(world, "second", flowers("rouge", "red", 9_000, name="Red Flowers"))
    await world.app.catalogue.put_bundle(
        Bundle(id="two", name="Two", product_ids=("red", "white"), price=Money(minor=14_000))
    )
    shown = await world.admin().get(MARGIN.format("two"))
    best = shown["alternatives"][0]
    assert (best["replaces"], best["product_id"], best["gain"]["minor"]) == ("red", "rouge", 900)
    assert all(each["gain"]["minor"] > 0 for each in shown["alternatives"])


async def test_every_shipped_bundle_has_a_margin(world: World) -> None:
    await world.app.catalogue.refresh()
    for bundle_id in world.app.catalogue.index.bundles:
        shown = await world.admin().get(MARGIN.format(bundle_id))
        parts = shown["breakdown"]
        assert sum(part["price"]["minor"] for part in parts) == shown["total_bundle_price"]["minor"]


async def test_a_bundle_that_is_none_or_has_lost_a_part_has_no_margin(world: World) -> None:
    assert (await world.admin().call("GET", MARGIN.format("no-such"))).code == "not_found"
    await opened(world, "corner", flowers("red", "red"), flowers("white", "white"))
    await world.app.catalogue.put_bundle(
        Bundle(id="two", name="Two", product_ids=("red", "white"), price=Money(minor=10_000))
    )
    await world.app.catalogue.remove_product("white")
    answer = await world.admin().call("GET", MARGIN.format("two"))
    assert answer.code in ("part_gone", "not_found")
