"""Money back: asked for, decided by the policy or a person, carried out, told to everyone (5.5-2, ops-4)."""

import asyncio
from typing import Any

import pytest

from tests.harness import Answer, Caller, World
from tests.street import THREAD, Deal, Shop, escalations, flowers, no_harm, opened, ordered

PHOTO = "https://photos.example/broken.jpg"
POLICY = "/api/v1/admin/refund-policy"


async def sold(
    world: World, price: int = 3000, *, quantity: int = 1, done: bool = True, id: str = "corner", **more: Any
) -> tuple[Shop, Deal, str]:
    """A shop has sold something and, if `done`, handed it over."""
    shop = await opened(world, id, flowers(f"{id}-red", "red", price), **more)
    deal = await ordered(world, {"id": f"{id}-red", "quantity": quantity})
    leg = await deal.leg()
    await shop.accepts(leg)
    if done:
        await shop.reports(leg, "Ready for Pickup")
    return shop, deal, leg


async def asks(
    deal: Deal, leg: str, reason: str = "damaged", *, key: str | None = None, **more: Any
) -> Answer:
    """The customer wants money back."""
    return await refunds(deal.customer, deal, {"leg_id": leg, "reason": reason, **more}, key=key)


async def refunds(caller: Caller, deal: Deal, body: Any, *, key: str | None = None) -> Answer:
    answer = await caller.call("POST", f"/api/v1/orders/{deal.id}/refunds", body, key=key)
    await deal.world.settle()
    return answer


async def decides(world: World, dispute_id: str, decision: str, **more: Any) -> Answer:
    """An admin decides."""
    body = {"decision": decision, "note": "I looked at the photos.", **more}
    answer = await world.admin().call("POST", f"/api/v1/disputes/{dispute_id}/decide", body)
    await world.settle()
    return answer


async def seen(deal: Deal) -> dict[str, Any]:
    """The order as its customer sees it, its first leg beside it."""
    order: dict[str, Any] = await deal.customer.get(f"/api/v1/orders/{deal.id}")
    return order | {"leg": order["legs"][0]}


async def dispute(deal: Deal, dispute_id: str) -> dict[str, Any]:
    shown: dict[str, Any] = await deal.customer.get(f"/api/v1/disputes/{dispute_id}")
    return shown


async def refunded_at_provider(deal: Deal) -> list[int]:
    """What went back at the payment provider, in cents."""
    order = await deal.world.app.orders.get(deal.id)
    payment = await deal.world.app.payments.payment(order.movements[0].receipt_id)
    gone = [-movement.amount.minor for movement in order.movements if movement.amount.minor < 0]
    assert sum(gone) == payment.refunded, "what we wrote down is what the provider did"
    return gone


async def payable(world: World, vendor: str = "corner") -> int:
    """What the platform owes a vendor."""
    from shared.domain.ledger import Account, AccountKind

    account = Account(kind=AccountKind.VENDOR_PAYABLE, owner=vendor)
    return (await world.app.own_accounts.balance(account)).balance("USD").minor


# --- refund requests and the policy -----------------------------------------------------------------


@pytest.mark.flow("5.5-2")
async def test_something_cheap_that_came_damaged_is_refunded_at_once_and_everyone_is_told(
    world: World,
) -> None:
    shop, deal, leg = await sold(world, 1500)
    answer = await asks(deal, leg, text="All petals gone", photo_urls=[PHOTO])
    assert answer.status == 200
    assert (answer.data["status"], answer.data["ruling"]["verdict"]) == ("resolved", "approve")
    assert answer.data["ruling"]["amount"]["minor"] == 1500
    assert await refunded_at_provider(deal) == [1500]
    order = await seen(deal)
    assert (order["status"], order["payment_status"], order["paid"]["minor"]) == ("refunded", "refunded", 0)
    told = await deal.told()
    assert "$15.00 for your Red Flowers comes back to you." in told
    assert "$15.00 is on its way back to you." in told
    assert any("go back to the customer, at your cost" in text for text in await shop.inbox("notice"))
    assert await escalations(world) == []
    assert await payable(world) == 0
    await no_harm(world)


