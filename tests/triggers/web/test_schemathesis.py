"""The document against the doors: what it promises is what they do, whatever is sent."""

import asyncio
import json
from collections.abc import Callable, Iterable
from typing import Any

import azure.functions as func
import schemathesis
from hypothesis import HealthCheck, settings
from web_routes import ROUTES
from web_support import FakeApp
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from triggers.web.door import Door
from triggers.web.openapi import describe

DOORS = {route.name: Door(route, FakeApp) for route in ROUTES}  # type: ignore[arg-type]
PATHS = Map(
    [
        Rule(
            "/" + route.path.replace("{", "<").replace("}", ">"), methods=[route.method], endpoint=route.name
        )
        for route in ROUTES
    ]
)


def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """A WSGI application around the doors, in the place of a Functions host."""
    incoming = Request(environ)
    try:
        name, path = PATHS.bind_to_environ(environ).match()
    except HTTPException as error:
        return error(environ, start_response)
    sent = func.HttpRequest(
        incoming.method,
        incoming.url,
        headers=dict(incoming.headers),
        route_params=path,
        body=incoming.get_data(),
    )
    answer = asyncio.run(DOORS[name].answer(sent))
    return Response(answer.get_body(), answer.status_code, dict(answer.headers))(environ, start_response)


schema = schemathesis.openapi.from_dict(json.loads(json.dumps(describe(ROUTES))))
schema.app = serve


@schema.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_doors_do_what_the_document_says(case: schemathesis.Case) -> None:
    case.call_and_validate(headers={"Authorization": "Bearer alice"})
