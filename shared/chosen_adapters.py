"""Settings decide which adapter serves which port; nothing else names an adapter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from shared.adapters.breakers import Breakers
from shared.adapters.clocks import FileClock, SystemClock
from shared.adapters.cosmos_store.store import CosmosStore
from shared.adapters.cosmos_store.vectors import CosmosVectors
from shared.adapters.gazetteer import Gazetteer
from shared.adapters.json_logs import write_json
from shared.adapters.json_supplier.shelf import JsonSuppliers, json_suppliers
from shared.adapters.jws_mandates import JwsMandates
from shared.adapters.local_issuer import LocalIssuer
from shared.adapters.meta_ads import MetaAds
from shared.adapters.oidc_issuer.issuer import OidcIssuer
from shared.adapters.open_meteo.weather import OpenMeteo
from shared.adapters.open_telemetry.collector import OpenTelemetry
from shared.adapters.openai_embeddings import OpenAIEmbeddings
from shared.adapters.openai_language.parts import language_parts
from shared.adapters.outbound import Outbound
from shared.adapters.partner_webhook import PartnerWebhook
from shared.adapters.push_alerts import PushAlerts
from shared.adapters.recorded_mail import RecordedMail
from shared.adapters.recorded_weather import RecordedWeather
from shared.adapters.service_bus_amqp.dead_letters import ServiceBusDeadLetters
from shared.adapters.service_bus_amqp.namespace import BusNamespace
from shared.adapters.service_bus_amqp.sender import ServiceBusAmqp
from shared.adapters.service_bus_rest import NoBus, ServiceBusRest
from shared.adapters.shopify.gateway import Gateway as ShopifyGateway
from shared.adapters.shopify.shop import ShopifyShop
from shared.adapters.shopify.webhooks import ShopifyWebhooks
from shared.adapters.simulated_kyc import SimulatedKyc
from shared.adapters.simulated_outside import CHANNELS, SimulatedAds, SimulatedChannel, SimulatedOutside
from shared.adapters.simulated_payments import SimulatedPayments
from shared.adapters.simulated_shop import SimulatedShop
from shared.adapters.simulated_suppliers import SimulatedSuppliers
from shared.adapters.simulator_channel import SimulatorChannel
from shared.adapters.slack_alerts import SlackAlerts
from shared.adapters.smtp_mail import SmtpMail
from shared.adapters.sqlite_store import SqliteStore
from shared.adapters.stripe_payments import StripePayments
from shared.adapters.traced import traced
from shared.adapters.twilio_alerts import TwilioAlerts
from shared.adapters.twilio_channel.account import TwilioAccount
from shared.adapters.twilio_channel.parts import twilio_parts
from shared.adapters.url_guard import OutboundUrls
from shared.adapters.webhook_push import WebhookPush
from shared.domain.catalogue import ChannelKind
from shared.ports.ads import Ads
from shared.ports.alerts import AlertChannel
from shared.ports.carriers import Carrier, CarrierWebhooks, MediaSource
from shared.ports.channels import PartnerChannel
from shared.ports.clock import Clock
from shared.ports.dead_letters import DeadLetters
from shared.ports.embeddings import Embedder
from shared.ports.events import EventBus
from shared.ports.geocoder import Geocoder
from shared.ports.identity import TokenVerifier
from shared.ports.kyc import KycChecks
from shared.ports.language import Language
from shared.ports.mail import Mailer
from shared.ports.payments import PaymentProvider, PaymentRehearsal, ProviderWebhooks
from shared.ports.push import Push
from shared.ports.rehearsals import Mailbox, OutsideRehearsal, ShopRehearsal, SuppliersRehearsal
from shared.ports.shop import Shop
from shared.ports.store import Store
from shared.ports.suppliers import Suppliers
from shared.ports.telemetry import Collector, collect
from shared.ports.topics import EVENTS_TOPIC
from shared.ports.urls import UrlGuard
from shared.ports.vectors import VectorSearch
from shared.ports.vendors import VendorHolds
from shared.ports.weather import Weather, WeatherScript
from shared.services.meaning import Meaning, StoredVectors
from shared.services.operations.wing import OperationsPorts
from shared.services.outbox import Outbox
from shared.services.partner_secrets import PartnerSecrets
from shared.services.records import Records
from shared.services.redelivery import Hold, hold, hold_nothing
from shared.services.simulator.desk import SimulatorDesk
from shared.services.texting.letters import MailCarrier
from shared.settings import Settings, TelemetrySettings

DATA = Path(__file__).parent.parent / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What a test may replace; None takes what the settings say."""

    clock: Clock | None = None
    store: Store | None = None
    bus: EventBus | None = None
    dead_letters: DeadLetters | None = None
    payments: PaymentProvider | None = None
    vendors: VendorHolds | None = None
    kyc: KycChecks | None = None
    weather: Weather | None = None
    channels: Mapping[ChannelKind, PartnerChannel] | None = None
    shop: Shop | None = None
    suppliers: Suppliers | None = None
    mailer: Mailer | None = None
    ads: Ads | None = None
    alerts: Sequence[AlertChannel] | None = None
    payment_rehearsal: PaymentRehearsal | None = None
    shop_rehearsal: ShopRehearsal | None = None
    suppliers_rehearsal: SuppliersRehearsal | None = None
    mailbox: Mailbox | None = None
    weather_script: WeatherScript | None = None
    embedder: Embedder | None = None
    language: Language | None = None
    collector: Collector | None = None


