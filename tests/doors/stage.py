"""A running app in which everything that a door can be about is really there, and who may come to it."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from shared.adapters.local_issuer import LocalIssuer
from shared.domain.identity import Persona
from shared.settings import Settings
from tests.harness import HOME, Caller, World
from tests.wallet import Wallet

SIMULATOR = "/api/v1/simulator"
SHOP_A, SHOP_B = "demo-flower-shop-a", "demo-flower-shop-b"
OWNER, STRANGER = "alice", "mallory"
TOMORROW = "2026-05-05T23:00:00Z"
BY_HAND = {
    "name": "A person answers about purple",
    "response": "manual",
    "priority": 1,
    "partner_ids": [SHOP_A],
    "trigger": {"type": "product_contains", "text": "purple"},
}
COUNTERS_YELLOW = {
    "name": "Yellow is dearer",
    "priority": 1,
    "partner_ids": [SHOP_A],
    "trigger": {"type": "product_contains", "text": "yellow"},
    "steps": [
        {
            "outcomes": [
                {
                    "verdict": "counter_offer",
                    "text": "We can do {requested_item}, but it would cost {price_change}.",
                    "alternatives": [{"percent": 10}],
                }
            ]
        }
    ],
}
AFFILIATE = {
    "name": "Alice's Picks",
    "kind": "individual_creator",
    "contact": {"name": "Alice", "email": "alice@alice.example"},
    "website": "https://alice.example",
    "commission": {"type": "cpe", "rate_bps": 500},
    "documents": {"identity": "X1234567", "tax_id": "12-3456789"},
}
UNKNOWN: Mapping[str, str] = {
    "thread_id": "thr_0000000000000000",
    "order_id": "ord_0000000000000000",
    "recovery_id": "ord_0000000000000000-r1",
    "checkout_id": "chk_0000000000000000",
    "negotiation_id": "ord_0000000000000000-n1",
    "leg_id": "ord_0000000000000000-l1",
    "intent_id": "si_0000000000000000",
    "escalation_id": "esc_ord_0000000000000000-n1",
    "dispute_id": "ord_0000000000000000-l1-d1",
    "partner_id": "nobody-at-all",
    "product_id": "nothing-at-all",
    "scenario_id": "no-such-scenario",
    "response_id": "nobody-at-all.ord_0000000000000000-l1",
    "affiliate_id": "aff_0000000000000000",
    "link_id": "aff_0000000000000000-k000000000000",
    "bundle_id": "no-such-bundle",
    "payment_id": "pi_" + "0" * 24,
    "account_id": "acct_" + "0" * 24,
    "claim_id": "dp_" + "0" * 40,
    "kid": "0" * 43,
    "mandate_id": "man_00000000000000000000",
    "ledger_account": "credits:nobody-at-all",
    "shop_order_id": "sho_999",
    "number": "999",
    "supplier_id": "nobody-at-all",
    "supplier_order_id": "ali_000000000000",
    "sku": "NOTHING-AT-ALL",
    "shop_product_id": "nothing-at-all",
    "ticket_id": "tkt_0000000000000000-t1",
    "token": "sho_999.0000000000000000",
    "photo_id": "pho_" + "0" * 32,
    "subscription": "nobody-listens",
    "dead_letter": "999999",
}
"""Well-formed ids of what is not there, by the name of the path parameter."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The running app and the ids of what is in it, by the name of the path parameter."""

    world: World
    ids: Mapping[str, str]
    data: Path

    def callers(self) -> dict[str, Caller]:
        """Everyone who might come to a door, by what they are."""
        world = self.world
        return {
            "nobody": world.nobody(),
            "customer": world.customer(OWNER),
            "agent": world.caller(Persona.AGENT, "assistant", customer_id=OWNER),
            "agent of another": world.caller(Persona.AGENT, "assistant", customer_id=STRANGER),
            "partner": world.partner(SHOP_A),
            "admin": world.admin(),
            "garbage": Caller(world, "eyJhbGciOiJub25lIn0.e30."),
            "expired": self._dated(timedelta(hours=-1)),
            "forged": Caller(world, self._of_another_issuer()),
        }

    def _dated(self, lifetime: timedelta) -> Caller:
        token = self.world.app.tokens.issue(  # type: ignore[attr-defined]
            Persona.ADMIN, subject="ops", lifetime=lifetime
        )
        return Caller(self.world, token)

    def _of_another_issuer(self) -> str:
        other = LocalIssuer(Settings(data_dir=self.data / "elsewhere"), self.world.app.clock)
        return other.issue(Persona.ADMIN, subject="ops", lifetime=timedelta(days=400))

    def everything(self) -> dict[tuple[str, str, str], str]:
        """Every document in the store, to show that a refusal wrote nothing."""
        return documents(self.data / "uso" / "uso.sqlite")

    async def at_rest(self) -> dict[tuple[str, str, str], str]:
        """Everything, once what earlier tests have set in motion has come to rest."""
        await self.world.settle()
        return self.everything()


