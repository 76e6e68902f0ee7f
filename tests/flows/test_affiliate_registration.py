"""Affiliates: registered, verified, trusted (2.6-1), and managed by admins (5.4-12)."""

from typing import Any

import pytest

from tests.affiliates import FORM, followed, registered
from tests.doors.stage import documents
from tests.harness import World
from tests.street import flowers, opened

ADMIN = "/api/v1/admin/affiliates"


def checks(shown: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {check["check"]: (check["status"], check["method"]) for check in shown["checks"]}


async def managed(world: World, affiliate_id: str, **what: Any) -> Any:
    return await world.admin().call("PUT", f"{ADMIN}/{affiliate_id}/settings", what)


async def reviewed(world: World, affiliate_id: str, check: str, verdict: str) -> Any:
    body = {"check": check, "verdict": verdict, "note": "seen on paper"}
    answer = await world.admin().call("POST", f"{ADMIN}/{affiliate_id}/review", body)
    await world.settle()
    return answer


@pytest.mark.flow("2.6-1")
async def test_a_business_registers_is_verified_and_gets_its_tracking_id(world: World) -> None:
    bo = world.customer("bo")
    made = await bo.call("POST", "/api/v1/affiliates", FORM)
    assert made.status == 202
    assert made.data["status"] == "pending"
    assert made.data["tracking_id"] is None
    assert made.data["missing"] == ["business_license", "insurance", "tax_id"]
    await world.settle()
    shown = await bo.get(made.headers["Location"])
    assert (shown["status"], shown["missing"]) == ("active", [])
    assert set(checks(shown).values()) == {("verified", "api")}
    assert shown["trust_score"] == 45
    assert not shown["white_glove"]
    assert shown["tracking_id"].startswith("trk")
    assert [mine["id"] for mine in await bo.get("/api/v1/affiliates")] == [shown["id"]]
    told = await bo.get(f"{made.headers['Location']}/notices")
    assert [notice["about"] for notice in told] == ["activated", "registered"]
    assert shown["tracking_id"] in told[0]["text"]


@pytest.mark.flow("2.6-1")
async def test_a_creator_needs_an_identity_and_no_licence(world: World) -> None:
    papers = {"identity": "X1234567", "tax_id": "98-7654321"}
    creator = await registered(world, kind="individual_creator", documents=papers)
    shown = await creator.now()
    assert (shown["status"], shown["trust_score"]) == ("active", 10)


@pytest.mark.flow("2.6-1")
async def test_a_partner_that_keeps_its_promises_is_white_glove_at_once(world: World) -> None:
    shop = await opened(world, "limo", flowers("ride", "red"))
    glove = await registered(world, by=shop.portal)
    shown = await glove.now()
    assert (shown["status"], shown["trust_score"], shown["white_glove"]) == ("active", 100, True)
    assert [point["score"] for point in shown["trust_history"]] == [95, 100]


@pytest.mark.flow("2.6-1")
async def test_a_wish_beyond_the_platforms_maximum_is_bounded(world: World) -> None:
    greedy = await registered(world, commission={"type": "cpe", "rate_bps": 9000})
    shown = await greedy.now()
    assert shown["preferred_commission"]["rate_bps"] == 9000
    assert shown["commission"]["rate_bps"] == 2000
    flat = await registered(world, commission={"type": "cpa", "fixed_minor": 100_000})
    assert (await flat.now())["commission"]["fixed_minor"] == 2500


@pytest.mark.flow("2.6-1")
async def test_a_rejected_number_can_be_handed_in_again(world: World) -> None:
    papers = {**FORM["documents"], "insurance": "POL-0000"}
    bo = await registered(world, documents=papers)
    shown = await bo.now()
    assert (shown["status"], shown["missing"]) == ("rejected", ["insurance"])
    assert (
        await bo.owner.call("POST", f"{bo.base}/links", {"target_url": "https://limo.example/"})
    ).code == ("inactive")
    again = await bo.owner.call("POST", f"{bo.base}/verify", {"documents": {"insurance": "POL-88124"}})
    assert (again.status, again.data["status"]) == (202, "pending")
    await world.settle()
    assert (await bo.now())["status"] == "active"
    assert [text.split(".")[0] for text in await bo.told()] == [
        "Thank you for registering",
        "We could not verify you",
        "You are active",
    ]


@pytest.mark.flow("2.6-1")
async def test_what_is_verified_is_not_handed_in_again(world: World) -> None:
    bo = await registered(world)
    answer = await bo.owner.call("POST", f"{bo.base}/verify", {"documents": {"tax_id": "12-3456780"}})
    assert (answer.status, answer.code) == (409, "already_verified")
    nothing = await bo.owner.call("POST", f"{bo.base}/verify", {"documents": {}})
    assert (nothing.status, nothing.body["errors"][0]["field"]) == (400, "documents")


@pytest.mark.flow("2.6-1")
async def test_a_slow_register_is_waited_for(world: World) -> None:
    slow = await registered(world, documents={**FORM["documents"], "tax_id": "12-5555"})
    assert checks(await slow.now())["tax_id"] == ("pending", "api")
    assert (await slow.now())["status"] == "pending"
    await world.advance(hours=2, minutes=1)
    assert (await slow.now())["status"] == "active"


@pytest.mark.flow("2.6-1")
async def test_the_same_key_is_the_same_affiliate_and_only_for_the_same_form(world: World) -> None:
    bo = world.customer("bo")
    first = await registered(world, by=bo, key="once")
    second = await registered(world, by=bo, key="once")
    assert first.id == second.id
    other = await bo.call("POST", "/api/v1/affiliates", {**FORM, "name": "Another"}, key="once")
    assert (other.status, other.code) == (409, "idempotency_key_reused")
    assert len(await bo.get("/api/v1/affiliates")) == 1


@pytest.mark.flow("2.6-1")
@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"manifest_url": "https://127.0.0.1/ucp.json"}, "manifest_url"),
        ({"manifest_url": "https://localhost/ucp.json"}, "manifest_url"),
        ({"manifest_url": "https://169.254.169.254/latest"}, "manifest_url"),
        ({"manifest_url": "http://limo.example/ucp.json"}, "manifest_url"),
        ({"manifest_url": "https://user:pw@limo.example/"}, "manifest_url"),
        ({"manifest_type": "ucp"}, "manifest_url"),
        ({"website": "https://[::1]/"}, "website"),
        ({"website": "http://limo.example/"}, "website"),
        ({"contact": {"name": "Bo", "email": "nowhere"}}, "contact.email"),
        ({"commission": {"type": "cpe", "fixed_minor": 5}}, "commission.fixed_minor"),
        ({"commission": {"type": "cpa", "rate_bps": 5}}, "commission.rate_bps"),
        ({"documents": {"tax_id": "1"}}, "documents.tax_id"),
        ({"trust_score": 100}, "trust_score"),
        ({"owner": "customer:alice"}, "owner"),
    ],
)
async def test_a_wrong_form_is_refused_by_field(world: World, more: dict[str, Any], field: str) -> None:
    bo = world.customer("bo")
    answer = await bo.call("POST", "/api/v1/affiliates", {**FORM, **more})
    assert (answer.status, answer.body["errors"][0]["field"]) == (400, field)
    assert await bo.get("/api/v1/affiliates") == []


