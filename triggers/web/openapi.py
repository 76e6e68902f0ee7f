"""The OpenAPI 3.1 document of the doors, from their table and the models that validate."""

import inspect
from functools import cache
from http import HTTPStatus
from typing import Any

from shared.domain import webhook_signature as webhook
from triggers.web.answer import API_VERSION, to_json
from triggers.web.door import IDEMPOTENCY_KEY_PATTERN, REQUEST_ID_PATTERN, is_write
from triggers.web.plan import Plan, plan_of
from triggers.web.problem import MEDIA_TYPE
from triggers.web.route import Route
from triggers.web.schemas import Schemas

Node = dict[str, Any]
TITLE = "USO, the Universal Service Orchestrator"
ABOUT = """\
Every answer is `data`, `machine_readable` (schema.org JSON-LD), `adaptive_card` (version 1.5) and `metadata`.
Every error is a problem document (RFC 9457) with a stable `code`."""
_REQUEST_ID = {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}}


@cache
def document(routes: tuple[Route, ...]) -> bytes:
    """Return the document as JSON. Imports every handler of `routes`."""
    return to_json(describe(routes))


def describe(routes: tuple[Route, ...]) -> Node:
    """Return the document as plain data."""
    plans = {route.name: plan_of(route) for route in routes}
    schemas = Schemas(plans)
    paths: dict[str, Node] = {}
    for route in routes:
        operation = _operation(route, plans[route.name], schemas)
        paths.setdefault(f"/{route.path}", {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": API_VERSION, "description": ABOUT},
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(tag for route in routes for tag in route.tags)],
        "paths": paths,
        "components": _components(schemas, paths),
    }


def _components(schemas: Schemas, paths: Node) -> Node:
    return {
        "schemas": schemas.used([paths, schemas.problem]),
        "headers": {
            "RequestId": {
                "description": "Names this request in our logs.",
                "schema": {"type": "string", "pattern": f"^{REQUEST_ID_PATTERN}$"},
            }
        },
        "responses": {
            f"Problem{status}": {
                "description": HTTPStatus(status).phrase,
                "headers": _REQUEST_ID,
                "content": {MEDIA_TYPE: {"schema": schemas.problem}},
            }
            for status in _problems_of_all(paths)
        },
        "securitySchemes": {
            "bearer": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "description": "The token's `persona` claim says in which role its holder calls.",
            }
        },
    }


def _problems_of_all(paths: Node) -> list[int]:
    answers = (
        answer for path in paths.values() for operation in path.values() for answer in operation["responses"]
    )
    return sorted({int(status) for status in answers if int(status) >= 400})


def _operation(route: Route, plan: Plan, schemas: Schemas) -> Node:
    parameters = [*_parameters(route, plan, schemas), *_header_parameters(route)]
    operation: Node = {
        "operationId": route.name,
        "summary": route.summary,
        "description": _description(route, plan),
        "tags": list(route.tags),
        "security": [{"bearer": []}] if route.personas else [],
        "responses": _responses(route, plan, schemas),
    }
    if parameters:
        operation["parameters"] = parameters
    if plan.body is not None:
        operation["requestBody"] = {
            "required": not plan.body_optional,
            "content": {"application/json": {"schema": schemas.of(route.name, "body")}},
        }
    if route.flows:
        operation["x-flows"] = list(route.flows)
    if route.personas:
        operation["x-personas"] = sorted(route.personas)
    return operation


def _description(route: Route, plan: Plan) -> str:
    who = f"For: {', '.join(sorted(route.personas))}." if route.personas else "Public."
    if route.signed_by:
        who = "Signed by the sender after Standard Webhooks."
    if route.verifies_itself:
        who = "Signed by the sender in its own way."
    return f"{inspect.getdoc(plan.handler) or route.summary}\n\n{who}"


def _parameters(route: Route, plan: Plan, schemas: Schemas) -> list[Node]:
    result: list[Node] = []
    if plan.path_type is not None:
        for name, schema, _ in schemas.fields(route.name, "path"):
            result.append({"name": name, "in": "path", "required": True, "schema": schema})
    if plan.query_type is not None:
        for name, schema, required in schemas.fields(route.name, "query"):
            about = {"description": text} if (text := schema.pop("description", None)) else {}
            result.append({"name": name, "in": "query", "required": required, "schema": schema, **about})
    return result


def _header_parameters(route: Route) -> list[Node]:
    if route.signed_by:
        return [
            _header(
                webhook.ID_HEADER,
                f"^{webhook.ID_PATTERN}$",
                "Names the delivery; counts once.",
                required=True,
            ),
            _header(
                webhook.TIMESTAMP_HEADER, f"^{webhook.TIMESTAMP_PATTERN}$", "Unix seconds.", required=True
            ),
            _header(
                webhook.SIGNATURE_HEADER,
                r"^v1,[A-Za-z0-9+/=]+( \S+)*$",
                "HMAC-SHA256, base64.",
                required=True,
            ),
        ]
    if is_write(route) and not route.verifies_itself:
        about = "A repeated request with the same key has the effect of one."
        return [_header("Idempotency-Key", f"^{IDEMPOTENCY_KEY_PATTERN}$", about, required=False)]
    return []


def _header(name: str, pattern: str, description: str, *, required: bool) -> Node:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": description,
        "schema": {"type": "string", "pattern": pattern},
    }


def _responses(route: Route, plan: Plan, schemas: Schemas) -> Node:
    schema = schemas.of(route.name, "answer") if not plan.is_document else _document_schema(route)
    result: Node = {}
    for status in (route.success, *(status for status in route.also if status < 400)):
        result[str(status)] = {
            "description": HTTPStatus(status).phrase,
            "headers": _REQUEST_ID,
            "content": {route.media_type: {"schema": schema}},
        }
    problems = sorted({*_problems(route, plan), *(status for status in route.also if status >= 400)})
    return result | {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in problems}


def _document_schema(route: Route) -> Node:
    return {"type": "object" if route.media_type.endswith("json") else "string"}


def _problems(route: Route, plan: Plan) -> set[int]:
    found = {503}
    if plan.body or plan.query or plan.path or is_write(route):
        found.add(400)
    if plan.path:
        found.add(404)
    if plan.body:
        found |= {413, 415}
    if is_write(route):
        found |= {402, 404, 409, 413, 422}
    if route.personas:
        found |= {401, 403}
    return found | ({401} if route.signed_by or route.verifies_itself else set())
