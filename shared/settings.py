"""Every number and switch of the platform, typed, read once from the environment (prefix USO_).

Defaults are the embedded, offline ones. A setting that is given but wrong stops the start with its name.
"""

import base64
import binascii
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self, get_args
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, HttpUrl, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("this is no IANA time zone, such as America/Chicago")
    return name


def _stripe_key(key: SecretStr) -> SecretStr:
    if not key.get_secret_value().startswith(("sk_", "rk_")):
        raise ValueError("a secret or restricted key of Stripe begins with sk_ or rk_")
    return key


def _base64(secret: SecretStr) -> SecretStr:
    try:
        base64.b64decode(secret.get_secret_value(), validate=True)
    except binascii.Error:
        raise ValueError("a key of Cosmos DB is base64") from None
    return secret


def _signing_secret(secret: SecretStr) -> SecretStr:
    if not secret.get_secret_value().startswith("whsec_"):
        raise ValueError("a signing secret of a webhook endpoint begins with whsec_")
    return secret


def _standard_webhooks_secret(secret: SecretStr) -> SecretStr:
    try:
        key = base64.b64decode(secret.get_secret_value().removeprefix("whsec_"), validate=True)
    except binascii.Error:
        key = b""
    if not secret.get_secret_value().startswith("whsec_") or not 24 <= len(key) <= 64:
        raise ValueError("a secret of Standard Webhooks is whsec_ and base64 of 24 to 64 bytes")
    return secret


def _bus_connection(connection: SecretStr) -> SecretStr:
    parts = connection.get_secret_value().strip(" ;").split(";")
    named = dict(part.partition("=")[::2] for part in parts)
    keyed = named.get("SharedAccessKeyName") and named.get("SharedAccessKey")
    if not named.get("Endpoint", "").startswith("sb://") or not (keyed or named.get("SharedAccessSignature")):
        raise ValueError("a connection string of Service Bus has an Endpoint=sb://... and a key or signature")
    if "EntityPath" in named:
        raise ValueError("the connection string must be of the namespace, not of one topic or queue")
    return connection


def _split(value: object) -> object:
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _open_meteo_key(key: SecretStr) -> SecretStr:
    if not key.get_secret_value().replace("-", "").replace("_", "").isalnum():
        raise ValueError("a key of Open-Meteo is letters and digits")
    return key


def _openai_key(key: SecretStr) -> SecretStr:
    if not key.get_secret_value().replace("-", "").replace("_", "").isalnum():
        raise ValueError("a key of OpenAI or Azure OpenAI is letters, digits, - and _")
    return key


_OPEN_METEO = {"api.open-meteo.com": False, "customer-api.open-meteo.com": True}
"""Open-Meteo's hosts, and whether they want a key; any other is somebody's own server."""
TextKind = Literal["order", "change_request", "cancellation", "notice", "update"]
ContentSid = Annotated[str, Field(pattern=r"^HX[0-9a-fA-F]{32}$")]


def _issuer(url: str) -> str:
    if not url:
        return url
    parts = urlsplit(url)
    plain = not (parts.query or parts.fragment or "@" in parts.netloc or any(each <= " " for each in url))
    if parts.scheme not in ("https", "http") or not parts.hostname or not plain:
        raise ValueError("an issuer is an https:// URL without user, query and fragment")
    tenant = parts.path.strip("/").partition("/")[0]
    every = parts.hostname.endswith(".microsoftonline.com") and tenant in (
        *("", "common", "organizations", "consumers"),
    )
    if "{" in url or every:
        raise ValueError("this stands for many tenants: put the id of your one tenant into the URL")
    return url


def _claim_path(path: str) -> str:
    if not 0 < len(path) <= 200:
        raise ValueError("a claim is named by 1 to 200 characters")
    if "unsafe_metadata" in path.split("."):
        raise ValueError("users write unsafe_metadata themselves: it must not say what they may do")
    return path


_BUS_HOST = r"^([a-z0-9-]+\.servicebus\.[a-z.]+)?$"
Span = Annotated[timedelta, Field(gt=timedelta(0))]
Share = Annotated[float, Field(ge=0, le=1)]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
ClaimPath = Annotated[str, AfterValidator(_claim_path)]
ClaimPaths = Annotated[tuple[ClaimPath, ...], Field(min_length=1), NoDecode, BeforeValidator(_split)]
PersonaName = Literal["customer", "agent", "partner", "admin"]
ModelUse = Literal["intent", "decision", "reply", "support", "draft", "photo", "narration"]
Dollars = Annotated[float, Field(ge=0, le=10_000)]
_AZURE_OPENAI = (".openai.azure.com", ".services.ai.azure.com", ".cognitiveservices.azure.com")


