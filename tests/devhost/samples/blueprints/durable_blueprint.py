"""The durable half of the app."""

import azure.durable_functions as df
import azure.functions as func

bp = df.Blueprint()


@bp.route(route="start")
@bp.durable_client_input(client_name="client")
async def start(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    instance_id = await client.start_new("parent")
    return await client.wait_for_completion_or_create_check_status_response(req, instance_id)


@bp.orchestration_trigger(context_name="context")
def parent(context: df.DurableOrchestrationContext):
    retry = df.RetryOptions(first_retry_interval_in_milliseconds=50, max_number_of_attempts=3)
    first = yield context.call_activity_with_retry("unsteady", retry, "first")
    second = yield context.call_sub_orchestrator("child", "second")
    return [first, second]


@bp.orchestration_trigger(context_name="context")
def child(context: df.DurableOrchestrationContext):
    return (yield context.call_activity("steady", context.get_input()))


attempts: list[str] = []


@bp.activity_trigger(input_name="word")
def unsteady(word: str) -> str:
    attempts.append(word)
    if len(attempts) < 2:
        raise RuntimeError("not yet")
    return word.upper()


@bp.activity_trigger(input_name="word")
async def steady(word: str) -> str:
    return word.upper()
