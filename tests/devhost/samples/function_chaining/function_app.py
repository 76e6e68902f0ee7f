"""Function chaining: each activity begins when the one before has ended."""

import logging

import azure.durable_functions as df
import azure.functions as func

app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="orchestrators/{functionName}")
@app.durable_client_input(client_name="client")
async def http_start(req: func.HttpRequest, client):
    instance_id = await client.start_new(req.route_params.get("functionName"))
    logging.info("started %s", instance_id)
    return client.create_check_status_response(req, instance_id)


@app.orchestration_trigger(context_name="context")
def greet_cities(context: df.DurableOrchestrationContext):
    greetings = []
    for city in ("Lima", "Oslo", "Kyoto"):
        greetings.append((yield context.call_activity("greet", city)))
    return greetings


@app.activity_trigger(input_name="city")
def greet(city: str) -> str:
    return f"Greetings, {city}!"
