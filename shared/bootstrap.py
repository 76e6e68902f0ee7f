"""The composition root: use cases on the adapters that the settings choose."""

import sqlite3
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from shared.chosen_adapters import DATA, Closes, Ports, choose_adapters
from shared.domain.texting.lines import TEXT_KINDS
from shared.errors import UsoError
from shared.ports.clock import Clock
from shared.ports.dead_letters import DeadLetters
from shared.ports.geocoder import Geocoder
from shared.ports.identity import TokenVerifier
from shared.ports.payments import NEWS_TYPE, PaymentProvider, PaymentRehearsal, ProviderWebhooks
from shared.ports.rehearsals import Mailbox, OutsideRehearsal, ShopRehearsal, SuppliersRehearsal
from shared.ports.store import Store
from shared.ports.urls import UrlGuard
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
from shared.services.money_notices import MoneyNotices
from shared.services.narrator import Narrator
from shared.services.negotiation_steps import NegotiationSteps
from shared.services.negotiations import NegotiationService
from shared.services.operations.inbox import NewsInbox
from shared.services.operations.shop_sales import ShopSales
from shared.services.operations.wing import Operations, operations
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
from shared.services.redelivery import Hold
from shared.services.second_readings import SecondReadings
from shared.services.shopping import ShoppingService
from shared.services.silences import Silences
from shared.services.simulator.service import Simulator, simulator
from shared.services.standing import StandingService
from shared.services.texting.wing import Texting, texting, texts_out
from shared.services.threads import ThreadService
from shared.services.wakeups import Wakeups
from shared.services.watcher import Watcher
from shared.services.watches import Watches
from shared.settings import Settings


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
    adapters = choose_adapters(settings, ports or Ports())
    clock, store, outbox = adapters.clock, adapters.store, adapters.outbox
    records = Records(store, outbox, clock)
    inventory = InventoryService(store, clock, ttl=settings.reservation_ttl)
    catalogue = CatalogueService(store, clock, settings, inventory=inventory, meaning=adapters.meaning)
    texts = texts_out(records, store, adapters.carriers, catalogue, clock, settings)
    channels = {**dict.fromkeys(TEXT_KINDS, texts.channel), **adapters.channels}
    planning = PlanningService(catalogue, clock, settings)
    messages = PartnerMessages(store, catalogue, channels)
    carts = CartService(catalogue, planning, settings)
    payees = Payees(store, adapters.payments, clock, settings)
    fees = FeeService(records, store, settings)
    fee_notices = FeeNotices(store, fees, catalogue, messages, settings)
    affiliates = affiliate_wing(
        records, store, kyc=adapters.kyc, catalogue=catalogue, payees=payees, settings=settings
    )
    terms = DealTerms(fees, affiliates.referrals, catalogue, settings)
    escalations = EscalationService(records, store, settings)
    accounts = OwnAccounts(store)
    projection = Projection(store, accounts, escalations)
    credits_ = CreditService(store, records, projection, accounts, settings)
    orders = OrderService(records, catalogue, inventory, planning, carts, terms, credits_, messages, settings)
    mandate_keys = MandateKeys(store, adapters.wallets, clock, settings)
    mandates = MandateService(records, store, mandate_keys, adapters.wallets, settings)
    budget = MandatePledge(mandates, orders, catalogue)
    money = OrderMoney(records, adapters.payments, budget)
    payouts = PayoutService(
        store, outbox, projection, accounts, payees, adapters.payments, escalations, clock
    )
    take_backs = TakeBacks(store, accounts, payees, adapters.payments, escalations, clock, settings)
    checkout_steps = CheckoutSteps(
        records, adapters.vendors or inventory, adapters.payments, money, (budget, credits_), settings
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
    chargebacks = Chargebacks(records, cases, adapters.payments, sales, escalations)
    dispute_notices = DisputeNotices(cases, orders, catalogue, messages)
    notices = MoneyNotices(orders, catalogue, messages)
    recoveries = RecoveryService(records, settings)
    negotiations = NegotiationService(records, catalogue, recoveries, settings)
    partners = PartnerService(store, orders, negotiations, recoveries, escalations, adapters.language.replies)
    watches = Watches(store, settings)
    standing = StandingService(records, store, watches, catalogue, orders, settings)
    pushes = Pushes(store, threads, adapters.push, clock, settings)
    engine = operations(
        records,
        store,
        NewsInbox(store, outbox, clock),
        escalations,
        adapters.operations,
        clock,
        refund_policy,
        allowances,
        settings,
        data=DATA / "shop",
    )
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
        adapters.geocoder,
        settings,
        SecondReadings(adapters.language.sentences, adapters.language.answers),
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
        webhooks=adapters.carrier_webhooks,
        media=adapters.media,
        photo_check=adapters.language.photos,
    )
    return App(
        settings=settings,
        clock=clock,
        store=store,
        tokens=adapters.tokens,
        geocoder=adapters.geocoder,
        weather=adapters.weather,
        payments=adapters.payments,
        outbox=outbox,
        hold_event=adapters.hold_event,
        dead_letters=adapters.dead_letters,
        records=records,
        catalogue=catalogue,
        catalogue_vectors=CatalogueVectors(store, adapters.embedder) if adapters.embedder else None,
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
        defence_steps=DefenceSteps(
            records, cases, chargebacks, settlement, adapters.payments, sales, settings
        ),
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
        partner_secrets=PartnerSecrets(store),
        standing=standing,
        watcher=Watcher(store, watches, standing, adapters.weather, catalogue, inventory, clock, settings),
        wakeups=Wakeups(store, clock),
        threads=threads,
        shopping=shopping,
        chat=chat,
        narrator=Narrator(records, threads, pushes, texts.customers, adapters.language.teller),
        texting=texting_,
        pushes=pushes,
        own_accounts=accounts,
        projection=projection,
        statements=Statements(store, records, projection, accounts),
        reconciliation=ReconciliationService(store, projection, adapters.payments, escalations, clock),
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
        stripe_webhooks=adapters.stripe_webhooks,
        fees=fees,
        fee_notices=fee_notices,
        deal_terms=terms,
        affiliates=affiliates,
        bundle_margins=BundleMargins(records, catalogue, fees, affiliates.directory, settings),
        urls=adapters.urls,
        mandate_keys=mandate_keys,
        mandates=mandates,
        simulator=simulator(
            records, store, catalogue=catalogue, inventory=inventory, intake=partners, settings=settings
        ),
        weather_script=adapters.weather_script,
        payment_rehearsal=adapters.payment_rehearsal,
        operations=engine,
        language_calls=LanguageCalls(store, clock, settings),
        shop_rehearsal=adapters.shop_rehearsal,
        suppliers_rehearsal=adapters.suppliers_rehearsal,
        mailbox=adapters.mailbox,
        outside_rehearsal=adapters.outside_rehearsal,
        closing=adapters.closing,
    )


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
    return bootstrap(Settings(), _served_with[-1])