class Closes(Protocol):
    """An adapter that holds connections."""

    async def close(self) -> None:
        """Release them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """Who serves each port; None where nothing is set and the app does without, or by itself."""

    clock: Clock
    store: Store
    outbox: Outbox
    dead_letters: DeadLetters
    hold_event: Hold
    tokens: TokenVerifier
    urls: UrlGuard
    payments: PaymentProvider
    payment_rehearsal: PaymentRehearsal
    stripe_webhooks: ProviderWebhooks | None
    vendors: VendorHolds | None
    wallets: JwsMandates
    kyc: KycChecks
    geocoder: Geocoder
    weather: Weather
    weather_script: WeatherScript
    embedder: Embedder | None
    meaning: Meaning | None
    language: Language
    channels: Mapping[ChannelKind, PartnerChannel]
    carriers: Mapping[ChannelKind, Carrier]
    carrier_webhooks: CarrierWebhooks | None
    media: MediaSource | None
    push: Push
    mailbox: Mailbox
    operations: OperationsPorts
    shop_rehearsal: ShopRehearsal
    suppliers_rehearsal: SuppliersRehearsal
    outside_rehearsal: OutsideRehearsal
    closing: tuple[Closes, ...]


def choose_adapters(settings: Settings, given: Ports) -> Adapters:
    """Take what is given, then what is set, then what comes with the app.

    From here on the process is traced and logs as the settings say.
    Raises at once when a setting is wrong; never falls back in silence.
    """
    clock = given.clock or (FileClock(settings.clock_file) if settings.clock_file else SystemClock())
    store = given.store or _store(settings, clock)
    collector = given.collector or _collector(store)
    if collector is not None:
        collect(collector)
    if settings.log_format == "json":
        write_json()
    breakers = Breakers(clock, settings)
    outbound = Outbound(settings, breakers)
    settings_bus, dead_letters, hold_event = _bus(settings, breakers)
    bus = traced(given.bus or settings_bus, "bus")
    outbox = Outbox(store, bus, clock)
    oidc = OidcIssuer(settings, clock) if settings.oidc_issuer else None
    simulated_payments = SimulatedPayments(store, clock, settings, partial(outbox.relay_soon, "payments"))
    stripe = _stripe(settings, store, clock, breakers)
    script = RecordedWeather(clock, store, zone=settings.home_zone)
    embedder = given.embedder or (OpenAIEmbeddings(settings, breakers) if settings.embedding_model else None)
    embedder = embedder and traced(embedder, "embeddings")
    openai = language_parts(settings, store, clock, breakers, data=DATA / "language")
    language = given.language or openai.language
    twilio = twilio_parts(settings, outbound, store)
    mailbox = RecordedMail(store, clock)
    smtp = SmtpMail(settings, clock, breakers) if settings.smtp_host else None
    mailer = traced(given.mailer or smtp or mailbox, "mail")
    shop = SimulatedShop(
        store,
        clock,
        settings,
        payments=simulated_payments if stripe is None else None,
        products=DATA / "shop" / "products.json",
    )
    suppliers = SimulatedSuppliers(store, clock, settings, shelves=DATA / "shop" / "suppliers.json")
    outside = SimulatedOutside(store, clock)
    desk = SimulatorDesk(Records(store, outbox, clock), store)
    return Adapters(
        clock=clock,
        store=store,
        outbox=outbox,
        dead_letters=given.dead_letters or dead_letters,
        hold_event=hold_event,
        tokens=oidc or LocalIssuer(settings, clock),
        urls=OutboundUrls(settings),
        payments=traced(given.payments or stripe or simulated_payments, "payments"),
        payment_rehearsal=given.payment_rehearsal or simulated_payments,
        stripe_webhooks=stripe,
        vendors=given.vendors,
        wallets=JwsMandates(),
        kyc=given.kyc or SimulatedKyc(),
        geocoder=Gazetteer(DATA / "places.csv"),
        weather=given.weather or _open_meteo(settings, outbound, store, clock) or script,
        weather_script=given.weather_script or script,
        embedder=embedder,
        meaning=_meaning(settings, embedder, store) if embedder else None,
        language=language,
        channels={
            ChannelKind.SIMULATOR: SimulatorChannel(desk),
            ChannelKind.API: PartnerWebhook(outbound, PartnerSecrets(store), clock),
            **(given.channels or {}),
        },
        carriers={**twilio.carriers, ChannelKind.EMAIL: MailCarrier(mailer)},
        carrier_webhooks=twilio.webhooks,
        media=twilio.media,
        push=WebhookPush(outbound, settings, clock),
        mailbox=given.mailbox or mailbox,
        operations=OperationsPorts(
            shop=given.shop or _shopify(settings, outbound) or shop,
            shop_webhooks=_shopify_webhooks(settings) or shop,
            suppliers=given.suppliers or _suppliers(settings, outbound, clock) or suppliers,
            mailer=mailer,
            ads=given.ads or _ads(settings, outbound, outside),
            alerts=_alerts(settings, outbound, twilio.account, clock, outside)
            if given.alerts is None
            else given.alerts,
            reader=language.support,
            drafter=language.drafter,
        ),
        shop_rehearsal=given.shop_rehearsal or shop,
        suppliers_rehearsal=given.suppliers_rehearsal or suppliers,
        outside_rehearsal=outside,
        closing=tuple(
            each
            for each in (bus, outbound, stripe, oidc, openai.desk, embedder, store, collector)
            if each is not None
        ),
    )


def _collector(store: Store) -> Collector | None:
    """OpenTelemetry, if anything is to be sent anywhere."""
    telemetry = TelemetrySettings()
    if not telemetry.is_set:
        return None
    charges = store.charges.units if isinstance(store, CosmosStore) else {}
    return OpenTelemetry(telemetry, lambda: charges)


def _open_meteo(settings: Settings, outbound: Outbound, store: Store, clock: Clock) -> OpenMeteo | None:
    """Open-Meteo, if its URL is set. In production nobody waits for a weather that is made up."""
    if settings.open_meteo_url is not None:
        return OpenMeteo(outbound, store, clock, settings, url=str(settings.open_meteo_url))
    if settings.environment == "production":
        raise RuntimeError("the weather is made up without USO_OPEN_METEO_URL, which production must not do")
    return None


def _meaning(settings: Settings, embedder: Embedder, store: Store) -> Meaning:
    """Search by meaning: Cosmos DB looks through the vectors where it can, this process otherwise."""
    vectors: VectorSearch = StoredVectors(store, embedder.model)
    if settings.cosmos_vectors and isinstance(store, CosmosStore):
        vectors = CosmosVectors(store, embedder.model)
    return Meaning(embedder, vectors, patience=settings.embedding_patience, floor=settings.embedding_floor)


def _bus(settings: Settings, breakers: Breakers) -> tuple[EventBus, DeadLetters, Hold]:
    """Service Bus, the local host's, or none; and what to do with an event that finds somebody away.

    In production no plan would ever start without a bus.
    """
    if settings.bus_namespace or settings.bus_connection:
        namespace = BusNamespace(breakers, host=settings.bus_namespace, connection=settings.bus_connection)
        letters = ServiceBusDeadLetters(namespace, EVENTS_TOPIC)
        return ServiceBusAmqp(namespace, EVENTS_TOPIC), letters, hold
    if settings.environment == "production":
        raise RuntimeError("events go nowhere without USO_BUS_NAMESPACE or USO_BUS_CONNECTION")
    local = ServiceBusRest(settings.bus_url, EVENTS_TOPIC) if settings.bus_url else NoBus()
    return local, local, hold_nothing


def _store(settings: Settings, clock: Clock) -> Store:
    """Cosmos DB, if its endpoint is set. In production no machine keeps what is on its disk."""
    if settings.cosmos_endpoint is not None:
        return CosmosStore(settings)
    if settings.environment == "production":
        raise RuntimeError(
            "the state would lie in a file without USO_COSMOS_ENDPOINT, as production must not"
        )
    return SqliteStore(settings.data_dir / "uso.sqlite", clock)


def _shopify(settings: Settings, outbound: Outbound) -> ShopifyShop | None:
    """Shopify, if its shop is set."""
    if settings.shopify_token is None:
        return None
    base = settings.shopify_base_url or f"https://{settings.shopify_shop}"
    url = f"{base}/admin/api/{settings.shopify_api_version}/graphql.json"
    return ShopifyShop(ShopifyGateway(outbound, url, settings.shopify_token))


def _shopify_webhooks(settings: Settings) -> ShopifyWebhooks | None:
    secrets = [each.get_secret_value() for each in settings.shopify_webhook_secrets]
    return ShopifyWebhooks(secrets, shop=settings.shopify_shop) if secrets else None


def _suppliers(settings: Settings, outbound: Outbound, clock: Clock) -> JsonSuppliers | None:
    """The suppliers of the documents that are set, if any are."""
    return json_suppliers(settings, outbound, clock) if settings.supplier_files else None


def _ads(settings: Settings, outbound: Outbound, outside: SimulatedOutside) -> Ads:
    """Meta, if its token is set."""
    if settings.meta_token is None:
        return SimulatedAds(outside, campaigns=DATA / "shop" / "campaigns.json")
    return MetaAds(
        outbound, settings.meta_token, account=settings.meta_account, base_url=settings.meta_base_url
    )


def _alerts(
    settings: Settings,
    outbound: Outbound,
    twilio: TwilioAccount | None,
    clock: Clock,
    outside: SimulatedOutside,
) -> Sequence[AlertChannel]:
    """Every way to call people that is set; without any, calls are recorded."""
    found: list[AlertChannel] = []
    if settings.alert_push_url is not None and settings.alert_push_secret is not None:
        found.append(PushAlerts(outbound, str(settings.alert_push_url), settings.alert_push_secret, clock))
    if twilio is not None and settings.alert_phones:
        found.append(TwilioAlerts(twilio, sender=settings.twilio_from, phones=settings.alert_phones))
    if settings.slack_webhook is not None:
        found.append(SlackAlerts(outbound, settings.slack_webhook))
    return found or [SimulatedChannel(outside, name) for name in CHANNELS]


def _stripe(settings: Settings, store: Store, clock: Clock, breakers: Breakers) -> StripePayments | None:
    """Stripe, if its key is set. In production there is no other way to be paid."""
    if settings.stripe_key is not None:
        return StripePayments(settings, store, clock, breakers)
    if settings.environment == "production":
        raise RuntimeError("payments are simulated without USO_STRIPE_KEY, which production must not do")
    return None