def documents(path: Path) -> dict[tuple[str, str, str], str]:
    """Every document of a store's file."""
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT container, partition, id, body FROM documents")
        return {(container, partition, id): body for container, partition, id, body in rows}


async def staged(world: World, data: Path) -> Stage:
    """Fill the app: a recovery, a counter-offer, a wish, a task, a request, a mandate with its key."""
    admin, alice = world.admin(), world.customer(OWNER)
    await admin.post(f"{SIMULATOR}/live-demo/setup", {})
    for id, script in (("stage-by-hand", BY_HAND), ("stage-yellow", COUNTERS_YELLOW)):
        await admin.post(f"{SIMULATOR}/scenarios", {"id": id, "script": script})
    recovered, recovering = await _changed(world, alice, "pink", thread="thr-stage")
    _, countered = await _changed(world, alice, "yellow", thread="thr-counter")
    by_hand, waiting = await _changed(world, alice, "purple", thread="thr-hand")
    (request,) = (await admin.get(f"{SIMULATOR}/responses/queue"))["items"]
    intent = await alice.post(
        "/api/v1/standing-intents",
        {"text": "order flowers for my mom on the next sunny Thursday", "deliver_to": HOME},
    )
    escalation = await _escalated(world, alice, by_hand)
    affiliate, link = await _affiliated(world, alice)
    payment_id, account_id, claim_id = await _rehearsed(world)
    wallet = await Wallet(OWNER).registered(alice)
    mandate = await alice.post("/api/v1/mandates", {"token": wallet.mandate()})
    number, supplier_order_id = await _shopped(world)
    cart = {"items": [{"id": "demo-red-flowers"}], "deliver_to": HOME, "deliver_by": TOMORROW}
    checkout = await alice.post("/api/v1/checkouts", cart)
    apology = {"customer_id": OWNER, "order_id": recovered["id"], "reason": "bad_service"}
    await admin.post("/api/v1/admin/credits", apology)
    ticket = await alice.post("/api/v1/tickets", {"text": "I would like to speak to a person."})
    await world.settle()
    ids = {
        "checkout_id": checkout["id"],
        "thread_id": "thr-stage",
        "order_id": recovered["id"],
        "leg_id": recovered["legs"][0]["id"],
        "recovery_id": recovering["recovery_id"],
        "negotiation_id": countered["id"],
        "intent_id": intent["id"],
        "escalation_id": escalation,
        "dispute_id": await _disputed(world, alice, countered["order_id"]),
        "partner_id": SHOP_A,
        "product_id": "demo-red-flowers",
        "scenario_id": "stage-by-hand",
        "response_id": request["id"],
        "affiliate_id": affiliate,
        "link_id": link,
        "bundle_id": "white-glove-baby",
        "payment_id": payment_id,
        "account_id": account_id,
        "claim_id": claim_id,
        "kid": wallet.kid,
        "mandate_id": mandate["id"],
        "ledger_account": f"credits:{OWNER}",
        "shop_order_id": f"sho_{number}",
        "number": number,
        "supplier_id": "cj",
        "supplier_order_id": supplier_order_id,
        "sku": "NECK-MASSAGER",
        "shop_product_id": "prod-neck-massager",
        "ticket_id": ticket["id"],
        "token": await _asked(world),
        "photo_id": await _photographed(world),
        "subscription": "narration",
        "dead_letter": "1",  # delivered and gone: a world that gave something up is another test's
    }
    assert countered["status"] == "awaiting_user_approval"
    assert waiting["status"] == "awaiting_partner_reply"
    return Stage(world, ids, data)


async def _photographed(world: World) -> str:
    """A photo of a partner's."""
    from shared.ports.carriers import Media

    picture = Media(content=b"\xff\xd8\xff\xe0", media_type="image/jpeg")
    photo = await world.app.texting.photos.keep(picture, key="stage", wanted="", offered="")
    return photo.url.rpartition("/")[2]


async def _asked(world: World) -> str:
    """What the link to a question ends in: an order of the web shop whose address cannot be used."""
    from shared.domain.operations.shop_orders import Ask, Question, ShopOrder
    from shared.domain.status import ShopOrderStatus
    from shared.services.kinds import SHOP_ORDERS
    from shared.services.records import Stored
    from tests.shop_orders import snapshot

    now, secret = world.now(), "0123456789abcdef"
    question = Question(ask=Ask.ADDRESS, turn=1, secret=secret, asked_at=now, until=now + timedelta(days=7))
    order = ShopOrder(
        id="sho_77",
        created_at=now,
        updated_at=now,
        sold=snapshot(3490),
        status=ShopOrderStatus.AWAITING_ADDRESS,
        questions=(question,),
    )
    await world.app.records.commit(Stored(SHOP_ORDERS, order))
    return f"{order.id}.{secret}"