def _insights(connection: SecretStr) -> SecretStr:
    named = dict(part.partition("=")[::2] for part in connection.get_secret_value().split(";"))
    if not named.get("InstrumentationKey"):
        raise ValueError("a connection string of Application Insights has an InstrumentationKey=...")
    return connection


class TelemetrySettings(BaseSettings):
    """Where spans and figures go, in the variables that every service of OpenTelemetry or Azure has for it.

    Without any of them nothing is sent. Those that only tell more of an endpoint, such as
    OTEL_EXPORTER_OTLP_HEADERS, are read by its exporter.
    """

    model_config = SettingsConfigDict(
        frozen=True, env_ignore_empty=True, use_attribute_docstrings=True, hide_input_in_errors=True
    )

    otel_exporter_otlp_endpoint: HttpUrl | None = None
    """Base URL of an OTLP/HTTP endpoint, to which `/v1/traces` and `/v1/metrics` are added."""
    otel_exporter_otlp_protocol: Literal["http/protobuf"] = "http/protobuf"
    """The only one that is spoken; another is refused."""
    applicationinsights_connection_string: Annotated[SecretStr, AfterValidator(_insights)] | None = None
    """Of Application Insights, entered with the identity of APPLICATIONINSIGHTS_AUTHENTICATION_STRING."""

    @property
    def is_set(self) -> bool:
        """Whether anything is sent anywhere."""
        return bool(self.otel_exporter_otlp_endpoint or self.applicationinsights_connection_string)


