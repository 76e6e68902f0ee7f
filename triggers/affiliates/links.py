"""Tracked links: made by affiliates, followed by everyone (flow 2.6-2)."""

from datetime import datetime

from pydantic import Field

from shared.domain.affiliates.links import Link, LinkType
from shared.domain.catalogue import SLUG
from shared.domain.model import Model
from shared.services.affiliates.links import LinkDraft
from triggers.affiliates.views import AffiliateId, LinkId, owned
from triggers.web.answer import Reply
from triggers.web.call import Call


class MakeLink(Model):
    """A URL of the affiliate's own, or of a shop of the platform, and what buying after it counts for.

    A product, a vendor's whole shop, or neither: the affiliate's own shop, else everything.
    """

    target_url: str = Field(max_length=2000, pattern=r"^https?://\S+$")
    product_id: str | None = Field(default=None, pattern=SLUG)
    vendor_id: str | None = Field(default=None, pattern=SLUG)
    type: LinkType | None = None


class LinkView(Model):
    """A link with its figures. `token` goes into a shared payment token, where a protocol has no clicks."""

    id: str
    url: str
    type: LinkType
    target_url: str
    product_id: str | None
    vendor_id: str | None
    token: str | None
    shown: int
    clicks: int
    conversions: int
    created_at: datetime


class Followed(Model):
    """Where the link leads."""

    location: str


async def make_link(call: Call, affiliate_id: AffiliateId, body: MakeLink) -> Reply[LinkView]:
    """Wrap a URL; the same one again is the same link."""
    affiliate = await owned(call, affiliate_id)
    draft = LinkDraft(
        target=call.app.urls.linkable(body.target_url, field="target_url"),
        product_id=body.product_id or "",
        vendor_id=body.vendor_id or "",
        type=body.type,
    )
    link = await call.app.affiliates.links.make(affiliate.id, draft)
    (view,) = await _views(call, affiliate.id, [link])
    return Reply(view, links={"follow": view.url})


async def list_links(call: Call, affiliate_id: AffiliateId) -> Reply[list[LinkView]]:
    """List the affiliate's links, newest first."""
    affiliate = await owned(call, affiliate_id)
    return Reply(await _views(call, affiliate.id, await call.app.affiliates.links.of_affiliate(affiliate.id)))


async def follow(call: Call, link_id: LinkId) -> Reply[Followed]:
    """Lead a visitor to the link's target with a click id that a purchase can name.

    Robots and HEAD requests are led there as well, and not counted.
    """
    location = await call.app.affiliates.links.follow(
        link_id, user_agent=call.headers.get("user-agent", ""), counts=call.method != "HEAD"
    )
    return Reply(Followed(location=location), status=302, headers={"Location": location})


async def _views(call: Call, affiliate_id: str, links: list[Link]) -> list[LinkView]:
    counts = await call.app.affiliates.performance.counts(affiliate_id)
    earnings = await call.app.affiliates.commissions.earnings(affiliate_id)
    return [
        LinkView(
            id=link.id,
            url=call.app.affiliates.links.url(link),
            type=link.type,
            target_url=link.target.url,
            product_id=link.product_id or None,
            vendor_id=link.vendor_id or None,
            token=link.token or None,
            shown=counts.shown.get(link.id, 0),
            clicks=counts.clicks.get(link.id, 0),
            conversions=earnings.conversions.get(link.id, 0),
            created_at=link.created_at,
        )
        for link in links
    ]