@pytest.mark.flow("5.5-2")
@pytest.mark.parametrize(
    ("price", "reason", "done", "proposal"),
    [
        (1999, "damaged", False, {"verdict": "approve", "percent": None}),
        (2000, "damaged", True, {"verdict": "approve", "percent": None}),
        (5000, "missing", True, {"verdict": "approve", "percent": None}),
        (1500, "late", True, {"verdict": "split", "percent": 50}),
        (1500, "changed_mind", True, {"verdict": "deny", "percent": None}),
        (5001, "damaged", True, None),
    ],
)
async def test_all_else_waits_for_a_person_with_a_proposal_unless_it_is_about_much(
    world: World, price: int, reason: str, done: bool, proposal: Any
) -> None:
    _, deal, leg = await sold(world, price, done=done)
    answer = await asks(deal, leg, reason, text="Please look")
    assert (answer.status, answer.data["status"], answer.data["ruling"]) == (202, "open", None)
    assert answer.data["amount"]["minor"] == price
    assert answer.headers["Location"] == f"/api/v1/disputes/{answer.data['id']}"
    file = await world.admin().get(f"/api/v1/disputes/{answer.data['id']}/file")
    proposed = file["proposal"]
    assert proposed == (proposal and {**proposal, "at_cost_of": "vendor"})
    assert (await seen(deal))["leg"]["hold"] == "disputed"
    assert await refunded_at_provider(deal) == []


@pytest.mark.flow("5.5-2")
async def test_the_same_request_again_is_the_same_case(world: World) -> None:
    _, deal, leg = await sold(world)
    first = await asks(deal, leg, text="Broken", key="k1")
    assert first.status == 202
    for key in ("k1", "k2", None):
        assert (await asks(deal, leg, text="Broken", key=key)).data["id"] == first.data["id"]
    reused = await asks(deal, leg, "late", text="Broken", key="k1")
    assert (reused.status, reused.code) == (409, "idempotency_key_reused")
    other = await asks(deal, leg, "late", text="Too late")
    assert (other.status, other.code) == (409, "dispute_open")
    assert other.body["dispute_id"] == first.data["id"]
    assert len(await deal.customer.get("/api/v1/disputes")) == 1
    await decides(world, first.data["id"], "deny")
    again = await asks(deal, leg, text="Broken", key="k1")
    assert (again.status, again.data["status"]) == (200, "resolved")


@pytest.mark.flow("5.5-2")
async def test_many_at_once_are_one_refund(world: World) -> None:
    _, deal, leg = await sold(world, 1500)
    body = {"leg_id": leg, "reason": "damaged"}
    path = f"/api/v1/orders/{deal.id}/refunds"
    answers = await asyncio.gather(*(deal.customer.call("POST", path, body) for _ in range(8)))
    assert {answer.status for answer in answers} <= {200, 409}
    assert len({answer.data["id"] for answer in answers if answer.status == 200}) == 1
    await world.settle()
    assert await refunded_at_provider(deal) == [1500]
    await no_harm(world)


@pytest.mark.flow("5.5-2")
async def test_nothing_is_refunded_twice(world: World) -> None:
    _, deal, leg = await sold(world, 1500)
    await asks(deal, leg)
    other = await asks(deal, leg, "missing", text="And not even there")
    assert (other.status, other.code) == (409, "nothing_to_refund")


@pytest.mark.flow("5.5-2")
async def test_nobody_gets_by_the_policy_what_a_person_denied(world: World) -> None:
    _, deal, leg = await sold(world, 1500)
    made = await disputes(deal, leg)
    await decides(world, made["id"], "deny")
    again = await asks(deal, leg, "damaged", text="It is damaged as well")
    assert (again.status, again.data["status"]) == (202, "open")
    assert await refunded_at_provider(deal) == []


@pytest.mark.flow("5.5-2")
async def test_what_is_refunded_without_a_look_is_limited_by_day_and_customer(world: World) -> None:
    shops = [await sold(world, 1900, id=f"shop-{n}") for n in range(3)]
    statuses = [(await asks(deal, leg)).status for _, deal, leg in shops]
    assert statuses == [200, 200, 202], "4000 cents a day: the third would be 5700"
    await world.advance(days=1)
    _, deal, leg = await sold(world, 1900, id="shop-4")
    assert (await asks(deal, leg)).status == 200, "another day"