async def _changed(world: World, alice: Caller, colour: str, *, thread: str) -> tuple[Any, Any]:
    order = await placed(world, alice, thread=thread)
    path = f"/api/v1/orders/{order['id']}/change-requests"
    asked = await alice.post(path, {"text": f"I would like {colour} flowers instead of red"})
    await world.settle()
    return order, await alice.get(f"/api/v1/negotiations/{asked['id']}")


async def placed(
    world: World, alice: Caller, item: str = "demo-red-flowers", *, thread: str | None = None
) -> Any:
    """Place an order for tomorrow; what is due at once has happened."""
    body = {"items": [{"id": item}], "deliver_to": HOME, "deliver_by": TOMORROW}
    order = await alice.post("/api/v1/orders", body | ({"thread_id": thread} if thread else {}))
    await world.settle()
    return order


async def _affiliated(world: World, alice: Caller) -> tuple[str, str]:
    """An affiliate that was verified, with a link; one of its checks can still be handed in."""
    affiliate = await alice.post("/api/v1/affiliates", AFFILIATE)
    await world.settle()
    target = {"target_url": "https://alice.example/flowers", "product_id": "demo-red-flowers"}
    link = await alice.post(f"/api/v1/affiliates/{affiliate['id']}/links", target)
    return str(affiliate["id"]), str(link["id"])


async def _escalated(world: World, alice: Caller, order: Any) -> str:
    """A partner's answer that nobody understands is a person's business."""
    from shared.services.partners import IncomingReply

    reply = IncomingReply(
        id="stage-1", vendor_id=SHOP_A, reference=order["legs"][0]["id"], text="Bring the ladder at noon."
    )
    await world.app.partners.receive(reply)
    await world.settle()
    (escalation,) = await world.admin().get("/api/v1/escalations")
    return str(escalation["id"])


async def _rehearsed(world: World) -> tuple[str, str, str]:
    """A payment, a payee's account and a dispute at the embedded provider."""
    from shared.domain.money import Money
    from shared.ports.payments import AuthoriseRequest

    provider, rehearsal = world.app.payments, world.app.payment_rehearsal
    asked = AuthoriseRequest(key="stage", customer_id="bob", amount=Money(minor=5000), capture=True)
    payment = await provider.authorise(asked)
    account = await provider.open_account("stage-account", payee_id=SHOP_A)
    dispute = await rehearsal.open_dispute("stage-dispute", payment.id, reason="fraudulent")
    await world.settle()
    return payment.id, account.id, dispute.id


async def _shopped(world: World) -> tuple[str, str]:
    """An order of the web shop that nobody was told of, and one at a supplier."""
    from shared.ports.rehearsals import NewOrder, ShopTroubles, Wanted
    from shared.ports.suppliers import SupplierLine, SupplierOrderRequest
    from shared.services.kinds import SHOP_ORDERS
    from shared.services.records import Stored
    from tests.shop_orders import AUSTIN, paid, usd

    shop, supplier = world.app.shop_rehearsal, world.app.operations.ports.suppliers.of("cj")
    await shop.trouble(ShopTroubles(keeps_news=True))
    lines = (Wanted(sku="NECK-MASSAGER"),)
    sold, _ = await shop.sell(
        NewOrder(email="jane@example.com", name="Jane Doe", address=AUSTIN, lines=lines)
    )
    assert sold.shop_order_id == "1001"
    await world.app.records.commit(Stored(SHOP_ORDERS, paid(3900)))
    goods = (SupplierLine(supplier_sku="CJ2001", quantity=1),)
    bought = await supplier.place(
        SupplierOrderRequest(key="stage-p1", lines=goods, address=AUSTIN, max_cost=usd(5000))
    )
    return sold.shop_order_id, bought.id


async def _disputed(world: World, alice: Caller, order_id: str) -> str:
    """A customer who is not content."""
    body = {"order_id": order_id, "leg_id": f"{order_id}-l1", "reason": "late", "text": "Where is it?"}
    dispute = await alice.post("/api/v1/disputes", body)
    await world.settle()
    return str(dispute["id"])


def problem_shape(body: Mapping[str, Any], id: str) -> str:
    """A problem with what may differ between two ids taken out: what is left must be the same."""
    return json.dumps({**body, "request_id": "-", "trace_id": "-"}, sort_keys=True).replace(id, "<id>")
