"""The doors for AI agents: chat and discover, and the thread with every update (flows 6.0-1, 1.4-1)."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from shared.domain import jsonld
from shared.domain.card_elements import Element
from shared.domain.cards import Listed, message_card, product_list_card
from shared.domain.catalogue import SLUG, Visibility
from shared.domain.instants import Instant
from shared.domain.intents import ResolvedIntent
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.narration import Question
from shared.domain.places import GeoPoint, Place
from shared.domain.scout import Hit
from shared.domain.timechain import ConflictAnalysis, conflict_json_ld
from shared.errors import InvalidInput, NotFound
from shared.services.chat import Answer, Said
from shared.services.shopping import Offer, Search
from shared.services.threads import StatusUpdate
from triggers.access import agent_of, customer_of, must_see
from triggers.inputs import PlaceInput, Zone, located, zone_or_home
from triggers.web.answer import Reply
from triggers.web.call import Call

Text = Annotated[
    str, Field(min_length=1, max_length=2000, pattern=r"\S"), AfterValidator(lambda text: text.strip())
]


class ChatInput(Model):
    """A sentence of the customer. `thread_id` continues a conversation."""

    text: Text
    thread_id: str | None = Field(default=None, pattern=SLUG)
    platform: Literal["chatgpt", "gemini", "whatsapp", "web"] | None = None
    zone: Zone | None = None
    deliver_to: PlaceInput | None = None


class OfferView(Model):
    """Something to buy. Vendors and parts are left out where a bundle's visibility says so."""

    id: str
    kind: Literal["product", "bundle"]
    name: str
    description: str
    quantity: int
    """How many of it make up what was asked for; `total` is for all of them."""
    price: Money
    total: Money
    vendor: str | None
    parts: tuple[str, ...]
    need: str
    score: float
    why: str
    distance_m: float | None
    arrives: Instant | None
    in_time: bool | None
    affiliate_link: str | None
    """Where its vendor, an affiliate, sells it; following it is counted (2.6-2)."""


class ChatView(Model):
    """USO's answer, and ids of what it set in motion."""

    thread_id: str
    reply: str
    asks: str | None
    intent: ResolvedIntent
    products: tuple[OfferView, ...]
    order_id: str | None
    negotiation_id: str | None
    recovery_id: str | None
    standing_intent_id: str | None
    simulation: ConflictAnalysis | None


class DiscoverQuery(Model):
    """What to look for. Prices in minor units, distances in metres; `location` is an address."""

    intent: Text
    location: str | None = Field(default=None, min_length=1, max_length=300)
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    within_m: float | None = Field(default=None, ge=0, le=1_000_000)
    price_min: int | None = Field(default=None, ge=0, le=100_000_000)
    price_max: int | None = Field(default=None, ge=0, le=100_000_000)
    capability: tuple[str, ...] = Field(default=(), max_length=10)
    exclude_vendor: tuple[str, ...] = Field(default=(), max_length=50)
    deliver_by: Instant | None = None
    zone: Zone | None = None
    limit: int = Field(default=20, ge=1, le=100)


class DiscoverView(Model):
    """What was found, best first."""

    products: tuple[OfferView, ...]


class ThreadView(Model):
    """A conversation: every update in order, and the question that is open now."""

    id: str
    active_order_id: str | None
    pending: Question | None
    updates: tuple[StatusUpdate, ...]


async def chat(call: Call, body: ChatInput) -> Reply[ChatView]:
    """Understand a sentence and answer it, or set in motion what it asks for.

    When the meaning is not clear enough, `asks` holds one question and nothing is done.
    """
    app = call.app
    place = await located(body.deliver_to, app, field="deliver_to") if body.deliver_to else None
    said = Said(
        customer_id=customer_of(call.caller),
        agent=agent_of(call.caller),
        text=body.text,
        thread_id=body.thread_id,
        platform=body.platform,
        zone=zone_or_home(body.zone, app).key,
        deliver_to=place,
        key=call.idempotency_key,
    )
    answer = await app.chat.answer(said, now=call.now)
    urls = await _links(call, answer.offers)
    return Reply(
        _chat_view(answer, urls),
        machine_readable=_machine_readable(answer, urls),
        adaptive_card=_card(answer),
        links={"thread": f"/api/v1/threads/{answer.thread_id}"},
    )


async def discover(call: Call, query: DiscoverQuery) -> Reply[DiscoverView]:
    """Search products and bundles; anyone may."""
    offers = await call.app.shopping.find(
        Search(
            text=query.intent,
            price_min=query.price_min,
            price_max=query.price_max,
            deliver_to=await _location(call, query),
            deadline=query.deliver_by,
            limit=query.limit,
            within_m=query.within_m,
            capabilities=frozenset(query.capability),
            exclude_vendor_ids=frozenset(query.exclude_vendor),
        )
    )
    urls = await _links(call, offers)
    return Reply(
        DiscoverView(products=_offer_views(offers, urls)),
        machine_readable=_item_list(offers, urls),
        adaptive_card=product_list_card(f"Found for '{query.intent}'", [_listed(o) for o in offers]),
    )


