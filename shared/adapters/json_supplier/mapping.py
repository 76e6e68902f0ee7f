"""The document that says how to talk to one supplier: typed, strict, and without a line of code in it.

Texts hold named places (`templates`), fields of answers are JSON Pointers (`answers`), secrets are names of
entries of `USO_SUPPLIER_SECRETS`. `data/shop/cj.json` is one for CJ Dropshipping's API 2.0.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, ConfigDict, Field, JsonValue, model_validator

from shared.adapters.json_supplier import templates
from shared.adapters.json_supplier.answers import Pointer
from shared.domain.model import Model
from shared.ports.suppliers import SupplierOrderState


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("this is no IANA time zone, such as Asia/Shanghai") from None
    return name


Template = Annotated[str, Field(max_length=500), AfterValidator(templates.check_text)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]

ADDRESS = frozenset(
    {"name", "line1", "line2", "city", "region", "postal_code", "country", "country_name", "phone"}
)
LINE = frozenset({"sku", "quantity"})


class Failure(StrEnum):
    """What an error code of the supplier means to us. Whatever is not named means: try again later."""

    OUT_OF_STOCK = "out_of_stock"
    PRICE_CHANGED = "price_changed"
    ADDRESS_REFUSED = "address_refused"
    NOT_FOUND = "not_found"
    EXISTS = "exists"
    """There is an order of this key already."""
    REFUSED = "refused"
    """It cannot be done (any more)."""
    TOKEN = "token"  # noqa: S105 - a word, not a secret
    """Nothing was done, for the token has run out."""


class _Strict(Model):
    model_config = ConfigDict(strict=True)


class Request(_Strict):
    """One request. `errors` add to those of the mapping: code, or `http:404`, to what it means."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    path: Annotated[str, Field(pattern=r"^/", max_length=300), AfterValidator(templates.check_text)]
    query: Mapping[str, Template] = Field(default_factory=dict)
    headers: Mapping[str, Template] = Field(default_factory=dict)
    body: Annotated[JsonValue, AfterValidator(templates.check_body)] = None
    errors: Mapping[str, Failure] = Field(default_factory=dict)

    @property
    def places(self) -> set[str]:
        """What is filled in once."""
        return templates.places_of([self.path, *self.query.values(), *self.headers.values(), self.body])


class Total(_Strict):
    """A number that is spread over a list: `of` each row that is as `where` says, added up."""

    at: Pointer
    of: Pointer
    where: Mapping[Pointer, str] = Field(default_factory=dict)


class Options(_Strict):
    """Ways to send something; the cheapest is taken, of those named in `only` if there are any."""

    at: Pointer
    name: Pointer
    price: Pointer
    days: Pointer
    only: tuple[str, ...] = ()


class Asking(Request):
    """A question of which an offer is made. Several together answer all of it, each part once.

    With `$lines` in its body it is asked once for a whole order, otherwise once for each `{sku}`.
    """

    price: Pointer | None = None
    stock: Pointer | Total | None = None
    shipping: Pointer | None = None
    days: Pointer | None = None
    options: Options | None = None
    """In place of `shipping` and `days`; the name of the one taken is the place `{option}` of a purchase."""

    @property
    def is_of_order(self) -> bool:
        """Whether it is asked once for all lines."""
        return templates.has_lines(self.body)


class Placing(Request):
    """A purchase. `id` is the supplier's number of the new order."""

    id: Pointer


class Looking(Request):
    """A look at an order. `at` is the order, or a list that has the one of our key; null: there is none."""

    at: Pointer = ""


class Tracing(Request):
    """A look at a parcel; `at` is a list of what was seen of it."""

    at: Pointer
    when: Pointer
    text: Pointer
    place: Pointer | None = None


class OrderReading(_Strict):
    """Where the parts of an order stand. A word that `states` does not have is not understood."""

    id: Pointer
    key: Pointer
    cost: Pointer
    state: Pointer
    states: Mapping[str, SupplierOrderState] = Field(min_length=1)
    unpaid: tuple[str, ...] = ()
    """Words for an order that is there but was not paid: neither bought nor free to be bought again."""
    number: Pointer | None = None
    carrier: Pointer | None = None
    url: Pointer | None = None


class TokenCall(Request):
    """Where a token comes from. It is asked for again when `expires` is near."""

    token: Pointer
    expires: Pointer