async def test_numbers_are_gone_once_they_are_decided_and_shown_only_by_their_end(
    world: World, tmp_path: Any
) -> None:
    papers = {"business_license": "LICENCE-77711", "insurance": "POLICY-7777", "tax_id": "TAXID-123987"}
    bo = await registered(world, documents=papers)
    store = tmp_path / "data" / "uso" / "uso.sqlite"
    kept = {key: body for key, body in documents(store).items() if "POLICY-7777" in body}
    assert [key[0] for key in kept] == ["affiliate_documents"]
    await reviewed(world, bo.id, "insurance", "verified")
    everywhere = "".join(documents(store).values())
    assert not [number for number in papers.values() if number in everywhere]
    ends = {check["check"]: check["ends_with"] for check in (await bo.now())["checks"]}
    assert ends == {"business_license": "7711", "insurance": "7777", "tax_id": "3987"}


# --- 5.4-12 ----------------------------------------------------------------------------------------


@pytest.mark.flow("5.4-12")
async def test_what_a_register_cannot_say_an_admin_decides(world: World) -> None:
    bo = await registered(world, documents={**FORM["documents"], "insurance": "POL-7777"})
    (waiting,) = (await world.admin().get(ADMIN, status="pending"))["affiliates"]
    assert checks(waiting["affiliate"])["insurance"] == ("pending", "manual")
    assert waiting["affiliate"]["trust_score"] == 30
    approved = (await reviewed(world, bo.id, "insurance", "verified")).data
    assert (approved["affiliate"]["status"], approved["affiliate"]["trust_score"]) == ("active", 45)
    assert (await world.admin().get(ADMIN, status="pending"))["affiliates"] == []
    rejected = (await reviewed(world, bo.id, "insurance", "rejected")).data
    assert (rejected["affiliate"]["status"], rejected["affiliate"]["trust_score"]) == ("rejected", 30)


