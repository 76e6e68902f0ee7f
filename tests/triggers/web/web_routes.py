"""A table of doors over the handlers that the tests try."""

from shared.domain.identity import Persona
from triggers.web.route import Route

CUSTOMERS = frozenset({Persona.CUSTOMER, Persona.AGENT})


def _route(name: str, method: str, path: str, handler: str, **options: object) -> Route:
    return Route(
        name=name,
        method=method,
        path=path,
        handler=f"web_handlers:{handler}",
        summary=f"Try {name}.",
        tags=("tried",),
        **options,  # type: ignore[arg-type]
    )


ROUTES = (
    _route(
        "place",
        "POST",
        "api/wishes",
        "typed_wish",
        personas=CUSTOMERS,
        success=201,
        also=(200,),
        flows=("1.2-1",),
    ),
    _route("listing", "GET", "api/wishes", "listed"),
    _route("maybe", "PUT", "api/wishes", "optional_wish", success=202),
    _route("searching", "GET", "api/search", "search"),
    _route("showing", "GET", "api/wishes/{order_id}", "one", personas=CUSTOMERS),
    _route("counting", "GET", "api/numbers/{number}", "numbered"),
    _route("clashing", "POST", "api/clashes", "clash"),
    _route(
        "delivering", "POST", "api/webhooks/{partner_id}", "delivered", signed_by="web_handlers:secrets_of"
    ),
    _route("plain", "GET", "api/plain", "plain"),
)