@pytest.mark.flow("5.5-2")
@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"percent": 100}, "percent"),
        ({"at_cost_of": "platform"}, "at_cost_of"),
        ({"photo_urls": ["http://photos.example/a.jpg"]}, "photo_urls.0"),
        ({"photo_urls": ["https://a b"]}, "photo_urls.0"),
        ({"photo_urls": [PHOTO] * 6}, "photo_urls"),
        ({"reason": "because"}, "reason"),
        ({"amount": 1}, "amount"),
    ],
)
async def test_what_a_customer_may_not_say_is_refused_by_name(world: World, more: Any, field: str) -> None:
    _, deal, leg = await sold(world)
    answer = await asks(deal, leg, **{"reason": "damaged", **more})
    assert answer.status == 400
    assert [fault["field"] for fault in answer.body["errors"]] == [field]
    assert await deal.customer.get("/api/v1/disputes") == []


@pytest.mark.flow("5.5-2")
async def test_a_leg_of_another_order_is_none_of_this(world: World) -> None:
    _, deal, _ = await sold(world)
    _, other, leg = await sold(world, id="other")
    answer = await asks(deal, leg)
    assert (answer.status, answer.body["errors"][0]["field"]) == (400, "leg_id")
    assert (await world.customer("mallory").call("GET", f"/api/v1/orders/{other.id}")).status == 404


# --- an admin refunds -------------------------------------------------------------------------------


@pytest.mark.flow("5.5-2")
async def test_an_admin_refunds_a_part_at_once_at_the_platforms_cost(world: World) -> None:
    _, deal, leg = await sold(world, 3000)
    body = {"leg_id": leg, "reason": "other", "text": "Our mistake.", "percent": 33, "at_cost_of": "platform"}
    answers = [await refunds(world.admin(), deal, body) for _ in range(3)]
    assert {(each.status, each.data["id"]) for each in answers} == {(200, answers[0].data["id"])}
    assert await refunded_at_provider(deal) == [990]
    order = await seen(deal)
    assert (order["leg"]["hold"], order["leg"]["refunded"]["minor"]) == ("held", 990)
    await deal.customer.post(f"/api/v1/orders/{deal.id}/confirm-delivery")
    await world.settle()
    assert await payable(world) == 2700, "the vendor is paid all the same"


@pytest.mark.flow("5.5-2")
async def test_an_admin_refunds_all_of_it_at_the_vendors_cost_after_it_was_paid_out(world: World) -> None:
    _, deal, leg = await sold(world, 3000)
    await deal.customer.post(f"/api/v1/orders/{deal.id}/confirm-delivery")
    await world.settle()
    assert (await seen(deal))["status"] == "completed"
    assert await payable(world) == 2700
    await refunds(world.admin(), deal, {"leg_id": leg, "reason": "damaged"})
    assert await refunded_at_provider(deal) == [3000]
    assert await payable(world) == 0
    assert (await seen(deal))["status"] == "refunded"
    await no_harm(world)


# --- disputes ---------------------------------------------------------------------------------------


async def disputes(deal: Deal, leg: str, **more: Any) -> dict[str, Any]:
    """The customer wants a person to look."""
    body = {"order_id": deal.id, "leg_id": leg, "reason": "wrong_item", "text": "These are white.", **more}
    made: dict[str, Any] = await deal.customer.post("/api/v1/disputes", body)
    await deal.world.settle()
    return made