@pytest.mark.flow("5.4-12")
async def test_an_admin_sees_trust_verification_rates_and_the_owner_of_each(world: World) -> None:
    bo = await registered(world)
    (shown,) = (await world.admin().get(ADMIN))["affiliates"]
    assert shown["affiliate"] == await bo.now()
    assert (shown["owner"], shown["vendor_id"]) == ("customer:bo", None)
    assert shown == await world.admin().get(f"{ADMIN}/{bo.id}")


@pytest.mark.flow("5.4-12")
async def test_an_admin_adjusts_the_rate_within_the_maximum(world: World) -> None:
    bo = await registered(world)
    answer = await managed(world, bo.id, commission={"type": "cpe", "rate_bps": 800})
    assert answer.data["affiliate"]["commission"]["rate_bps"] == 800
    beyond = await managed(world, bo.id, commission={"type": "cpe", "rate_bps": 2001})
    assert (beyond.status, beyond.body["errors"][0]["field"]) == (400, "commission.rate_bps")
    dear = await managed(world, bo.id, commission={"type": "cpa", "fixed_minor": 2501})
    assert (dear.status, dear.body["errors"][0]["field"]) == (400, "commission.fixed_minor")
    assert (await bo.now())["commission"]["rate_bps"] == 800
    assert (await bo.told())[-1] == "You now earn 8 % of an order's value."


@pytest.mark.flow("5.4-12")
async def test_an_admin_switches_an_affiliate_off_and_on_and_its_links_with_it(world: World) -> None:
    bo = await registered(world)
    link = await bo.link()
    assert (await managed(world, bo.id, active=False)).data["affiliate"]["status"] == "inactive"
    off = await followed(world, link)
    assert (off.status, off.code) == (404, "not_found")
    assert "Location" not in off.headers
    on = (await managed(world, bo.id, active=True)).data["affiliate"]
    assert (on["status"], on["tracking_id"]) == ("active", (await bo.now())["tracking_id"])
    assert (await followed(world, link)).status == 302


@pytest.mark.flow("5.4-12")
async def test_nobody_is_switched_on_who_is_not_verified(world: World) -> None:
    bo = await registered(world, documents={"tax_id": "12-3456789"})
    answer = await managed(world, bo.id, active=True)
    assert (answer.status, answer.code) == (409, "not_verified")
    assert (await bo.now())["status"] == "pending"


@pytest.mark.flow("5.4-12")
async def test_an_admin_sets_white_glove_and_what_trust_counts(world: World) -> None:
    bo = await registered(world)
    assert (await managed(world, bo.id, white_glove="granted")).data["affiliate"]["white_glove"]
    assert not (await managed(world, bo.id, white_glove="automatic")).data["affiliate"]["white_glove"]
    counted = (await managed(world, bo.id, positive_reviews=2, on_time_pct=15)).data["affiliate"]
    assert (counted["trust_score"], counted["white_glove"]) == (70, True)
    withheld = (await managed(world, bo.id, white_glove="withheld")).data["affiliate"]
    assert (withheld["trust_score"], withheld["white_glove"]) == (70, False)
