"""Every number and switch of the platform, typed, read once from the environment (prefix USO_).

Defaults are the embedded, offline ones. A setting that is given but wrong stops the start with its name.
"""

from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Durations are ISO 8601 or seconds; money is in minor units of `currency`."""

    model_config = SettingsConfigDict(env_prefix="USO_", frozen=True, extra="forbid", env_ignore_empty=True)

    environment: Literal["development", "production"] = "development"
    """In production nothing that is meant for a laptop only (the local issuer) starts."""

    # where things are
    data_dir: Path = Path(".data/uso")
    public_url: str = "http://127.0.0.1:7071"
    clock_file: Path | None = None
    bus_url: str | None = None
    """Base URL of a Service Bus REST endpoint; None means events stay in the outbox until one is set."""
    home_zone: str = "America/Chicago"
    currency: str = "USD"
    region_name: str = "Austin, Texas"
    region_latitude: float = 30.2672
    region_longitude: float = -97.7431

    # identity (local issuer) and webhooks
    token_lifetime: timedelta = timedelta(hours=12)
    webhook_tolerance: timedelta = timedelta(minutes=5)
    allow_private_urls: bool = False
    push_webhooks: dict[str, str] = Field(default_factory=dict)
    """Chat platform -> URL that gets every status update of its threads."""
    push_secret: SecretStr | None = None

    # calls to URLs that others gave us
    outbound_timeout: timedelta = timedelta(seconds=15)
    outbound_connect_timeout: timedelta = timedelta(seconds=5)
    max_outbound_bytes: int = 64 * 1024

    # limits
    max_body_bytes: int = 256 * 1024
    max_text: int = 2000

    # intents (M4)
    minimum_confidence: float = 0.80

    # scout (M1, M20)
    default_results: int = 20
    relevance_weight: float = 0.4
    boost_weight: float = 0.3
    quality_weight: float = 0.2
    margin_weight: float = 0.1
    reservation_ttl: timedelta = timedelta(minutes=15)

    # time-chain (M5)
    conflict_threshold: timedelta = timedelta(minutes=10)
    courier_cost: int = 1299

    # negotiation (M24)
    jit_timeout: timedelta = timedelta(minutes=15)
    standard_timeout: timedelta = timedelta(minutes=60)
    urgent_within: timedelta = timedelta(hours=2)
    person_timeout: timedelta = timedelta(days=30)
    """How long a negotiation stays open for a person; then the order simply stays as it was."""
    max_counter_offers: int = 3
    frustration_threshold: int = 60
    """Of 100; a partner at least this upset is a person's business."""

    # recovery (M6)
    price_window_pct: int = 20
    approval_timeout: timedelta = timedelta(hours=24)

    # standing intents (M23)
    max_wait_days: int = 90
    timer_segment: timedelta = timedelta(days=5)
    max_attempts: int = 3
    max_candidates: int = 5
    same_item_relevance: float = 0.5
    watch_shards: int = 16
    forecast_horizon: timedelta = timedelta(days=7)
    wake_hour: int = 8
    """Local hour from which a day's moment is announced; nobody is asked at midnight."""
    day_ends_hour: int = 20
    """Local hour by which what was wished for a day must be there."""
    deliver_within: timedelta = timedelta(days=3)
    """Delivery promise of a wish that is not about a day."""