@pytest.mark.flow("5.5-2")
async def test_a_case_is_heard_decided_carried_out_and_told_to_all(world: World) -> None:
    """The five steps of the flow."""
    shop, deal, leg = await sold(world, 3000)
    made = await disputes(deal, leg, photo_urls=[PHOTO])
    assert (made["status"], made["origin"], made["amount"]["minor"]) == ("open", "customer", 3000)
    # 1: the admin finds it, most urgent first
    (listed,) = await world.admin().get("/api/v1/disputes")
    assert listed["id"] == made["id"]
    # 2: complaint, vendor's response, order history, communication
    (mine,) = await shop.portal.get("/api/v1/partners/me/disputes")
    assert (mine["items"], mine["text"], mine["status"]) == (["1 x Red Flowers"], "These are white.", "open")
    assert any("wants $30.00 back" in text for text in await shop.inbox("notice"))
    said = {"text": "They were red when they left.", "photo_urls": [PHOTO]}
    await shop.portal.post(f"/api/v1/partners/me/disputes/{made['id']}/response", said)
    file = await world.admin().get(f"/api/v1/disputes/{made['id']}/file")
    assert file["dispute"]["text"] == "These are white."
    assert file["dispute"]["photo_urls"] == [PHOTO]
    assert [each["text"] for each in file["responses"]] == ["They were red when they left."]
    assert file["legs"][0]["leg"]["vendor_name"] == "Corner"
    assert (file["legs"][0]["held"]["minor"], file["legs"][0]["leg"]["hold"]) == (3000, "disputed")
    assert file["legs"][0]["leg"]["ready_at"] is not None
    assert any("Your order is in" in update["narrative"] for update in file["updates"])
    assert file["money"]["remaining"]["minor"] == 3000
    # 3, 4: decided and done
    answer = await decides(world, made["id"], "approve")
    assert (answer.status, answer.data["status"]) == (200, "resolved")
    assert await refunded_at_provider(deal) == [3000]
    # 5: everyone knows
    assert (await dispute(deal, made["id"]))["ruling"]["note"] == "I looked at the photos."
    told = await deal.told()
    assert "I have opened a case about your Red Flowers: it is about $30.00." in told
    assert "$30.00 for your Red Flowers comes back to you." in told
    assert any("at your cost. I looked" in text for text in await shop.inbox("notice"))
    (mine,) = await shop.portal.get("/api/v1/partners/me/disputes")
    assert (mine["status"], mine["ruling"]["verdict"]) == ("resolved", "approve")
    assert await world.admin().get("/api/v1/disputes", status="open") == []
    await no_harm(world)


@pytest.mark.flow("5.5-2")
async def test_a_claim_that_is_denied_is_paid_to_the_vendor(world: World) -> None:
    shop, deal, leg = await sold(world, 3000)
    made = await disputes(deal, leg)
    await decides(world, made["id"], "deny")
    order = await seen(deal)
    assert (order["leg"]["hold"], order["status"]) == ("released", "completed")
    assert await payable(world) == 2700
    assert await refunded_at_provider(deal) == []
    assert "Your case about Red Flowers is decided: it stays as it was paid." in await deal.told()
    assert any("nothing goes back" in text for text in await shop.inbox("notice"))
    await world.advance(days=10)
    assert await payable(world) == 2700, "the plan that waited for the dispute pays nothing twice"
    await no_harm(world)


@pytest.mark.flow("5.5-2")
async def test_a_split_gives_each_their_part(world: World) -> None:
    _, deal, leg = await sold(world, 3333)
    made = await disputes(deal, leg)
    await decides(world, made["id"], "split", percent=40)
    assert await refunded_at_provider(deal) == [1333]
    assert await payable(world) == 2000 - 200
    assert (await seen(deal))["status"] == "completed"
    await no_harm(world)


@pytest.mark.flow("5.5-2")
async def test_what_the_ai_chose_wrongly_is_proposed_at_the_platforms_cost_and_paid_so(world: World) -> None:
    _, deal, leg = await sold(world, 3000)
    made = await disputes(deal, leg)
    await decides(world, made["id"], "approve", at_cost_of="platform")
    assert await refunded_at_provider(deal) == [3000]
    assert await payable(world) == 2700, "the vendor did nothing wrong"
    trial = await world.app.statements.trial_balance()
    assert trial.balanced


@pytest.mark.flow("5.5-2")
async def test_a_decision_is_carried_out_once_however_often_and_by_how_many_it_is_made(world: World) -> None:
    _, deal, leg = await sold(world, 3000)
    made = await disputes(deal, leg)
    path, admin = f"/api/v1/disputes/{made['id']}/decide", world.admin()
    body = {"decision": "split", "percent": 50, "note": "Half."}
    other = {"decision": "deny", "note": "No."}
    answers = await asyncio.gather(
        *(admin.call("POST", path, each) for _ in range(4) for each in (body, other))
    )
    await world.settle()
    won = {answer.data["ruling"]["verdict"] for answer in answers if answer.status == 200}
    assert len(won) == 1
    assert {answer.code for answer in answers if answer.status != 200} == {"already_decided"}
    assert await refunded_at_provider(deal) == ([1500] if won == {"split"} else [])
    late = await admin.call("POST", path, other if won == {"split"} else body)
    assert (late.status, late.code) == (409, "already_decided")
    await no_harm(world)


