"""The whole app with every production adapter that there is switched on, each in front of its peer.

The store is Cosmos DB, events go over AMQP, people bring tokens of an OIDC issuer, money moves at Stripe, the
shop is Shopify's, its supplier answers as CJ does, letters leave by SMTP, alarms by Slack, SMS and push,
forecasts are Open-Meteo's.
"""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from shared.adapters.clocks import FileClock
from shared.adapters.cosmos_store.ensure import ensure
from shared.adapters.simulated_suppliers import SimulatedSuppliers
from shared.adapters.simulated_suppliers.supplier import SimulatedSupplier
from shared.adapters.sqlite_store import SqliteStore
from shared.chosen_adapters import DATA, Ports
from shared.domain.identity import Persona
from shared.settings import Settings
from tests.harness import MONDAY, Caller, World
from tests.peers.cj import bench as cj
from tests.peers.cj.peer import running_peer as running_cj
from tests.peers.cosmos.peer import CosmosPeer
from tests.peers.oidc.peer import AUDIENCE, OidcPeer
from tests.peers.oidc.peer import running_peer as running_issuer
from tests.peers.open_meteo.peer import OpenMeteoPeer
from tests.peers.open_meteo.peer import running_peer as running_weather
from tests.peers.openai.peer import CAUTIOUS, OpenAIPeer
from tests.peers.openai.peer import running_peer as running_model
from tests.peers.outside.peer import PUSH_SECRET, SENDER, OutsidePeer
from tests.peers.outside.peer import running_peer as running_outside
from tests.peers.servicebus.broker import Broker
from tests.peers.servicebus.broker import running as running_broker
from tests.peers.servicebus.hosted import on_service_bus
from tests.peers.shopify.peer import TOKEN as SHOPIFY_TOKEN
from tests.peers.shopify.peer import ShopifyPeer
from tests.peers.shopify.peer import running_peer as running_shopify
from tests.peers.smtp.peer import SmtpPeer
from tests.peers.smtp.peer import running_peer as running_smtp
from tests.peers.stripe.peer import StripePeer
from tests.peers.stripe.peer import running_peer as running_stripe
from tests.peers.stripe.rehearsal import StripeRehearsal
from tests.peers.twilio.messages import ACCOUNT
from tests.peers.twilio.messages import TOKEN as TWILIO_TOKEN
from tests.production.rehearsals import OpenMeteo, Post, Shopify
from tools.place import Place

SHOP, SHOP_SECRET = "goods.myshopify.com", "hush"
ON_DUTY = "+15125550123"
SUPPLIERS = ("ali", "cj")


@dataclass(frozen=True, slots=True)
class Services:
    """What the app meets."""

    broker: Broker
    cosmos: CosmosPeer
    issuer: OidcPeer
    mail: SmtpPeer
    model: OpenAIPeer
    outside: OutsidePeer
    shop: ShopifyPeer
    stripe: StripePeer
    weather: OpenMeteoPeer


@dataclass(frozen=True, slots=True)
class Everything(World):
    """The running app; its people have the issuer's tokens."""

    services: Services = field(kw_only=True)

    def caller(self, persona: Persona, subject: str, **more: Any) -> Caller:
        """Someone whom the issuer has logged in; `more` are claims."""
        issuer = self.services.issuer
        claims = issuer.claims(self.now(), sub=subject, persona=str(persona), azp="web", **more)
        claims["exp"] += int(timedelta(days=400).total_seconds())
        return Caller(self, issuer.sign(claims))

    async def hears_from_shopify(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Take a webhook at the door that is for it."""
        answer = await self.send("POST", "/api/v1/webhooks/shopify", data=body, headers=headers)
        assert answer.status < 300, answer


@contextlib.asynccontextmanager
async def everything(data: Path, cosmos: CosmosPeer, **settings: str) -> AsyncIterator[Everything]:
    """Serve the app from `data`, which holds nothing of its state; `settings` are a test's own besides."""
    clock_file = Place(data=data, port=0, clock="virtual", start_at=MONDAY).clock_file
    assert clock_file is not None
    clock = FileClock(clock_file)
    async with (
        running_broker() as broker,
        _suppliers(data, clock) as suppliers,
        running_issuer() as issuer,
        running_smtp() as mail,
        running_model(CAUTIOUS) as model,
        running_outside() as outside,
        running_shopify() as shop,
        running_stripe(clock.now) as stripe,
        running_weather(clock.now) as weather,
    ):
        services = Services(broker, cosmos, issuer, mail, model, outside, shop, stripe, weather)
        staff = Shopify(shop, clock.now, shop=SHOP, secret=SHOP_SECRET)
        ports = Ports(
            payment_rehearsal=StripeRehearsal(stripe),  # type: ignore[arg-type]  # as much of it as tests use
            shop_rehearsal=staff,
            suppliers_rehearsal=suppliers,
            mailbox=Post(mail, clock.now),
            weather_script=OpenMeteo(weather),
        )
        database = cosmos.database(clock_file)
        await ensure(Settings(**database))  # type: ignore[arg-type]
        given = {**database, **_settings(services, data), **settings}
        async with on_service_bus(broker, data, ports=ports, **given) as world:
            here = Everything(world.host, world.http, world.faults, services=services)
            staff.tell = here.hears_from_shopify
            yield here


@contextlib.asynccontextmanager
async def _suppliers(data: Path, clock: FileClock) -> AsyncIterator[SimulatedSuppliers]:
    """CJ's API twice, with the embedded suppliers behind it, which have a memory of their own."""
    folder = data.parent / "suppliers"
    folder.mkdir()
    store = SqliteStore(folder / "suppliers.sqlite", clock)
    own = Settings(data_dir=folder)
    suppliers = SimulatedSuppliers(store, clock, own, shelves=DATA / "shop" / "suppliers.json")
    async with contextlib.AsyncExitStack() as running:
        for id in SUPPLIERS:
            behind = suppliers.of(id)
            assert isinstance(behind, SimulatedSupplier)
            peer = await running.enter_async_context(running_cj(behind, clock.now))
            (data.parent / id).mkdir()
            cj.write_mapping(data.parent / id, base_url=peer.url, id=id)
        yield suppliers
    await store.close()


def _settings(services: Services, data: Path) -> dict[str, str]:
    return {
        "allow_private_urls": "true",
        "public_url": AUDIENCE,
        "oidc_issuer": services.issuer.issuer,
        "oidc_audience": AUDIENCE,
        "stripe_key": services.stripe.api_key,
        "stripe_webhook_secrets": "whsec_" + "everything",
        "stripe_base_url": services.stripe.url,
        "shopify_shop": SHOP,
        "shopify_token": SHOPIFY_TOKEN,
        "shopify_webhook_secrets": SHOP_SECRET,
        "shopify_base_url": services.shop.url,
        "supplier_files": ",".join(str(data.parent / id / "cj.json") for id in SUPPLIERS),
        "supplier_secrets": f'{{"cj": "{cj.API_KEY}", "cj-open-id": "{cj.OPEN_ID}"}}',
        "smtp_host": "127.0.0.1",
        "smtp_port": str(services.mail.port),
        "smtp_plain": "true",
        "slack_webhook": services.outside.hook,
        "alert_push_url": f"{services.outside.url}/push",
        "alert_push_secret": PUSH_SECRET,
        "twilio_account": ACCOUNT,
        "twilio_token": TWILIO_TOKEN,
        "twilio_from": SENDER,
        "twilio_base_url": services.outside.url,
        "alert_phones": ON_DUTY,
        "open_meteo_url": services.weather.url,
        "openai_key": services.model.token,
        "openai_url": services.model.url,
    }
