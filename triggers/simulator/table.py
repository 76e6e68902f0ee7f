"""The simulator's rows of the map of the house (`triggers.routes`)."""

from shared.domain.identity import Persona
from triggers.web.route import Route

_BASE = "api/v1/simulator"


def _door(
    name: str,
    request: str,
    handler: str,
    summary: str,
    *,
    flows: tuple[str, ...],
    success: int = 200,
    media_type: str = "application/json",
) -> Route:
    method, _, path = request.partition(" ")
    return Route(
        name=f"simulator_{name}",
        method=method,
        path=f"{_BASE}/{path}",
        handler=f"triggers.simulator.{handler}",
        summary=summary,
        personas=frozenset({Persona.ADMIN}),
        success=success,
        media_type=media_type,
        flows=flows,
        tags=("simulator",),
    )


SIMULATOR = (
    _door(
        "create_partner",
        "POST partners",
        "partners:create_partner",
        "Make a simulated partner.",
        flows=("5.4-1",),
        success=201,
    ),
    _door(
        "list_partners",
        "GET partners",
        "partners:list_partners",
        "List the simulated partners.",
        flows=("5.4-1",),
    ),
    _door(
        "get_partner",
        "GET partners/{partner_id}",
        "partners:get_partner",
        "Show a simulated partner.",
        flows=("5.4-1",),
    ),
    _door(
        "put_partner",
        "PUT partners/{partner_id}",
        "partners:put_partner",
        "Change a simulated partner.",
        flows=("5.4-1",),
    ),
    _door(
        "delete_partner",
        "DELETE partners/{partner_id}",
        "partners:delete_partner",
        "Take a simulated partner out of the scout.",
        flows=("5.4-1",),
    ),
    _door(
        "create_product",
        "POST partners/{partner_id}/products",
        "partners:create_product",
        "Put a product of a simulated partner on sale.",
        flows=("5.4-1", "5.4-3"),
        success=201,
    ),
    _door(
        "list_products",
        "GET partners/{partner_id}/products",
        "partners:list_products",
        "List what a simulated partner sells.",
        flows=("5.4-3",),
    ),
    _door(
        "put_product",
        "PUT partners/{partner_id}/products/{product_id}",
        "partners:put_product",
        "Change price, stock or availability of a product.",
        flows=("5.4-3",),
    ),
    _door(
        "delete_product",
        "DELETE partners/{partner_id}/products/{product_id}",
        "partners:delete_product",
        "Take a product off sale.",
        flows=("5.4-3",),
    ),
    _door(
        "create_scenario",
        "POST scenarios",
        "scenarios:create_scenario",
        "Store how partners answer.",
        flows=("5.4-4", "5.4-6"),
        success=201,
    ),
    _door(
        "list_scenarios",
        "GET scenarios",
        "scenarios:list_scenarios",
        "List scenarios in the order in which they are tried.",
        flows=("5.4-4",),
    ),
    _door(
        "get_scenario",
        "GET scenarios/{scenario_id}",
        "scenarios:get_scenario",
        "Show a scenario.",
        flows=("5.4-4",),
    ),
    _door(
        "put_scenario",
        "PUT scenarios/{scenario_id}",
        "scenarios:put_scenario",
        "Rewrite, assign or switch a scenario.",
        flows=("5.4-4", "5.4-6"),
    ),
    _door(
        "delete_scenario",
        "DELETE scenarios/{scenario_id}",
        "scenarios:delete_scenario",
        "Delete a scenario.",
        flows=("5.4-4",),
    ),
    _door(
        "preview_scenario",
        "POST scenarios/{scenario_id}/preview",
        "scenarios:preview_scenario",
        "Try a scenario on sample requests.",
        flows=("5.4-6",),
    ),
    _door(
        "list_queue",
        "GET responses/queue",
        "responses:list_queue",
        "List what waits for a person to answer.",
        flows=("5.4-5",),
    ),
    _door(
        "get_response",
        "GET responses/{response_id}",
        "responses:get_response",
        "Show a request with its conversation.",
        flows=("5.4-5",),
    ),
    _door(
        "respond",
        "POST responses/{response_id}/respond",
        "responses:respond",
        "Answer in a partner's name.",
        flows=("5.4-5",),
    ),
    _door(
        "assign",
        "POST responses/{response_id}/assign",
        "responses:assign",
        "Give a request to an admin.",
        flows=("5.4-5",),
    ),
    _door(
        "respond_to_all",
        "POST responses/bulk",
        "responses:respond_to_all",
        "Answer several requests alike.",
        flows=("5.4-5",),
    ),
    _door(
        "demo_setup",
        "POST live-demo/setup",
        "live_demo:setup",
        "Set the live demo up.",
        flows=("5.4-2", "5.4-7"),
    ),
    _door(
        "demo_reset",
        "POST live-demo/reset",
        "live_demo:reset",
        "Bring the live demo back to its start.",
        flows=("5.4-2", "5.4-7"),
    ),
    _door(
        "demo_scenarios",
        "GET live-demo/scenarios",
        "live_demo:scenarios",
        "List the live demo's scenarios.",
        flows=("5.4-2",),
    ),
    _door(
        "history",
        "GET history",
        "history:list_history",
        "List requests and answers of simulated partners.",
        flows=("5.4-8",),
    ),
    _door(
        "metrics",
        "GET metrics",
        "history:metrics",
        "Count what simulated partners were asked and answered.",
        flows=("5.4-8",),
    ),
    _door(
        "export",
        "GET history/export",
        "history:export",
        "Give the history as CSV.",
        flows=("5.4-8",),
        media_type="text/csv",
    ),
    _door(
        "weather", "PUT weather", "world:script_weather", "Script the forecast of a day.", flows=("6.7-2",)
    ),
    _door(
        "payments",
        "PUT payments/declines",
        "world:decline_payments",
        "Rehearse declined payments.",
        flows=("1.2-1",),
    ),
)