@pytest.mark.flow("5.5-2")
async def test_a_late_copy_of_a_decision_changes_nothing(world: World) -> None:
    _, deal, leg = await sold(world, 3000)
    made = await disputes(deal, leg)
    path, body = f"/api/v1/disputes/{made['id']}/decide", {"decision": "deny", "note": "No."}
    first = await world.admin().call("POST", path, body, key="d1")
    late = await world.admin().call("POST", path, {"decision": "approve", "note": "Yes."}, key="d1")
    assert [each.data["ruling"]["verdict"] for each in (first, late)] == ["deny", "deny"]


@pytest.mark.flow("5.5-2")
async def test_what_was_never_handed_over_is_called_off_when_it_is_refunded(world: World) -> None:
    shop, deal, leg = await sold(world, 3000, done=False)
    left = await shop.left("corner-red")
    made = await disputes(deal, leg, reason="changed_mind")
    await decides(world, made["id"], "approve")
    order = await seen(deal)
    assert (order["status"], order["leg"]["status"]) == ("refunded", "cancelled")
    assert await shop.left("corner-red") == left + 1
    assert any(text.startswith("Cancelled: Red Flowers") for text in await shop.inbox("cancellation"))
    await no_harm(world)


@pytest.mark.flow("5.5-2")
async def test_a_denied_claim_about_something_to_come_is_paid_when_it_has_come(world: World) -> None:
    shop, deal, leg = await sold(world, 3000, done=False)
    made = await disputes(deal, leg, reason="late")
    await decides(world, made["id"], "deny")
    assert (await seen(deal))["leg"]["hold"] == "held"
    await shop.reports(leg, "Ready for Pickup")
    await deal.customer.post(f"/api/v1/orders/{deal.id}/confirm-delivery")
    await world.settle()
    assert (await seen(deal))["leg"]["hold"] == "released"
    assert await payable(world) == 2700


@pytest.mark.flow("5.5-2")
async def test_a_decision_that_became_impossible_goes_back_to_a_person(world: World) -> None:
    """The money went another way between decision and execution."""
    from shared.domain.disputes import Ruling, Verdict
    from shared.domain.money import Money

    _, deal, leg = await sold(world, 3000)
    made = await disputes(deal, leg)
    ruling = Ruling(verdict=Verdict.APPROVE, amount=Money(minor=9000), by="ops", at=world.now())
    await world.app.cases.get(made["id"])
    await world.app.settlement.decide(made["id"], ruling)
    await world.app.outbox.relay_all()
    await world.settle()
    assert (await dispute(deal, made["id"]))["status"] == "open"
    (task,) = await escalations(world)
    assert (task["reason"], task["priority"], task["order_id"]) == ("dispute", 2, deal.id)
    assert "cannot be refunded" in task["summary"]
    assert (await seen(deal))["leg"]["hold"] == "disputed"
    assert (await decides(world, made["id"], "approve")).status == 200
    assert await refunded_at_provider(deal) == [3000]


# --- deliveries that were not taken -----------------------------------------------------------------


@pytest.mark.flow("5.5-2")
async def test_a_refused_delivery_is_a_dispute(world: World) -> None:
    _, deal, leg = await sold(world, 3000)
    said = {"legs": [{"leg_id": leg, "outcome": "refused", "text": "All wilted"}]}
    for _ in range(2):
        await deal.customer.post(f"/api/v1/orders/{deal.id}/confirm-delivery", said)
        await world.settle()
    (case,) = await world.admin().get("/api/v1/disputes")
    assert (case["origin"], case["text"], case["amount"]["minor"]) == ("delivery", "All wilted", 3000)
    assert (await seen(deal))["leg"]["hold"] == "disputed"
    await decides(world, case["id"], "approve")
    assert await refunded_at_provider(deal) == [3000]
    await no_harm(world)


