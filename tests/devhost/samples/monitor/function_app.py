"""Monitor: look again and again, with pauses, until something has happened or time is up."""

from datetime import timedelta

import azure.durable_functions as df
import azure.functions as func

app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)
looks: list[str] = []


@app.timer_trigger(schedule="0 0 9 * * *", arg_name="timer", run_on_startup=False)
@app.durable_client_input(client_name="client")
async def every_morning(timer: func.TimerRequest, client) -> None:
    await client.start_new("watch", client_input={"until_look": 4, "hours": 10})


@app.orchestration_trigger(context_name="context")
def watch(context: df.DurableOrchestrationContext):
    job = context.get_input()
    expires = context.current_utc_datetime + timedelta(hours=job["hours"])
    while context.current_utc_datetime < expires:
        found = yield context.call_activity("look", job["until_look"])
        context.set_custom_status({"found": found})
        if found:
            return "found"
        yield context.create_timer(context.current_utc_datetime + timedelta(hours=1))
    return "gave up"


@app.activity_trigger(input_name="needed")
def look(needed: int) -> bool:
    looks.append(f"look {len(looks)}")
    return len(looks) >= needed
