"""Global fee configuration: by region and service type, for orders from then on, partners told (5.1-2)."""

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.catalogue import Channel, ChannelKind
from tests.harness import HOME, World
from tests.street import flowers, opened, ordered

FEES = "/api/v1/admin/fees"
REGION = {"name": "downtown", "centre": HOME["point"], "radius_km": 5}


async def set_fees(world: World, version: int, default: int, **more: Any) -> Any:
    """Replace the table; those whom it concerns have been told."""
    answer = await world.admin().call("PUT", FEES, {"version": version, "default_bps": default, **more})
    await world.settle()
    return answer


async def fee_of(world: World, item: str, **more: Any) -> int:
    """The rate that an order of an item is agreed at."""
    deal = await ordered(world, item, **more)
    return (await world.app.orders.get(deal.id)).legs[0].terms.fee_bps


@pytest.mark.flow("5.1-2")
async def test_until_an_admin_sets_fees_the_settings_count(world: World) -> None:
    shown = await world.admin().get(FEES)
    assert shown["version"] == 0
    assert shown["in_force"]["rates"] == {"default_bps": 1000, "regions": [], "rules": []}
    assert shown["in_force"]["effective_from"] is None
    await opened(world, "corner", flowers("red", "red"))
    assert await fee_of(world, "red") == 1000


@pytest.mark.flow("5.1-2")
async def test_rates_by_region_and_service_type_count_for_orders_from_then_on(world: World) -> None:
    await opened(world, "near", flowers("red", "red"), {**flowers("wrap", "red"), "kind": "packaging"})
    far = {"address": "Houston", "point": {"latitude": 29.76, "longitude": -95.36}}
    await opened(world, "far", flowers("white", "white"), location=far)
    before = await ordered(world, "red")
    rules = [
        {"region": "downtown", "fee_bps": 1500},
        {"kind": "packaging", "fee_bps": 500},
        {"region": "downtown", "kind": "packaging", "fee_bps": 700},
    ]
    answer = await set_fees(world, 0, 1200, regions=[REGION], rules=rules)
    assert answer.data["version"] == answer.data["in_force"]["version"] == 1
    assert await fee_of(world, "red") == 1500
    assert await fee_of(world, "wrap") == 700
    await world.app.catalogue.refresh()
    vendor = world.app.catalogue.vendor("far")
    white = world.app.catalogue.product("white")
    assert await world.app.fees.rate_for(vendor, white, world.now()) == 1200
    assert (await world.app.orders.get(before.id)).legs[0].terms.fee_bps == 1000


@pytest.mark.flow("5.1-2")
async def test_a_table_may_begin_later_and_a_newer_one_calls_it_off(world: World) -> None:
    await opened(world, "corner", flowers("red", "red"))
    june = (world.now() + timedelta(days=10)).isoformat()
    shown = (await set_fees(world, 0, 2000, effective_from=june)).data
    assert shown["in_force"]["version"] == 0
    assert [table["version"] for table in shown["upcoming"]] == [1]
    assert await fee_of(world, "red") == 1000
    shown = (await set_fees(world, 1, 900)).data
    assert (shown["in_force"]["version"], shown["upcoming"]) == (2, [])
    assert [table["version"] for table in shown["history"]] == [2, 1, 0]
    await world.advance(days=11)
    assert await fee_of(world, "red") == 900


@pytest.mark.flow("5.1-2")
async def test_a_table_comes_into_force_at_its_instant(world: World) -> None:
    await opened(world, "corner", flowers("red", "red"))
    await set_fees(world, 0, 2000, effective_from=(world.now() + timedelta(hours=2)).isoformat())
    assert await fee_of(world, "red") == 1000
    await world.advance(hours=2)
    assert await fee_of(world, "red") == 2000


@pytest.mark.flow("5.1-2")
async def test_two_admins_cannot_overwrite_each_other(world: World) -> None:
    first = await set_fees(world, 0, 1100)
    second = await set_fees(world, 0, 1300)
    assert first.status == 200
    assert (second.status, second.code) == (409, "stale_version")
    assert second.body["errors"][0]["field"] == "version"
    again = await set_fees(world, 0, 1100)
    assert again.data["in_force"] == first.data["in_force"], "the same request again changes nothing"
    assert (await world.admin().get(FEES))["version"] == 1