@pytest.mark.flow("5.5-2")
@pytest.mark.parametrize(("decision", "back", "earned"), [("approve", 2000, 900), ("deny", 0, 2700)])
async def test_of_a_partial_delivery_what_was_kept_is_paid_and_the_rest_is_decided(
    world: World, decision: str, back: int, earned: int
) -> None:
    _, deal, leg = await sold(world, 1000, quantity=3)
    said = {"legs": [{"leg_id": leg, "outcome": "partial", "accepted": 1, "text": "Two were broken"}]}
    await deal.customer.post(f"/api/v1/orders/{deal.id}/confirm-delivery", said)
    await world.settle()
    (case,) = await world.admin().get("/api/v1/disputes")
    assert case["amount"]["minor"] == 2000
    assert await payable(world) == 900
    await decides(world, case["id"], decision)
    assert sum(await refunded_at_provider(deal)) == back
    assert await payable(world) == earned
    assert (await seen(deal))["status"] == "completed"
    await no_harm(world)


# --- time, and who may ------------------------------------------------------------------------------


@pytest.mark.flow("5.5-2")
async def test_a_case_that_nobody_decides_within_two_days_is_an_urgent_task(world: World) -> None:
    _, deal, leg = await sold(world, 3000)
    made = await disputes(deal, leg)
    await world.advance(hours=47)
    assert await escalations(world) == []
    await world.advance(hours=1, minutes=10)
    (task,) = await escalations(world)
    assert (task["reason"], task["priority"], task["subject"]) == ("dispute", 2, made["id"])
    await world.advance(days=3)
    assert len(await escalations(world)) == 1, "once"
    assert (await seen(deal))["leg"]["hold"] == "disputed", "silence releases nothing that is disputed"
    await decides(world, made["id"], "deny")
    assert (await escalations(world))[0]["status"] == "resolved"
    await no_harm(world)


@pytest.mark.flow("5.5-2")
async def test_a_vendor_answers_once_and_only_what_is_its_own(world: World) -> None:
    shop, deal, leg = await sold(world)
    other, _, _ = await sold(world, id="other")
    made = await disputes(deal, leg)
    path = f"/api/v1/partners/me/disputes/{made['id']}/response"
    assert (await other.portal.call("POST", path, {"text": "Me too"})).status == 404
    assert await other.portal.get("/api/v1/partners/me/disputes") == []
    assert (await shop.portal.call("POST", path, {"text": "We did well"})).status == 200
    assert (await shop.portal.call("POST", path, {"text": "We did well"})).status == 200
    again = await shop.portal.call("POST", path, {"text": "Or not"})
    assert (again.status, again.code) == (409, "already_answered")
    assert (await dispute(deal, made["id"]))["response"] == "We did well"


@pytest.mark.flow("5.5-2")
async def test_after_the_decision_a_vendor_is_too_late(world: World) -> None:
    shop, deal, leg = await sold(world)
    made = await disputes(deal, leg)
    await decides(world, made["id"], "approve")
    path = f"/api/v1/partners/me/disputes/{made['id']}/response"
    late = await shop.portal.call("POST", path, {"text": "Wait"})
    assert (late.status, late.code) == (409, "closed")


@pytest.mark.flow("5.5-2")
async def test_customers_see_their_own_cases_and_nobody_elses(world: World) -> None:
    _, deal, leg = await sold(world)
    made = await disputes(deal, leg)
    mallory = world.customer("mallory")
    assert await mallory.get("/api/v1/disputes") == []
    assert (await mallory.call("GET", f"/api/v1/disputes/{made['id']}")).status == 404
    assert (await mallory.call("POST", f"/api/v1/disputes/{made['id']}/decide", {})).status == 403
    assert (await deal.customer.call("GET", f"/api/v1/disputes/{made['id']}/file")).status == 403
    body = {"order_id": deal.id, "leg_id": leg, "reason": "late", "text": "Mine now"}
    assert (await mallory.call("POST", "/api/v1/disputes", body)).status == 404
    assert [each["id"] for each in await deal.customer.get("/api/v1/disputes")] == [made["id"]]


