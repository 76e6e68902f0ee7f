"""The composition root: settings decide which adapter serves which port; nothing else names an adapter."""

import sqlite3
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
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
from shared.domain.texting.lines import TEXT_KINDS
from shared.errors import UsoError
from shared.ports.ads import Ads
from shared.ports.alerts import AlertChannel
from shared.ports.carriers import Carrier
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
from shared.ports.payments import NEWS_TYPE, PaymentProvider, PaymentRehearsal, ProviderWebhooks
from shared.ports.photos import PhotoCheck
from shared.ports.rehearsals import Mailbox, OutsideRehearsal, ShopRehearsal, SuppliersRehearsal
from shared.ports.shop import Shop
from shared.ports.store import Store
from shared.ports.suppliers import Suppliers
from shared.ports.support import SupportReader
from shared.ports.telemetry import Collector, collect
from shared.ports.topics import EVENTS_TOPIC
from shared.ports.urls import UrlGuard
from shared.ports.vectors import VectorSearch
from shared.ports.vendors import VendorHolds
from shared.ports.weather import Weather, WeatherScript
from shared.services.additions import AdditionService
from shared.services.affiliates.wing import AffiliateWing, affiliate_wing
from shared.services.alternatives import AlternativeFinder
from shared.services.bookkeeping import Bookkeeping
from shared.services.browsing import BrowsingService
from shared.services.bundle_margins import BundleMargins
from shared.services.carts import CartService
from shared.services.catalogue import CatalogueService
from shared.services.catalogue_vectors import CatalogueVectors
from shared.services.chat import ChatService
from shared.services.checkout_steps import CheckoutSteps
from shared.services.checkouts import CheckoutService
from shared.services.credits import CreditService
from shared.services.deal_terms import DealTerms
from shared.services.deliveries import DeliveryService
from shared.services.disputes.allowances import Allowances
from shared.services.disputes.case_file import CaseFiles
from shared.services.disputes.cases import Cases
from shared.services.disputes.chargebacks import Chargebacks
from shared.services.disputes.deadlines import DisputeDeadlines
from shared.services.disputes.defence import DefenceSteps
from shared.services.disputes.notices import DisputeNotices
from shared.services.disputes.order_sales import OrderSales
from shared.services.disputes.policy import RefundPolicyService
from shared.services.disputes.sales import Sales
from shared.services.disputes.service import DisputeService
from shared.services.disputes.settlement import Settlement
from shared.services.earnings import Earnings
from shared.services.escalations import EscalationService
from shared.services.fee_notices import FeeNotices
from shared.services.fees import FeeService
from shared.services.funds import FundsService
from shared.services.holds import Holds
from shared.services.inventory import InventoryService
from shared.services.language_calls import LanguageCalls
from shared.services.ledger.accounts import OwnAccounts
from shared.services.ledger.projection import Projection
from shared.services.ledger.reconciliation import ReconciliationService
from shared.services.ledger.statements import Statements
from shared.services.mandate_keys import MandateKeys
from shared.services.mandate_pledge import MandatePledge
from shared.services.mandates import MandateService
from shared.services.meaning import Meaning, StoredVectors
from shared.services.money_notices import MoneyNotices
from shared.services.narrator import Narrator
from shared.services.negotiation_steps import NegotiationSteps
from shared.services.negotiations import NegotiationService
from shared.services.operations.inbox import NewsInbox
from shared.services.operations.shop_sales import ShopSales
from shared.services.operations.wing import Operations, OperationsPorts, operations
from shared.services.order_money import OrderMoney
from shared.services.orders import OrderService
from shared.services.outbox import Outbox
from shared.services.partner_messages import PartnerMessages
from shared.services.partner_secrets import PartnerSecrets
from shared.services.partners import PartnerService
from shared.services.payouts.gig_payments import GigPayments
from shared.services.payouts.nightly import NightlyPayouts
from shared.services.payouts.payees import Payees
from shared.services.payouts.service import PayoutService
from shared.services.payouts.take_backs import TakeBacks
from shared.services.planning import PlanningService
from shared.services.provider_news import NewsDesk
from shared.services.pushes import Pushes
from shared.services.records import Records
from shared.services.recoveries import RecoveryService
from shared.services.recovery_steps import RecoverySteps
from shared.services.redelivery import Hold, hold, hold_nothing
from shared.services.second_readings import SecondReadings
from shared.services.shopping import ShoppingService
from shared.services.silences import Silences
from shared.services.simulator.desk import SimulatorDesk
from shared.services.simulator.service import Simulator, simulator
from shared.services.standing import StandingService
from shared.services.texting.letters import MailCarrier
from shared.services.texting.wing import Texting, texting, texts_out
from shared.services.threads import ThreadService
from shared.services.wakeups import Wakeups
from shared.services.watcher import Watcher
from shared.services.watches import Watches
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
    support_reader: SupportReader | None = None
    photo_check: PhotoCheck | None = None
    embedder: Embedder | None = None
    language: Language | None = None
    collector: Collector | None = None