@pytest.mark.flow("5.1-2")
@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"default_bps": 10_001}, "default_bps"),
        ({"default_bps": -1}, "default_bps"),
        ({"default_bps": 1.5}, "default_bps"),
        ({"rules": [{"kind": "service", "fee_bps": 20_000}]}, "rules.0.fee_bps"),
        ({"rules": [{"region": "mars", "fee_bps": 1}]}, "rules.0.region"),
        ({"rules": [{"kind": "moon", "fee_bps": 1}]}, "rules.0.kind"),
        ({"rules": [{"fee_bps": 1}]}, "rules.0"),
        ({"regions": [{**REGION, "radius_km": 0}]}, "regions.0.radius_km"),
        ({"effective_from": "2026-05-04T13:59:59Z"}, "effective_from"),
    ],
)
async def test_a_wrong_table_is_refused_by_field_and_changes_nothing(
    world: World, more: dict[str, Any], field: str
) -> None:
    answer = await set_fees(world, 0, **{"default": 1000, **more})  # type: ignore[arg-type]
    assert (answer.status, answer.body["errors"][0]["field"]) == (400, field)
    assert (await world.admin().get(FEES))["version"] == 0


@pytest.mark.flow("5.1-2")
async def test_each_partner_whose_own_rates_change_is_told_once(world: World) -> None:
    near = await opened(world, "near", flowers("red", "red"))
    far_place = {"address": "Houston", "point": {"latitude": 29.76, "longitude": -95.36}}
    far = await opened(world, "far", flowers("white", "white"), location=far_place)
    rules = [{"region": "downtown", "kind": "product", "fee_bps": 1250}]
    begins = (world.now() + timedelta(days=1)).isoformat()
    await set_fees(world, 0, 1000, regions=[REGION], rules=rules, effective_from=begins)
    text = (
        "Our fees change for orders placed from Tuesday 05 May 2026, 09:00: "
        "12.5 % instead of 10 % on product."
    )
    assert await near.inbox("notice") == [text]
    assert await far.inbox("notice") == []
    mine = await near.portal.get("/api/v1/partners/me/fees")
    assert mine["rates"] == [{"kind": "product", "fee_bps": 1000, "because": "default"}]
    assert mine["upcoming"][0]["rates"] == [
        {"kind": "product", "fee_bps": 1250, "because": "downtown, product"}
    ]
    await world.advance(hours=1)
    assert await near.inbox("notice") == [text], "nobody is told twice"


@pytest.mark.flow("5.1-2")
async def test_what_was_announced_and_then_called_off_is_told_as_well(world: World) -> None:
    shop = await opened(world, "corner", flowers("red", "red"))
    await set_fees(world, 0, 2000, effective_from=(world.now() + timedelta(days=9)).isoformat())
    await set_fees(world, 1, 1000)
    assert sorted(text.partition(": ")[2] for text in await shop.inbox("notice")) == [
        "10 % on product as before, whatever was announced.",
        "20 % instead of 10 % on product.",
    ]


@pytest.mark.flow("5.1-2")
async def test_a_partner_that_cannot_be_reached_stops_no_other_and_is_tried_again(world: World) -> None:
    lost = await opened(world, "a-lost-shop", flowers("red", "red"))
    shop = await opened(world, "corner", flowers("white", "white"))
    catalogue = world.app.catalogue
    await catalogue.refresh()
    reachable = catalogue.vendor(lost.id)
    await catalogue.put_vendor(reachable.model_copy(update={"channel": Channel(kind=ChannelKind.SMS)}))
    shown = (await set_fees(world, 0, 1100)).data
    assert len(await shop.inbox("notice")) == 1
    assert (await world.admin().get(FEES))["unreached"] == [lost.id], shown
    assert await lost.inbox("notice") == []
    await catalogue.put_vendor(reachable)
    await world.advance(minutes=11)
    assert len(await lost.inbox("notice")) == 1
    assert len(await shop.inbox("notice")) == 1
    assert (await world.admin().get(FEES))["unreached"] == []
