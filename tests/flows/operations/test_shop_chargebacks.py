"""A bank takes a shop order's payment back: its tracking is the proof, submitted once (flow ops-x4)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.flows.operations.parcel_street import Parcels
from tests.harness import World, fingerprint, running

pytestmark = [pytest.mark.flow("ops-x4"), pytest.mark.asyncio(loop_scope="module")]
BANK = "/api/v1/simulator/payments"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with running(tmp_path_factory.mktemp("claims") / "data") as world:
        yield world


@pytest_asyncio.fixture(loop_scope="module")
async def street(world: World, request: pytest.FixtureRequest) -> AsyncIterator[Parcels]:
    made = await Parcels(world, f"{fingerprint(request.node.name)}@example.com").calm()
    yield made
    await made.no_harm()


async def takes(street: Parcels, order_id: str) -> str:
    """The customer's bank takes the payment back; the provider's id of the claim."""
    payment = (await street.in_shop(order_id))["order"]["payment_id"]
    body = {"payment_id": payment, "reason": "product_not_received"}
    claim = await street.world.admin().post(f"{BANK}/disputes", body, key=f"claim-{order_id}")
    await street.world.settle()
    return str(claim["id"])


async def decides(street: Parcels, claim_id: str, *, won: bool) -> None:
    await street.world.admin().post(f"{BANK}/disputes/{claim_id}/close", {"won": won})
    await street.world.settle()


async def at_bank(street: Parcels, claim_id: str) -> dict[str, Any]:
    """The claim as the bank sees it, its evidence beside it."""
    shown = await street.world.admin().get(f"{BANK}/disputes/{claim_id}")
    return {**shown["dispute"], "evidence": shown["evidence"]}


async def the_case(street: Parcels, order_id: str) -> dict[str, Any]:
    """The only case about an order."""
    cases = await street.world.admin().get("/api/v1/disputes", origin="bank")
    (case,) = [each for each in cases if each["order_id"] == order_id]
    return dict(case)


async def test_the_tracking_of_a_delivered_parcel_is_submitted_once_and_wins(street: Parcels) -> None:
    order_id = await street.buys("NECK-MASSAGER")
    await street.world.advance(days=14)
    claim = await takes(street, order_id)
    bank = await at_bank(street, claim)
    assert (bank["state"], bank["submitted"]) == ("under_review", True)
    (number,) = await street.numbers(order_id)
    proof = bank["evidence"]
    assert (proof["shipping_tracking_number"], proof["shipping_carrier"]) == (number, "ALI Express")
    assert "Austin, TX 78701" in proof["shipping_address"]
    story = proof["service_documentation"]
    for fact in ("Out for delivery", "Delivered", "the customer was mailed the tracking number"):
        assert fact in story
    assert (await the_case(street, order_id))["status"] == "under_review"
    assert (await street.order(order_id))["profit"]["sales"]["minor"] == 3900 + 499
    await decides(street, claim, won=True)
    case = await the_case(street, order_id)
    assert (case["status"], case["ruling"]["verdict"]) == ("resolved", "deny")
    assert (await street.order(order_id))["profit"]["sales"]["minor"] == 3900 + 499
    assert len(await street.letters()) == 1, "between us and the bank"
    assert await street.tasks(order_id) == []


async def test_what_is_on_its_way_is_staged_at_once_and_submitted_when_it_arrives(street: Parcels) -> None:
    order_id = await street.buys("RAIN-JACKET-M")
    await street.world.advance(days=2)
    claim = await takes(street, order_id)
    bank = await at_bank(street, claim)
    assert (bank["state"], bank["submitted"]) == ("needs_response", False)
    assert bank["evidence"]["shipping_tracking_number"] in await street.numbers(order_id)
    assert "Delivered" not in bank["evidence"]["service_documentation"]
    await street.world.advance(days=3)
    assert not (await at_bank(street, claim))["submitted"]
    await street.fate(order_id, "cj", "deliver")
    await street.delivers((await street.pushes(order_id))[-1])
    bank = await at_bank(street, claim)
    assert bank["submitted"], "the supplier's news is enough"
    assert "delivered 2026" in bank["evidence"]["service_documentation"]


async def test_a_customer_whose_bank_gave_the_money_back_gets_no_second_refund(street: Parcels) -> None:
    order_id = await street.buys("YOGA-MAT")
    await street.world.advance(hours=13)
    await street.fate(order_id, "ali", "stand_still")
    claim = await takes(street, order_id)
    await street.world.advance(days=12)
    assert await street.statuses(order_id) == [("ali", "lost")]
    assert (await street.in_shop(order_id))["refunds"] == []
    await decides(street, claim, won=False)
    await street.world.advance(days=2)
    order = await street.order(order_id)
    assert order["profit"]["sales"]["minor"] == 0
    assert (await street.in_shop(order_id))["refunds"] == []
    assert (await the_case(street, order_id))["ruling"]["verdict"] == "approve"
    assert len(order["purchases"]) == 1, "nothing is sent again to who has their money"


async def test_what_was_not_bought_yet_is_not_bought_any_more(street: Parcels) -> None:
    order_id = await street.buys("PET-BRUSH", line1="Congress Ave", postal_code="90210")
    assert (await street.order(order_id))["status"] == "awaiting_address"
    claim = await takes(street, order_id)
    order = await street.order(order_id)
    assert (order["status"], order["purchases"]) == ("cancelled", [])
    await street.world.advance(days=1)
    await decides(street, claim, won=False)
    order = await street.order(order_id)
    assert order["purchases"] == []
    assert order["profit"]["profit"]["minor"] == 0
    assert (await street.in_shop(order_id))["refunds"] == []


async def test_news_of_a_claim_twice_late_and_reordered_is_one_case_with_one_proof(street: Parcels) -> None:
    order_id = await street.buys("CAR-MOUNT")
    await street.world.advance(days=14)
    await street.world.admin().call("PUT", f"{BANK}/news", {"copies": 3})
    claim = await takes(street, order_id)
    await decides(street, claim, won=True)
    await street.world.admin().call("PUT", f"{BANK}/news", {"copies": 1})
    for each in reversed(await street.world.admin().get(f"{BANK}/news")):
        headers = {**each["headers"], "Content-Type": "application/json"}
        answer = await street.world.send(
            "POST", "/api/v1/webhooks/payments", data=each["body"], headers=headers
        )
        assert answer.status < 300
    await street.world.settle()
    assert (await the_case(street, order_id))["status"] == "resolved"
    assert (await street.order(order_id))["profit"]["sales"]["minor"] > 0


async def test_the_case_of_a_shop_order_is_for_admins_with_its_file(street: Parcels) -> None:
    order_id = await street.buys("WATER-BOTTLE")
    await street.world.advance(days=1)
    await takes(street, order_id)
    case_id = (await the_case(street, order_id))["id"]
    admin = street.world.admin()
    assert (await admin.get(f"/api/v1/disputes/{case_id}"))["order_id"] == order_id
    file = await admin.get(f"/api/v1/disputes/{case_id}/file")
    assert file["shop_order"]["purchases"][0]["supplier_id"] == "ali"
    assert file["legs"] == []
    assert file["bank"]["evidence"]["shipping_tracking_number"]
    assert "secret" not in str(file["shop_order"])
    stranger = await street.world.customer("mallory").call("GET", f"/api/v1/disputes/{case_id}")
    assert stranger.status == 404
    decided = await admin.call(
        "POST", f"/api/v1/disputes/{case_id}/decide", {"decision": "approve", "note": "No."}
    )
    assert decided.code == "bank_decides"
