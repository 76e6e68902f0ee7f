"""An affiliate and the words it is described in (flow 2.6-1, M21)."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from shared.domain.aggregate import Aggregate
from shared.domain.ledger import Account, AccountKind
from shared.domain.model import Model
from shared.errors import IllegalMove

MAX_HISTORY = 200
"""Entries of a history that are kept, the newest."""


class AffiliateKind(StrEnum):
    """Who registers."""

    BUSINESS = "business"
    INDIVIDUAL_CREATOR = "individual_creator"


class ManifestType(StrEnum):
    """How the affiliate's products are described; legacy is everything without a protocol."""

    UCP = "ucp"
    ACP = "acp"
    LEGACY = "legacy"


class CommissionType(StrEnum):
    """CPA is a fixed amount per order, CPE a share of the order's value."""

    CPA = "cpa"
    CPE = "cpe"


class PayoutSchedule(StrEnum):
    """How often what is earned is paid out."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"


class AffiliateStatus(StrEnum):
    """An affiliate's life. `pending` is being verified."""

    PENDING = "pending"
    ACTIVE = "active"
    REJECTED = "rejected"
    INACTIVE = "inactive"


class KycCheck(StrEnum):
    """What is verified about an affiliate."""

    BUSINESS_LICENSE = "business_license"
    INSURANCE = "insurance"
    TAX_ID = "tax_id"
    IDENTITY = "identity"


class KycStatus(StrEnum):
    """Where a check stands."""

    PENDING = "pending"
    VERIFIED = "verified"
    REJECTED = "rejected"


class KycMethod(StrEnum):
    """Who decides a check: a rule, a person, or a register that was asked."""

    AUTOMATED = "automated"
    MANUAL = "manual"
    API = "api"


class Changed(StrEnum):
    """What happened to an affiliate, as its feed and its events name it."""

    REGISTERED = "registered"
    ACTIVATED = "activated"
    REJECTED = "rejected"
    DEACTIVATED = "deactivated"
    CHECKED = "checked"
    COMMISSION = "commission"
    WHITE_GLOVE = "white_glove"


class Commission(Model):
    """What an affiliate earns: `rate_bps` of the value (CPE), or `fixed_minor` per order (CPA).

    Rates are in basis points; amounts in minor units of `currency`, and paid only on orders in it.
    """

    type: CommissionType
    rate_bps: int = Field(default=0, ge=0, le=10_000)
    fixed_minor: int = Field(default=0, ge=0)
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")


class Contact(Model):
    """Whom to talk to."""

    name: str = Field(min_length=1, max_length=120)
    email: str = Field(min_length=3, max_length=254)
    phone: str = Field(default="", max_length=40)


class Site(Model):
    """A place of the affiliate's on the web: the URL as it was checked, and its host."""

    url: str
    host: str


class CheckResult(Model):
    """How one check stands. Of the number that was given only the end is kept."""

    status: KycStatus = KycStatus.PENDING
    method: KycMethod = KycMethod.AUTOMATED
    ends_with: str = ""
    reason: str = ""
    submitted_at: datetime
    again_at: datetime | None = None
    """When a register that has not answered is asked again."""
    decided_at: datetime | None = None
    decided_by: str = ""


class TrustFacts(Model):
    """What the trust score counts beside the checks."""

    positive_reviews: int = Field(default=0, ge=0, le=10_000)
    on_time_pct: int = Field(default=0, ge=0, le=100)


class TrustPoint(Model):
    """The score at an instant, and why it changed."""

    at: datetime
    score: int
    why: str


class WhiteGlove(StrEnum):
    """Whether White Glove follows the score, or an admin decided."""

    AUTOMATIC = "automatic"
    GRANTED = "granted"
    WITHHELD = "withheld"


_S = AffiliateStatus
MOVES: Mapping[AffiliateStatus, frozenset[AffiliateStatus]] = {
    _S.PENDING: frozenset({_S.ACTIVE, _S.REJECTED, _S.INACTIVE}),
    _S.ACTIVE: frozenset({_S.INACTIVE, _S.REJECTED}),
    _S.REJECTED: frozenset({_S.PENDING, _S.ACTIVE}),
    _S.INACTIVE: frozenset({_S.ACTIVE, _S.PENDING, _S.REJECTED}),
}


class Affiliate(Aggregate):
    """One affiliate. `owner` is who registered it, `vendor_id` what a partner sells as, or empty.

    `preferred` is what the affiliate asked for, `agreed` what it gets. `tracking_id` comes with activation
    and stays for good.
    """

    owner: str
    vendor_id: str = ""
    name: str = Field(min_length=1, max_length=120)
    kind: AffiliateKind
    contact: Contact
    manifest_type: ManifestType
    manifest: Site | None = None
    website: Site | None = None
    preferred: Commission
    agreed: Commission
    schedule: PayoutSchedule
    status: AffiliateStatus = AffiliateStatus.PENDING
    checks: Mapping[KycCheck, CheckResult] = Field(default_factory=dict)
    submissions: int = 1
    """How often documents were handed in: each has a plan of its own."""
    facts: TrustFacts = TrustFacts()
    trust_score: int = Field(default=0, ge=0, le=100)
    trust_history: tuple[TrustPoint, ...] = ()
    white_glove: WhiteGlove = WhiteGlove.AUTOMATIC
    is_white_glove: bool = False
    tracking_id: str = ""
    links: int = 0
    """How many it has made."""
    digest: str = ""
    """Fingerprint of the registration, so that a reused idempotency key with another one is noticed."""

    def moved(self, target: AffiliateStatus, **update: object) -> "Affiliate":
        """Return the affiliate in `target`. Raises IllegalMove."""
        if target not in MOVES[self.status]:
            raise IllegalMove("affiliate", self.status, target)
        return self.model_copy(update={"status": target, **update})

    @property
    def is_active(self) -> bool:
        """Whether its links lead somewhere and earn."""
        return self.status is AffiliateStatus.ACTIVE

    @property
    def is_native(self) -> bool:
        """Whether agents can buy there by a protocol (M21)."""
        return self.manifest_type is not ManifestType.LEGACY

    def hosts(self) -> frozenset[str]:
        """The hosts that are its own, as it registered them."""
        return frozenset(site.host for site in (self.manifest, self.website) if site)


def account_of(affiliate_id: str) -> Account:
    """The account of the ledger that an affiliate's commissions go to."""
    return Account(kind=AccountKind.AFFILIATE_COMMISSION, owner=affiliate_id)


def owner_of_customer(customer_id: str) -> str:
    """The owner that a customer is."""
    return f"customer:{customer_id}"


def owner_of_vendor(vendor_id: str) -> str:
    """The owner that a partner's vendor is."""
    return f"partner:{vendor_id}"
