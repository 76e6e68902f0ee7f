"""Fan-out and fan-in: count the bytes of a folder's files, all at once, then add them up."""

import json
import pathlib

import azure.durable_functions as df
import azure.functions as func

my_app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@my_app.route(route="orchestrators/{functionName}")
@my_app.durable_client_input(client_name="client")
async def durable_trigger(req: func.HttpRequest, client):
    payload: str = json.loads(req.get_body().decode())
    instance_id = await client.start_new(req.route_params["functionName"], client_input=payload)
    return client.create_check_status_response(req, instance_id)


@my_app.orchestration_trigger(context_name="context")
def measure_folder(context: df.DurableOrchestrationContext):
    folder: str = context.get_input()
    if not folder:
        raise Exception("a folder is required as input")
    files = yield context.call_activity("list_files", folder)
    sizes = yield context.task_all([context.call_activity("measure_file", file) for file in files])
    return sum(sizes)


@my_app.activity_trigger(input_name="folder")
def list_files(folder) -> list[str]:
    return sorted(str(path) for path in pathlib.Path(folder).rglob("*") if path.is_file())


@my_app.activity_trigger(input_name="file_path")
def measure_file(file_path):
    return pathlib.Path(file_path).stat().st_size
