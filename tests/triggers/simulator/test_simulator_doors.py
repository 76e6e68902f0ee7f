import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from simulator_doors import AUSTIN, REAL, Doors

from shared.domain.money import Money
from shared.domain.scout import ScoutQuery
from shared.ports.channels import PartnerMessage
from triggers.simulator.table import SIMULATOR

SHOP = {"id": "shop", "name": "Shop", "business_type": "florist", "location": AUSTIN}
ROSES = {"id": "roses", "name": "Violet Roses", "price": {"minor": 2500, "currency": "USD"}, "quantity": 3}
MANUAL = {"name": "by hand", "partner_ids": ["shop"], "response": "manual"}


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    result = Doors(tmp_path)
    await result.data("POST", "partners", SHOP)
    yield result
    await result.app.store.close()


def change(n: int = 1, **fields: object) -> PartnerMessage:
    return PartnerMessage.model_validate(
        {
            "id": f"ord_{n}-n1.1:ask",
            "reference": f"ord_{n}-n1.1",
            "kind": "change_request",
            "order_id": f"ord_{n}",
            "leg_id": f"ord_{n}-l1",
            "text": "Pink instead of red?",
            "item": "pink flowers",
            "order_value": Money(minor=5000),
            **fields,
        }
    )


async def found(doors: Doors, text: str) -> list[str]:
    result = await doors.app.catalogue.search(ScoutQuery(text=text, in_stock_only=True))
    return [hit.id for hit in result.hits]


# --- who may come in ------------------------------------------------------------------------------


@pytest.mark.parametrize("route", SIMULATOR, ids=lambda route: route.name)
async def test_only_admins_come_in(doors: Doors, route: Any) -> None:
    path = route.path.removeprefix("api/v1/simulator/").replace("{", "").replace("}", "")
    body = {} if route.method in ("POST", "PUT") else None
    assert (await doors.problem(route.method, path, body, token=None))[0] == 401
    assert (await doors.problem(route.method, path, body, token="eve"))[0] == 403


async def test_a_real_vendor_is_not_found_here_and_cannot_be_taken_over(doors: Doors) -> None:
    await doors.app.catalogue.put_vendor(REAL)
    body = {key: value for key, value in SHOP.items() if key != "id"}
    assert (await doors.problem("GET", "partners/real-florist"))[0] == 404
    assert (await doors.problem("PUT", "partners/real-florist", body))[0] == 404
    assert (await doors.problem("DELETE", "partners/real-florist"))[0] == 404
    assert (await doors.problem("POST", "partners/real-florist/products", ROSES))[0] == 404
    assert (await doors.problem("POST", "partners", {**SHOP, "id": "real-florist"}))[0] == 409
    scenario = {"script": {**MANUAL, "partner_ids": ["real-florist"]}}
    assert (await doors.problem("POST", "scenarios", scenario))[2] == "partner_ids.0"
    assert doors.app.catalogue.vendor("real-florist") == REAL


# --- partners and products ------------------------------------------------------------------------


@pytest.mark.flow("5.4-1")
@pytest.mark.flow("5.4-3")
async def test_what_a_partner_sells_is_in_the_scout_at_once_and_gone_at_once(doors: Doors) -> None:
    await doors.data("POST", "partners/shop/products", ROSES)
    assert await found(doors, "violet roses") == ["roses"]
    sheet = {key: value for key, value in ROSES.items() if key != "id"}
    await doors.data("PUT", "partners/shop/products/roses", {**sheet, "quantity": 0})
    assert await found(doors, "violet roses") == []
    shown = await doors.data(
        "PUT", "partners/shop/products/roses", {**sheet, "quantity": None, "price": {"minor": 1}}
    )
    assert shown["quantity"] is None
    assert doors.app.catalogue.product("roses").price == Money(minor=1)
    assert await found(doors, "violet roses") == ["roses"]
    await doors.data("DELETE", "partners/shop/products/roses")
    assert await found(doors, "violet roses") == []
    assert await doors.data("GET", "partners/shop/products") == []


async def test_a_removed_partner_leaves_the_scout(doors: Doors) -> None:
    await doors.data("POST", "partners/shop/products", ROSES)
    await doors.data("DELETE", "partners/shop")
    assert await found(doors, "violet roses") == []
    assert (await doors.problem("GET", "partners/shop"))[0] == 404
    assert await doors.data("GET", "partners") == []