class Settings(BaseSettings):
    """Durations are ISO 8601 (`PT15M`) or seconds; money is in minor units of `currency`."""

    model_config = SettingsConfigDict(
        env_prefix="USO_",
        frozen=True,
        extra="forbid",
        env_ignore_empty=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
    )

    # where things are
    environment: Literal["development", "production"] = "development"
    """In production nothing that is meant for a laptop only (the local issuer) starts."""
    data_dir: Path = Path(".data/uso")
    """Folder of the embedded store and the local issuer's key."""
    public_url: str = "http://127.0.0.1:7071"
    """Where callers reach the app."""
    log_format: Literal["text", "json"] = "text"
    """How log records are written: json has one object per line, with the trace."""
    clock_file: Path | None = None
    """File that holds the instant of a development host's virtual clock; without it, the machine's clock."""
    bus_url: str | None = None
    """Base URL of the local host's Service Bus; without any bus events stay in the outbox."""
    bus_namespace: str = Field(default="", pattern=_BUS_HOST)
    """Service Bus, `name.servicebus.windows.net`, entered with the app's managed identity."""
    bus_connection: Annotated[SecretStr, AfterValidator(_bus_connection)] | None = None
    """Its connection string instead, also of the emulator."""

    cosmos_endpoint: HttpUrl | None = None
    """Cosmos DB account that keeps the state; without it, a SQLite file in `data_dir` does."""
    cosmos_key: Annotated[SecretStr, AfterValidator(_base64)] | None = None
    """Its key; without it the app's managed identity signs in."""
    cosmos_database: str = Field(default="uso", pattern=r"^[A-Za-z0-9_-]{1,255}$")
    """Database that holds the containers."""
    cosmos_patience: Span = timedelta(seconds=10)
    """The longest that a call may take, with every wait that throttling asks for; then it is a 503."""
    cosmos_vectors: bool = False
    """The account has vector search switched on and the container `vectors` was made for it."""

    # home region
    home_zone: Annotated[str, AfterValidator(_known_zone)] = "America/Chicago"
    """Time zone of callers who name none, and of rush hours."""
    region_name: str = "Austin, Texas"
    """Where to search for callers who name no place."""
    region_latitude: float = Field(default=30.2672, ge=-90, le=90)
    """Its position."""
    region_longitude: float = Field(default=-97.7431, ge=-180, le=180)
    """Its position."""
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    """ISO 4217 currency of feeds and fees that name none."""

    # identity, webhooks, limits
    token_lifetime: Span = timedelta(hours=12)
    """Of the local issuer's tokens."""
    oidc_issuer: Annotated[str, AfterValidator(_issuer)] = ""
    """The OIDC issuer whose tokens are taken, as its `iss` spells it; without it, the local one."""
    oidc_audience: Names = ()
    """What `aud` must hold of, several by commas."""
    oidc_clients: Names = ()
    """Clients (`azp`, `client_id`, `appid`) whose tokens are taken, by commas; without any, all."""
    oidc_agent_clients: Names = ()
    """Clients that are agents: with them the token's subject is the customer that they act for."""
    oidc_subject_claim: ClaimPath = "sub"
    """Claim that holds the caller's id."""
    oidc_persona_claims: ClaimPaths = ("persona",)
    """Claims that hold the caller's roles: dotted paths by commas, the first that is there counts."""
    oidc_personas: dict[str, PersonaName] = Field(default_factory=dict)
    """Role -> persona, as JSON; without it a role is the persona's name. No known role is a customer."""
    oidc_customer_claims: ClaimPaths = ("customer_id",)
    """Claims that name the customer an agent acts for, likewise."""
    oidc_partner_claims: ClaimPaths = ("partner_id",)
    """Claims that name the vendor a partner speaks for, likewise."""
    oidc_leeway: timedelta = Field(default=timedelta(seconds=10), ge=timedelta(0), le=timedelta(minutes=5))
    """How far the issuer's clock may be off."""
    oidc_keys_for: Span = timedelta(hours=1)
    """How long the issuer's keys count before they are fetched again; its Cache-Control may say less."""
    oidc_keys_at_most: Span = timedelta(days=1)
    """How long they count while the issuer does not answer."""
    oidc_fetch_pause: Span = timedelta(minutes=1)
    """Between two fetches at least, whatever keys the tokens name."""
    oidc_timeout: Span = timedelta(seconds=5)
    """Of one request to the issuer."""
    oidc_max_bytes: int = Field(default=256 * 1024, ge=1024)
    """Of its discovery document and of its keys."""
    webhook_tolerance: Span = timedelta(minutes=5)
    """How old or early a signed webhook may be."""
    push_webhooks: dict[str, str] = Field(default_factory=dict)
    """Chat platform -> URL that gets every update of its threads, as JSON."""
    push_secret: SecretStr | None = None
    """`whsec_...` secret that pushes are signed with."""
    push_hiccups: int = 2
    """Failures of a push after which it waits; before, it is tried again at once."""
    push_pause: timedelta = timedelta(minutes=5)
    """Before an update that a chat platform did not take is sent again; doubled each time."""
    push_retries: int = 10
    """How often an update is sent before it is given up."""
    allow_private_urls: bool = False
    """Lets outbound calls reach private addresses and plain http: for development only."""
    outbound_timeout: Span = timedelta(seconds=15)
    """Of a whole call to a URL that others gave us."""
    outbound_connect_timeout: Span = timedelta(seconds=5)
    """Of its connection."""
    breaker_failures: int = Field(default=5, ge=1)
    """Failures in a row of a service, or of one partner's system, after which it is left in peace."""
    breaker_rest: Span = timedelta(seconds=10)
    """How long; then one call tries whether it works. Less than the five tries of a plan's step take."""
    max_outbound_bytes: int = Field(default=64 * 1024, ge=1)
    """Of an answer that is read."""
    max_body_bytes: int = Field(default=256 * 1024, ge=1)
    """Of a request."""
    max_webhook_bytes: int = Field(default=1_000_000, ge=1)
    """Of a delivery that its sender signs in its own way: a shop sends an order with all its lines in one."""

    # payments
    stripe_key: Annotated[SecretStr, AfterValidator(_stripe_key)] | None = None
    """Secret or restricted API key (`sk_...`, `rk_...`); without it payments are simulated."""
    stripe_webhook_secrets: Annotated[
        tuple[Annotated[SecretStr, AfterValidator(_signing_secret)], ...], NoDecode, BeforeValidator(_split)
    ] = ()
    """`whsec_...` of Stripe's webhook endpoint, several by commas while one is being replaced."""
    stripe_base_url: HttpUrl | None = None
    """Another address than Stripe's own, for tests; refused in production."""
    stripe_timeout: Span = timedelta(seconds=20)
    """Of one request to Stripe."""
    stripe_retries: int = Field(default=1, ge=0, le=5)
    """How often the SDK repeats a request, with its key, before the plan does."""

    # scout (M1, M20)
    default_results: int = Field(default=20, ge=1, le=100)
    """Products in an answer of the chat."""
    relevance_weight: Share = 0.4
    """Of the ranking formula."""
    boost_weight: Share = 0.3
    """Of the ranking formula."""
    quality_weight: Share = 0.2
    """Of the ranking formula."""
    margin_weight: Share = 0.1
    """Of the ranking formula."""
    embedding_model: str = Field(default="", pattern=r"^[A-Za-z0-9._:-]{0,100}$")
    """Model (in Azure, deployment) that embeds products and searches; without it the rules search alone."""
    embedding_dimensions: int = Field(default=512, ge=64, le=4096)
    """Of its vectors; another number, like another model, embeds the catalogue anew."""
    embedding_timeout: Span = timedelta(seconds=20)
    """Of one batch of products, with its repetitions."""
    embedding_patience: Span = timedelta(milliseconds=800)
    """A search that its rules do not understand waits so long for the model; then they answer alone."""
    embedding_floor: Share = 0.3
    """Cosine from which a product means about the same as what was searched for."""
    reservation_ttl: Span = timedelta(minutes=15)
    """How long stock is held for an order that is being placed."""

    # money (M15, M16)
    checkout_ttl: Span = timedelta(minutes=30)
    """How long a quoted checkout can be confirmed."""
    agent_limit: int = Field(default=20_000, ge=0)
    """What an agent may spend on one order without a mandate (M3: 200.00)."""
    min_charge: int = Field(default=50, ge=0)
    """The least that a payment provider charges, in minor units (M15)."""
    action_timeout: Span = timedelta(minutes=10)
    """A customer's time to prove to their bank who they are; less than the goods are held."""
    confirm_within: Span = timedelta(days=3)
    """After an arrival, how long its customer may object; then it counts as confirmed."""
    look_again: Span = timedelta(days=1)
    """Between two looks at a delivery about which nothing is said though it is due."""
    hold_alarm: Span = timedelta(days=80)
    """Money held longer than this is a person's business; providers allow 90 days."""
    apology_credit: int = Field(default=2_000, ge=1)
    """What an apology is worth, in minor units of `currency` (M18: 20.00)."""
    gig_scan_pay: int = Field(default=350, ge=1)
    """What a worker earns with one verified scan, in minor units of `currency`."""
    clawback_patience: Span = timedelta(days=30)
    """How long a payee may owe before their latest payouts are taken back."""
    portal_url: str = ""
    """Where payees come back to from the provider's onboarding; without it, where callers reach the app."""
    dispute_answer_within: Span = timedelta(hours=48)
    """Within which a dispute is decided (M16); afterwards it is a person's urgent task."""
    auto_refunds_per_customer: int = Field(default=4_000, ge=0)
    """What one customer may be refunded on a day without a person looking."""
    auto_refunds_per_day: int = Field(default=100_000, ge=0)
    """What all customers together may be."""
    evidence_margin: Span = timedelta(days=1)
    """How long before a bank's last moment the evidence goes to it, complete or not."""
    ask_bank_every: Span = timedelta(days=7)
    """Between two questions to the provider whether the bank has decided; its news come sooner."""

    # fees, affiliates, margins (M15, M21, M22)
    platform_fee_bps: int = Field(default=1000, ge=0, le=10_000)
    """The platform's rate, in hundredths of a percent, until an admin sets a table of fees."""
    affiliate_max_bps: int = Field(default=2000, ge=0, le=10_000)
    """The most of an order's value that an affiliate may earn, in hundredths of a percent."""
    affiliate_max_fixed: int = Field(default=2500, ge=0)
    """The most that an affiliate may earn per order at a fixed commission."""
    attribution_window: Span = timedelta(days=30)
    """How long after a click an order is the affiliate's."""
    white_glove_score: int = Field(default=70, ge=0, le=100)
    """Trust score from which an affiliate is White Glove."""
    kyc_patience: Span = timedelta(days=7)
    """How long a register may take to answer; then an admin decides."""
    kyc_pause: Span = timedelta(hours=1)
    """Before a register that did not answer is asked again; doubled each time."""
    max_affiliate_links: int = Field(default=500, ge=1, le=5000)
    """Of one affiliate."""
    storefront_domain: str = Field(default="usoorchestrator.com", pattern=r"^[a-z0-9.-]+$")
    """Below it are the platform's own shops, to which every affiliate may link."""
    target_margin_bps: int = Field(default=1500, ge=0, le=9900)
    """What should stay of a bundle's price, in hundredths of a percent."""

    # time-chain (M5)
    conflict_threshold: Span = timedelta(minutes=10)
    """Delay from which an addition is worth a question."""
    courier_cost: int = Field(default=1299, ge=0)
    """Of sending an addition separately."""

    # negotiation (M24)
    jit_timeout: Span = timedelta(minutes=15)
    """A partner's time to reply when the leg is urgent."""
    standard_timeout: Span = timedelta(minutes=60)
    """A partner's time to reply otherwise."""
    urgent_within: Span = timedelta(hours=2)
    """A leg that must begin within this is urgent."""
    person_timeout: Span = timedelta(days=30)
    """How long a negotiation stays open for a person; then the order simply stays as it was."""
    max_counter_offers: int = Field(default=3, ge=1)
    """The counter-offer that escalates."""
    frustration_threshold: int = Field(default=60, ge=0, le=100)
    """A partner at least this upset, of 100, is a person's business."""
    same_item_relevance: Share = 0.5
    """Search relevance from which a named item is taken for the catalogue's."""

    # recovery (M6)
    price_window_pct: int = Field(default=20, ge=0, le=100)
    """How far an alternative's price may be from the original's."""
    approval_timeout: Span = timedelta(hours=24)
    """A customer's time to answer; silence changes nothing."""
    max_attempts: int = Field(default=3, ge=1, le=10)
    """Alternatives that are tried before a person is asked."""
    max_candidates: int = Field(default=5, ge=1, le=50)
    """Alternatives that are timed and compared per attempt."""

    # weather
    open_meteo_url: HttpUrl | None = None
    """Open-Meteo's API, the free or the customers' one; without it the weather is the embedded one."""
    open_meteo_key: Annotated[SecretStr, AfterValidator(_open_meteo_key)] | None = None
    """A customer's API key."""
    open_meteo_model: str = Field(default="ncep_gfs013", pattern=r"^[a-z0-9_]+$")
    """Weather model whose runs make a remembered forecast old, as Open-Meteo's metadata names it."""
    open_meteo_calls_per_day: int = Field(default=10_000, ge=100)
    """Calls that may be used; half of them in an hour, six of a hundred in a minute."""

    # the language model: it proposes, rules decide and serve without it
    openai_key: Annotated[SecretStr, AfterValidator(_openai_key)] | None = None
    """API key of OpenAI or Azure OpenAI; without it and `openai_url` no model is asked."""
    openai_url: HttpUrl | None = None
    """Azure OpenAI, `https://NAME.openai.azure.com/openai/v1/`; without a key the app's identity signs in."""
    openai_model: str = Field(default="gpt-6-luna", pattern=r"^[A-Za-z0-9._:-]{1,100}$")
    """Model that is asked; on Azure the name of its deployment."""
    openai_models: dict[ModelUse, str] = Field(default_factory=dict)
    """Other models for some uses, as JSON: use -> model."""
    openai_uses: Annotated[tuple[ModelUse, ...], NoDecode, BeforeValidator(_split)] = get_args(ModelUse)
    """What it is asked for, by commas."""
    openai_effort: Literal["default", "none", "minimal", "low", "medium", "high"] = "none"
    """How long it may reason; `default` for models that take no such order."""
    openai_prices: dict[str, tuple[Dollars, Dollars, Dollars]] = Field(default_factory=dict)
    """Dollars per million tokens of input, cached input and output, as JSON: model -> prices."""
    openai_cents_per_day: int = Field(default=500, ge=0)
    """What its calls may cost on a day (UTC), in US cents, all instances together."""

    # plans
    keep_plans_for: Span = timedelta(days=100)
    """The history of a plan, from its start, before it is forgotten if it has ended as it should."""

    # standing intents (M23)
    max_wait_days: int = Field(default=90, ge=1, le=365)
    """The longest wait."""
    watch_shards: int = Field(default=16, ge=1, le=1024)
    """Partitions of the watches; fixed once there are any."""
    forecast_horizon: Span = timedelta(days=7)
    """How far ahead a wished day's forecast is followed."""
    wake_hour: int = Field(default=8, ge=0, le=23)
    """Local hour from which a day's moment is announced; nobody is asked at midnight."""
    day_ends_hour: int = Field(default=20, ge=1, le=23)
    """Local hour by which what was wished for a day must be there."""
    deliver_within: Span = timedelta(days=3)
    """Delivery promise when nobody said by when."""

    # the embedded payment provider; what a real one charges is in its books
    processing_fee_bps: int = Field(default=290, ge=0, le=10_000)
    """Of each captured payment, in basis points, rounded half up."""
    processing_fee_fixed: int = Field(default=30, ge=0)
    """Besides that, of each captured payment, in minor units of its currency."""
    authorisation_lifetime: Span = timedelta(days=7)
    """How long an authorised payment can be captured."""
    dispute_fee: int = Field(default=1500, ge=0)
    """Of each dispute, however it ends, in minor units of its currency."""
    dispute_deadline: Span = timedelta(days=7)
    """How long the bank waits for evidence."""

    # the operations engine: buying and sending (flows ops-1, ops-2, ops-x1 to ops-x3)
    min_margin_bps: int = Field(default=1000, ge=0, le=10_000)
    """What must stay of a line's price after its purchase, in hundredths of a percent; less is not bought."""
    supplier_price_weight: Share = 0.5
    """Of the price, where suppliers are compared."""
    supplier_time_weight: Share = 0.3
    """Of the days to the door."""
    supplier_reliability_weight: Share = 0.2
    """Of how often a supplier has kept its word."""
    remind_after: Span = timedelta(days=2)
    """A customer who was asked something about an order is reminded after this, and after it again."""
    answer_within: Span = timedelta(days=7)
    """Then an order that waits for its customer is cancelled and refunded."""
    look_for_stock_every: Span = timedelta(days=1)
    """While a customer waits for goods that nobody has."""
    wait_for_stock: Span = timedelta(days=21)
    """Then they are asked again."""
    poll_parcel_every: Span = timedelta(hours=12)
    """Between two looks at a purchase; suppliers that push wake sooner."""
    parcel_stuck_after: Span = timedelta(days=10)
    """Without any movement; a purchase that was never sent counts from when it was placed."""
    follow_parcel_for: Span = timedelta(days=90)
    """Then a parcel about which nothing more is said is a person's business."""

    # the operations engine: support and alarms (flows ops-3 to ops-6)
    shopify_shop: str = Field(default="", pattern=r"^([a-z0-9][a-z0-9-]*\.myshopify\.com)?$")
    """The web shop, `name.myshopify.com`; without it the shop is the embedded one."""
    shopify_token: SecretStr | None = None
    """Access token of its Admin API."""
    shopify_webhook_secrets: Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_split)] = ()
    """What Shopify signs webhooks with, several by commas while one is being replaced."""
    shopify_api_version: str = Field(default="2026-07", pattern=r"^[0-9]{4}-[0-9]{2}$")
    """Of the Admin GraphQL API."""
    shopify_base_url: str = ""
    """Another address than the shop's own, for tests; refused in production."""
    supplier_files: Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_split)] = ()
    """Documents of suppliers' APIs, as `data/shop/cj.json`, several by commas; without any, embedded ones."""
    supplier_secrets: dict[str, SecretStr] = Field(default_factory=dict)
    """Secrets that these documents name, as JSON: name -> secret."""
    smtp_host: str = ""
    """Mail server for letters to customers; without it letters are only recorded."""
    smtp_port: int = Field(default=587, ge=1, le=65_535)
    """Its port; 465 speaks TLS from the start, any other upgrades to it."""
    smtp_user: str = ""
    """Who logs in."""
    smtp_password: SecretStr | None = None
    """With which password."""
    smtp_plain: bool = False
    """Speaks without TLS: for tests on this machine only, refused in production."""
    mail_from: str = Field(default="help@shop.example", pattern=r"^[^@\s<>]+@[^@\s<>]+$")
    """Who letters to customers are from, and answered to."""
    vip_spent: int = Field(default=50_000, ge=0)
    """Lifetime value, in minor units of `currency`, over which a customer is a VIP."""
    high_priority_anger: int = Field(default=70, ge=0, le=100)
    """Anger, of 100, from which a message has high priority."""
    auto_replies_per_day: int = Field(default=10, ge=0)
    """Letters that one customer gets without a person; more could be a machine that answers a machine."""
    mail_webhook_secret: Annotated[SecretStr, AfterValidator(_standard_webhooks_secret)] | None = None
    """Signs the mails that come in (Standard Webhooks, `whsec_...`); without it none are taken."""
    danger_reports: int = Field(default=2, ge=1)
    """Different customers who report danger from one product before its campaigns are paused."""
    danger_window: Span = timedelta(days=7)
    """Within which they do."""
    alert_again_after: Span = timedelta(minutes=5)
    """Before a person is called again; doubled each time."""
    alert_again_at_most: Span = timedelta(hours=1)
    """The longest pause between two calls."""
    slack_webhook: SecretStr | None = None
    """URL of a Slack incoming webhook; without any way to call people, calls are only recorded."""
    alert_push_url: HttpUrl | None = None
    """Push gateway of those on duty: gets every call as a signed webhook."""
    alert_push_secret: Annotated[SecretStr, AfterValidator(_signing_secret)] | None = None
    """`whsec_...` that the push gateway knows."""
    twilio_account: str = Field(default="", pattern=r"^(AC[0-9a-f]{32})?$")
    """Account SID, for texts to partners and customers and for calls by SMS."""
    twilio_token: SecretStr | None = None
    """Its auth token."""
    twilio_from: str = Field(default="", pattern=r"^(\+[0-9]{5,15})?$")
    """Number that messages come from, in E.164."""
    twilio_base_url: str = ""
    """Another address than Twilio's own, for tests; refused in production."""
    alert_phones: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)] = ()
    """Numbers of those on duty, in E.164, several by commas."""
    whatsapp_from: str = Field(default="", pattern=r"^(\+[0-9]{5,15})?$")
    """Number of the WhatsApp sender, in E.164; without it nobody is reached by WhatsApp."""
    whatsapp_templates: dict[TextKind, ContentSid] = Field(default_factory=dict)
    """Approved templates, as JSON: order, change_request, cancellation, notice or update -> `HX...`."""
    text_pause: Span = timedelta(minutes=2)
    """Before a text that its provider did not take is sent again; doubled each time."""
    text_retries: int = Field(default=8, ge=1, le=20)
    """How often a text is sent before another way or a person is tried."""
    max_photo_bytes: int = Field(default=1_400_000, ge=1, le=1_400_000)
    """Of a partner's photo that is kept: a document of the store has at most 2 MB."""
    meta_token: SecretStr | None = None
    """Access token of Meta's Marketing API; without it the ads are the embedded ones."""
    meta_account: str = Field(default="", pattern=r"^(act_[0-9]{1,30})?$")
    """Ad account, `act_...`."""
    meta_base_url: str = "https://graph.facebook.com/v24.0"
    """Graph API with its pinned version."""

    # mandates (flow 1.3-2)
    mandate_max_lifetime: Span = timedelta(days=90)
    """The longest that a customer's mandate for an agent may last."""
    mandate_clock_skew: Span = timedelta(minutes=1)
    """How far a wallet's clock may be ahead of ours."""
    key_challenge_lifetime: Span = timedelta(minutes=10)
    """A wallet's time to sign the challenge for a new key."""
    max_signing_keys: int = Field(default=20, ge=1, le=1000)
    """Keys that a customer may have at once."""

    @model_validator(mode="after")
    def _bus_is_one(self) -> Self:
        if sum(map(bool, (self.bus_url, self.bus_namespace, self.bus_connection))) > 1:
            raise ValueError("USO_BUS_URL, USO_BUS_NAMESPACE and USO_BUS_CONNECTION exclude each other")
        if self.environment == "production":
            if self.bus_url:
                raise ValueError("USO_BUS_URL is for the local host, not for production")
            if self.bus_connection and "UseDevelopmentEmulator" in self.bus_connection.get_secret_value():
                raise ValueError("USO_BUS_CONNECTION is the emulator's, which is not for production")
        return self

    @model_validator(mode="after")
    def _stripe_is_whole(self) -> Self:
        if self.stripe_key is None and (self.stripe_webhook_secrets or self.stripe_base_url):
            raise ValueError("USO_STRIPE_WEBHOOK_SECRETS and USO_STRIPE_BASE_URL need USO_STRIPE_KEY")
        if self.stripe_key is not None and not self.stripe_webhook_secrets:
            raise ValueError("USO_STRIPE_KEY needs USO_STRIPE_WEBHOOK_SECRETS")
        if self.stripe_base_url is not None and self.environment == "production":
            raise ValueError("USO_STRIPE_BASE_URL is for tests, not for production")
        return self

    @model_validator(mode="after")
    def _open_meteo_is_whole(self) -> Self:
        url = self.open_meteo_url
        if url is None:
            if self.open_meteo_key is not None:
                raise ValueError("USO_OPEN_METEO_KEY needs USO_OPEN_METEO_URL")
            return self
        if url.scheme != "https" and (self.environment == "production" or not self.allow_private_urls):
            raise ValueError("USO_OPEN_METEO_URL begins with https://")
        if url.host in _OPEN_METEO and _OPEN_METEO[url.host] != (self.open_meteo_key is not None):
            raise ValueError(
                "USO_OPEN_METEO_KEY belongs to https://customer-api.open-meteo.com, and only there"
            )
        return self

    @model_validator(mode="after")
    def _openai_is_whole(self) -> Self:
        url = self.openai_url
        if url is None:
            if self.openai_key is None and any(name.startswith("openai_") for name in self.model_fields_set):
                raise ValueError("the settings USO_OPENAI_... need USO_OPENAI_KEY or USO_OPENAI_URL")
            return self
        if url.scheme != "https" and (self.environment == "production" or not self.allow_private_urls):
            raise ValueError("USO_OPENAI_URL begins with https://")
        if self.openai_key is None and not (url.host or "").endswith(_AZURE_OPENAI):
            raise ValueError("USO_OPENAI_URL needs USO_OPENAI_KEY, unless it is Azure OpenAI")
        return self

    @model_validator(mode="after")
    def _identity_is_whole(self) -> Self:
        if not self.oidc_issuer and any(
            name.startswith("oidc_") for name in self.model_fields_set - {"oidc_issuer"}
        ):
            raise ValueError("the settings USO_OIDC_... need USO_OIDC_ISSUER")
        if self.oidc_issuer and not self.oidc_audience:
            raise ValueError("USO_OIDC_ISSUER needs USO_OIDC_AUDIENCE: tokens for other services are refused")
        may_be_plain = self.allow_private_urls and self.environment == "development"
        if self.oidc_issuer.startswith("http://") and not may_be_plain:
            raise ValueError(
                "USO_OIDC_ISSUER must be https:// (in development, USO_ALLOW_PRIVATE_URLS helps)"
            )
        if (
            self.oidc_clients
            and self.oidc_agent_clients
            and set(self.oidc_clients) & set(self.oidc_agent_clients)
        ):
            raise ValueError("a client is in USO_OIDC_CLIENTS or in USO_OIDC_AGENT_CLIENTS, not in both")
        if self.oidc_keys_for > self.oidc_keys_at_most or self.oidc_fetch_pause > self.oidc_keys_for:
            raise ValueError("USO_OIDC_FETCH_PAUSE <= USO_OIDC_KEYS_FOR <= USO_OIDC_KEYS_AT_MOST")
        return self

    @model_validator(mode="after")
    def _cosmos_is_whole(self) -> Self:
        if self.cosmos_endpoint is None:
            if self.cosmos_key is not None:
                raise ValueError("USO_COSMOS_KEY needs USO_COSMOS_ENDPOINT")
        elif self.cosmos_endpoint.scheme != "https":
            if self.environment == "production":
                raise ValueError("USO_COSMOS_ENDPOINT begins with https:// in production")
            if self.cosmos_key is None:
                raise ValueError("USO_COSMOS_ENDPOINT without https:// needs USO_COSMOS_KEY")
        return self

    @model_validator(mode="after")
    def _embeddings_are_whole(self) -> Self:
        if self.embedding_model and self.openai_key is None and self.openai_url is None:
            raise ValueError("USO_EMBEDDING_MODEL needs USO_OPENAI_KEY or USO_OPENAI_URL")
        if self.cosmos_vectors and (self.cosmos_endpoint is None or not self.embedding_model):
            raise ValueError("USO_COSMOS_VECTORS needs USO_COSMOS_ENDPOINT and USO_EMBEDDING_MODEL")
        return self

    @model_validator(mode="after")
    def _operations_are_whole(self) -> Self:
        twilio = (self.twilio_account, self.twilio_token, self.twilio_from)
        if any(twilio) and not all(twilio):
            raise ValueError("USO_TWILIO_ACCOUNT, USO_TWILIO_TOKEN and USO_TWILIO_FROM belong together")
        if (self.alert_phones or self.whatsapp_from) and not all(twilio):
            raise ValueError("USO_ALERT_PHONES and USO_WHATSAPP_FROM need USO_TWILIO_TOKEN")
        if self.whatsapp_templates and not self.whatsapp_from:
            raise ValueError("USO_WHATSAPP_TEMPLATES needs USO_WHATSAPP_FROM")
        if (self.alert_push_url is None) != (self.alert_push_secret is None):
            raise ValueError("USO_ALERT_PUSH_URL and USO_ALERT_PUSH_SECRET belong together")
        if (self.meta_token is None) != (not self.meta_account):
            raise ValueError("USO_META_TOKEN and USO_META_ACCOUNT belong together")
        shopify = (self.shopify_shop, self.shopify_token, self.shopify_webhook_secrets)
        if any(shopify) and not all(shopify):
            raise ValueError(
                "USO_SHOPIFY_SHOP, USO_SHOPIFY_TOKEN and USO_SHOPIFY_WEBHOOK_SECRETS belong together"
            )
        if self.shopify_token and not self.supplier_files and self.environment == "production":
            raise ValueError("USO_SHOPIFY_TOKEN needs USO_SUPPLIER_FILES: a real shop buys of real suppliers")
        if (self.smtp_user == "") != (self.smtp_password is None):
            raise ValueError("USO_SMTP_USER and USO_SMTP_PASSWORD belong together")
        if (self.shopify_base_url or self.smtp_plain) and self.environment == "production":
            raise ValueError("USO_SHOPIFY_BASE_URL and USO_SMTP_PLAIN are for tests, not for production")
        if self.twilio_base_url and self.environment == "production":
            raise ValueError("USO_TWILIO_BASE_URL is for tests, not for production")
        return self
