"""A customer's bank takes a payment back: proof of the delivery, once, and what the bank decides (ops-x4)."""

import asyncio
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.flows.test_disputes import decides, disputes, payable, seen, sold
from tests.harness import Answer, World, running
from tests.street import Deal, escalations, no_harm

BANK = "/api/v1/simulator/payments"
DAYS = timedelta(days=1)


async def rehearse(world: World, method: str, path: str, body: Any = None, *, key: str | None = None) -> Any:
    """Let the embedded provider do something."""
    data = (await world.admin().call(method, f"{BANK}/{path}", body, key=key)).data
    await world.settle()
    return data


async def takes(deal: Deal, *, amount: int | None = None, reason: str = "product_not_received") -> str:
    """The bank takes the order's payment back, or a part of it; return the provider's id of the claim."""
    order = await deal.world.app.orders.get(deal.id)
    body: dict[str, Any] = {"payment_id": order.paying.payment_id, "reason": reason}
    body |= {"amount": {"minor": amount}} if amount else {}
    return str((await rehearse(deal.world, "POST", "disputes", body, key="dispute"))["id"])


async def rules(world: World, claim_id: str, *, won: bool) -> None:
    """The bank decides."""
    await rehearse(world, "POST", f"disputes/{claim_id}/close", {"won": won})


async def at_bank(world: World, claim_id: str) -> dict[str, Any]:
    """The claim as the bank sees it, its evidence beside it."""
    shown = await world.admin().get(f"{BANK}/disputes/{claim_id}")
    return {**shown["dispute"], "evidence": shown["evidence"]}


async def the_case(world: World) -> dict[str, Any]:
    """The only case of a bank."""
    (case,) = await world.admin().get("/api/v1/disputes", origin="bank")
    return dict(case)


async def confirms(deal: Deal, **said: Any) -> None:
    await deal.customer.post(f"/api/v1/orders/{deal.id}/confirm-delivery", said or None)
    await deal.world.settle()


async def quiet(world: World) -> None:
    """From now on the provider tells nothing by itself."""
    await rehearse(world, "PUT", "news", {"copies": 0})


async def deliver(world: World, kinds: str, *, times: int = 1) -> list[Answer]:
    """Send what the provider would have told, by webhook."""
    answers = []
    for each in await rehearse(world, "GET", "news"):
        if each["kind"] == kinds:
            headers = {**each["headers"], "Content-Type": "application/json"}
            answers += [
                await world.send("POST", "/api/v1/webhooks/payments", data=each["body"], headers=headers)
                for _ in range(times)
            ]
    await world.settle()
    return answers


async def chargeback_balance(world: World) -> int:
    """What banks have of the platform's money, over all orders."""
    trial = await world.app.statements.trial_balance()
    assert trial.balanced
    return sum(line.balance for line in trial.lines if line.kind == "chargeback")


# --- taken ------------------------------------------------------------------------------------------


@pytest.mark.flow("ops-x4")
async def test_a_chargeback_freezes_what_is_held_and_puts_what_there_is_before_the_bank_at_once(
    world: World,
) -> None:
    shop, deal, leg = await sold(world, 3000)
    claim = await takes(deal)
    case = await the_case(world)
    assert (case["status"], case["order_id"], case["leg_id"]) == ("open", deal.id, "")
    assert case["amount"]["minor"] == 3000
    order = await seen(deal)
    assert order["leg"]["hold"] == "disputed"
    assert await chargeback_balance(world) == 3000
    bank = await at_bank(world, claim)
    assert (bank["state"], bank["submitted"]) == ("needs_response", False)
    evidence = bank["evidence"]
    assert evidence["shipping_tracking_number"] == deal.id
    assert evidence["shipping_address"] == "500 Congress Ave, Austin"
    assert evidence["shipping_date"] == "2026-05-04"
    assert evidence["product_description"] == "1 x Red Flowers by Corner"
    story = evidence["service_documentation"]
    assert "ready and handed over 2026-05-04" in story
    assert "Your order is in: Red Flowers" in story, "what the customer was told"
    assert "confirmed" not in story.split("What the customer was told")[0]
    assert any("Your bank has taken back $30.00" in line for line in await deal.told())
    assert any(
        "bank has taken the payment for Red Flowers back" in line for line in await shop.inbox("notice")
    )
    assert leg in [each["leg_id"] for each in await shop.legs()]
    await no_harm(world)


