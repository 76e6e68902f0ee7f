"""What a sentence means, typed: the one answer of the intent resolver (flows 1.2-1, 6.0-1, 6.1-1)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from shared.domain.conditions import Condition
from shared.domain.model import Model

CONFIDENT = 0.80
"""Below this the resolver asks instead of guessing."""


class IntentKind(StrEnum):
    """What the customer wants to happen."""

    DISCOVER = "discover"
    DISCOVER_COMPOSITE = "discover_composite"
    REFINE = "refine"
    CHECKOUT = "checkout"
    TRACK = "track"
    SUPPORT = "support"
    BROWSE = "browse"
    CHANGE_ORDER = "change_order"
    APPROVE = "approve"
    REJECT = "reject"
    STANDING = "standing"
    CANCEL = "cancel"
    UNKNOWN = "unknown"


class NextAction(StrEnum):
    """What the orchestrator should do with the intent."""

    DISCOVER_PRODUCTS = "discover_products"
    DISCOVER_COMPOSITE = "discover_composite"
    REFINE_BUNDLE_CATEGORY = "refine_bundle_category"
    COMPLETE_WITH_PROBING = "complete_with_probing"
    HANDLE_UNRELATED = "handle_unrelated"
    COMPLETE = "complete"


class EntityType(StrEnum):
    """What a piece of the sentence stands for."""

    PRODUCT = "product"
    SERVICE = "service"
    CUSTOMIZATION = "customization"
    PACKAGING = "packaging"
    DELIVERY = "delivery"
    OCCASION = "occasion"
    RECIPIENT = "recipient"
    COLOUR = "colour"
    STYLE = "style"
    PLACE = "place"
    TIME = "time"
    BUDGET = "budget"
    QUANTITY = "quantity"
    CONDITION = "condition"
    REFERENCE = "reference"
    LITERAL = "literal"


class Entity(Model):
    """A piece of the sentence; `text[start:end]` are the customer's own words."""

    type: EntityType
    value: str
    start: int
    end: int


class NeedKind(StrEnum):
    """Nodes of the Graph of Needs."""

    PRODUCT = "product"
    SERVICE = "service"
    CUSTOMIZATION = "customization"
    PACKAGING = "packaging"
    DELIVERY = "delivery"


class Need(Model):
    """One node of the Graph of Needs; `after` names the nodes that must be done before it."""

    id: str
    kind: NeedKind
    words: str
    """What to search for, e.g. `pink roses`."""
    category: str
    """Canonical product or service word, e.g. `flowers`."""
    quantity: int = 1
    colour: str | None = None
    attributes: tuple[str, ...] = ()
    explicit: bool = True
    """False when the sentence implies the need without saying it."""
    after: tuple[str, ...] = ()


class DeadlineKind(StrEnum):
    """How a moment binds: no later than, exactly at, or anywhere inside a window."""

    BY = "by"
    AT = "at"
    WINDOW = "window"


class Deadline(Model):
    """When it must happen."""

    kind: DeadlineKind
    instant: datetime
    """Latest acceptable moment, aware UTC."""
    starts: datetime | None = None
    """Earliest acceptable moment of a window, aware UTC."""
    day: date
    """Local day of `instant`."""
    words: str
    """As the customer said it."""


class Budget(Model):
    """Money limits in integer minor units."""

    max_minor: int | None = None
    min_minor: int | None = None
    currency: str = "USD"
    approximate: bool = False
    """True for "around $40": `max_minor` then holds 15 % of tolerance."""


class PlaceRelation(StrEnum):
    """What a place is to the order."""

    DELIVER_TO = "deliver_to"
    PICKUP = "pickup"
    ON_THE_WAY = "on_the_way"
    NEAR = "near"


class Place(Model):
    """A place as named by the customer; nothing is looked up here."""

    name: str
    relation: PlaceRelation


class Refinement(StrEnum):
    """How a follow-up moves the last search."""

    CHEAPER = "cheaper"
    PRICIER = "pricier"
    BIGGER = "bigger"
    SMALLER = "smaller"
    FASTER = "faster"
    OTHER = "other"
    MORE = "more"


class ChangeAction(StrEnum):
    """What a change request does to an order."""

    REPLACE = "replace"
    ADD = "add"
    REMOVE = "remove"
    RESCHEDULE = "reschedule"
    READDRESS = "readdress"
    QUANTITY = "quantity"


class ChangeRequest(Model):
    """A change of a placed order (flow 1.6-1)."""

    action: ChangeAction
    wanted: str | None = None
    """What shall come, e.g. `pink flowers`; also what to search for in a recovery."""
    instead_of: str | None = None
    """What shall go, e.g. `red flowers`."""
    target: str | None = None
    """What is changed or extended when neither says it, e.g. `limo ride`."""
    quantity: int | None = None


class ShownItem(Model):
    """An item the customer was shown, positions counted from 1."""

    id: str
    name: str
    position: int
    price_minor: int | None = None


class ThreadContext(Model):
    """What the conversation already holds when a sentence arrives."""

    last_results: tuple[ShownItem, ...] = ()
    selected_item_id: str | None = None
    last_intent: IntentKind | None = None
    last_query: str | None = None
    active_order_id: str | None = None
    pending_approval: str | None = None
    """What is being asked of the customer, e.g. `Swap to pink flowers of Vendor B?`."""
    pending_question: str | None = None
    """The clarifying question asked last, if it is still open."""


class ReferenceKind(StrEnum):
    """What a pointing word points at."""

    ITEM = "item"
    ORDER = "order"
    UNRESOLVED = "unresolved"


class Reference(Model):
    """A pointing word ("the second one", "it") and what it points at in the thread."""

    kind: ReferenceKind
    words: str
    id: str | None = None
    name: str | None = None
    position: int | None = None


class ResolvedIntent(Model):
    """Everything understood of one sentence, with an honest confidence."""

    kind: IntentKind
    timing: Literal["immediate", "standing"] = "immediate"
    search_query: str = ""
    entities: tuple[Entity, ...] = ()
    needs: tuple[Need, ...] = ()
    deadline: Deadline | None = None
    budget: Budget | None = None
    recipient: str | None = None
    occasion: str | None = None
    place: Place | None = None
    quantity: int = 1
    guests: int | None = None
    """People to be served or seated, e.g. "dinner for two"."""
    conditions: Condition | None = None
    product_words: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    excluded_colours: tuple[str, ...] = ()
    style_words: tuple[str, ...] = ()
    refinement: Refinement | None = None
    change: ChangeRequest | None = None
    refers_to: Reference | None = None
    confidence: float = Field(ge=0.0, le=1.0)
    clarifying_question: str | None = None
    """Exactly one question when `confidence` is below 0.80, else `None`."""
    recommended_next_action: NextAction = NextAction.COMPLETE

    @property
    def needs_review(self) -> bool:
        """Whether the confidence is too low to act without asking."""
        return self.confidence < CONFIDENT
