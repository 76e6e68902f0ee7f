"""What happened to the plans whose histories are kept: every way that each plan can take, and its long waits.

A story drives the running app through its doors and returns the id of the plan to keep, by name.
"""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from shared.domain.catalogue import Channel, ChannelKind
from shared.domain.ledger import Account, AccountKind, Entry, credit, debit
from shared.domain.money import Money
from shared.domain.payouts import payout_id
from shared.ports.payments import AuthoriseRequest, TransferRequest
from shared.ports.store import Create
from shared.services.records import entry_document
from tests.affiliates import FORM, registered
from tests.harness import HOME, Caller, World

SIMULATOR = "/api/v1/simulator"
SHOP_A, SHOP_B = "demo-flower-shop-a", "demo-flower-shop-b"
Story = Callable[[World], Awaitable[dict[str, str]]]
STORIES: list[Story] = []


def story(tell: Story) -> Story:
    """Keep what `tell` brings about."""
    STORIES.append(tell)
    return tell


async def ordered(world: World, name: str, product: str = "demo-red-flowers") -> dict[str, Any]:
    """A customer's order of flowers for tomorrow, with its plan run."""
    alice = world.customer()
    body = {
        "items": [{"id": product}],
        "deliver_to": HOME,
        "deliver_by": (world.now() + timedelta(hours=33)).isoformat(),
        "thread_id": f"thr-{name}",
    }
    order: dict[str, Any] = await alice.post("/api/v1/orders", body, key=name)
    await world.settle()
    return order


async def says(world: World, shop: str, type_: str, *outcomes: dict[str, Any], manual: bool = False) -> None:
    """From now on the shop answers requests of a type with one outcome after another."""
    script = {
        "name": f"{shop} {type_}",
        "priority": 0,
        "partner_ids": [shop],
        "trigger": {"type": "request_type", "any_of": [type_]},
        "response": "manual" if manual else "automated",
        "steps": [{"outcomes": [outcome]} for outcome in outcomes],
    }
    await world.admin().post(f"{SIMULATOR}/scenarios", {"script": script})


async def demo(world: World) -> Caller:
    """The two florists of the live demo, and a customer."""
    await world.admin().post(f"{SIMULATOR}/live-demo/setup", {})
    return world.customer()


async def third_florist(world: World) -> None:
    """Someone else who sells pink flowers, trusted less than the two of the demo."""
    shop = {
        "id": "third-florist",
        "name": "Flower Shop C",
        "business_type": "florist",
        "location": HOME,
        "channel": "whatsapp",
        "identifier": "+15125550103",
        "trust_score": 60,
        "hours": {"opens": "00:00", "closes": "23:59", "days": [0, 1, 2, 3, 4, 5, 6]},
    }
    flowers = {
        "id": "third-pink-flowers",
        "name": "Pink Flowers",
        "category": "flowers",
        "price": {"minor": 5300, "currency": "USD"},
        "capabilities": ["gift-note", "hand-tied"],
        "quantity": 5,
    }
    await world.admin().post(f"{SIMULATOR}/partners", shop)
    await world.admin().post(f"{SIMULATOR}/partners/third-florist/products", flowers)


async def changed(world: World, order: dict[str, Any], text: str) -> Any:
    """Ask for something else instead; the partner's first answer is in."""
    path = f"/api/v1/orders/{order['id']}/change-requests"
    negotiation = await world.customer().post(path, {"text": text})
    await world.settle()
    return await seen(world, "negotiations", negotiation["id"])


async def seen(world: World, what: str, id: str) -> Any:
    """Show something to the customer."""
    return await world.customer().get(f"/api/v1/{what}/{id}")


async def decided(world: World, what: str, id: str, yes: bool, **more: Any) -> None:
    """The customer says yes or no."""
    await world.customer().post(f"/api/v1/{what}/{id}/{'approve' if yes else 'reject'}", more)
    await world.settle()


PINK = "I would like pink flowers instead of red"


@story
async def order_placed(world: World) -> dict[str, str]:
    await demo(world)
    return {"fulfil_order-placed": (await ordered(world, "placed"))["id"]}


@story
async def order_without_stock(world: World) -> dict[str, str]:
    await demo(world)
    first = await ordered(
        world, "all"
    )  # what is stored is changed behind the app's back: nobody can sell twice
    await world.app.inventory.set_quantity("demo-red-flowers", 0)
    second = await ordered(world, "none-left")
    assert first["id"] != second["id"]
    assert (await seen(world, "orders", second["id"]))["status"] == "cancelled"
    return {"fulfil_order-out_of_stock": second["id"]}