class Closes(Protocol):
    """An adapter that holds connections."""

    async def close(self) -> None:
        """Release them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Everything a trigger or an activity may use."""

    settings: Settings
    clock: Clock
    store: Store
    tokens: TokenVerifier
    geocoder: Geocoder
    weather: Weather
    payments: PaymentProvider
    outbox: Outbox
    hold_event: Hold
    dead_letters: DeadLetters
    records: Records
    catalogue: CatalogueService
    catalogue_vectors: CatalogueVectors | None
    inventory: InventoryService
    planning: PlanningService
    orders: OrderService
    order_money: OrderMoney
    checkouts: CheckoutService
    checkout_steps: CheckoutSteps
    funds: FundsService
    deliveries: DeliveryService
    holds: Holds
    disputes: DisputeService
    cases: Cases
    settlement: Settlement
    case_files: CaseFiles
    dispute_deadlines: DisputeDeadlines
    refund_policy: RefundPolicyService
    chargebacks: Chargebacks
    defence_steps: DefenceSteps
    negotiations: NegotiationService
    negotiation_steps: NegotiationSteps
    recoveries: RecoveryService
    recovery_steps: RecoverySteps
    escalations: EscalationService
    partners: PartnerService
    silences: Silences
    partner_secrets: PartnerSecrets
    standing: StandingService
    watcher: Watcher
    wakeups: Wakeups
    threads: ThreadService
    shopping: ShoppingService
    chat: ChatService
    narrator: Narrator
    pushes: Pushes
    texting: Texting
    own_accounts: OwnAccounts
    projection: Projection
    statements: Statements
    reconciliation: ReconciliationService
    payees: Payees
    payouts: PayoutService
    nightly_payouts: NightlyPayouts
    gig_payments: GigPayments
    earnings: Earnings
    credits: CreditService
    bookkeeping: Bookkeeping
    provider_news: NewsDesk
    stripe_webhooks: ProviderWebhooks | None
    fees: FeeService
    fee_notices: FeeNotices
    deal_terms: DealTerms
    affiliates: AffiliateWing
    bundle_margins: BundleMargins
    urls: UrlGuard
    mandate_keys: MandateKeys
    mandates: MandateService
    simulator: Simulator
    weather_script: WeatherScript
    payment_rehearsal: PaymentRehearsal
    operations: Operations
    language_calls: LanguageCalls
    shop_rehearsal: ShopRehearsal
    suppliers_rehearsal: SuppliersRehearsal
    mailbox: Mailbox
    outside_rehearsal: OutsideRehearsal
    closing: tuple[Closes, ...]

    async def ready(self) -> dict[str, str | None]:
        """Ask every dependency; None is well, a text says what is wrong."""
        return {"store": await _failure(self.store.read("health", "ready", "probe"))}

    async def close(self) -> None:
        """Release every connection; for hosts that stop in an orderly way."""
        for adapter in self.closing:
            await adapter.close()


