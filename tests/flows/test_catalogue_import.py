from tests.harness import World

FEED = (
    "handle,title,variant_price,tags\nbb-moss-ball,Moss Ball,12.50,plants\nbb-broken,Broken,twelve,plants\n"
)


async def test_a_feed_is_searchable_at_once_and_its_rejected_rows_are_explained(world: World) -> None:
    florist = world.partner("bluebonnet-blooms")
    report = await florist.post("/api/v1/admin/legacy/ingest", {"format": "csv", "content": FEED})
    assert report["accepted"] == 1
    assert [(row["row"], row["field"]) for row in report["rejected"]] == [(2, "price")]
    found = await world.nobody().get("/api/v1/discover", intent="moss ball")
    assert found["products"][0]["id"] == "bb-moss-ball"


async def test_with_all_or_nothing_one_bad_row_imports_nothing(world: World) -> None:
    feed = {"format": "csv", "content": FEED, "all_or_nothing": True}
    report = await world.partner("bluebonnet-blooms").post("/api/v1/admin/legacy/ingest", feed)
    assert report["accepted"] == 0
    found = await world.nobody().get("/api/v1/discover", intent="moss ball")
    assert all(product["id"] != "bb-moss-ball" for product in found["products"])


async def test_a_partner_cannot_import_for_another_vendor(world: World) -> None:
    feed = {"vendor_id": "rosewood-florals", "format": "csv", "content": FEED}
    answer = await world.partner("bluebonnet-blooms").call("POST", "/api/v1/admin/legacy/ingest", feed)
    assert (answer.status, answer.code) == (400, "invalid_input")


async def test_a_broken_file_is_refused_as_a_whole(world: World) -> None:
    feed = {"vendor_id": "bluebonnet-blooms", "format": "json", "content": "[{"}
    answer = await world.admin().call("POST", "/api/v1/admin/legacy/ingest", feed)
    assert answer.status == 400


async def test_a_partner_cannot_push_its_own_products_up(world: World) -> None:
    feed = "id,name,price,boost,quality\nbb-pushy,Pushy Roses,12.50,1,1\n"
    florist = world.partner("bluebonnet-blooms")
    report = await florist.post("/api/v1/admin/legacy/ingest", {"format": "csv", "content": feed})
    assert (report["accepted"], set(report["ignored_columns"])) == (1, {"boost", "quality"})
    assert world.app.catalogue.product("bb-pushy").boost == 0
