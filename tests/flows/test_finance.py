"""What vendors, workers and customers see of their money, and that it arrives (2.8-1, 2.8-2, 5.2-4)."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.ledger import Account, AccountKind
from shared.domain.money import Money
from shared.ports.payments import AuthoriseRequest
from tests.harness import HOME, Caller, World
from tests.street import Deal, Shop, flowers, no_harm, opened, ordered

MINE = "/api/v1/partners/me"
ADMIN = "/api/v1/admin"


@pytest.fixture
async def rose(world: World) -> Any:
    """A florist at the street's corner."""
    yield await opened(world, "rose", flowers("red", "red", 10_000), flowers("white", "white", 4_000))
    await no_harm(world)


async def onboarded(shop: Shop) -> None:
    """The shop opens the account that it is paid to, and completes it at the provider."""
    link = await shop.portal.post(f"{MINE}/payouts/account", {"email": "rose@rose.example"})
    assert link["url"].startswith("http")
    await shop.world.settle()


async def delivered(shop: Shop, *items: str) -> Deal:
    """An order whose every leg the shop accepts and the customer confirms."""
    deal = await ordered(shop.world, *items)
    for leg in (await deal.now())["legs"]:
        await shop.accepts(leg["id"])
    await deal.customer.post(f"/api/v1/orders/{deal.id}/confirm-delivery", {})
    await shop.world.settle()
    return deal


async def finance(shop: Shop, **query: Any) -> dict[str, Any]:
    """The shop's dashboard."""
    shown: dict[str, Any] = await shop.portal.get(f"{MINE}/finance", **query)
    return shown


async def at_the_provider(world: World) -> list[tuple[str, int]]:
    """What moved there, fees aside."""
    books = await world.admin().get("/api/v1/simulator/payments/books")
    return sorted((each["kind"], each["amount"]["minor"]) for each in books["movements"])


async def transferred(world: World) -> list[int]:
    """What went to vendors, the least first."""
    return sorted(-minor for kind, minor in await at_the_provider(world) if kind == "transfer")


async def table(caller: Caller, path: str) -> list[dict[str, str]]:
    """An export, read as a spreadsheet would."""
    headers = {"Authorization": f"Bearer {caller.token}"}
    async with caller.world.http.get(f"{caller.world.host.url}{path}", headers=headers) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/csv"
        return list(csv.DictReader(io.StringIO(await answer.text(), newline="")))


@pytest.mark.flow("2.8-1")
async def test_a_verified_leg_is_paid_to_its_vendors_account(world: World, rose: Shop) -> None:
    await onboarded(rose)
    await delivered(rose, "red")
    shown = await finance(rose)
    assert shown["pending"] == []
    assert [amount["minor"] for amount in shown["paid"]] == [9_000]
    assert [(p["status"], p["amount"]["minor"]) for p in shown["latest_payouts"]] == [("paid", 9_000)]
    assert await at_the_provider(world) == [("payment", 10_000), ("transfer", -9_000)]
    assert [(t["reason"], t["amount"]["minor"]) for t in shown["history"]["items"]] == [
        ("payout", -9_000),
        ("Red Flowers", 9_000),
    ]


@pytest.mark.flow("2.8-1")
async def test_a_vendor_without_an_account_is_paid_as_soon_as_it_has_one(world: World, rose: Shop) -> None:
    await delivered(rose, "red")
    before = await finance(rose)
    assert [each["balance"]["minor"] for each in before["earned"]] == [9_000]
    assert (before["payouts"]["account_opened"], before["latest_payouts"]) == (False, [])
    await onboarded(rose)
    assert await at_the_provider(world) == [("payment", 10_000), ("transfer", -9_000)]
    assert (await finance(rose))["payouts"]["can_be_paid"]