async def test_a_repeated_request_makes_one_partner(doors: Doors) -> None:
    body = {key: value for key, value in SHOP.items() if key != "id"}
    key = {"Idempotency-Key": "k1"}
    first = await doors.data("POST", "partners", body, headers=key)
    again = await doors.data("POST", "partners", body, headers=key)
    other = await doors.data("POST", "partners", body)
    assert first["id"] == again["id"] != other["id"]
    assert len(await doors.data("GET", "partners")) == 3


async def test_an_address_alone_is_looked_up(doors: Doors) -> None:
    made = await doors.data("POST", "partners", {**SHOP, "id": "two", "location": {"address": "Austin"}})
    assert abs(made["location"]["point"]["latitude"] - 30.27) < 0.2
    status, _, where = await doors.problem("POST", "partners", {**SHOP, "location": {"address": "Atlantis"}})
    assert (status, where) == (400, "location.address")


@pytest.mark.parametrize(
    ("hours", "where"),
    [
        ({"zone": "Mars/Olympus"}, "hours.zone"),
        ({"zone": "../etc/passwd"}, "hours.zone"),
        ({"opens": "18:00"}, "hours.closes"),
        ({"opens": "09:00Z"}, "hours.opens"),
        ({"days": [7]}, "hours.days.0"),
        ({"days": []}, "hours.days"),
    ],
)
async def test_impossible_hours_are_refused_by_name(doors: Doors, hours: Any, where: str) -> None:
    status, _, at = await doors.problem("POST", "partners", {**SHOP, "id": "x", "hours": hours})
    assert (status, at) == (400, where)


# --- scenarios ------------------------------------------------------------------------------------


@pytest.mark.flow("5.4-4")
async def test_a_written_scenario_decides_the_next_answer(doors: Doors) -> None:
    trigger = {
        "type": "all",
        "of": [
            {"type": "request_type", "any_of": ["change_request"]},
            {
                "type": "any",
                "of": [{"type": "product_contains", "text": "PINK"}, {"type": "user_type", "user": "vip"}],
            },
        ],
    }
    outcomes = [
        {"verdict": "reject", "text": "No {requested_item}, says {partner_name}.", "delay_seconds": 60}
    ]
    script = {
        "name": "no pink",
        "partner_ids": ["shop"],
        "trigger": trigger,
        "steps": [{"outcomes": outcomes}],
    }
    made = await doors.data("POST", "scenarios", {"script": script})
    assert made["condition"].startswith("request is change_request AND (product contains 'PINK' OR")
    await doors.ask(change(), partner="shop")
    (entry,) = (await doors.data("GET", "history"))["items"]
    assert entry["answer"]["text"] == "No pink flowers, says Shop."
    assert entry["scenario_id"] == made["id"]
    assert entry["status"] == "scheduled"


@pytest.mark.flow("5.4-4")
async def test_a_scenario_is_read_rewritten_and_deleted(doors: Doors) -> None:
    body = {"id": "s1", "script": {"name": "a", "type": "rejection", "partner_ids": ["shop"]}}
    await doors.data("POST", "scenarios", body)
    assert (await doors.data("GET", "scenarios/s1"))["script"]["type"] == "rejection"
    await doors.data("PUT", "scenarios/s1", {**body["script"], "active": False})
    assert await doors.data("GET", "scenarios?active=true") == []
    assert len(await doors.data("GET", "scenarios?partner_id=shop")) == 1
    await doors.data("DELETE", "scenarios/s1")
    assert (await doors.problem("GET", "scenarios/s1"))[0] == 404
    assert (await doors.problem("POST", "scenarios", body))[:2] == (409, "scenario_id_taken")


@pytest.mark.flow("5.4-6")
async def test_a_preview_walks_through_the_steps_and_asks_nobody(doors: Doors) -> None:
    steps = [{"outcomes": [{"verdict": "reject", "text": text}]} for text in ("one", "two")]
    script = {"name": "chain", "partner_ids": [], "active": False, "steps": steps}
    await doors.data("POST", "scenarios", {"id": "chain", "script": script})
    samples = [{"id": f"m{n}", "type": "order", "item": "roses"} for n in range(3)]
    shown = await doors.data("POST", "scenarios/chain/preview", {"partner_id": "shop", "samples": samples})
    assert [each["response"]["text"] for each in shown] == ["one", "two", "two"]
    assert (await doors.data("GET", "history"))["items"] == []
    assert (await doors.problem("POST", "scenarios/chain/preview", {"samples": samples}))[2] == "partner_id"


