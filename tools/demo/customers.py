"""Customers of the web shop: they buy, they write mails, they read theirs. All through the app's doors."""

import json
from dataclasses import dataclass, field
from typing import Any

from shared.domain.webhook_signature import new_secret, sign
from tools.demo.wording import Json, money
from tools.demo.world import World

MAIL_SECRET = new_secret()
"""What the mail server signs with, for this one show."""
SIMULATOR, ADMIN = "/api/v1/simulator", "/api/v1/admin/operations"
AUSTIN = {
    "name": "Customer",
    "line1": "500 Congress Ave",
    "city": "Austin",
    "region": "TX",
    "postal_code": "78701",
    "country": "US",
}


@dataclass
class Customer:
    """Somebody with a mail address."""

    world: World
    name: str
    _read: set[str] = field(default_factory=set)
    _written: int = 0

    @property
    def email(self) -> str:
        """Their address."""
        return f"{self.name.lower()}@example.com"

    def buy(self, sku: str, **address: str) -> Json:
        """Buy one thing at the shop and pay; the shop tells USO by its webhook."""
        order: Json = self.world.admin.post(
            f"{SIMULATOR}/shop/orders",
            {
                "email": self.email,
                "name": f"{self.name} Doe",
                "address": AUSTIN | {"name": f"{self.name} Doe"} | address,
                "lines": [{"sku": sku}],
            },
        )
        line = order["lines"][0]
        self.world.stage.fact("Shop", f"{self.name} pays {money(order['total'])} for a {line['title']}")
        self.world.time.settle()
        return order

    def write(self, text: str, subject: str = "My order") -> None:
        """Write a mail to the shop."""
        self.world.stage.say(self.name, text)
        self._written += 1
        letter = {
            "message_id": f"<{self._written}.{self.name}@example.com>",
            "from": self.email,
            "from_name": f"{self.name} Doe",
            "to": "help@shop.example",
            "subject": subject,
            "text": text,
            "authenticated": True,
        }
        body = json.dumps(letter).encode()
        id = f"msg_{self.name}_{self._written}"
        headers = sign(MAIL_SECRET, id=id, timestamp=self.world.time.now(), body=body)
        self.world.api.deliver("/api/v1/webhooks/mail", body, headers)
        self.world.time.settle()

    def read(self) -> list[Any]:
        """Read and show the letters since the last time."""
        letters = self.world.admin.get(f"{SIMULATOR}/mailbox", to=self.email)["letters"]
        new = [each for each in letters if each["message_id"] not in self._read]
        self._read |= {each["message_id"] for each in new}
        for each in new:
            mail = each["mail"]
            self.world.stage.say("USO", f"(to {self.name}) {mail['subject']}: {_gist(mail['text'])}")
        return [each["mail"] for each in new]

    def shop_order(self, order: Json) -> Json:
        """An order of theirs as the engine has it."""
        found: Json = self.world.admin.get(f"{ADMIN}/orders/sho_{order['shop_order_id']}")
        return found


def _gist(text: str) -> str:
    """A letter without its salutation and its foot."""
    parts = [part.replace("\n", " ") for part in text.split("\n\n")]
    return " ".join(parts[1:-2] or parts)