async def get_thread(call: Call, thread_id: str) -> Reply[ThreadView]:
    """Show a conversation to its customer or an admin."""
    thread = await call.app.threads.find(thread_id)
    if thread is None:
        raise NotFound("thread", thread_id)
    must_see(call.caller, thread.customer_id, what="thread", id=thread_id)
    updates = await call.app.threads.updates(thread_id)
    return Reply(
        ThreadView(
            id=thread.id,
            active_order_id=thread.active_order_id,
            pending=thread.pending,
            updates=tuple(updates),
        ),
        adaptive_card=updates[-1].card if updates else None,
    )


async def _location(call: Call, query: DiscoverQuery) -> Place:
    if (query.latitude is None) != (query.longitude is None):
        raise InvalidInput("Give both latitude and longitude.", field="latitude")
    if query.latitude is not None and query.longitude is not None:
        point = GeoPoint(latitude=query.latitude, longitude=query.longitude)
        return Place(address=query.location or "here", point=point)
    if query.location is not None:
        return await located(PlaceInput(address=query.location), call.app, field="location")
    return call.app.shopping.home()


def _card(answer: Answer) -> Element:
    if answer.offers:
        return product_list_card(answer.reply, [_listed(offer) for offer in answer.offers])
    if answer.simulation is not None:
        choices = [
            (choice.type.value.replace("_", " "), choice.message) for choice in answer.simulation.suggestions
        ]
        return message_card("What if?", answer.reply, facts=choices)
    return message_card("USO", answer.reply)


async def _links(call: Call, offers: Sequence[Offer]) -> Mapping[str, str]:
    """The affiliates' links of what is offered, by product; what is offered with one is counted as shown."""
    products = [offer.hit.product for offer in offers if offer.hit.product]
    return await call.app.affiliates.links.wrap(products) if products else {}


def _chat_view(answer: Answer, links: Mapping[str, str]) -> ChatView:
    same = answer.model_dump(
        include={"thread_id", "reply", "asks", "order_id", "negotiation_id"}
        | {"recovery_id", "standing_intent_id"}
    )
    return ChatView(
        **same,
        intent=answer.intent,
        simulation=answer.simulation,
        products=_offer_views(answer.offers, links),
    )


def _visibility(hit: Hit) -> Visibility:
    return hit.bundle.visibility if hit.bundle else Visibility.TRANSPARENT


def _offer_views(offers: Sequence[Offer], links: Mapping[str, str]) -> tuple[OfferView, ...]:
    return tuple(_offer_view(offer, links.get(offer.hit.id)) for offer in offers)


def _offer_view(offer: Offer, affiliate_link: str | None = None) -> OfferView:
    hit = offer.hit
    what = hit.product or hit.bundle
    shows_vendors = _visibility(hit) is Visibility.TRANSPARENT
    shows_parts = _visibility(hit) is not Visibility.CONCIERGE
    return OfferView(
        id=hit.id,
        kind="product" if hit.product else "bundle",
        name=hit.name,
        description=what.description if what else "",
        quantity=offer.quantity,
        price=offer.price,
        total=offer.total,
        vendor=offer.vendor,
        parts=tuple(part.name for part in hit.parts) if shows_parts else (),
        need=offer.need,
        score=round(hit.score, 4),
        why=hit.why,
        distance_m=hit.distance_m if shows_vendors else None,
        arrives=offer.arrival,
        in_time=offer.in_time,
        affiliate_link=affiliate_link,
    )


def _listed(offer: Offer) -> Listed:
    view = _offer_view(offer)
    image = offer.hit.product.image_url if offer.hit.product else ""
    return Listed(
        name=view.name,
        price=view.total,
        vendor=view.vendor or "USO",
        image_url=image,
        why=view.why,
        choose={"item_id": view.id},
    )


def _machine_readable(answer: Answer, links: Mapping[str, str]) -> Element | None:
    if answer.simulation is not None:
        return dict(conflict_json_ld(answer.simulation))
    return _item_list(answer.offers, links) if answer.offers else None


def _item_list(offers: Sequence[Offer], links: Mapping[str, str]) -> Element:
    return jsonld.item_list([_node(offer.hit, links.get(offer.hit.id)) for offer in offers])


def _node(hit: Hit, affiliate_link: str | None) -> Element:
    if hit.product is not None:
        node = jsonld.product(hit.product, hit.vendors[0])
        return node | {"url": affiliate_link} if affiliate_link else node
    if hit.bundle is None:
        raise ValueError("a hit is a product or a bundle")
    return jsonld.bundle(hit.bundle, hit.parts, hit.vendors)
