"""What to show for a sentence in a conversation: a new search, the last one turned, or one of its items."""

from collections.abc import Sequence
from datetime import datetime

from shared.domain.intents import ReferenceKind, Refinement, ResolvedIntent, ShownItem
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.narration import join, local
from shared.domain.places import Place
from shared.services.shopping import (
    BUNDLE,
    SHOWN,
    Offer,
    Search,
    ShoppingService,
    named_needs,
    search_of,
)
from shared.services.threads import Thread
from shared.settings import Settings


class Found(Model):
    """What is shown, in words; `chosen` is the one item that the customer pointed at."""

    offers: tuple[Offer, ...]
    reply: str
    chosen: Offer | None = None
    seen: tuple[str, ...] = ()


class BrowsingService:
    """Searches as the conversation goes; keeps nothing."""

    def __init__(self, shopping: ShoppingService, settings: Settings) -> None:
        self._shopping = shopping
        self._settings = settings

    async def show(
        self, intent: ResolvedIntent, thread: Thread, place: Place, *, deadline: datetime | None, zone: str
    ) -> Found:
        """Find what the sentence asks for, in the light of what was shown before."""
        if len(named_needs(intent)) > 1:
            return _of_needs(await self._shopping.find_all(intent, place, deadline=deadline), intent, zone)
        search = search_of(intent, place, deadline=deadline, limit=self._settings.default_results)
        pointed = pointed_at(intent, thread)
        if pointed is not None and intent.refinement is None:
            return await self._one(pointed, search, intent, thread, zone)
        return await self._turned(search, intent, thread, pointed, zone)

    async def _one(
        self, item: ShownItem, search: Search, intent: ResolvedIntent, thread: Thread, zone: str
    ) -> Found:
        """The item pointed at, as it is or in the colour wished for."""
        amount = intent.quantity if intent.quantity > 1 else thread.amounts.get(item.id, 1)
        plain = search.model_copy(
            update={"text": item.name, "colour": None, "quantity": amount, "as_sold": True, "limit": 100}
        )
        same = [offer for offer in await self._shopping.find(plain) if offer.hit.id == item.id]
        colours = frozenset(intent.colours)
        if same and (not colours or _comes_in(same[0], colours)):
            offer = await self._shopping.timed(same[0], plain)
            return Found(offers=(offer,), reply=_presented(offer, zone), chosen=offer)
        if not colours:
            return Found(offers=(), reply=f"I am sorry, {item.name} is gone.")
        like = search.model_copy(update={"require_colour": True, "exclude_ids": frozenset({item.id})})
        offers = await self._shopping.find(like)
        said = f"{item.name} does not come in {join(sorted(colours))}."
        if not offers:
            return Found(offers=(), reply=f"{said} I found nothing like it that does.")
        return Found(offers=tuple(offers), reply=f"{said} {_listed(offers, zone)}")

    async def _turned(
        self, search: Search, intent: ResolvedIntent, thread: Thread, pointed: ShownItem | None, zone: str
    ) -> Found:
        """Search anew, or the way that the sentence turns the last search."""
        reference = pointed or next(iter(thread.last_results), None)
        price = reference.price_minor if reference else None
        match intent.refinement:
            case Refinement.CHEAPER if price is not None and search.price_max is None:
                search = search.model_copy(update={"price_max": price - 1})
            case Refinement.PRICIER if price is not None and search.price_min is None:
                search = search.model_copy(update={"price_min": price + 1})
            case Refinement.MORE | Refinement.OTHER:
                search = search.model_copy(update={"exclude_ids": frozenset(thread.seen)})
        offers = await self._shopping.find(search)
        if intent.refinement is Refinement.FASTER:
            offers = await self._soonest_first(offers, search)
        seen = (*search.exclude_ids, *(offer.hit.id for offer in offers))
        if not offers:
            return Found(offers=(), reply=_nothing(intent, search), seen=seen)
        return Found(offers=tuple(offers), reply=_listed(offers, zone), seen=seen)

    async def _soonest_first(self, offers: Sequence[Offer], search: Search) -> list[Offer]:
        timed = [await self._shopping.timed(offer, search) for offer in offers[:SHOWN]]
        known = sorted((o for o in timed if o.arrival), key=lambda o: (o.arrival is None, o.arrival))
        return [*known, *(o for o in timed if o.arrival is None), *offers[SHOWN:]]


