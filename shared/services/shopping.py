"""From what someone says to what can be bought, and whether it arrives in time (1.2-1, 6.0-1, 6.1-1)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from shared.domain.catalogue import Product, Visibility
from shared.domain.conditions import Calendar, Condition, in_words
from shared.domain.intents import Budget, DeadlineKind, Need, NeedKind, ResolvedIntent, resolve
from shared.domain.intents.tokens import root
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.orders import order_leg
from shared.domain.packs import amount_of, counted_as_sold
from shared.domain.patterns import Pattern
from shared.domain.places import GeoPoint, Place
from shared.domain.scout import Hit, ScoutQuery
from shared.errors import Infeasible, InvalidInput, NotFound
from shared.services.catalogue import CatalogueService
from shared.services.planning import PlanningService
from shared.settings import Settings

MOST = 100
"""Hits that the Scout gives at most."""
BUNDLE = "bundle"
_WORDS = Pattern(r"[\W_]+")
_ARTICLES = frozenset({"", "a", "an", "the", "some"})
SHOWN = 5
"""Offers whose arrival is worked out: those that a card shows."""


class Offer(Model):
    """A hit, which need it answers, how many of it, and when it could be there (None: not worked out)."""

    hit: Hit
    need: str = ""
    quantity: int = 1
    arrival: datetime | None = None
    in_time: bool | None = None

    @property
    def price(self) -> Money:
        """What one of it costs."""
        priced = self.hit.product or self.hit.bundle
        if priced is None:
            raise ValueError("a hit is a product or a bundle")
        return priced.price

    @property
    def total(self) -> Money:
        """What it costs in all."""
        return self.price * self.quantity

    @property
    def vendor(self) -> str | None:
        """Who sells it, as far as the customer may know (flow 1.2-1 step 6)."""
        if self.hit.bundle is not None and self.hit.bundle.visibility is not Visibility.TRANSPARENT:
            return None
        return " + ".join(dict.fromkeys(vendor.name for vendor in self.hit.vendors))


class Search(Model):
    """What to look for, from where and by when; prices are for all of it.

    `quantity` counts pieces unless `as_sold`: twelve roses are one bunch of a dozen.
    """

    text: str
    colour: str | None = None
    require_colour: bool = False
    exclude_colours: frozenset[str] = frozenset()
    price_min: int | None = None
    price_max: int | None = None
    quantity: int = 1
    as_sold: bool = True
    exclude_ids: frozenset[str] = frozenset()
    deliver_to: Place
    deadline: datetime | None = None
    limit: int = 20
    within_m: float | None = None
    capabilities: frozenset[str] = frozenset()
    exclude_vendor_ids: frozenset[str] = frozenset()


class ShoppingService:
    """Searches with the customer's constraints; keeps nothing."""

    def __init__(self, catalogue: CatalogueService, planning: PlanningService, settings: Settings) -> None:
        self._catalogue = catalogue
        self._planning = planning
        self._settings = settings

    def home(self) -> Place:
        """Where to search when nobody said where: the middle of the region."""
        point = GeoPoint(latitude=self._settings.region_latitude, longitude=self._settings.region_longitude)
        return Place(address=self._settings.region_name, point=point)

    async def find(self, search: Search) -> list[Offer]:
        """Return offers in the order of the ranking; the shown ones with their arrival, late ones last."""
        found = await self._catalogue.search(_query(search), by_meaning=True)
        offers = [Offer(hit=hit, quantity=_quantity(hit, search)) for hit in found.hits]
        offers = [offer for offer in offers if _fits(offer, search)][: search.limit]
        if search.deadline is None:
            return offers
        top = [await self._timed(offer, search, search.deadline) for offer in offers[:SHOWN]]
        return [*sorted(top, key=lambda offer: offer.in_time is False), *offers[SHOWN:]]

    async def find_all(
        self, intent: ResolvedIntent, deliver_to: Place, *, deadline: datetime | None
    ) -> list[Offer]:
        """Answer every need that the sentence names, bundles for the whole of it first (1.2-1 step 5)."""
        base = search_of(intent, deliver_to, deadline=deadline, limit=self._settings.default_results)
        needs = named_needs(intent)
        bundles = await self._catalogue.suggest_bundles(_query(base), limit=2)
        result = [await self.timed(Offer(hit=hit, need=BUNDLE), base) for hit in bundles]
        for need in needs:
            narrowed = base.model_copy(update=_of_need(need))
            for offer in (await self.find(narrowed))[:3]:
                if offer.hit.product is not None:
                    result.append(offer.model_copy(update={"need": need.words}))  # noqa: PERF401 - clearer
        return result

    async def product_for(self, product_id: str | None, text: str | None, *, near: GeoPoint) -> Product:
        """Return the product meant by id or words. Raises InvalidInput or NotFound."""
        if product_id is not None:
            return self._catalogue.product(product_id)
        found = await self._catalogue.search(
            ScoutQuery(text=text or "", near=near, include_bundles=False, in_stock_only=True, limit=MOST)
        )
        products = [hit.product for hit in found.hits if hit.product]
        if not products:
            raise NotFound("product like", text or "")
        named = (product for product in products if _names(text or "", product))
        return next(named, products[0])

    def read_wish(self, text: str, *, zone: ZoneInfo, now: datetime) -> ResolvedIntent:
        """Understand a standing wish; a day alone is then what it waits for.

        Raises InvalidInput with one question when it waits for nothing.
        """
        intent = resolve(text, now=now, zone=zone)
        if intent.conditions is None and intent.deadline and intent.deadline.kind is not DeadlineKind.BY:
            day = intent.deadline.day
            first = intent.deadline.starts.astimezone(zone).date() if intent.deadline.starts else day
            intent = intent.model_copy(update={"conditions": Calendar(first_day=first, last_day=day)})
        condition_of(intent, intent.search_query)
        return intent

    def most(self, intent: ResolvedIntent) -> Money | None:
        """The most that the customer wants to spend in total."""
        budget = intent.budget
        if budget is None or budget.max_minor is None:
            return None
        return Money(minor=budget.max_minor, currency=budget.currency)

    async def timed(self, offer: Offer, search: Search) -> Offer:
        """Work out when the offer could be there; against the deadline if there is one."""
        if search.deadline is not None:
            return await self._timed(offer, search, search.deadline)
        latest = self._planning.now() + self._settings.deliver_within
        return (await self._timed(offer, search, latest)).model_copy(update={"in_time": None})

    async def _timed(self, offer: Offer, search: Search, deadline: datetime) -> Offer:
        products = [offer.hit.product] if offer.hit.product else list(offer.hit.parts)
        legs = [
            order_leg(f"{n}", product, self._catalogue.vendor(product.vendor_id), offer.quantity)
            for n, product in enumerate(products)
        ]
        try:
            timeline = await self._planning.timeline(legs, search.deliver_to, deadline)
        except Infeasible:
            return offer
        return offer.model_copy(update={"arrival": timeline.arrival, "in_time": timeline.is_feasible})


