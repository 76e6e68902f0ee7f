"""Blueprints: durable functions live in a module of their own and are registered on a plain app."""

import azure.functions as func
from durable_blueprint import bp

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
app.register_functions(bp)


@app.route(route="hello")
def hello(req: func.HttpRequest) -> func.HttpResponse:
    name = req.params.get("name")
    if not name:
        try:
            name = req.get_json().get("name")
        except ValueError:
            return func.HttpResponse("Who are you?", status_code=400)
    return func.HttpResponse(f"Hello, {name}.")
