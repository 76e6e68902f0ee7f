"""Affiliates' links: made, followed, and shown beside what the Scout finds (2.6-2)."""

from collections.abc import Iterable, Mapping

from shared.domain.affiliates.links import (
    Link,
    LinkType,
    is_robot,
    link_id,
    may_link_to,
    shown_under,
    tracked,
    type_of,
)
from shared.domain.affiliates.models import Affiliate, Changed, Site
from shared.domain.catalogue import Product
from shared.domain.model import Model
from shared.errors import Conflict, InvalidInput, NotFound, Unavailable
from shared.ports.events import CloudEvent
from shared.ports.store import AlreadyExists, PreconditionFailed, Query, Store, Where, every
from shared.services.affiliates.clicks import Clicks
from shared.services.affiliates.directory import AffiliateDirectory
from shared.services.catalogue import CatalogueService
from shared.services.kinds import AFFILIATES, LINKS
from shared.services.records import MAX_RACES, Records, Stored
from shared.settings import Settings


class LinkDraft(Model):
    """A link to be: where it leads, and what buying after it counts for.

    Without a product or a vendor it covers the affiliate's own shop, or for one that has none, everything.
    """

    target: Site
    product_id: str = ""
    vendor_id: str = ""
    type: LinkType | None = None


class LinkService:
    """Use cases on links."""

    def __init__(
        self,
        records: Records,
        store: Store,
        clicks: Clicks,
        directory: AffiliateDirectory,
        catalogue: CatalogueService,
        settings: Settings,
    ) -> None:
        self._records = records
        self._store = store
        self._clicks = clicks
        self._directory = directory
        self._catalogue = catalogue
        self._settings = settings

    def url(self, link: Link) -> str:
        """Where a link is followed."""
        return f"{self._settings.public_url.rstrip('/')}/l/{link.id}"

    async def make(self, affiliate_id: str, draft: LinkDraft) -> Link:
        """Wrap a URL; the same one again is the same link.

        Raises InvalidInput for a target that is not the affiliate's to link to or a product that is not sold,
        Conflict while the affiliate is not active or has too many.
        """
        affiliate = (await self._records.get(AFFILIATES, affiliate_id)).value
        if not affiliate.is_active:
            raise Conflict(
                f"The affiliate is {affiliate.status}; only an active one has links.", code="inactive"
            )
        if not may_link_to(draft.target.host, affiliate.hosts(), self._settings.storefront_domain):
            allowed = ", ".join(sorted({*affiliate.hosts(), self._settings.storefront_domain}))
            raise InvalidInput(f"The link must lead to {allowed}.", field="target_url")
        await self._catalogue.refresh()
        if draft.product_id and self._catalogue.find_product(draft.product_id) is None:
            raise InvalidInput(f"There is no product '{draft.product_id}'.", field="product_id")
        if draft.product_id and draft.vendor_id:
            raise InvalidInput("Name a product or a vendor, not both.", field="vendor_id")
        if draft.vendor_id and self._catalogue.find_vendor(draft.vendor_id) is None:
            raise InvalidInput(f"There is no vendor '{draft.vendor_id}'.", field="vendor_id")
        if draft.type is LinkType.SPT and not affiliate.is_native:
            raise InvalidInput("Only an affiliate with a UCP or ACP manifest has tokens.", field="type")
        return await self._made(self._link(affiliate, draft))

    async def make_first(self, event: CloudEvent) -> None:
        """Give a vendor that became an active affiliate the link to its website, for its whole shop.

        Hears `uso.affiliate.changed`.
        """
        if event.data.get("what") != Changed.ACTIVATED:
            return
        affiliate = (await self._records.get(AFFILIATES, str(event.data["affiliate_id"]))).value
        if affiliate.is_active and affiliate.vendor_id and affiliate.website is not None:
            draft = LinkDraft(target=affiliate.website, vendor_id=affiliate.vendor_id)
            await self._made(self._link(affiliate, draft))

    async def of_affiliate(self, affiliate_id: str) -> list[Link]:
        """List an affiliate's links, newest first."""
        query = Query(where=[Where("affiliate_id", "!=", None)], order_by="-created_at")
        found = every(self._store, LINKS.container, affiliate_id, query)
        return [Link.model_validate(document.body) async for document in found]

    async def follow(self, link_id: str, *, user_agent: str, counts: bool = True) -> str:
        """Return where a link leads, after counting the click (2.6-2 step 3).

        A robot, or a look without following (`counts` is false), is led on and not counted. Raises NotFound
        for what is no link, or one of an affiliate that is not active: nobody is led astray in its name.
        """
        found = await self._records.find(LINKS, link_id)
        affiliate = None
        if found is not None:
            affiliate = (await self._records.get(AFFILIATES, found.value.affiliate_id)).value
        if found is None or affiliate is None or not affiliate.is_active:
            raise NotFound("link", link_id)
        click_id = ""
        if counts and not is_robot(user_agent):
            click_id = await self._clicks.record(found.value, self._records.now())
        return tracked(found.value.target.url, tracking_id=affiliate.tracking_id, click_id=click_id)

    async def wrap(self, products: Iterable[Product]) -> Mapping[str, str]:
        """Return the links of what affiliates sell, by product, and count them as shown (2.6-2 step 2)."""
        await self._directory.refresh()
        sellers = self._directory.sellers()
        if not sellers:
            return {}
        urls: dict[str, str] = {}
        seen: dict[str, dict[str, int]] = {}
        for product in products:
            affiliate = sellers.get(product.vendor_id)
            links = self._directory.links_of(affiliate.id) if affiliate else {}
            link = shown_under(links.values(), product)
            if affiliate is not None and link is not None and product.id not in urls:
                urls[product.id] = self.url(link)
                counted = seen.setdefault(affiliate.id, {})
                counted[link.id] = counted.get(link.id, 0) + 1
        for affiliate_id, counted in seen.items():
            await self._clicks.shown(affiliate_id, counted, shard=len(urls))
        return urls

    def _link(self, affiliate: Affiliate, draft: LinkDraft) -> Link:
        now = self._records.now()
        kind = draft.type or type_of(affiliate, product_id=draft.product_id)
        shop = draft.vendor_id or ("" if draft.product_id else affiliate.vendor_id)
        covered = {"product_id": draft.product_id, "vendor_id": shop}
        return Link(
            id=link_id(affiliate.id, kind, draft.target, **covered),
            created_at=now,
            updated_at=now,
            affiliate_id=affiliate.id,
            type=kind,
            target=draft.target,
            **covered,
        )

    async def _made(self, link: Link) -> Link:
        """Store the link beside its affiliate's count of them."""
        for _ in range(MAX_RACES):
            known = await self._records.find(LINKS, link.id)
            if known is not None:
                return known.value
            stored = await self._records.get(AFFILIATES, link.affiliate_id)
            if stored.value.links >= self._settings.max_affiliate_links:
                raise Conflict("The affiliate has as many links as it may.", code="too_many_links")
            counted = stored.value.model_copy(update={"links": stored.value.links + 1})
            try:
                await self._records.commit(stored.becomes(counted), Stored(LINKS, link))
            except (AlreadyExists, PreconditionFailed):
                continue
            return link
        raise Unavailable("The affiliate is being changed by too many at once; try again.")