@story
async def order_whose_vendor_cannot_be_reached(world: World) -> dict[str, str]:
    """The vendor's channel fails at every try; a person is told."""
    await demo(world)
    await world.app.catalogue.refresh()
    silent = world.app.catalogue.vendor(SHOP_A).model_copy(update={"channel": Channel(kind=ChannelKind.SMS)})
    await world.app.catalogue.put_vendor(silent)
    order = await ordered(world, "unreached")
    await world.advance(minutes=1)
    return {"fulfil_order-vendor_unreached": order["id"]}


@story
async def order_declined(world: World) -> dict[str, str]:
    await demo(world)
    await world.app.payment_rehearsal.decline("alice")
    order = await ordered(world, "declined")
    assert (await seen(world, "orders", order["id"]))["payment_status"] == "failed"
    return {"fulfil_order-declined": order["id"]}


@story
async def change_accepted(world: World) -> dict[str, str]:
    await demo(world)
    order = await ordered(world, "accepted")
    await says(
        world, SHOP_A, "change_request", {"verdict": "accept", "text": "Yes, gladly.", "delay_seconds": 300}
    )
    negotiation = await changed(world, order, PINK)
    await world.advance(minutes=5)
    assert (await seen(world, "negotiations", negotiation["id"]))["status"] == "accepted"
    return {"negotiate_change-accepted": negotiation["id"]}


@story
async def change_rejected_and_recovered(world: World) -> dict[str, str]:
    await demo(world)
    order = await ordered(world, "rejected")
    negotiation = await changed(world, order, PINK)
    recovery = negotiation["recovery_id"]
    await world.advance(minutes=3)
    await decided(world, "recoveries", recovery, yes=True)
    assert (await seen(world, "recoveries", recovery))["status"] == "completed"
    return {"negotiate_change-rejected": negotiation["id"], "recover_leg-swapped": recovery}


COUNTER = {"verdict": "counter_offer", "text": "For {price_change} more.", "alternatives": [{"percent": 10}]}


@story
async def change_agreed_after_counter_offers(world: World) -> dict[str, str]:
    await demo(world)
    order = await ordered(world, "counter")
    await says(world, SHOP_A, "change_request", COUNTER, {**COUNTER, "alternatives": [{"percent": 5}]})
    negotiation = await changed(world, order, PINK)
    await decided(world, "negotiations", negotiation["id"], yes=False)
    await world.advance(minutes=1)
    shown = await seen(world, "negotiations", negotiation["id"])
    if shown["status"] == "awaiting_user_approval":
        await decided(world, "negotiations", negotiation["id"], yes=True)
    return {"negotiate_change-counter_offers": negotiation["id"]}


@story
async def change_left_open_by_the_customer(world: World) -> dict[str, str]:
    await demo(world)
    order = await ordered(world, "open")
    await says(world, SHOP_A, "change_request", COUNTER)
    negotiation = await changed(world, order, PINK)
    await world.advance(hours=25)
    return {"negotiate_change-no_answer": negotiation["id"]}


@story
async def change_settled_by_a_person(world: World) -> dict[str, str]:
    kept = {}
    for resolution in ("accept_change", "recover", "decline_change"):
        await demo(world)
        order = await ordered(world, resolution)
        await says(world, SHOP_A, "change_request", manual=True)
        negotiation = await changed(world, order, PINK)
        await world.advance(minutes=61)
        escalation = f"/api/v1/escalations/esc_{negotiation['id']}"
        body = {"resolution": resolution, "note": "talked to them"}
        await world.advance(days=1)
        await world.admin().post(f"{escalation}/resolve", body)
        await world.settle()
        kept[f"negotiate_change-person-{resolution}"] = negotiation["id"]
    return kept


@story
async def change_that_no_person_settles(world: World) -> dict[str, str]:
    await demo(world)
    order = await ordered(world, "unsettled")
    await says(world, SHOP_A, "change_request", manual=True)
    negotiation = await changed(world, order, PINK)
    await world.advance(days=31)
    return {"negotiate_change-person-silent": negotiation["id"]}


@story
async def recovery_declined(world: World) -> dict[str, str]:
    kept = {}
    for keep in (True, False):
        await demo(world)
        order = await ordered(world, f"keep-{keep}")
        recovery = (await changed(world, order, PINK))["recovery_id"]
        await decided(world, "recoveries", recovery, yes=False, keep_original=keep)
        kept[f"recover_leg-{'kept' if keep else 'cancelled'}"] = recovery
    return kept


@story
async def recovery_unanswered(world: World) -> dict[str, str]:
    await demo(world)
    recovery = (await changed(world, await ordered(world, "silence"), PINK))["recovery_id"]
    await world.advance(hours=25)
    return {"recover_leg-no_answer": recovery}


