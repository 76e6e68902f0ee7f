"""Affiliates' links: in what the Scout finds, tracked when followed, earning when it is bought (2.6-2)."""

import asyncio
from typing import Any

import pytest

from tests.affiliates import Partnership, bought, clicked, followed, query_of, registered
from tests.harness import World
from tests.street import flowers, opened


@pytest.fixture
async def bo(world: World) -> Partnership:
    await opened(world, "corner", flowers("red", "red", 10_000), flowers("white", "white", 3_000))
    return await registered(world)


async def terms(world: World, order: dict[str, Any]) -> list[tuple[str, int, int]]:
    stored = await world.app.orders.get(order["id"])
    return [
        (leg.terms.affiliate_id, leg.terms.commission_bps, leg.terms.commission_minor) for leg in stored.legs
    ]


@pytest.mark.flow("2.6-2")
async def test_a_followed_link_leads_to_its_target_with_tracking_and_is_counted(
    world: World, bo: Partnership
) -> None:
    link = await bo.link(target_url="https://limo.example/vip?color=black#seats", product_id="red")
    assert (link["type"], link["token"]) == ("deep_link", None)
    answer = await followed(world, link)
    assert answer.headers["Location"].startswith("https://limo.example/vip?color=black&affiliate_id=")
    assert answer.headers["Location"].endswith("#seats")
    assert answer.body["data"]["location"] == answer.headers["Location"]
    told = query_of(answer)
    assert (told["affiliate_id"], told["ref"]) == ((await bo.now())["tracking_id"], "uso")
    assert query_of(await followed(world, link))["click_id"] != told["click_id"]
    (shown,) = await bo.owner.get(f"{bo.base}/links")
    assert (shown["clicks"], shown["conversions"]) == (2, 0)
    assert (await bo.dashboard())["clicks"] == 2


@pytest.mark.flow("2.6-2")
async def test_robots_and_heads_are_led_on_and_not_counted(world: World, bo: Partnership) -> None:
    link = await bo.link()
    for answer in (
        await followed(world, link, **{"User-Agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"}),
        await followed(world, link, **{"User-Agent": ""}),
        await followed(world, link, "HEAD"),
    ):
        assert answer.status == 302
        assert "click_id" not in answer.headers["Location"]
    assert (await bo.dashboard())["clicks"] == 0


@pytest.mark.flow("2.6-2")
async def test_many_clicks_at_once_are_all_counted(world: World, bo: Partnership) -> None:
    link = await bo.link()
    ids = await asyncio.gather(*(clicked(world, link) for _ in range(40)))
    assert len(set(ids)) == 40
    assert (await bo.dashboard())["clicks"] == 40


@pytest.mark.flow("2.6-2")
@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"target_url": "https://evil.example/"}, "target_url"),
        ({"target_url": "https://limo.example.evil.example/"}, "target_url"),
        ({"target_url": "http://limo.example/"}, "target_url"),
        ({"target_url": "https://limo.example@evil.example/"}, "target_url"),
        ({"target_url": "https://127.0.0.1/"}, "target_url"),
        ({"target_url": "javascript:alert(1)"}, "target_url"),
        ({"target_url": "https://limo.example/\r\nSet-Cookie: a=b"}, "target_url"),
        ({"target_url": "//evil.example"}, "target_url"),
        ({"product_id": "no-such-product"}, "product_id"),
        ({"vendor_id": "no-such-vendor"}, "vendor_id"),
        ({"product_id": "red", "vendor_id": "corner"}, "vendor_id"),
        ({"type": "spt"}, "type"),
    ],
)
async def test_a_link_leads_nowhere_but_to_what_is_the_affiliates(
    world: World, bo: Partnership, more: dict[str, Any], field: str
) -> None:
    body = {"target_url": "https://limo.example/", **more}
    answer = await bo.owner.call("POST", f"{bo.base}/links", body)
    assert (answer.status, answer.body["errors"][0]["field"]) == (400, field)
    assert await bo.owner.get(f"{bo.base}/links") == []


@pytest.mark.flow("2.6-2")
async def test_where_a_link_leads_is_not_the_visitors_to_say(world: World, bo: Partnership) -> None:
    link = await bo.link()
    path = link["url"].rpartition("/l/")[2]
    for query in ("target=https://evil.example", "url=//evil.example", "affiliate_id=evil&click_id=x"):
        answer = await world.send("GET", f"/l/{path}?{query}", headers={"User-Agent": "Mozilla/5.0 Safari"})
        assert answer.headers["Location"].startswith("https://limo.example/shop?affiliate_id=trk")
        assert "evil" not in answer.headers["Location"]
    unknown = await world.send("GET", "/l/aff_0000-k000000000000")
    assert (unknown.status, unknown.code) == (404, "not_found")


@pytest.mark.flow("2.6-2")
async def test_the_same_link_made_again_is_the_same(world: World, bo: Partnership) -> None:
    first, second = await bo.link(), await bo.link()
    assert first["id"] == second["id"]
    assert (await bo.link(product_id="red"))["id"] != first["id"]
    assert len(await bo.owner.get(f"{bo.base}/links")) == 2