@pytest.mark.flow("2.8-1")
async def test_an_outage_of_the_provider_is_waited_out(world: World, rose: Shop) -> None:
    """Its balance is empty for a while, which looks the same: the payout waits and is sent once."""
    await onboarded(rose)
    rehearsal = world.app.payment_rehearsal
    await rose.portal.call("PUT", f"{MINE}/payouts", {"schedule": "manual"})
    await delivered(rose, "red")
    await rehearsal.pay_out("to-the-bank", await world.app.payments.balance("USD"))
    (begun,) = await rose.portal.post(f"{MINE}/payouts")
    await world.settle()
    assert begun["status"] == "open"
    await world.advance(hours=1)
    assert (await finance(rose))["latest_payouts"][0]["status"] == "open"
    await delivered(rose, "white", "red")
    await world.advance(hours=7)
    assert (await finance(rose))["latest_payouts"][0]["status"] == "paid"
    assert await transferred(world) == [9_000]


@pytest.mark.flow("2.8-2")
async def test_the_dashboard_shows_what_is_held_earned_and_paid(world: World, rose: Shop) -> None:
    await onboarded(rose)
    await rose.portal.call("PUT", f"{MINE}/payouts", {"schedule": "weekly"})
    await delivered(rose, "red")
    waiting = await ordered(world, "white")
    shown = await finance(rose)
    (held,) = shown["pending"]
    assert (held["order_id"], held["name"], held["disputed"]) == (waiting.id, "White Flowers", False)
    assert (held["held"]["minor"], held["amount"]["minor"]) == (4_000, 3_600)
    assert [amount["minor"] for amount in shown["pending_sums"]] == [3_600]
    assert [each["available"]["minor"] for each in shown["earned"]] == [9_000]
    assert (shown["payouts"]["schedule"], shown["payouts"]["next"]) == ("weekly", "2026-05-11")
    await world.advance(days=7)
    after = await finance(rose)
    assert [amount["minor"] for amount in after["paid"]] == [9_000]
    assert after["payouts"]["next"] == "2026-05-18"


@pytest.mark.flow("2.8-2")
async def test_every_schedule_can_be_chosen_and_no_other(rose: Shop) -> None:
    for schedule in ("on_release", "daily", "weekly", "monthly", "manual"):
        answer = await rose.portal.call("PUT", f"{MINE}/payouts", {"schedule": schedule})
        assert answer.data["schedule"] == schedule
        assert (await finance(rose))["payouts"]["schedule"] == schedule
    answer = await rose.portal.call("PUT", f"{MINE}/payouts", {"schedule": "hourly"})
    assert (answer.status, answer.body["errors"][0]["field"]) == (400, "schedule")


@pytest.mark.flow("2.8-2")
async def test_whoever_is_paid_by_hand_asks_for_it_and_gets_it_once(world: World, rose: Shop) -> None:
    await rose.portal.call("PUT", f"{MINE}/payouts", {"schedule": "manual"})
    refused = await rose.portal.call("POST", f"{MINE}/payouts")
    assert (refused.status, refused.code) == (409, "account_not_ready")
    await onboarded(rose)
    await delivered(rose, "red")
    assert await transferred(world) == []
    first = await rose.portal.call("POST", f"{MINE}/payouts")
    again = await rose.portal.call("POST", f"{MINE}/payouts")
    assert (first.status, [payout["amount"]["minor"] for payout in first.data]) == (202, [9_000])
    assert len(again.data) <= 1
    await world.settle()
    assert await transferred(world) == [9_000]


@pytest.mark.flow("2.8-2")
async def test_all_transactions_can_be_exported(world: World, rose: Shop) -> None:
    await onboarded(rose)
    deal = await delivered(rose, "red")
    rows = await table(rose.portal, f"{MINE}/finance/export")
    shown = [[row[name] for name in ("number", "reason", "amount", "balance", "currency")] for row in rows]
    assert shown == [
        ["1", "Red Flowers", "90.00", "90.00", "USD"],
        ["2", "payout", "-90.00", "0.00", "USD"],
    ]
    assert rows[0]["order"] == deal.id
    other = await opened(world, "other", flowers("blue", "blue"))
    assert await table(other.portal, f"{MINE}/finance/export") == []
    assert (await finance(other))["history"]["items"] == []