@story
async def recovery_without_alternative(world: World) -> dict[str, str]:
    await demo(world)
    no = {"verdict": "reject", "text": "No, we don't have that."}
    await says(world, SHOP_A, "change_request", no)
    wish = "I would like a chainsaw instead of red flowers"
    recovery = (await changed(world, await ordered(world, "nothing"), wish))["recovery_id"]
    assert (await seen(world, "recoveries", recovery))["status"] == "escalated"
    await world.advance(days=2)
    body = {"resolution": "close", "note": "nobody sells these"}
    await world.admin().post(f"/api/v1/escalations/esc_{recovery}/resolve", body)
    await world.settle()
    return {"recover_leg-no_alternative": recovery}


@story
async def recovery_by_the_second_vendor(world: World) -> dict[str, str]:
    await demo(world)
    await third_florist(world)
    await says(world, SHOP_B, "order", {"verdict": "reject", "text": "No, sorry.", "delay_seconds": 60})
    recovery = (await changed(world, await ordered(world, "second"), PINK))["recovery_id"]
    await decided(world, "recoveries", recovery, yes=True)
    await world.advance(minutes=1)
    await decided(world, "recoveries", recovery, yes=True)
    await world.advance(minutes=30)
    return {"recover_leg-second_vendor": recovery}


@story
async def recovery_whose_vendor_stays_silent(world: World) -> dict[str, str]:
    await demo(world)
    await says(world, SHOP_B, "order", manual=True)
    recovery = (await changed(world, await ordered(world, "mute"), PINK))["recovery_id"]
    await decided(world, "recoveries", recovery, yes=True)
    await world.advance(days=31)
    return {"recover_leg-vendor_silent": recovery}


@story
async def recovery_that_cannot_be_paid(world: World) -> dict[str, str]:
    await demo(world)
    recovery = (await changed(world, await ordered(world, "unpaid"), PINK))["recovery_id"]
    await world.app.payment_rehearsal.decline("alice")
    await decided(world, "recoveries", recovery, yes=True)
    return {"recover_leg-declined": recovery}


@story
async def recovery_that_need_not_ask(world: World) -> dict[str, str]:
    """A vendor that fails is replaced unasked when that costs nothing more (flow 6.3-2)."""
    await demo(world)
    await third_florist(world)
    order = await ordered(world, "unasked", "demo-pink-flowers")
    legs = (await seen(world, "orders", order["id"]))["legs"]
    body = {"order_id": order["id"], "leg_id": legs[0]["id"], "reason": "vendor_unable"}
    recovery = await world.admin().post("/api/v1/recoveries", body)
    await world.settle()
    await world.advance(minutes=30)
    return {"recover_leg-unasked": recovery["id"]}


WISH = {"text": "order flowers on the next sunny Thursday", "deliver_to": HOME}


async def skies(world: World, **days: str) -> None:
    """Write the weather of the days, `d07="sunny"` for the seventh of May; all other days are as recorded."""
    for day, sky in days.items():
        body = {"place": HOME, "day": f"2026-05-{day[1:]}", "sky": sky, "since": "2026-05-04T00:00:00Z"}
        answer = await world.admin().call("PUT", f"{SIMULATOR}/weather", body)
        assert answer.status < 300, answer.body


async def wished(world: World, name: str, **more: Any) -> str:
    """A standing intent, watched."""
    intent = await world.customer().post(
        "/api/v1/standing-intents", {**WISH, "thread_id": f"thr-{name}", **more}, key=name
    )
    await world.settle()
    return str(intent["id"])


@story
async def intent_that_waits_eleven_days_and_buys(world: World) -> dict[str, str]:
    await skies(world, d07="rainy", d14="sunny")
    intent = await wished(world, "sunny")
    await world.advance(days=9, hours=23)
    shown = await seen(world, "standing-intents", intent)
    assert shown["status"] == "waiting_approval", shown
    await decided(world, "standing-intents", intent, yes=True)
    shown = await seen(world, "standing-intents", intent)
    assert shown["status"] == "completed", shown
    return {"standing_intent-bought": intent, "fulfil_order-as_child": shown["order_id"]}


@story
async def intent_that_is_changed_and_cancelled(world: World) -> dict[str, str]:
    await skies(world, d07="rainy", d14="rainy", d21="rainy")
    intent = await wished(world, "cancelled")
    await world.advance(days=6)
    path = f"/api/v1/standing-intents/{intent}"
    answer = await world.customer().call("PUT", path, {**WISH, "text": "order tulips next sunny Thursday"})
    assert answer.status == 200, answer.body
    await world.settle()
    await world.advance(days=1)
    answer = await world.customer().call("DELETE", path)
    assert answer.status == 200, answer.body
    await world.settle()
    return {"standing_intent-cancelled": intent}


