"""Every adapter that calls over HTTP leaves a service that fails in peace, and finds out when it works again.

The rest have it beside their other faults: mail, Service Bus, Open-Meteo, the OIDC issuer.
"""

import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr, TypeAdapter

from shared.adapters.json_supplier.gateway import Gateway as SupplierGateway
from shared.adapters.json_supplier.mapping import SupplierMapping
from shared.adapters.json_supplier.supplier import JsonSupplier
from shared.adapters.meta_ads import MetaAds
from shared.adapters.outbound import Outbound
from shared.adapters.partner_webhook import PartnerWebhook
from shared.adapters.push_alerts import PushAlerts
from shared.adapters.shopify.gateway import Gateway as ShopifyGateway
from shared.adapters.shopify.shop import ShopifyShop
from shared.adapters.slack_alerts import SlackAlerts
from shared.adapters.sqlite_store import SqliteStore
from shared.adapters.stripe_payments import StripePayments
from shared.adapters.twilio_alerts import TwilioAlerts
from shared.adapters.twilio_channel.account import TwilioAccount
from shared.adapters.twilio_channel.carrier import TwilioCarrier
from shared.adapters.twilio_channel.media import TwilioMedia
from shared.adapters.webhook_push import WebhookPush
from shared.domain.catalogue import ChannelKind, Vendor
from shared.domain.operations.alarms import AlertLevel
from shared.domain.texting.texts import MediaRef
from shared.domain.webhook_signature import new_secret
from shared.errors import Unavailable, UsoError
from shared.ports.alerts import Alert
from shared.ports.carriers import OutgoingText
from shared.ports.channels import PartnerMessage
from shared.settings import Settings
from tests.adapters.json_supplier.test_plain_supplier import MAPPING
from tests.breakers import breakers
from tests.clocks import HandClock
from tests.peers.loopback import on_loopback

Ask = Callable[[], Awaitable[object]]
ALERT = Alert(key="k", level=AlertLevel.CRITICAL, title="Fire", text="A lamp burns.")
MESSAGE = PartnerMessage(
    id="m1", reference="r", kind="order", order_id="ord_1", leg_id="leg_1", text="Roses, please."
)
FAILURES, REST = 5, 10
HALF = 0


@dataclass
class Street:
    """A service, what it needs of the app around it, and how often it was asked."""

    store: SqliteStore
    clock: HandClock
    url: str = ""
    outbound: Outbound = field(init=False)
    status: int = 200
    """What it answers; HALF breaks the connection in the middle of it."""
    good: Any = field(default_factory=dict)
    closing: list[Any] = field(default_factory=list)
    asked: int = 0

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        if self.status == HALF:
            return await self._half(request)
        if self.status != 200:
            return web.json_response({"error": {"type": "api_error"}}, status=self.status)
        if isinstance(self.good, bytes):
            return web.Response(body=self.good, content_type="image/png")
        return web.json_response(self.good)

    async def _half(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "100"})
        await answer.prepare(request)
        await answer.write(b"{")
        assert request.transport is not None
        request.transport.close()
        return answer


def partner(street: Street, id: str = "ven_1") -> Ask:
    class Secrets:
        async def of(self, vendor_id: str) -> list[str]:
            return [new_secret()]

    place = {"address": "Main St", "point": {"latitude": 30.2, "longitude": -97.7}}
    vendor = Vendor.model_validate(
        {
            "id": id,
            "name": "Roses",
            "business_type": "florist",
            "place": place,
            "channel": {"kind": "api", "address": street.url},
        }
    )
    channel = PartnerWebhook(street.outbound, Secrets(), street.clock)
    return lambda: channel.send(vendor, MESSAGE)


def platform(street: Street) -> Ask:
    push = WebhookPush(street.outbound, Settings(push_webhooks={"chat": street.url}), street.clock)
    return lambda: push.send("chat", id="u1", body=b"{}")


def push_gateway(street: Street) -> Ask:
    push = PushAlerts(street.outbound, street.url, SecretStr(new_secret()), street.clock)
    return lambda: push.send(ALERT)


def slack(street: Street) -> Ask:
    alerts = SlackAlerts(street.outbound, SecretStr(street.url))
    return lambda: alerts.send(ALERT)


def meta(street: Street) -> Ask:
    street.good = {"data": []}
    ads = MetaAds(street.outbound, SecretStr("t"), account="act_1", base_url=street.url)
    return ads.campaigns


def shopify(street: Street) -> Ask:
    street.good = {"data": {"orders": {"nodes": []}}}
    shop = ShopifyShop(ShopifyGateway(street.outbound, street.url, SecretStr("t")))
    return lambda: shop.orders_of("jane@example.com")