def _names(text: str, product: Product) -> bool:
    """Whether every word of `text` stands in the product's name: then this one was meant."""
    said, name = ({root(word) for word in _WORDS.split(each.lower())} for each in (text, product.name))
    return said - _ARTICLES <= name


def condition_of(intent: ResolvedIntent, query: str) -> Condition:
    """What a wish for `query` waits for. Raises InvalidInput with one question when either is not said."""
    if intent.conditions is None:
        question = "What shall I wait for: a day, the weather, a price, or stock?"
        raise InvalidInput(question, field="text", code="needs_clarification")
    if not query:
        question = f"What shall I buy when {in_words(intent.conditions)}?"
        raise InvalidInput(question, field="text", code="needs_clarification")
    return intent.conditions


def named_needs(intent: ResolvedIntent) -> list[Need]:
    """The things that the sentence names, beside how they are to come."""
    return [need for need in intent.needs if need.explicit and need.kind is not NeedKind.DELIVERY]


def search_of(intent: ResolvedIntent, deliver_to: Place, *, deadline: datetime | None, limit: int) -> Search:
    """What an understood sentence asks the Scout for."""
    budget = intent.budget or Budget()
    return Search(
        text=intent.search_query,
        colour=intent.colours[0] if len(intent.colours) == 1 else None,
        exclude_colours=frozenset(intent.excluded_colours),
        price_min=budget.min_minor,
        price_max=budget.max_minor,
        quantity=intent.quantity,
        as_sold=counted_as_sold(intent.search_query),
        deliver_to=deliver_to,
        deadline=deadline,
        limit=limit,
    )


def _of_need(need: Need) -> dict[str, object]:
    return {
        "text": need.words,
        "colour": need.colour,
        "quantity": need.quantity,
        "as_sold": counted_as_sold(need.words),
        "limit": 5,
    }


def _quantity(hit: Hit, search: Search) -> int:
    """How many of a hit make up what was counted; a bundle is one."""
    return amount_of(hit.product, search.quantity, as_sold=search.as_sold) if hit.product else 1


def _fits(offer: Offer, search: Search) -> bool:
    low, high = search.price_min or 0, search.price_max
    total = offer.total.minor
    return offer.hit.id not in search.exclude_ids and low <= total and (high is None or total <= high)


def _query(search: Search) -> ScoutQuery:
    """Ask for more than is shown where the answer is sieved here: packs are not known to the Scout."""
    sieved = search.quantity > 1 or search.exclude_ids
    low, high = (search.price_min if search.quantity == 1 else None), search.price_max
    return ScoutQuery(
        text=search.text,
        colour=search.colour,
        require_colour=search.require_colour,
        exclude_colours=search.exclude_colours,
        price_min=low,
        price_max=high,
        near=search.deliver_to.point,
        within_m=search.within_m,
        capabilities=search.capabilities,
        exclude_vendor_ids=search.exclude_vendor_ids,
        in_stock_only=True,
        quantity=search.quantity if search.as_sold else 1,
        limit=MOST if sieved else search.limit,
    )