@pytest.mark.parametrize(
    "script",
    [
        {"name": "x"},
        {"name": "x", "type": "counter_offer"},
        {"name": "x", "steps": [{"outcomes": [{"verdict": "reject", "text": "{secret}"}]}]},
        {"name": "x", "steps": [{"outcomes": [{"verdict": "accept", "weight": 0}]}]},
        {"name": "x", "type": "rejection", "trigger": {"type": "time_of_day"}},
        {"name": "x", "type": "rejection", "partner_ids": ["nobody"]},
    ],
)
async def test_a_scenario_that_could_fail_later_is_refused_now(doors: Doors, script: Any) -> None:
    assert (await doors.problem("POST", "scenarios", {"script": script}))[0] == 400


# --- the manual queue -----------------------------------------------------------------------------


@pytest.mark.flow("5.4-5")
async def test_a_person_answers_from_the_queue_in_the_partners_name(doors: Doors) -> None:
    await doors.data("POST", "scenarios", {"script": MANUAL})
    await doors.ask(change(), partner="shop")
    (waiting,) = (await doors.data("GET", "responses/queue?partner_id=shop&type=change_request"))["items"]
    assert (waiting["status"], waiting["partner_name"]) == ("pending", "Shop")
    path = f"responses/{waiting['id']}"
    assert (await doors.data("POST", f"{path}/assign", {"to": "bob"}))["assigned_to"] == "bob"
    done = await doors.data("POST", f"{path}/respond", {"verdict": "accept", "text": "Gladly!"}, token="bob")
    assert (done["status"], done["answer"]["by"]) == ("responded", "bob")
    assert (await doors.data("GET", "responses/queue"))["items"] == []
    assert len((await doors.data("GET", "responses/queue?status=responded"))["items"]) == 1
    again = await doors.problem("POST", f"{path}/respond", {"verdict": "reject", "text": "No"})
    assert again[:2] == (409, "illegal_move")


@pytest.mark.flow("5.4-5")
async def test_a_suggestion_is_sent_as_filled_in(doors: Doors) -> None:
    steps = [{"outcomes": [{"verdict": "reject", "text": "No {requested_item}."}]}]
    await doors.data("POST", "scenarios", {"script": {**MANUAL, "steps": steps}})
    await doors.ask(change(), partner="shop")
    path = "responses/shop.ord_1-n1.1:ask"
    assert (await doors.data("GET", path))["request"]["suggestions"] == ["No pink flowers."]
    assert (await doors.problem("POST", f"{path}/respond", {"verdict": "reject", "suggestion": 1}))[0] == 400
    assert (await doors.problem("POST", f"{path}/respond", {"verdict": "reject"}))[0] == 400
    done = await doors.data("POST", f"{path}/respond", {"verdict": "reject", "suggestion": 0})
    assert done["answer"]["text"] == "No pink flowers."


@pytest.mark.flow("5.4-5")
async def test_a_bulk_answer_reports_each_request(doors: Doors) -> None:
    await doors.data("POST", "scenarios", {"script": MANUAL})
    for n in (1, 2):
        await doors.ask(change(n), partner="shop")
    ids = ["shop.ord_1-n1.1:ask", "shop.nothing", "nonsense", "shop.ord_2-n1.1:ask"]
    lines = await doors.data(
        "POST", "responses/bulk", {"ids": ids, "answer": {"verdict": "reject", "text": "Closed today"}}
    )
    assert [line["code"] for line in lines] == ["", "not_found", "not_found", ""]
    assert (await doors.data("GET", "responses/queue"))["items"] == []


async def test_a_request_past_its_time_is_expired_everywhere(doors: Doors) -> None:
    await doors.data("POST", "scenarios", {"script": MANUAL})
    await doors.ask(change(reply_by=doors.clock.now().replace(minute=15)), partner="shop")
    doors.clock.pass_(minutes=15)
    assert (await doors.data("GET", "responses/queue"))["items"] == []
    (late,) = (await doors.data("GET", "responses/queue?status=expired"))["items"]
    answer = {"verdict": "accept", "text": "Too late?"}
    assert (await doors.problem("POST", f"responses/{late['id']}/respond", answer))[0] == 409


@pytest.mark.parametrize("id", ["simulator:partners.shop", "shop.event:x", "shop.inbox:x", "shop", "shop."])
async def test_no_other_document_can_be_reached_as_a_response(doors: Doors, id: str) -> None:
    assert (await doors.problem("GET", f"responses/{id}"))[0] == 404