@story
async def intent_that_waits_too_long(world: World) -> dict[str, str]:
    await skies(world, d07="rainy", d14="rainy")
    intent = await wished(world, "too-long", max_wait_days=12)
    await world.advance(days=13)
    return {"standing_intent-longest_wait": intent}


@story
async def intents_whose_question_is_not_answered(world: World) -> dict[str, str]:
    await skies(world, d07="sunny", d14="rainy")
    names = {
        level: await wished(world, f"trust-{level}", trust_level=level) for level in ("high", "medium", "low")
    }
    await world.advance(days=5)
    await world.customer().call("DELETE", f"/api/v1/standing-intents/{names['low']}")
    await world.settle()
    return {f"standing_intent-silence-{level}": intent for level, intent in names.items()}


@story
async def intent_that_is_refused_and_goes_on(world: World) -> dict[str, str]:
    await skies(world, d07="sunny", d14="sunny")
    intent = await wished(world, "refused")
    await world.advance(days=3)
    await decided(world, "standing-intents", intent, yes=False, keep_waiting=True)
    await world.advance(days=7)
    await decided(world, "standing-intents", intent, yes=False)
    return {"standing_intent-refused": intent}


@story
async def intent_that_cannot_pay(world: World) -> dict[str, str]:
    await skies(world, d07="sunny")
    intent = await wished(world, "cannot-pay", requires_approval=False)
    await world.app.payment_rehearsal.decline("alice")
    await world.advance(days=4)
    return {"standing_intent-declined": intent}


@story
async def intent_for_nothing_known(world: World) -> dict[str, str]:
    intent = await wished(world, "nothing", text="order a zeppelin on the next sunny Thursday")
    return {"standing_intent-nothing_found": intent}


@story
async def simulated_replies(world: World) -> dict[str, str]:
    kept = {}
    for name, delay in (("at_once", 0), ("delayed", 300)):
        await world.admin().post(f"{SIMULATOR}/live-demo/setup", {"delay_seconds": delay})
        order = await ordered(world, f"reply-{name}")
        leg = (await seen(world, "orders", order["id"]))["legs"][0]["id"]
        await world.advance(hours=1)
        kept[f"simulated_reply-{name}"] = f"sim_{leg}_order"
    return kept


@story
async def simulated_reply_after_days(world: World) -> dict[str, str]:
    """No scenario waits so long, but the plan could: its timer is then a chain of segments."""
    await demo(world)
    order = await ordered(world, "reply-after-days")
    leg = (await seen(world, "orders", order["id"]))["legs"][0]["id"]
    due = (world.now() + timedelta(days=12)).isoformat()
    asked = {"partner_id": SHOP_A, "message_id": f"{leg}:order", "due_at": due}
    await world.host.engine.start_new("simulated_reply", json.dumps(json.dumps(asked)), "sim_later")
    await world.advance(days=13)
    return {"simulated_reply-after_days": "sim_later"}


@story
async def affiliate_verified(world: World) -> dict[str, str]:
    """At once, and after a register that took its time."""
    quick = await registered(world)
    slow = await registered(world, documents={**FORM["documents"], "tax_id": "12-3455555"})
    await world.advance(hours=2, minutes=1)
    assert (await slow.now())["status"] == "active"
    return {"verify_affiliate-at_once": f"kyc_{quick.id}_1", "verify_affiliate-slow": f"kyc_{slow.id}_1"}


@story
async def affiliate_whose_register_is_silent(world: World) -> dict[str, str]:
    """Asked again and again, until an admin has to decide."""

    bo = await registered(world, documents={**FORM["documents"], "insurance": "POL-6666"})
    await world.advance(days=7, minutes=1)
    shown = await bo.now()
    assert {check["method"] for check in shown["checks"]} == {"api", "manual"}
    return {"verify_affiliate-silent": f"kyc_{bo.id}_1"}


async def charged_back(world: World, name: str, *, delivered: bool) -> tuple[str, str]:
    """An order whose payment the customer's bank takes back; return the ids of case and claim."""
    await demo(world)
    order = await ordered(world, name)
    if delivered:
        await world.customer().post(f"/api/v1/orders/{order['id']}/confirm-delivery")
        await world.settle()
    payment = (await world.app.orders.get(order["id"])).paying.payment_id
    claim = await world.app.payment_rehearsal.open_dispute(name, payment, reason="product_not_received")
    await world.app.outbox.relay_all()
    await world.settle()
    cases = await world.admin().get("/api/v1/disputes", origin="bank")
    return next(case["id"] for case in cases if case["order_id"] == order["id"]), claim.id