def pointed_at(intent: ResolvedIntent, thread: Thread) -> ShownItem | None:
    """The shown item that the sentence points at."""
    if intent.refers_to is None or intent.refers_to.kind is not ReferenceKind.ITEM:
        return None
    return next((item for item in thread.last_results if item.id == intent.refers_to.id), None)


def shown(offers: Sequence[Offer]) -> tuple[ShownItem, ...]:
    """What the thread remembers of offers, counted as the customer would."""
    return tuple(
        ShownItem(id=o.hit.id, name=o.hit.name, position=n, price_minor=o.total.minor)
        for n, o in enumerate(offers, 1)
    )


def described(offer: Offer) -> str:
    """`2 x Dozen Red Roses from Bluebonnet Blooms for $108.00`."""
    many = f"{offer.quantity} x " if offer.quantity > 1 else ""
    vendor = f" from {offer.vendor}" if offer.hit.product else ""
    return f"{many}{offer.hit.name}{vendor} for {offer.total}"


# --- words ------------------------------------------------------------------------------------------


def _comes_in(offer: Offer, colours: frozenset[str]) -> bool:
    products = [offer.hit.product] if offer.hit.product else list(offer.hit.parts)
    return any(colours & product.colours for product in products)


def _presented(offer: Offer, zone: str) -> str:
    when = f", with you by {local(offer.arrival, zone)}" if offer.arrival else ""
    if offer.in_time is False:
        when = f", but not in time: it would be there {local(offer.arrival, zone)}" if offer.arrival else ""
    return f"{described(offer)}{when}. Shall I order it?"


def _listed(offers: Sequence[Offer], zone: str) -> str:
    best = offers[0]
    if len(offers) == 1:
        text = f"I found {described(best)}"
    else:
        text = f"I found {len(offers)} options. The best match is {described(best)}"
    if best.arrival is None:
        return f"{text}."
    if best.in_time is not False:
        return f"{text}, with you by {local(best.arrival, zone)}."
    return f"{text}, but {_too_late(best, offers, zone)}"


def _too_late(best: Offer, offers: Sequence[Offer], zone: str) -> str:
    """What cannot be in time, and the nearest thing that comes sooner (flow 1.2-1 step 10)."""
    if best.arrival is None:
        raise ValueError("only what has an arrival is late")
    late = f"it cannot be there before {local(best.arrival, zone)}."
    sooner = [o for o in offers if o.arrival and o.arrival < best.arrival]
    if not sooner:
        return f"{late} Would a later time do?"
    first = min(sooner, key=lambda o: (o.arrival is None, o.arrival))
    return f"{late} The soonest is {described(first)}: {local(first.arrival or best.arrival, zone)}."


def _of_needs(offers: Sequence[Offer], intent: ResolvedIntent, zone: str) -> Found:
    """One line for what covers it all, one for each need."""
    lines = []
    if bundle := next((o for o in offers if o.need == BUNDLE), None):
        lines.append(f"All in one: {described(bundle)}.")
    for need in named_needs(intent):
        best = next((o for o in offers if o.need == need.words), None)
        found = described(best) if best else "I found nothing that fits"
        late = best is not None and best.in_time is False and best.arrival is not None
        when = f", not before {local(best.arrival, zone)}" if late and best and best.arrival else ""
        lines.append(f"For {need.words}: {found}{when}.")
    return Found(offers=tuple(offers), reply=" ".join(lines), seen=tuple(o.hit.id for o in offers))


def _nothing(intent: ResolvedIntent, search: Search) -> str:
    what = f"'{intent.search_query}'" if intent.search_query else "that"
    if intent.refinement in {Refinement.MORE, Refinement.OTHER}:
        return f"That is all I have for {what}."
    if search.price_max is not None:
        limit = Money(minor=search.price_max, currency=(intent.budget.currency if intent.budget else "USD"))
        return f"I found nothing for {what} for {limit} or less. Shall I look without that limit?"
    return f"I found nothing for {what}. Can you say it in other words?"