@pytest.mark.flow("ops-x4")
async def test_what_was_paid_out_already_is_proven_and_submitted_at_once(world: World) -> None:
    _, deal, _ = await sold(world, 3000)
    await confirms(deal)
    assert (await seen(deal))["status"] == "completed"
    claim = await takes(deal)
    bank = await at_bank(world, claim)
    assert (bank["state"], bank["submitted"]) == ("under_review", True)
    assert "received, as alice confirmed" in bank["evidence"]["service_documentation"]
    assert (await the_case(world))["status"] == "under_review"
    file = await world.admin().get(f"/api/v1/disputes/{(await the_case(world))['id']}/file")
    assert file["bank"]["submitted_at"] is not None
    assert file["bank"]["evidence"]["shipping_tracking_number"] == deal.id


@pytest.mark.flow("ops-x4")
async def test_the_evidence_is_submitted_once_as_soon_as_it_is_complete(world: World) -> None:
    _, deal, _ = await sold(world, 3000)
    claim = await takes(deal)
    await world.advance(days=1)
    assert not (await at_bank(world, claim))["submitted"]
    await confirms(deal)
    bank = await at_bank(world, claim)
    assert bank["submitted"]
    assert "received, as alice confirmed" in bank["evidence"]["service_documentation"]
    await world.advance(days=10)
    assert await at_bank(world, claim) == bank, "and never again"
    assert (await seen(deal))["leg"]["hold"] == "disputed"
    await no_harm(world)


@pytest.mark.flow("ops-x4")
async def test_incomplete_evidence_is_submitted_a_day_before_the_banks_last_moment(world: World) -> None:
    shop, deal, _ = await sold(world, 3000)
    claim = await takes(deal)
    due = datetime.fromisoformat((await at_bank(world, claim))["due_by"])
    case = await the_case(world)
    said = {"text": "Our driver has a signature.", "photo_urls": ["https://photos.example/s.jpg"]}
    await shop.portal.post(f"/api/v1/partners/me/disputes/{case['id']}/response", said)
    await world.advance(seconds=(due - DAYS - world.now()).total_seconds() - 1)
    assert not (await at_bank(world, claim))["submitted"]
    await world.advance(seconds=2)
    bank = await at_bank(world, claim)
    assert bank["submitted"]
    assert "Corner says: Our driver has a signature." in bank["evidence"]["service_documentation"]
    assert "https://photos.example/s.jpg" in bank["evidence"]["service_documentation"]
    await world.advance(days=3)
    assert await escalations(world) == [], "it was in time"


# --- decided ----------------------------------------------------------------------------------------


@pytest.mark.flow("ops-x4")
async def test_a_won_chargeback_leaves_the_money_where_it_belongs(world: World) -> None:
    shop, deal, _ = await sold(world, 3000)
    claim = await takes(deal)
    await confirms(deal)
    await rules(world, claim, won=True)
    case = await the_case(world)
    assert (case["status"], case["ruling"]["verdict"], case["ruling"]["amount"]["minor"]) == (
        "resolved",
        "deny",
        0,
    )
    order = await seen(deal)
    assert (order["status"], order["leg"]["hold"], order["paid"]["minor"]) == ("completed", "released", 3000)
    assert await payable(world) == 2700
    assert await chargeback_balance(world) == 0
    assert any("the payment of $30.00 stands" in line for line in await deal.told())
    assert any("gives it back" in line for line in await shop.inbox("notice"))
    await world.advance(days=30)
    assert await payable(world) == 2700
    await no_harm(world)


@pytest.mark.flow("ops-x4")
async def test_after_a_won_chargeback_an_unconfirmed_delivery_goes_its_usual_way(world: World) -> None:
    _, deal, _ = await sold(world, 3000)
    claim = await takes(deal)
    await rules(world, claim, won=True)
    assert (await seen(deal))["leg"]["hold"] == "held"
    await world.advance(days=8)
    assert (await seen(deal))["leg"]["hold"] == "released"
    assert await payable(world) == 2700
    await no_harm(world)


@pytest.mark.flow("ops-x4")
async def test_a_lost_chargeback_is_paid_by_those_who_had_the_money(world: World) -> None:
    shop, deal, _ = await sold(world, 3000)
    await confirms(deal)
    claim = await takes(deal)
    await rules(world, claim, won=False)
    order = await seen(deal)
    assert (order["status"], order["payment_status"], order["paid"]["minor"]) == ("refunded", "refunded", 0)
    assert await payable(world) == 0
    assert await chargeback_balance(world) == 0
    assert any("the $30.00 are yours again" in line for line in await deal.told())
    notices = await shop.inbox("notice")
    assert any("keeps the money" in line for line in notices)
    assert any("nets against your next payout" in line for line in notices)
    payment = (await world.app.orders.get(deal.id)).paying.payment_id
    assert (await world.app.payments.payment(payment)).refunded == 0, "the bank gave it back, not we"
    await world.advance(days=10)
    await no_harm(world)