# --- the live demo --------------------------------------------------------------------------------


@pytest.mark.flow("5.4-2")
async def test_the_live_demo_is_one_click_with_or_without_a_body(doors: Doors) -> None:
    first = await doors.data("POST", "live-demo/setup")
    moved = await doors.data(
        "POST", "live-demo/setup", {"location": {"latitude": 40.7128, "longitude": -74.006}}
    )
    names = [shop["partner"]["name"] for shop in moved["partners"]]
    assert names == [shop["partner"]["name"] for shop in first["partners"]]
    assert names == ["Flower Shop A", "Flower Shop B"]
    assert moved["partners"][0]["partner"]["location"]["point"]["latitude"] == 40.7128
    assert len(await doors.data("GET", "live-demo/scenarios")) == 3
    await doors.data("POST", "live-demo/reset", {})
    assert len(await doors.data("GET", "partners")) == 3


# --- history --------------------------------------------------------------------------------------


async def played(doors: Doors, count: int) -> None:
    for n in range(count):
        doors.clock.pass_(minutes=n % 2)
        await doors.ask(change(n), partner="shop" if n % 3 else "demo-flower-shop-a")


@pytest.mark.flow("5.4-8")
async def test_the_history_is_paged_without_gaps_over_all_partners(doors: Doors) -> None:
    await doors.data("POST", "live-demo/setup")
    await played(doors, 11)
    seen: list[str] = []
    after = ""
    while True:
        page = await doors.data("GET", f"history?limit=3{after}")
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    whole = [item["id"] for item in (await doors.data("GET", "history?limit=200"))["items"]]
    assert seen == whole
    assert len(set(seen)) == 11
    one = await doors.data("GET", "history?partner_id=demo-flower-shop-a")
    assert len(one["items"]) == 4


@pytest.mark.flow("5.4-8")
async def test_the_history_is_filtered_by_time_and_status(doors: Doors) -> None:
    await doors.ask(change(1), partner="shop")
    doors.clock.pass_(hours=1)
    await doors.ask(change(2), partner="shop")
    (late,) = (await doors.data("GET", "history?since=2026-05-04T15:30:00Z"))["items"]
    (early,) = (await doors.data("GET", "history?until=2026-05-04T15:30:00Z"))["items"]
    assert (early["reference"], late["reference"]) == ("ord_1-n1.1", "ord_2-n1.1")
    assert (await doors.data("GET", "history?status=responded"))["items"] == []
    assert (await doors.problem("GET", "history?since=yesterday"))[0] == 400
    assert (await doors.problem("GET", "history?after=rubbish"))[0] == 400


@pytest.mark.flow("5.4-8")
async def test_metrics_count_answers_rates_and_scenarios(doors: Doors) -> None:
    steps = [{"outcomes": [{"verdict": "reject"}]}]
    script = {"name": "n", "partner_ids": ["shop"], "steps": steps}
    await doors.data("POST", "scenarios", {"id": "no", "script": script})
    await doors.ask(change(1), partner="shop")
    await doors.data("DELETE", "scenarios/no")
    await doors.data("POST", "scenarios", {"id": "hand", "script": MANUAL})
    await doors.ask(change(2), partner="shop")
    doors.clock.pass_(seconds=90)
    answer = {"verdict": "accept", "text": "Yes"}
    await doors.data("POST", "responses/shop.ord_2-n1.1:ask/respond", answer)
    figures = await doors.data("GET", "metrics")
    assert (figures["requests"], figures["answered"], figures["manual"]) == (2, 1, 1)
    assert (figures["accept_rate"], figures["reject_rate"]) == (1.0, 0.0)
    assert figures["response_seconds"]["p50"] == 90
    assert figures["scenario_triggers"] == {"hand": 1, "no": 1}


@pytest.mark.flow("5.4-8")
async def test_the_export_is_csv_that_no_spreadsheet_runs(doors: Doors) -> None:
    await doors.ask(change(1, text='=HYPERLINK("http://x")', item="\n@SUM(A1)"), partner="shop")
    response = await doors.call("GET", "history/export")
    assert response.headers["Content-Type"].startswith("text/csv")
    header, row = csv.reader(io.StringIO(response.get_body().decode(), newline=""))
    cells = dict(zip(header, row, strict=True))
    assert cells["request"] == '\'=HYPERLINK("http://x")'
    assert cells["item"] == "'\n@SUM(A1)"
    assert cells["order_value_minor"] == "5000"
