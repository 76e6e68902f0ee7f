"""A customer, three florists and a web shop at the doors of a running app, doing what is to be counted."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from shared.domain.webhook_signature import sign
from tools.api import Api, Persona, Time
from tools.hosted import Hosted
from tools.tokens import issue

Json = dict[str, Any]
Check = Callable[[], None]
"""Looks whether a flow came to its end; not a part of it. Raises NotAsExpected."""
HOME = {"address": "500 Congress Ave, Austin", "point": {"latitude": 30.2672, "longitude": -97.7431}}
WISH = "order flowers for my mom on the next sunny Thursday"
SIMULATOR, PORTAL = "/api/v1/simulator", "/api/v1/partners/me"
_ALWAYS = {"opens": "00:00", "closes": "23:59:59", "days": [0, 1, 2, 3, 4, 5, 6]}
_FLORISTS = {"corner": "red", "pinkery": "pink", "daisies": "white"}
_LONG = timedelta(days=60)
_THURSDAY = 3


class NotAsExpected(Exception):
    """A flow took another way than the one that is to be counted."""


@dataclass
class Street:
    """Who acts, and the clock. A flow returns what looks whether it came to its end."""

    app: Hosted
    api: Api
    data: Path
    time: Time
    _rescued: Json = field(default_factory=dict)
    _wishes: dict[str, str] = field(default_factory=dict)
    _secret: str = ""

    def open(self) -> None:
        """Open the shops, with accounts to be paid to."""
        for id, colour in _FLORISTS.items():
            sheet = {"id": id, "name": id.title(), "business_type": "florist", "location": HOME}
            sheet |= {"channel": "api", "identifier": id, "hours": _ALWAYS}
            self._admin.post(f"{SIMULATOR}/partners", sheet)
            self._admin.post(f"{SIMULATOR}/partners/{id}/products", _flowers(id, colour))
            self._florist(id).post(f"{PORTAL}/payouts/account", {})
        self._secret = self._florist("corner").post(f"{PORTAL}/webhook-secret")["secret"]
        self.time.settle()

    def run(self, *timers: str) -> Check:
        """Run timer functions by hand, one after the other."""
        for name in timers:
            self.app.loop.call_soon_threadsafe(self.app.host.timers.run_now, name)
            self.time.settle()
        return _nothing

    def let_run(self, *timers: str) -> None:
        """Let no other timers run any more while time passes."""
        all_ = self.app.host.timers
        all_.timers = [each for each in all_.timers if each.function.name in timers]

    def order(self) -> Check:
        """One order from the first word to the money."""
        self._say("I need red flowers by tomorrow, please", "order")
        order = self._buy("corner-flowers", "order")
        leg = order["legs"][0]["id"]
        self._florist("corner").post(f"{PORTAL}/orders/{leg}/status", {"status": "Ready for Pickup"})
        self.time.advance("P1D")
        self._alice.post(f"/api/v1/orders/{order['id']}/confirm-delivery")
        self.time.settle()

        def check() -> None:
            statement = self._alice.get(f"/api/v1/orders/{order['id']}/statement")
            _expect(statement["remaining"]["minor"] == 0 < statement["released"]["minor"], statement)

        return check

    def checkout(self) -> Check:
        """A cart of all three."""
        items = [{"id": f"{id}-flowers"} for id in _FLORISTS]
        body = {"items": items, "deliver_to": HOME, "deliver_by": self._in(days=3)}
        quoted = self._alice.post("/api/v1/checkouts", body)
        path = f"/api/v1/checkouts/{quoted['id']}"
        self._alice.post(f"{path}/confirm", {})
        self.time.settle()

        def check() -> None:
            paid = self._alice.get(path)
            _expect(paid["status"] == "paid", paid)

        return check

    def order_for_recovery(self) -> None:
        """An order that is about to go wrong."""
        self._rescued = self._buy("corner-flowers", "recovery")

    def recover(self) -> Check:
        """Ask for pink, hear no, take the proposal, let the other florist take it on."""
        asked = self._say("I want pink flowers instead of red", "recovery")
        self._reply(f"{asked['negotiation_id']}.1", "No, we don't have pink flowers")
        self._say("Yes, proceed", "recovery")
        path = f"/api/v1/orders/{self._rescued['id']}"
        self._accept(self._alice.get(path)["legs"][-1])

        def check() -> None:
            order = self._alice.get(path)
            _expect([each["status"] for each in order["legs"]] == ["cancelled", "accepted"], order)

        return check

    def shop_order(self) -> Check:
        """One order of the web shop, until it is on its way."""
        address = {"name": "Jane Doe", "line1": "500 Congress Ave", "city": "Austin", "region": "TX"}
        address |= {"postal_code": "78701", "country": "US"}
        body = {"email": "jane@example.com", "name": "Jane Doe", "address": address}
        sold = self._admin.post(f"{SIMULATOR}/shop/orders", body | {"lines": [{"sku": "NECK-MASSAGER"}]})
        self.time.advance("P2D")

        def check() -> None:
            seen = self._admin.get(f"/api/v1/admin/operations/orders/sho_{sold['shop_order_id']}")
            letters = self._admin.get(f"{SIMULATOR}/mailbox", to="jane@example.com")["letters"]
            _expect(len(seen["purchases"]) == len(letters) == 1, (seen, letters))

        return check

    def rain(self) -> None:
        """No Thursday of the weeks to come is sunny, as far as anybody knows."""
        self._forecast("rainy")

    def wish(self) -> Check:
        """Say the wish, and let its plan begin."""
        said = self._say(WISH, "wish")
        self._wishes["alice"] = said["standing_intent_id"]
        return lambda: _expect(self._stands() == "active", said)

    def wish_too(self) -> None:
        """Let Bob wish the same."""
        body = {"text": WISH, "thread_id": "bob", "deliver_to": HOME}
        self._wishes["bob"] = self._customer("bob").post("/api/v1/chat", body)["standing_intent_id"]
        self.time.settle()

    def wait_a_week(self) -> Check:
        """Wait."""
        self.time.advance("P7D")
        return lambda: _expect({self._stands(who) for who in self._wishes} == {"active"}, self._wishes)

    def wish_no_more(self) -> None:
        """Let Bob have second thoughts."""
        bob = self._customer("bob")
        self.api.call("DELETE", f"/api/v1/standing-intents/{self._wishes.pop('bob')}", token=bob.token)
        self.time.settle()

    def grant(self) -> Check:
        """Let the sun come out, be asked, say yes."""
        self._forecast("sunny")
        self.time.advance("P3D")
        self._say("Yes, buy them", "wish")
        return lambda: _expect(self._stands() == "completed", self._stands())

    @property
    def _alice(self) -> Persona:
        return self._customer("alice")

    @property
    def _admin(self) -> Persona:
        return self._persona("admin", "ops")

    def _customer(self, id: str) -> Persona:
        return self._persona("customer", id)

    def _florist(self, id: str) -> Persona:
        return self._persona("partner", "staff", partner=id)

    def _persona(self, kind: str, id: str, **more: str) -> Persona:
        return Persona(self.api, id, issue(self.data, persona=kind, id=id, lifetime=_LONG, **more))

    def _say(self, text: str, thread: str) -> Any:
        body = {"text": text, "thread_id": thread, "deliver_to": HOME}
        answer = self._alice.post("/api/v1/chat", body)
        self.time.settle()
        return answer

    def _buy(self, product: str, thread: str) -> Json:
        body = {"items": [{"id": product}], "deliver_to": HOME, "deliver_by": self._in(hours=20)}
        made = self._alice.post("/api/v1/orders", body | {"thread_id": thread})
        self.time.settle()
        order: Json = self._alice.get(f"/api/v1/orders/{made['id']}")
        self._accept(order["legs"][0])
        return order

    def _accept(self, leg: Json) -> None:
        self._florist(leg["vendor_id"]).post(f"{PORTAL}/orders/{leg['id']}/accept", {"text": ""})
        self.time.settle()

    def _reply(self, reference: str, text: str) -> None:
        body = json.dumps({"reference": reference, "text": text, "button": None}).encode()
        headers = sign(self._secret, id="msg_1", timestamp=self.time.now(), body=body)
        self.api.deliver("/api/v1/webhooks/partners/corner", body, headers)
        self.time.settle()

    def _stands(self, who: str = "alice") -> str:
        path = f"/api/v1/standing-intents/{self._wishes[who]}"
        return str(self._customer(who).get(path)["status"])

    def _forecast(self, sky: str) -> None:
        since = (self.time.now() - timedelta(hours=1)).isoformat()
        for day in self._thursdays():
            body = {"place": HOME, "day": day.isoformat(), "sky": sky, "since": since}
            self._admin.put(f"{SIMULATOR}/weather", body)

    def _thursdays(self) -> Iterator[date]:
        today = self.time.now().date()
        first = today + timedelta(days=(_THURSDAY - today.weekday()) % 7)
        return (first + timedelta(weeks=n) for n in range(5))

    def _in(self, **span: float) -> str:
        return (self.time.now() + timedelta(**span)).isoformat()


def _flowers(id: str, colour: str) -> Json:
    name, price = f"{colour.title()} Flowers", {"minor": 5000, "currency": "USD"}
    sold = {"id": f"{id}-flowers", "name": name, "category": "flowers", "price": price, "quantity": 20}
    return sold | {"colours": [colour], "capabilities": ["street-florist"], "lead_minutes": 0}


def _expect(holds: object, got: object) -> None:
    if not holds:
        raise NotAsExpected(str(got)[:2000])


def _nothing() -> None:
    """There is nothing to look at."""