@pytest.mark.flow("2.6-2")
async def test_an_affiliates_products_are_found_with_its_links_and_that_is_counted(world: World) -> None:
    shop = await opened(world, "vineyard", flowers("wine", "red", name="Quixotic Wine Crate"))
    seller = await registered(world, by=shop.portal)
    await world.settle()
    (home,) = await seller.owner.get(f"{seller.base}/links")
    assert (home["vendor_id"], home["target_url"]) == ("vineyard", "https://limo.example/")
    answer = await world.nobody().call("GET", "/api/v1/discover", intent="quixotic wine crate")
    found = answer.data
    nodes = [each["item"] for each in answer.body["machine_readable"]["itemListElement"]]
    assert {node["sku"]: node.get("url") for node in nodes}["wine"] == home["url"]
    offer = next(each for each in found["products"] if each["id"] == "wine")
    assert offer["affiliate_link"] == home["url"]
    assert offer["vendor"] == "Vineyard"
    assert all(each["affiliate_link"] is None for each in found["products"] if each["id"] != "wine")
    own = await seller.link(target_url="https://limo.example/wine", product_id="wine")
    said = await world.customer().post("/api/v1/chat", {"text": "quixotic wine crate for tomorrow"})
    linked = {each["id"]: each["affiliate_link"] for each in said["products"]}
    assert linked["wine"] == own["url"]
    await clicked(world, own)
    figures = await seller.dashboard()
    assert (figures["shown"], figures["clicks"], figures["click_through_rate"]) == (2, 1, 0.5)


@pytest.mark.flow("2.6-2")
async def test_a_protocol_native_affiliate_gets_tokens_that_an_agent_can_pay_with(world: World) -> None:
    await opened(world, "corner", flowers("red", "red", 10_000))
    native = await registered(world, manifest_type="ucp", manifest_url="https://limo.example/.well-known/ucp")
    link = await native.link(product_id="red")
    assert (link["type"], link["token"]) == ("spt", f"spt_{link['id']}")
    order = await bought(world, link["token"], "red")
    assert await terms(world, order) == [(native.id, 500, 0)]


@pytest.mark.flow("2.6-2")
async def test_a_purchase_after_a_click_makes_a_commission_and_the_affiliate_is_told(
    world: World, bo: Partnership
) -> None:
    link = await bo.link(product_id="red")
    order = await bought(world, await clicked(world, link), "red", "white")
    assert await terms(world, order) == [(bo.id, 500, 0), ("", 0, 0)]
    (commission,) = await bo.commissions()
    assert (commission["order_id"], commission["status"]) == (order["id"], "pending")
    assert commission["order_value"]["minor"] == 10_000
    assert commission["commission"]["minor"] == 500
    assert (await bo.told())[-1] == "An order came through your link: $5.00 once it is delivered."
    (shown,) = await bo.owner.get(f"{bo.base}/links")
    assert (shown["clicks"], shown["conversions"]) == (1, 1)
    assert (await bo.dashboard())["conversion_rate"] == 1.0


@pytest.mark.flow("2.6-2")
async def test_a_fixed_commission_is_per_order_however_many_items(world: World, bo: Partnership) -> None:
    flat = await registered(world, commission={"type": "cpa", "fixed_minor": 700})
    order = await bought(world, await clicked(world, await flat.link()), "red", "white")
    assert [each[0] for each in await terms(world, order)] == [flat.id, flat.id]
    assert sum(each[2] for each in await terms(world, order)) == 700
    small = await bought(world, await clicked(world, await flat.link()), "white")
    assert await terms(world, small) == [(flat.id, 0, 600)], "never more than a fifth of the order"


@pytest.mark.flow("2.6-2")
async def test_nobody_earns_on_what_the_click_was_not_about(world: World, bo: Partnership) -> None:
    click = await clicked(world, await bo.link(product_id="white"))
    assert await terms(world, await bought(world, click, "red")) == [("", 0, 0)]
    nonsense = await bought(world, "aff_0000-c_00000000", "red")
    assert await terms(world, nonsense) == [("", 0, 0)]
    assert nonsense["status"] == "processing", "a wrong click keeps nobody from buying"
    assert await bo.commissions() == []


@pytest.mark.flow("2.6-2")
async def test_nobody_earns_on_their_own_orders(world: World, bo: Partnership) -> None:
    click = await clicked(world, await bo.link())
    order = await bought(world, click, "red", by=bo.owner)
    assert await terms(world, order) == [("", 0, 0)]
    assert await terms(world, await bought(world, click, "red")) == [(bo.id, 500, 0)]


@pytest.mark.flow("2.6-2")
async def test_a_click_counts_for_thirty_days(world: World, bo: Partnership) -> None:
    click = await clicked(world, await bo.link())
    await world.advance(days=29, hours=23)
    assert await terms(world, await bought(world, click, "red")) == [(bo.id, 500, 0)]
    await world.advance(hours=2)
    assert await terms(world, await bought(world, click, "white")) == [("", 0, 0)]


@pytest.mark.flow("2.6-2")
async def test_a_rate_that_an_admin_changes_counts_for_orders_from_then_on(
    world: World, bo: Partnership
) -> None:
    click = await clicked(world, await bo.link())
    before = await bought(world, click, "red")
    settings = f"/api/v1/admin/affiliates/{bo.id}/settings"
    await world.admin().call("PUT", settings, {"commission": {"type": "cpe", "rate_bps": 1000}})
    after = await bought(world, click, "red")
    assert await terms(world, before) == [(bo.id, 500, 0)]
    assert await terms(world, after) == [(bo.id, 1000, 0)]
    await world.admin().call("PUT", settings, {"active": False})
    assert await terms(world, await bought(world, click, "white")) == [("", 0, 0)]