async def bank_decides(world: World, claim: str, *, won: bool) -> None:
    """The bank has decided, and tells it."""
    await world.app.payment_rehearsal.close_dispute(claim, won=won)
    await world.app.outbox.relay_all()
    await world.settle()


@story
async def chargebacks_of_what_was_delivered(world: World) -> dict[str, str]:
    kept = {}
    for won in (True, False):
        case, claim = await charged_back(world, f"proven-{won}", delivered=True)
        await world.advance(days=16)
        await bank_decides(world, claim, won=won)
        kept[f"defend_chargeback-{'won' if won else 'lost'}"] = case
    return kept


@story
async def chargeback_whose_proof_comes_later(world: World) -> dict[str, str]:
    case, claim = await charged_back(world, "later", delivered=False)
    order = case.partition("-")[0]
    await world.advance(days=2)
    await world.customer().post(f"/api/v1/orders/{order}/confirm-delivery")
    await world.settle()
    await bank_decides(world, claim, won=True)
    return {"defend_chargeback-proven_later": case}


@story
async def chargeback_without_all_the_proof(world: World) -> dict[str, str]:
    case, claim = await charged_back(world, "unproven", delivered=False)
    await world.advance(days=8)
    await bank_decides(world, claim, won=False)
    return {"defend_chargeback-shortly_before_the_end": case}


@story
async def chargeback_that_is_over_at_once(world: World) -> dict[str, str]:
    case, claim = await charged_back(world, "early", delivered=False)
    await bank_decides(world, claim, won=True)
    return {"defend_chargeback-decided_early": case}


@story
async def chargeback_of_a_silent_bank(world: World) -> dict[str, str]:
    case, claim = await charged_back(world, "silent", delivered=True)
    await world.app.payment_rehearsal.shape_news(delay=timedelta(0), copies=0)
    await bank_decides(world, claim, won=True)
    await world.advance(days=8)
    return {"defend_chargeback-asked": case}


async def earned(world: World, vendor_id: str, minor: int) -> Account:
    """A vendor has earned something, and has an account that it can be paid to."""
    account, amount = Account(kind=AccountKind.VENDOR_PAYABLE, owner=vendor_id), Money(minor=minor)
    entry = Entry(
        key=f"story:{vendor_id}",
        at=world.now(),
        currency="USD",
        postings=(
            debit(AccountKind.COST_OF_GOODS, "", amount),
            credit(AccountKind.VENDOR_PAYABLE, vendor_id, amount),
        ),
    )
    await world.app.store.batch("orders", f"ord_{vendor_id}", [Create(*entry_document(entry))])
    payee = await world.app.payees.open_account(account)
    await world.app.payment_rehearsal.onboard(payee.provider_account)
    await world.app.payees.refresh(account)
    return account


async def charged(world: World, key: str) -> None:
    """There is money at the provider."""
    charge = AuthoriseRequest(key=key, customer_id="bob", amount=Money(minor=10_000), capture=True)
    await world.app.payments.authorise(charge)


@story
async def payouts(world: World) -> dict[str, str]:
    """Sent at once, sent when there was money, kept for an account that had closed, and left to a person."""
    kept: dict[str, str] = {}
    waits = (await world.app.payouts.begin(await earned(world, "waits", 5_000)))[0]
    await world.advance(minutes=31)
    await charged(world, "late")
    await world.advance(hours=1)
    kept["pay_out-waited"] = waits.plan
    at_once = (await world.app.payouts.begin(await earned(world, "paid", 1_000)))[0]
    await world.settle()
    kept["pay_out-paid"] = at_once.plan
    closing = await earned(world, "closes", 1_000)
    account = (await world.app.payees.get(closing)).provider_account
    await world.app.payment_rehearsal.shape_news(delay=timedelta(0), copies=0)  # nobody is told
    await world.app.payment_rehearsal.onboard(account, complete=False)
    kept["pay_out-account_not_ready"] = (await world.app.payouts.begin(closing))[0].plan
    await world.settle()
    odd = await earned(world, "odd", 1_000)
    destination = (await world.app.payees.get(odd)).provider_account
    taken = TransferRequest(
        key=f"{payout_id(odd, 1)}:transfer:1", account_id=destination, amount=Money(minor=1)
    )
    await world.app.payments.transfer(taken)
    kept["pay_out-unsent"] = (await world.app.payouts.begin(odd))[0].plan
    await world.settle()
    return kept