@pytest.mark.flow("ops-x4")
async def test_a_bank_that_keeps_a_part_leaves_the_rest_to_the_delivery(world: World) -> None:
    _, deal, _ = await sold(world, 3000)
    claim = await takes(deal, amount=1000)
    await rules(world, claim, won=False)
    order = await seen(deal)
    assert (order["leg"]["hold"], order["leg"]["refunded"]["minor"], order["paid"]["minor"]) == (
        "held",
        1000,
        2000,
    )
    await confirms(deal)
    assert await payable(world) == 1800


@pytest.mark.flow("ops-x4")
async def test_a_bank_that_decides_before_it_has_our_evidence_ends_the_waiting(world: World) -> None:
    _, deal, _ = await sold(world, 3000)
    claim = await takes(deal)
    await rules(world, claim, won=True)
    assert not (await at_bank(world, claim))["submitted"]
    assert (await the_case(world))["status"] == "resolved"
    await no_harm(world)


@pytest.mark.flow("ops-x4")
async def test_while_a_bank_has_the_money_nothing_is_refunded_here(world: World) -> None:
    _, deal, leg = await sold(world, 3000)
    mine = await disputes(deal, leg)
    claim = await takes(deal)
    refused = await decides(world, mine["id"], "approve")
    assert (refused.status, refused.code) == (409, "chargeback_open")
    for caller in (deal.customer, world.admin()):
        body = {"leg_id": leg, "reason": "damaged", "text": "now"}
        answer = await caller.call("POST", f"/api/v1/orders/{deal.id}/refunds", body)
        assert answer.status == 409
    case = await the_case(world)
    answer = await decides(world, case["id"], "deny")
    assert (answer.status, answer.code) == (409, "bank_decides")
    await rules(world, claim, won=True)
    assert (await seen(deal))["leg"]["hold"] == "disputed", "the customer's own case goes on"
    assert (await decides(world, mine["id"], "approve")).status == 200
    assert (await seen(deal))["payment_status"] == "refunded"
    await no_harm(world)


@pytest.mark.flow("ops-x4")
async def test_a_claim_denied_while_the_bank_has_the_money_is_paid_when_the_bank_gives_it_back(
    world: World,
) -> None:
    _, deal, leg = await sold(world, 3000)
    mine = await disputes(deal, leg)
    claim = await takes(deal)
    assert (await decides(world, mine["id"], "deny")).status == 200
    assert (await seen(deal))["leg"]["hold"] == "disputed"
    await confirms(deal)
    await rules(world, claim, won=True)
    assert (await seen(deal))["leg"]["hold"] == "released"
    assert await payable(world) == 2700


@pytest.mark.flow("ops-x4")
async def test_what_the_bank_gave_back_closes_the_customers_own_case(world: World) -> None:
    _, deal, leg = await sold(world, 3000)
    mine = await disputes(deal, leg)
    claim = await takes(deal)
    await rules(world, claim, won=False)
    shown = await deal.customer.get(f"/api/v1/disputes/{mine['id']}")
    assert (shown["status"], shown["ruling"]["amount"]["minor"]) == ("resolved", 0)
    assert (await seen(deal))["paid"]["minor"] == 0
    await world.advance(days=3)
    assert await escalations(world) == []
    await no_harm(world)


@pytest.mark.flow("ops-x4")
async def test_what_was_refused_while_the_bank_had_the_money_is_decided_afterwards(world: World) -> None:
    _, deal, leg = await sold(world, 3000)
    claim = await takes(deal)
    await confirms(deal, legs=[{"leg_id": leg, "outcome": "refused", "text": "Wilted"}])
    assert len(await world.admin().get("/api/v1/disputes")) == 1, "only the bank's"
    await rules(world, claim, won=True)
    cases = await world.admin().get("/api/v1/disputes", status="open")
    assert [(each["origin"], each["text"]) for each in cases] == [("delivery", "Wilted")]
    assert (await seen(deal))["leg"]["hold"] == "disputed"
    assert await payable(world) == 0


# --- news: twice, late, in the wrong order, never, about nobody -------------------------------------