@pytest.mark.flow("5.5-2")
async def test_the_queue_shows_what_is_to_be_decided_first(world: World) -> None:
    legs = []
    for n in range(3):
        _, deal, leg = await sold(world, id=f"shop-{n}")
        legs.append(await disputes(deal, leg))
        await world.advance(hours=1)
    await decides(world, legs[0]["id"], "deny")
    listed = [each["id"] for each in await world.admin().get("/api/v1/disputes")]
    assert listed == [legs[1]["id"], legs[2]["id"], legs[0]["id"]]
    assert len(await world.admin().get("/api/v1/disputes", limit=1)) == 1
    assert await world.admin().get("/api/v1/disputes", origin="bank") == []
    resolved = await world.admin().get("/api/v1/disputes", status="resolved")
    assert [each["id"] for each in resolved] == [legs[0]["id"]]


@pytest.mark.flow("5.5-2")
async def test_of_a_bundle_that_is_sold_as_one_no_vendor_is_named(world: World) -> None:
    by = (world.now()).replace(day=6).isoformat()
    body = {"items": [{"id": "white-glove-baby"}], "deliver_by": by, "thread_id": THREAD}
    from tests.harness import HOME

    customer = world.customer()
    order = await customer.post("/api/v1/orders", body | {"deliver_to": HOME})
    await world.settle()
    leg = (await world.app.orders.get(order["id"])).legs[0]
    body = {"order_id": order["id"], "leg_id": leg.id, "reason": "late", "text": "Where is it?"}
    made = await customer.post("/api/v1/disputes", body)
    await world.settle()
    vendor = world.partner(leg.vendor_id)
    said = {"text": f"{leg.vendor_name} did its best"}
    await vendor.post(f"/api/v1/partners/me/disputes/{made['id']}/response", said)
    await decides(world, made["id"], "deny", note=f"{leg.vendor_name} is right.")
    shown = await customer.get(f"/api/v1/disputes/{made['id']}")
    told = await world.updates(customer, THREAD)
    assert leg.vendor_name not in str(shown) + str(told)
    assert leg.name not in shown["item"]


# --- the policy -------------------------------------------------------------------------------------


@pytest.mark.flow("5.5-2")
async def test_an_admin_edits_the_policy_and_no_edit_gets_lost(world: World) -> None:
    admin = world.admin()
    table = await admin.get(POLICY)
    assert (table["version"], table["currency"], table["edited_at"]) == (0, "USD", None)
    assert table["rules"][0]["action"] == "refund"
    rules = [{"action": "refund", "under": 3001, "reasons": ["late"]}, {"action": "escalate"}]
    first = await admin.call("PUT", POLICY, {"version": 0, "rules": rules})
    assert (first.status, first.data["version"], first.data["edited_by"]) == (200, 1, "ops")
    stale = await admin.call("PUT", POLICY, {"version": 0, "rules": rules})
    assert (stale.status, stale.code) == (409, "stale_version")
    _, deal, leg = await sold(world, 3000)
    assert (await asks(deal, leg, "late")).status == 200, "as the new table says"
    assert (await admin.call("PUT", POLICY, {"version": 1, "rules": rules[1:]})).data["version"] == 2


@pytest.mark.flow("5.5-2")
async def test_of_two_edits_at_once_one_is_told_to_look_again(world: World) -> None:
    admin = world.admin()
    answers = await asyncio.gather(
        *(
            admin.call("PUT", POLICY, {"version": 0, "rules": [{"action": "escalate", "over": n}]})
            for n in range(5)
        )
    )
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409, 409]


@pytest.mark.flow("5.5-2")
@pytest.mark.parametrize(
    "rule",
    [
        {"action": "propose"},
        {"action": "escalate", "propose": "deny"},
        {"action": "propose", "propose": "split"},
        {"action": "propose", "propose": "deny", "percent": 50},
        {"action": "refund", "over": 2000, "under": 2001},
        {"action": "pay"},
        {"action": "refund", "under": 0},
    ],
)
async def test_a_row_that_makes_no_sense_is_refused(world: World, rule: Any) -> None:
    answer = await world.admin().call("PUT", POLICY, {"version": 0, "rules": [rule]})
    assert answer.status == 400
    assert answer.body["errors"][0]["field"].startswith("rules.0")
    assert (await world.admin().get(POLICY))["version"] == 0
