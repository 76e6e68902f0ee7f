"""Tracked links: where they lead, what they cover, the click that an order is traced to (2.6-2, M21)."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from shared.domain.affiliates.models import Affiliate, Site, owner_of_customer
from shared.domain.aggregate import Aggregate
from shared.domain.catalogue import Product
from shared.domain.model import Model
from shared.domain.patterns import Pattern

OURS = ("affiliate_id", "ref", "click_id")
"""Query parameters of a target that a link sets; what stood there before gives way."""
_ROBOT = Pattern(
    r"bot\b|crawl|spider|slurp|preview|facebookexternalhit|whatsapp|headless|monitor|curl/|wget/"
)
TOKEN = "spt_"  # noqa: S105 - a prefix, no secret


class LinkType(StrEnum):
    """How a purchase is traced: by parameters in a product's URL or a shop's, or by a token of a protocol."""

    DEEP_LINK = "deep_link"
    SPT = "spt"
    DIRECT = "direct"


class Link(Aggregate):
    """One link of an affiliate. It covers a product, everything of a vendor, or everything."""

    affiliate_id: str
    type: LinkType
    target: Site
    product_id: str = ""
    vendor_id: str = ""

    def covers(self, product: Product) -> bool:
        """Whether buying `product` after this link is the affiliate's doing."""
        if self.product_id:
            return product.id == self.product_id
        return self.vendor_id in ("", product.vendor_id)

    @property
    def token(self) -> str:
        """What an agent puts into its shared payment token instead of a click; empty for other links."""
        return f"{TOKEN}{self.id}" if self.type is LinkType.SPT else ""


class Click(Model):
    """Someone followed a link."""

    link_id: str
    at: datetime


def link_id(affiliate_id: str, kind: LinkType, target: Site, *, product_id: str, vendor_id: str) -> str:
    """The id of a link, from what it is: the same link made again is the same one."""
    seed = json.dumps([kind, target.url, product_id, vendor_id])
    return f"{affiliate_id}-k{hashlib.sha256(seed.encode()).hexdigest()[:12]}"


def type_of(affiliate: Affiliate, *, product_id: str) -> LinkType:
    """How the wrapper traces a link unless told otherwise (2.6-2 step 2)."""
    if affiliate.is_native:
        return LinkType.SPT
    return LinkType.DEEP_LINK if product_id else LinkType.DIRECT


def may_link_to(host: str, own: Iterable[str], platform_domain: str) -> bool:
    """Whether a link may lead to `host`: one of the affiliate's own, or a shop of the platform.

    Anywhere else, a link under our name would be an invitation to lead people astray. What lies below an
    affiliate's host may be someone else's.
    """
    shop = host == platform_domain or host.endswith(f".{platform_domain}")
    return shop or host.removeprefix("www.") in {each.removeprefix("www.") for each in own}


def tracked(url: str, *, tracking_id: str, click_id: str = "") -> str:
    """Return a target with the parameters that tell where the visitor came from; the rest of it stays."""
    before, mark, fragment = url.partition("#")
    base, _, query = before.partition("?")
    kept = [part for part in query.split("&") if part and part.partition("=")[0] not in OURS]
    own = [f"affiliate_id={tracking_id}", "ref=uso"] + ([f"click_id={click_id}"] if click_id else [])
    return f"{base}?{'&'.join([*kept, *own])}{mark}{fragment}"


def is_robot(user_agent: str) -> bool:
    """Whether a visitor says of itself that it is none: a crawler, or a chat that shows a preview."""
    return not user_agent.strip() or _ROBOT.search(user_agent.lower()) is not None


def is_attributed(
    affiliate: Affiliate, click: Click, *, customer_id: str, at: datetime, window: timedelta
) -> bool:
    """Whether an order placed at `at` is the affiliate's: in time, still active, not its own owner's."""
    own = affiliate.owner == owner_of_customer(customer_id)
    return affiliate.is_active and not own and timedelta(0) <= at - click.at <= window


def shown_under(links: Iterable[Link], product: Product) -> Link | None:
    """The link under which a product of the affiliate's own is shown: the product's, else the shop's."""
    covering = [link for link in links if link.covers(product)]
    return min(covering, key=lambda link: (not link.product_id, not link.vendor_id, link.id), default=None)