@pytest.mark.flow("ops-x4")
@pytest.mark.parametrize("won", [True, False])
async def test_news_of_the_end_before_news_of_the_beginning_comes_to_the_same(
    world: World, won: bool
) -> None:
    _, deal, _ = await sold(world, 3000)
    await quiet(world)
    claim = await takes(deal)
    await rules(world, claim, won=won)
    assert await world.admin().get("/api/v1/disputes") == []
    await deliver(world, "dispute_changed", times=2)
    case = await the_case(world)
    assert (case["status"], case["ruling"]["verdict"]) == ("resolved", "deny" if won else "approve")
    await deliver(world, "dispute_opened", times=3)
    assert await the_case(world) == case
    assert (await seen(deal))["leg"]["hold"] == ("held" if won else "refunded")
    assert await chargeback_balance(world) == 0
    await no_harm(world)


@pytest.mark.flow("ops-x4")
async def test_a_bank_whose_news_never_comes_is_asked(world: World) -> None:
    _, deal, _ = await sold(world, 3000)
    await confirms(deal)
    claim = await takes(deal)
    await quiet(world)
    await rules(world, claim, won=True)
    assert (await the_case(world))["status"] == "under_review"
    await world.advance(days=7, minutes=1)
    assert (await the_case(world))["status"] == "resolved"


@pytest.mark.flow("ops-x4")
async def test_a_chargeback_about_a_payment_of_no_order_is_put_before_a_person(world: World) -> None:
    from shared.domain.money import Money
    from shared.ports.payments import AuthoriseRequest

    _, deal, _ = await sold(world)
    asked = AuthoriseRequest(
        key="stray", customer_id="bob", amount=Money(minor=700), group=deal.id, capture=True
    )
    stray = await world.app.payments.authorise(asked)
    await rehearse(world, "POST", "disputes", {"payment_id": stray.id, "reason": "fraud"}, key="s")
    (task,) = await escalations(world)
    assert (task["reason"], task["priority"]) == ("chargeback", 2)
    assert stray.id in task["summary"]
    assert "$7.00" in task["summary"]
    assert await world.admin().get("/api/v1/disputes") == []
    assert (await seen(deal))["leg"]["hold"] == "held", "the order that it names is none of it"
    await no_harm(world)


@pytest.mark.flow("ops-x4")
async def test_evidence_that_never_got_to_the_bank_is_an_urgent_task(tmp_path: Path) -> None:
    """The plan is stuck; the housekeeping notices at the bank's last moment."""
    async with running(tmp_path / "data", evidence_margin="PT0.001S") as world:
        _, deal, _ = await sold(world, 3000)
        await takes(deal)
        case = await the_case(world)
        await world.host.engine.terminate(case["id"], "stuck")
        await world.advance(days=7, minutes=20)
        (task,) = [each for each in await escalations(world) if each["subject"] == case["id"]]
        assert (task["reason"], task["priority"]) == ("chargeback", 2)


@pytest.mark.flow("ops-x4")
@pytest.mark.parametrize("seed", range(4))
async def test_every_news_two_to_five_times_in_any_order_comes_to_the_same(world: World, seed: int) -> None:
    """Two orders, one won and one lost, all of their news shuffled and at once."""
    chance = random.Random(seed)
    deals = [(await sold(world, 3000, id=name))[1] for name in ("first", "second")]
    for deal in deals:
        await confirms(deal)
    await quiet(world)
    for n, deal in enumerate(deals):
        order = await world.app.orders.get(deal.id)
        body = {"payment_id": order.paying.payment_id, "reason": "fraudulent"}
        claim = await rehearse(world, "POST", "disputes", body, key=f"d{n}")
        await rules(world, claim["id"], won=n == 0)
    told = [each for each in await rehearse(world, "GET", "news") for _ in range(chance.randint(2, 5))]
    chance.shuffle(told)
    await asyncio.gather(
        *(
            world.send(
                "POST",
                "/api/v1/webhooks/payments",
                data=each["body"],
                headers={**each["headers"], "Content-Type": "application/json"},
            )
            for each in told
        )
    )
    await world.settle()
    cases = await world.admin().get("/api/v1/disputes", origin="bank")
    assert sorted((each["order_id"], each["status"]) for each in cases) == sorted(
        (deal.id, "resolved") for deal in deals
    )
    assert [await payable(world, name) for name in ("first", "second")] == [2700, 0]
    assert [(await seen(deal))["payment_status"] for deal in deals] == ["captured", "refunded"]
    assert await chargeback_balance(world) == 0
    await no_harm(world)
