"""Human interaction: wait for an approval, but not for ever."""

import json
from datetime import timedelta

import azure.durable_functions as df
import azure.functions as func

app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="requests", methods=["POST"])
@app.durable_client_input(client_name="client")
async def ask(req: func.HttpRequest, client):
    instance_id = await client.start_new("approval", client_input=req.get_json())
    return client.create_check_status_response(req, instance_id)


@app.route(route="requests/{instance}/approve", methods=["POST"])
@app.durable_client_input(client_name="client")
async def approve(req: func.HttpRequest, client) -> func.HttpResponse:
    await client.raise_event(req.route_params["instance"], "Approved", True)
    return func.HttpResponse(status_code=202)


@app.orchestration_trigger(context_name="context")
def approval(context: df.DurableOrchestrationContext):
    asked = context.get_input()
    yield context.call_activity("notify", asked)
    deadline = context.current_utc_datetime + timedelta(hours=asked["hours"])
    timeout = context.create_timer(deadline)
    approved = context.wait_for_external_event("Approved")
    winner = yield context.task_any([approved, timeout])
    if winner != approved:
        yield context.call_activity("escalate", asked)
        return "escalated"
    timeout.cancel()
    return "approved" if json.loads(str(approved.result).lower()) else "declined"


@app.activity_trigger(input_name="asked")
def notify(asked: dict) -> str:
    return f"asked for {asked['what']}"


@app.activity_trigger(input_name="asked")
def escalate(asked: dict) -> str:
    return f"escalated {asked['what']}"