def bootstrap(settings: Settings, ports: Ports | None = None) -> App:
    """Build the app. Raises at once when a setting is wrong; never falls back in silence."""
    given = ports or Ports()
    clock = given.clock or (FileClock(settings.clock_file) if settings.clock_file else SystemClock())
    store = given.store or _store(settings, clock)
    collector = given.collector or _collector(store)
    if collector is not None:
        collect(collector)
    breakers = Breakers(clock, settings)
    settings_bus, dead_letters = _bus(settings, breakers)
    bus = traced(given.bus or settings_bus, "bus")
    outbox = Outbox(store, bus, clock)
    rehearsal = SimulatedPayments(store, clock, settings, partial(outbox.relay_soon, "payments"))
    stripe = _stripe(settings, store, clock, breakers)
    payments = traced(given.payments or stripe or rehearsal, "payments")
    oidc = OidcIssuer(settings, clock) if settings.oidc_issuer else None
    script = RecordedWeather(clock, store, zone=settings.home_zone)
    outbound = Outbound(settings, breakers)
    weather = given.weather or _open_meteo(settings, outbound, store, clock) or script
    records = Records(store, outbox, clock)
    secrets = PartnerSecrets(store)
    inventory = InventoryService(store, clock, ttl=settings.reservation_ttl)
    embedder = given.embedder or (OpenAIEmbeddings(settings, breakers) if settings.embedding_model else None)
    embedder = embedder and traced(embedder, "embeddings")
    meaning = _meaning(settings, embedder, store) if embedder else None
    catalogue = CatalogueService(store, clock, settings, inventory=inventory, meaning=meaning)
    mailbox = RecordedMail(store, clock)
    smtp = SmtpMail(settings, clock, breakers) if settings.smtp_host else mailbox
    mailer = traced(given.mailer or smtp, "mail")
    twilio = twilio_parts(settings, outbound, store)
    language = language_parts(settings, store, clock, breakers, data=DATA / "language")
    model = given.language or language.language
    carriers: dict[ChannelKind, Carrier] = {**twilio.carriers, ChannelKind.EMAIL: MailCarrier(mailer)}
    texts = texts_out(records, store, carriers, catalogue, clock, settings)
    channels = given.channels or {
        ChannelKind.SIMULATOR: SimulatorChannel(SimulatorDesk(records, store)),
        ChannelKind.API: PartnerWebhook(outbound, secrets, clock),
        **dict.fromkeys(TEXT_KINDS, texts.channel),
    }
    planning = PlanningService(catalogue, clock, settings)
    messages = PartnerMessages(store, catalogue, channels)
    carts = CartService(catalogue, planning, settings)
    payees = Payees(store, payments, clock, settings)
    fees = FeeService(records, store, settings)
    fee_notices = FeeNotices(store, fees, catalogue, messages, settings)
    affiliates = affiliate_wing(
        records, store, kyc=given.kyc or SimulatedKyc(), catalogue=catalogue, payees=payees, settings=settings
    )
    terms = DealTerms(fees, affiliates.referrals, catalogue, settings)
    escalations = EscalationService(records, store, settings)
    accounts = OwnAccounts(store)
    projection = Projection(store, accounts, escalations)
    credits_ = CreditService(store, records, projection, accounts, settings)
    orders = OrderService(records, catalogue, inventory, planning, carts, terms, credits_, messages, settings)
    wallets = JwsMandates()
    mandate_keys = MandateKeys(store, wallets, clock, settings)
    mandates = MandateService(records, store, mandate_keys, wallets, settings)
    budget = MandatePledge(mandates, orders, catalogue)
    money = OrderMoney(records, payments, budget)
    payouts = PayoutService(store, outbox, projection, accounts, payees, payments, escalations, clock)
    take_backs = TakeBacks(store, accounts, payees, payments, escalations, clock, settings)
    checkout_steps = CheckoutSteps(
        records, given.vendors or inventory, payments, money, (budget, credits_), settings
    )
    funds = FundsService(records)
    deliveries = DeliveryService(records, funds, settings)
    cases = Cases(records, store)
    threads = ThreadService(records, store, clock)
    sales = Sales(OrderSales(records, cases, funds, threads), ShopSales(records))
    settlement = Settlement(records, cases, sales, funds, inventory, escalations)
    refund_policy = RefundPolicyService(records, settings)
    allowances = Allowances(store, clock, settings)
    disputes = DisputeService(
        records,
        cases,
        refund_policy,
        allowances,
        funds,
        deliveries,
        settlement,
        settings,
    )
    chargebacks = Chargebacks(records, cases, payments, sales, escalations)
    dispute_notices = DisputeNotices(cases, orders, catalogue, messages)
    notices = MoneyNotices(orders, catalogue, messages)
    recoveries = RecoveryService(records, settings)
    negotiations = NegotiationService(records, catalogue, recoveries, settings)
    partners = PartnerService(store, orders, negotiations, recoveries, escalations, model.replies)
    watches = Watches(store, settings)
    standing = StandingService(records, store, watches, catalogue, orders, settings)
    pushes = Pushes(store, threads, WebhookPush(outbound, settings, clock), clock, settings)
    shop = SimulatedShop(
        store,
        clock,
        settings,
        payments=rehearsal if stripe is None else None,
        products=DATA / "shop" / "products.json",
    )
    suppliers = SimulatedSuppliers(store, clock, settings, shelves=DATA / "shop" / "suppliers.json")
    outside = SimulatedOutside(store, clock)
    engine = operations(
        records,
        store,
        NewsInbox(store, outbox, clock),
        escalations,
        OperationsPorts(
            shop=given.shop or _shopify(settings, outbound) or shop,
            shop_webhooks=_shopify_webhooks(settings) or shop,
            suppliers=given.suppliers or _suppliers(settings, outbound, clock) or suppliers,
            mailer=mailer,
            ads=given.ads or _ads(settings, outbound, outside),
            alerts=_alerts(settings, outbound, twilio.account, clock, outside)
            if given.alerts is None
            else given.alerts,
            reader=given.support_reader or model.support,
            drafter=model.drafter,
        ),
        clock,
        refund_policy,
        allowances,
        settings,
        data=DATA / "shop",
    )
    geocoder = Gazetteer(DATA / "places.csv")
    shopping = ShoppingService(catalogue, planning, settings)
    chat = ChatService(
        threads,
        shopping,
        BrowsingService(shopping, settings),
        orders,
        AdditionService(orders, planning, shopping),
        negotiations,
        recoveries,
        standing,
        geocoder,
        settings,
        SecondReadings(model.sentences, model.answers),
    )
    texting_ = texting(
        texts,
        records,
        store,
        clock,
        settings,
        catalogue=catalogue,
        partners=partners,
        escalations=escalations,
        threads=threads,
        chat=chat,
        tickets=engine.support.tickets,
        webhooks=twilio.webhooks,
        media=twilio.media,
        photo_check=given.photo_check or model.photos,
    )
    return App(
        settings=settings,
        clock=clock,
        store=store,
        tokens=oidc or LocalIssuer(settings, clock),
        geocoder=geocoder,
        weather=weather,
        payments=payments,
        outbox=outbox,
        hold_event=hold if settings.bus_namespace or settings.bus_connection else hold_nothing,
        dead_letters=given.dead_letters or dead_letters,
        records=records,
        catalogue=catalogue,
        catalogue_vectors=CatalogueVectors(store, embedder) if embedder else None,
        inventory=inventory,
        planning=planning,
        orders=orders,
        order_money=money,
        checkouts=CheckoutService(records, carts, orders, checkout_steps, settings),
        checkout_steps=checkout_steps,
        funds=funds,
        deliveries=deliveries,
        holds=Holds(store, orders, escalations, clock, settings),
        disputes=disputes,
        cases=cases,
        settlement=settlement,
        case_files=CaseFiles(records, cases, threads),
        dispute_deadlines=DisputeDeadlines(records, store, escalations, clock),
        refund_policy=refund_policy,
        chargebacks=chargebacks,
        defence_steps=DefenceSteps(records, cases, chargebacks, settlement, payments, sales, settings),
        negotiations=negotiations,
        negotiation_steps=NegotiationSteps(
            records,
            negotiations,
            catalogue,
            inventory,
            orders,
            money,
            recoveries,
            escalations,
            messages,
            settings,
        ),
        recoveries=recoveries,
        recovery_steps=RecoverySteps(
            records,
            recoveries,
            AlternativeFinder(catalogue, planning, terms, settings),
            inventory,
            planning,
            orders,
            money,
            escalations,
            messages,
            settings,
        ),
        escalations=escalations,
        partners=partners,
        silences=Silences(store, catalogue, orders, escalations, clock, settings),
        partner_secrets=secrets,
        standing=standing,
        watcher=Watcher(store, watches, standing, weather, catalogue, inventory, clock, settings),
        wakeups=Wakeups(store, clock),
        threads=threads,
        shopping=shopping,
        chat=chat,
        narrator=Narrator(records, threads, pushes, texts.customers, model.teller),
        texting=texting_,
        pushes=pushes,
        own_accounts=accounts,
        projection=projection,
        statements=Statements(store, records, projection, accounts),
        reconciliation=ReconciliationService(store, projection, payments, escalations, clock),
        payees=payees,
        payouts=payouts,
        nightly_payouts=NightlyPayouts(payees, payouts, take_backs, clock),
        gig_payments=GigPayments(records, store),
        earnings=Earnings(store, orders, clock, settings),
        credits=credits_,
        bookkeeping=Bookkeeping(
            {
                "uso.funds.released": [notices.released, payouts.hear_release],
                "uso.leg.refunded": [notices.refunded, projection.hear],
                "uso.refund.sent": [budget.hear_refund],
                "uso.gig.paid": [payouts.hear_gig],
                NEWS_TYPE: [checkout_steps.hear, payouts.hear_news],
            },
            {"uso.fees.changed": [fee_notices.hear]},
            affiliates.hearers(),
            *engine.hearers(),
            texting_.hearers(),
            {
                NEWS_TYPE: [chargebacks.hear],
                "uso.delivery.confirmed": [disputes.hear_delivery, chargebacks.hear_delivery],
                "uso.parcel.delivered": [chargebacks.hear_delivery],
                "uso.dispute.opened": [disputes.hear_opened, dispute_notices.opened],
                "uso.dispute.decided": [settlement.hear],
                "uso.dispute.resolved": [dispute_notices.resolved, disputes.hear_resolved],
                "uso.CHARGEBACK_CREATED": [dispute_notices.opened],
            },
        ),
        provider_news=NewsDesk(store, outbox, clock),
        stripe_webhooks=stripe,
        fees=fees,
        fee_notices=fee_notices,
        deal_terms=terms,
        affiliates=affiliates,
        bundle_margins=BundleMargins(records, catalogue, fees, affiliates.directory, settings),
        urls=OutboundUrls(settings),
        mandate_keys=mandate_keys,
        mandates=mandates,
        simulator=simulator(
            records, store, catalogue=catalogue, inventory=inventory, intake=partners, settings=settings
        ),
        weather_script=given.weather_script or script,
        payment_rehearsal=given.payment_rehearsal or rehearsal,
        operations=engine,
        language_calls=LanguageCalls(store, clock, settings),
        shop_rehearsal=given.shop_rehearsal or shop,
        suppliers_rehearsal=given.suppliers_rehearsal or suppliers,
        mailbox=given.mailbox or mailbox,
        outside_rehearsal=outside,
        closing=tuple(
            each
            for each in (bus, outbound, stripe, oidc, language.desk, embedder, store, collector)
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


def _bus(settings: Settings, breakers: Breakers) -> tuple[EventBus, DeadLetters]:
    """Service Bus, the local host's, or none. In production no plan would ever start without one."""
    if settings.bus_namespace or settings.bus_connection:
        namespace = BusNamespace(breakers, host=settings.bus_namespace, connection=settings.bus_connection)
        return ServiceBusAmqp(namespace, EVENTS_TOPIC), ServiceBusDeadLetters(namespace, EVENTS_TOPIC)
    if settings.environment == "production":
        raise RuntimeError("events go nowhere without USO_BUS_NAMESPACE or USO_BUS_CONNECTION")
    local = ServiceBusRest(settings.bus_url, EVENTS_TOPIC) if settings.bus_url else NoBus()
    return local, local


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


async def _failure(probe: Awaitable[object]) -> str | None:
    try:
        await probe
    except (UsoError, OSError, sqlite3.Error) as error:
        return type(error).__name__
    return None


_served_with: list[Ports] = [Ports()]


@contextmanager
def serving(ports: Ports) -> Iterator[None]:
    """While the block lasts, the process's app is built with `ports`: for who rehearses failures."""
    _served_with.append(ports)
    try:
        yield
    finally:
        _served_with.pop()


@cache
def app() -> App:
    """The process's app, built from the environment on first use."""
    settings = Settings()
    if settings.log_format == "json":
        write_json()
    return bootstrap(settings, _served_with[-1])