@pytest.mark.flow("2.8-2")
async def test_a_refund_after_the_payout_goes_against_the_next_earnings(world: World, rose: Shop) -> None:
    await onboarded(rose)
    deal = await delivered(rose, "red")
    leg = await deal.leg()
    await world.app.funds.refund(leg, Money(minor=2_000), key=f"{leg}:r", reason="wilted")
    await world.settle()
    assert [each["balance"]["minor"] for each in (await finance(rose))["earned"]] == [-1_800]
    await delivered(rose, "red")
    assert await transferred(world) == [7_200, 9_000]


# --- what customers see -----------------------------------------------------------------------------


@pytest.mark.flow("1.3-3")
async def test_the_statement_of_an_order_adds_up_at_every_step(world: World, rose: Shop) -> None:
    deal = await ordered(world, "red", "white")
    path = f"/api/v1/orders/{deal.id}/statement"
    before = await deal.customer.get(path)
    assert before["balanced"]
    assert before["held"]["minor"] == before["remaining"]["minor"] == 14_000
    for leg in (await deal.now())["legs"]:
        await rose.accepts(leg["id"])
    await deal.customer.post(f"/api/v1/orders/{deal.id}/confirm-delivery", {})
    await world.settle()
    after = await world.admin().get(path)
    assert after == await deal.customer.get(path)
    sums = {name: after[name]["minor"] for name in ("held", "released", "refunded", "fees", "remaining")}
    assert sums == {"held": 14_000, "released": 12_600, "refunded": 0, "fees": 1_400, "remaining": 0}
    assert after["balanced"]
    assert after["debits"] == after["credits"]
    for entry in after["entries"]:
        assert sum(line["debit"] - line["credit"] for line in entry["lines"]) == 0


async def test_a_concierges_statement_names_no_vendor_and_no_part_of_the_price(world: World) -> None:
    bought = await world.customer().post(
        "/api/v1/orders",
        {
            "items": [{"id": "white-glove-baby"}],
            "deliver_to": HOME,
            "deliver_by": (world.now() + timedelta(days=3)).isoformat(),
        },
    )
    await world.settle()
    order = await world.app.orders.get(bought["id"])
    assert order.hides_parts
    assert order.is_paid
    shown = await world.customer().get(f"/api/v1/orders/{order.id}/statement")
    assert (shown["balanced"], shown["held"]["minor"]) == (True, bought["total"]["minor"])
    assert (shown["released"], shown["fees"], shown["remaining"], shown["debits"]) == (None,) * 4
    said = repr(shown)
    amounts = set(re.findall(r"\b[0-9]+\b", said))  # an id may hold any digits
    for leg in order.legs:
        assert str(leg.price.minor) not in amounts
        for secret in (leg.vendor_id, leg.vendor_name, leg.id, leg.name):
            assert secret not in said, secret


@pytest.mark.flow("5.2-4")
async def test_an_apology_is_a_credit_that_the_customer_sees(world: World, rose: Shop) -> None:
    deal = await ordered(world, "red")
    body = {"customer_id": "alice", "order_id": deal.id, "reason": "late"}
    granted = await world.admin().call("POST", f"{ADMIN}/credits", body, key="k1")
    assert (granted.status, granted.data["amount"]["minor"]) == (201, 2_000)
    assert (await world.admin().post(f"{ADMIN}/credits", body, key="k1"))["id"] == granted.data["id"]
    mine = await deal.customer.get("/api/v1/credits/me")
    assert [each["available"]["minor"] for each in mine["holdings"]] == [2_000]
    assert [item["order_id"] for item in mine["transactions"]["items"]] == [deal.id]
    assert (await world.customer("mallory").get("/api/v1/credits/me"))["holdings"] == []
    account = await world.admin().get(f"{ADMIN}/ledger/accounts/credits:alice")
    assert account["transactions"] == mine["transactions"]