class Auth(_Strict):
    """How calls prove whose they are: `value`, with `{secret}` or `{token}` in it, in a header."""

    secret: Slug
    header: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,60}$")]
    value: Template
    token: TokenCall | None = None


class Success(_Strict):
    """What tells a good answer from an error: the word at `code`; without it, the HTTP status."""

    code: Pointer | None = None
    words: tuple[str, ...] = ()


class WebhookReading(_Strict):
    """How a delivery is verified, over its raw body, and what it is about.

    `topics` leads from the word at `topic` to the pointer at our key; other topics are not followed.
    """

    secret: Slug
    scheme: Literal["hmac_sha256", "standard_webhooks"]
    header: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}$")] = "webhook-signature"
    encoding: Literal["base64", "hex"] = "base64"
    id: Pointer
    topic: Pointer
    topics: Mapping[str, Pointer] = Field(min_length=1)


class SupplierMapping(_Strict):
    """One supplier."""

    id: Slug
    base_url: str = Field(max_length=300)
    pause: float = Field(default=0, ge=0, le=10)
    """Seconds between two calls of one process, for a supplier that allows only so many."""
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    amounts: Literal["major", "minor"] = "major"
    zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    """IANA time zone of instants that say none."""
    countries: Mapping[str, str] = Field(default_factory=dict)
    """Where it delivers to: ISO code -> the name for `{country_name}`. Empty: its shipping options tell."""
    auth: Auth
    success: Success = Success()
    errors: Mapping[str, Failure] = Field(default_factory=dict)
    offer: tuple[Asking, ...] = Field(min_length=1, max_length=5)
    place: Placing
    find: Looking
    order: Looking
    reading: OrderReading
    tracking: Tracing | None = None
    cancel: Request | None = None
    webhook: WebhookReading | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        for part in ("price", "stock"):
            if sum(getattr(asking, part) is not None for asking in self.offer) != 1:
                raise ValueError(f"exactly one question of the offer must answer {part!r}")
        ways = [asking for asking in self.offer if asking.options or asking.shipping is not None]
        if len(ways) != 1 or (ways[0].options is None) == (ways[0].shipping is None):
            raise ValueError("exactly one question of the offer must answer 'options' or 'shipping'")
        dated = [asking for asking in self.offer if asking.days is not None]
        if len(dated) != (0 if ways[0].options else 1):
            raise ValueError("'days' is answered once, by 'options' if there are any")
        if any(asking.is_of_order and (asking.price or asking.stock) for asking in self.offer):
            raise ValueError("'price' and 'stock' are asked for each sku, not for a whole order")
        return self

    @model_validator(mode="after")
    def _places_can_be_filled(self) -> Self:
        for asking in self.offer:
            once = {"country", "country_name"} | (set() if asking.is_of_order else LINE)
            _check("offer", asking, once, LINE)
        chosen = {"option"} if any(asking.options for asking in self.offer) else set()
        _check("place", self.place, {"key", "email", *ADDRESS, *chosen}, LINE)
        _check("find", self.find, {"key"})
        _check("order", self.order, {"order_id"})
        if self.tracking:
            _check("tracking", self.tracking, {"order_id", "number", "carrier"})
        if self.cancel:
            _check("cancel", self.cancel, {"order_id", "key"})
        if self.auth.token:
            _check("auth.token", self.auth.token, {"secret"})
        named = {name for each in (*self.offer, self.place) for name in _all_places(each)}
        if "country_name" in named and not self.countries:
            raise ValueError("{country_name} needs 'countries'")
        word = {"token"} if self.auth.token else {"secret"}
        if templates.places_of(self.auth.value) != word:
            raise ValueError(f"auth.value must hold {{{next(iter(word))}}}")
        if "key" not in self.place.places or "key" not in self.find.places:
            raise ValueError("'place' must send {key}, and 'find' must look for it")
        return self


def _all_places(request: Request) -> set[str]:
    return request.places | templates.places_of(request.body, of_lines=True)


def _check(name: str, request: Request, once: set[str], of_lines: frozenset[str] = frozenset()) -> None:
    strange = request.places - once
    strange |= templates.places_of(request.body, of_lines=True) - (once | of_lines)
    if strange:
        raise ValueError(f"'{name}' cannot fill in {sorted(strange)}")