def supplier(street: Street) -> Ask:
    street.good = {"orders": []}
    mapping = TypeAdapter(SupplierMapping).validate_json(
        json.dumps({**MAPPING, "base_url": street.url}), strict=True
    )
    gateway = SupplierGateway(mapping, street.outbound, street.clock, secrets={"plain": SecretStr("s")})
    return lambda: JsonSupplier(mapping, gateway).find("k-1")


def account(street: Street) -> TwilioAccount:
    return TwilioAccount(street.outbound, "AC" + "0" * 32, SecretStr("t"), base_url=street.url)


def twilio(street: Street) -> Ask:
    street.good = {"sid": "SM" + "0" * 32}
    carrier = TwilioCarrier(account(street), ChannelKind.SMS, sender="+15125550100", callback_url="https://a")
    text = OutgoingText(key="k", callback="c", to="+15125550199", kind="update", text="On its way.")
    return lambda: carrier.send(text)


def twilio_alerts(street: Street) -> Ask:
    street.good = {"sid": "SM" + "0" * 32}
    alerts = TwilioAlerts(account(street), sender="+15125550100", phones=["+15125550199"])
    return lambda: alerts.send(ALERT)


def twilio_media(street: Street) -> Ask:
    street.good = b"\x89PNG\r\n\x1a\n"
    media = TwilioMedia(street.outbound, "AC" + "0" * 32, SecretStr("t"), max_bytes=1000, base_url=street.url)
    return lambda: media.fetch(MediaRef(url=f"{street.url}/1", media_type="image/png"))


def stripe(street: Street) -> Ask:
    street.good = {"object": "balance", "available": [], "pending": []}
    settings = Settings.model_validate(
        {
            "stripe_key": "sk_test_x",
            "stripe_webhook_secrets": "whsec_x",
            "stripe_base_url": street.url,
            "stripe_retries": 0,
        }
    )
    provider = StripePayments(settings, street.store, street.clock, breakers(street.clock))

    street.closing.append(provider)
    return lambda: provider.balance("USD")


RIGS: dict[str, Callable[[Street], Ask]] = {
    "partner": partner,
    "platform": platform,
    "push": push_gateway,
    "slack": slack,
    "meta": meta,
    "shopify": shopify,
    "supplier": supplier,
    "twilio": twilio,
    "twilio alerts": twilio_alerts,
    "twilio media": twilio_media,
    "stripe": stripe,
}


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    clock = HandClock()
    street = Street(SqliteStore(tmp_path / "store.sqlite", clock), clock)
    street.outbound = Outbound(Settings(allow_private_urls=True), breakers(clock))
    async with on_loopback(street.serve) as street.url:
        yield street
        for adapter in (*street.closing, street.outbound, street.store):
            await adapter.close()


@pytest.mark.parametrize("trouble", [503, HALF])
@pytest.mark.parametrize("adapter", RIGS)
async def test_who_fails_is_left_in_peace_and_asked_again_later(
    street: Street, adapter: str, trouble: int
) -> None:
    ask = RIGS[adapter](street)
    await ask()
    street.status, street.asked = trouble, 0
    for _ in range(2 * FAILURES):
        with pytest.raises(Unavailable):
            await ask()
    assert street.asked == FAILURES, "and the others learnt it at once"

    street.status = 200
    with pytest.raises(Unavailable):
        await ask()
    street.clock.pass_(seconds=REST)
    await ask()
    await ask()
    assert street.asked == FAILURES + 2


@pytest.mark.parametrize("adapter", RIGS)
@pytest.mark.parametrize("refusal", [400, 401, 404, 429])
async def test_a_refusal_is_an_answer(street: Street, adapter: str, refusal: int) -> None:
    ask = RIGS[adapter](street)
    street.status = refusal
    for _ in range(2 * FAILURES):
        with contextlib.suppress(UsoError):
            await ask()
    assert street.asked == 2 * FAILURES


async def test_no_partner_s_system_cuts_the_others_off_though_it_shares_their_host(street: Street) -> None:
    ask, other = partner(street), partner(street, id="ven_2")
    street.status = 503
    for _ in range(2 * FAILURES):
        with pytest.raises(Unavailable):
            await ask()
    street.status, street.asked = 200, 0
    await other()
    await slack(street)()
    assert street.asked == 2
    with pytest.raises(Unavailable, match="partner:ven_1 failed again and again"):
        await ask()


async def test_an_account_s_texts_and_alarms_share_what_they_find_out(street: Street) -> None:
    ask, alarm = twilio(street), twilio_alerts(street)
    street.status = 503
    for _ in range(FAILURES):
        with pytest.raises(Unavailable):
            await ask()
    with pytest.raises(Unavailable):
        await alarm()
    assert street.asked == FAILURES