async def test_a_credit_pays_a_part_of_the_next_order(world: World, rose: Shop) -> None:
    deal = await ordered(world, "white")
    body = {"customer_id": "alice", "order_id": deal.id, "reason": "late"}
    await world.admin().post(f"{ADMIN}/credits", body)
    cart = {
        "items": [{"id": "red"}],
        "deliver_to": HOME,
        "deliver_by": (world.now() + timedelta(hours=24)).isoformat(),
    }
    checkout = await deal.customer.post("/api/v1/checkouts", cart)
    path = f"/api/v1/checkouts/{checkout['id']}"
    paid = await deal.customer.post(f"{path}/confirm", {"use_credits": True})
    await world.settle()
    assert ("payment", 8_000) in await at_the_provider(world)
    mine = await deal.customer.get("/api/v1/credits/me")
    assert [each["balance"]["minor"] for each in mine["holdings"]] == [0]
    statement = await deal.customer.get(f"/api/v1/orders/{paid['order_id']}/statement")
    assert (statement["balanced"], statement["held"]["minor"]) == (True, 10_000)


async def test_a_workers_scan_is_paid_once(world: World, rose: Shop) -> None:
    deal = await ordered(world, "red")
    body = {"order_id": deal.id, "leg_id": await deal.leg(), "worker_id": "walt"}
    first = await world.admin().post(f"{ADMIN}/gig-payments", body)
    assert await world.admin().post(f"{ADMIN}/gig-payments", body) == first
    assert first["amount"]["minor"] == 350
    await world.settle()
    walt = Account(kind=AccountKind.GIG_WALLET, owner="walt")
    shown = await world.admin().get(f"{ADMIN}/ledger/accounts/{walt.id}")
    assert [each["balance"]["minor"] for each in shown["holdings"]] == [350]
    unknown = await world.admin().call("POST", f"{ADMIN}/gig-payments", {**body, "leg_id": f"{deal.id}-l9"})
    assert unknown.status == 404


# --- what the platform sees -------------------------------------------------------------------------


async def test_the_whole_ledger_balances_and_the_night_brings_the_fees(world: World, rose: Shop) -> None:
    await onboarded(rose)
    await delivered(rose, "red")
    await ordered(world, "white")
    admin = world.admin()
    missing = await admin.call("GET", f"{ADMIN}/reconciliation", day="2026-05-04")
    assert missing.status == 404
    await world.advance(hours=14)
    report = await admin.get(f"{ADMIN}/reconciliation")
    assert (report["day"], report["agrees"], report["differences"]) == ("2026-05-04", True, [])
    assert sorted(fee["amount"]["minor"] for fee in report["fees"]) == [146, 320]
    trial = await admin.get(f"{ADMIN}/ledger/trial-balance")
    assert trial["balanced"]
    there = {line["kind"]: line["balance"] for line in trial["lines"]}
    assert there["provider_balance"] == 14_000 - 9_000 - 466
    assert (await world.app.payments.balance("USD")).minor == there["provider_balance"]
    rows = await table(admin, f"{ADMIN}/ledger/trial-balance/export")
    assert {row["kind"]: row["balance"] for row in rows}["provider_fees"] == "4.66"
    again = await admin.post(f"{ADMIN}/reconciliation", {"day": "2026-05-04"})
    assert again["agrees"]
    future = await admin.call("POST", f"{ADMIN}/reconciliation", {"day": "2027-01-01"})
    assert (future.status, future.body["errors"][0]["field"]) == (400, "day")


async def test_a_difference_stands_in_the_intervention_queue_and_can_be_settled(world: World) -> None:
    stray = AuthoriseRequest(key="stray", customer_id="bob", amount=Money(minor=777), capture=True)
    await world.app.payments.authorise(stray)
    await world.advance(hours=14)
    (task,) = await world.admin().get("/api/v1/escalations")
    assert (task["reason"], task["subject"]) == ("books_differ", "reconciliation-2026-05-04")
    body = {"resolution": "close", "note": "Refunded by hand."}
    await world.admin().post(f"/api/v1/escalations/{task['id']}/resolve", body)
    await world.settle()
    await no_harm(world)


async def test_an_accounts_statement_is_for_admins_and_of_accounts_that_there_are(world: World) -> None:
    for unknown in ("vendor_payable:nobody", "held:x", "nonsense:x", "provider_balance:x"):
        answer = await world.admin().call("GET", f"{ADMIN}/ledger/accounts/{unknown}")
        assert (answer.status, answer.code) == (404, "not_found"), unknown
    answer = await world.admin().call("GET", f"{ADMIN}/ledger/accounts/no-colon")
    assert answer.status == 400
