"""The HTTP API, asked by the real SDK client and by hand."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import azure.durable_functions as df
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from azure.durable_functions.models.utils import http_utils

from devhost.durable.http_api import add_routes, client_binding
from tests.devhost.durable.support import Host

PUBLIC, RPC = "/runtime/webhooks/durabletask", "/rpc/durabletask"


def make_app() -> df.DFApp:
    app = df.DFApp()

    @app.orchestration_trigger(context_name="context")
    def quick(context: df.DurableOrchestrationContext) -> Any:
        return context.get_input()

    @app.orchestration_trigger(context_name="context")
    def failing(context: df.DurableOrchestrationContext) -> Any:
        raise ValueError("no luck")

    @app.orchestration_trigger(context_name="context")
    def waiter(context: df.DurableOrchestrationContext) -> Any:
        return (yield context.wait_for_external_event("go"))

    @app.entity_trigger(context_name="context", entity_name="counter")
    def counter(context: df.DurableEntityContext) -> None:
        context.set_state(context.get_state(lambda: 0) + context.get_input())

    return app


class Site:
    """A host with its API mounted twice, a plain HTTP client, and the SDK's client."""

    def __init__(self, host: Host, http: TestClient[Any, Any]) -> None:
        origin = str(http.make_url("")).rstrip("/")
        self.host = host
        self.http = http
        binding = client_binding(base_url=origin + PUBLIC, rpc_base_url=origin + RPC, key="s3cret")
        self.binding = json.loads(binding)
        self.sdk = df.DurableOrchestrationClient(binding)


@asynccontextmanager
async def site(folder: Path) -> AsyncIterator[Site]:
    async with Host(folder, make_app()) as host:
        app = web.Application()
        add_routes(app, host.engine, PUBLIC + "/")
        add_routes(app, host.engine, RPC)
        async with TestClient(TestServer(app)) as http:
            try:
                yield Site(host, http)
            finally:
                await http_utils._close_session()


async def test_the_sdk_client_starts_and_reads_status(tmp_path: Path) -> None:
    async with site(tmp_path) as it:
        instance_id = await it.sdk.start_new("quick", client_input={"n": 1})
        await it.host.settle()
        status = await it.sdk.get_status(
            instance_id, show_history=True, show_history_output=True, show_input=True
        )
        assert status.runtime_status is df.OrchestrationRuntimeStatus.Completed
        assert status.output == {"n": 1}
        assert status.input_ == '{"n": 1}'
        assert status.name == "quick"
        assert [e["EventType"] for e in status.historyEvents] == ["ExecutionStarted", "ExecutionCompleted"]
        assert not await it.sdk.get_status("nobody")


async def test_the_sdk_client_cannot_start_what_is_not_there(tmp_path: Path) -> None:
    async with site(tmp_path) as it:
        with pytest.raises(Exception, match="'nosuch' doesn't exist"):
            await it.sdk.start_new("nosuch")
        await it.sdk.start_new("waiter", "busy")
        with pytest.raises(Exception, match="already exists"):
            await it.sdk.start_new("waiter", "busy")


async def test_the_sdk_client_raises_events_encoded_twice(tmp_path: Path) -> None:
    async with site(tmp_path) as it:
        await it.sdk.start_new("waiter", "it")
        await it.host.settle()
        await it.sdk.raise_event("it", "go", {"by": "bob"})
        assert await it.host.outcome() == ("Completed", '{"by": "bob"}')
        with pytest.raises(Exception, match="is gone"):
            await it.sdk.raise_event("it", "go", 1)
        with pytest.raises(Exception, match="No instance with ID nobody"):
            await it.sdk.raise_event("nobody", "go", 1)


async def test_the_sdk_client_suspends_resumes_terminates_and_restarts(tmp_path: Path) -> None:
    async with site(tmp_path) as it:
        await it.sdk.start_new("waiter", "it")
        await it.sdk.suspend("it", "a reason & more")
        assert (await it.host.outcome())[0] == "Suspended"
        await it.sdk.resume("it", "go on")
        assert (await it.host.outcome())[0] == "Running"
        await it.sdk.terminate("it", "stop")
        assert await it.host.outcome() == ("Terminated", "stop")
        await it.sdk.terminate("it", "again")
        await it.sdk.restart("it", restart_with_new_instance_id=False)
        assert (await it.host.outcome())[0] == "Running"
        with pytest.raises(Exception, match="found"):
            await it.sdk.terminate("nobody", "x")


async def test_the_sdk_client_lists_and_purges(tmp_path: Path) -> None:
    async with site(tmp_path) as it:
        for n in range(3):
            await it.sdk.start_new("quick", f"q-{n}", n)
        await it.sdk.start_new("waiter", "w")
        await it.host.settle()
        assert len(await it.sdk.get_status_all()) == 4
        running = await it.sdk.get_status_by(runtime_status=[df.OrchestrationRuntimeStatus.Running])
        assert [status.instance_id for status in running] == ["w"]
        assert len(await it.sdk.get_status_by(instance_id_prefix="q-")) == 3
        assert (await it.sdk.purge_instance_history("q-0")).instances_deleted == 1
        assert (await it.sdk.purge_instance_history("q-0")).instances_deleted == 0
        since = datetime(2026, 1, 1, tzinfo=UTC)
        assert (await it.sdk.purge_instance_history_by(since)).instances_deleted == 2
        assert (await it.sdk.purge_instance_history_by(since)).instances_deleted == 0


async def test_the_sdk_client_speaks_to_entities(tmp_path: Path) -> None:
    async with site(tmp_path) as it:
        entity = df.EntityId("counter", "k")
        assert not (await it.sdk.read_entity_state(entity)).entity_exists
        await it.sdk.signal_entity(entity, "add", 5)
        await it.host.settle()
        state = await it.sdk.read_entity_state(entity)
        assert (state.entity_exists, state.entity_state) == (True, 5)


async def test_falsy_input_to_an_entity_is_not_sent_by_the_sdk_client(tmp_path: Path) -> None:
    async with site(tmp_path) as it:
        await it.sdk.signal_entity(df.EntityId("counter", "k"), "add", 0)
        await it.host.settle()
        assert it.host.warned() == {"signal-failed"}


async def test_the_sdk_client_waits_for_completion(tmp_path: Path) -> None:
    async with site(tmp_path) as it:
        await it.sdk.start_new("quick", "it", {"n": 1})
        await it.host.settle()
        response = await it.sdk.wait_for_completion_or_create_check_status_response(None, "it", 2000, 1)
        assert response.status_code == 200
        assert json.loads(response.get_body()) == {"n": 1}


async def test_the_binding_leads_to_urls_that_work(tmp_path: Path) -> None:
    async with site(tmp_path) as it:
        await it.sdk.start_new("waiter", "it")
        await it.host.settle()
        urls = it.sdk.create_http_management_payload("it")
        assert "code=s3cret" in urls["statusQueryGetUri"]
        assert it.binding["rpcBaseUrl"].endswith("/")
        response = await it.http.session.get(urls["statusQueryGetUri"])
        assert response.status == 202
        sent = urls["sendEventPostUri"].replace("{eventName}", "go")
        assert (await it.http.session.post(sent, json={"x": 1})).status == 202
        assert await it.host.outcome() == ("Completed", {"x": 1})
        assert (await it.http.session.delete(urls["purgeHistoryDeleteUri"])).status == 200


async def test_a_running_instance_answers_202_with_where_and_when_to_ask_again(tmp_path: Path) -> None:
    async with site(tmp_path) as it:
        started = await it.http.post(f"{PUBLIC}/orchestrators/waiter/it")
        assert started.status == 202
        assert started.headers["Retry-After"] == "10"
        assert started.headers["Location"].endswith(f"{PUBLIC}/instances/it")
        assert (await started.json())["id"] == "it"
        status = await it.http.get(f"{PUBLIC}/instances/it")
        assert (status.status, status.headers["Retry-After"]) == (202, "5")
        assert status.headers["Location"].endswith(f"{PUBLIC}/instances/it")


async def test_a_failed_instance_answers_200_or_500_as_asked(tmp_path: Path) -> None:
    async with site(tmp_path) as it:
        await it.host.start("failing")
        assert (await it.http.get(f"{PUBLIC}/instances/it")).status == 200
        query = {"returnInternalServerErrorOnFailure": "true"}
        failed = await it.http.get(f"{PUBLIC}/instances/it", params=query)
        assert failed.status == 500
        assert (await failed.json())["output"] == "Orchestrator function 'failing' failed: no luck"


async def test_refusals_have_the_codes_of_the_extension(tmp_path: Path) -> None:
    async with site(tmp_path) as it:
        await it.host.start("quick", 1)
        await it.host.start("waiter", None, "busy")
        asked = [
            ("POST", "orchestrators/nosuch", None, 400),
            ("POST", "orchestrators/quick", b"{", 400),
            ("POST", "orchestrators/quick/@bad", None, 400),
            ("POST", "orchestrators/waiter/busy", None, 500),
            ("GET", "instances/nobody", None, 404),
            ("POST", "instances/nobody/raiseEvent/go", None, 404),
            ("POST", "instances/it/raiseEvent/go", None, 410),
            ("POST", "instances/busy/raiseEvent/go", b"{", 400),
            ("POST", "instances/nobody/terminate", None, 404),
            ("POST", "instances/it/suspend", None, 410),
            ("POST", "instances/busy/dance", None, 404),
            ("POST", "instances/busy/rewind", None, 501),
            ("DELETE", "instances/nobody", None, 404),
            ("DELETE", "instances/busy", None, 412),
            ("DELETE", "instances/", None, 400),
            ("DELETE", "instances/?createdTimeFrom=2030-01-01", None, 404),
            ("GET", "instances?createdTimeFrom=rubbish", None, 400),
            ("GET", "entities/counter/k", None, 404),
            ("POST", "entities/nosuch/k?op=x", None, 400),
            ("POST", "makeprimary", None, 501),
        ]
        for method, path, body, expected in asked:
            headers = {"Content-Type": "application/json"} if body else {}
            response = await it.http.request(method, f"{PUBLIC}/{path}", data=body, headers=headers)
            assert response.status == expected, (method, path)
            if expected == 400:
                assert (await response.json())["ExceptionMessage"]


async def test_only_json_events_are_taken(tmp_path: Path) -> None:
    async with site(tmp_path) as it:
        await it.host.start("waiter")
        url = f"{PUBLIC}/instances/it/raiseEvent/go"
        response = await it.http.post(url, data=b"<x/>", headers={"Content-Type": "text/xml"})
        assert response.status == 400
        latin = {"Content-Type": "application/json; charset=utf-8"}
        assert (await it.http.post(url, data=b"\xff", headers=latin)).status == 400
        assert (await it.http.post(url, json="ok")).status == 202
        assert await it.host.outcome() == ("Completed", "ok")


async def test_starting_and_waiting_returns_the_output_or_202(tmp_path: Path) -> None:
    async with site(tmp_path) as it:
        done = await it.http.post(f"{PUBLIC}/orchestrators/quick?timeout=5", json=json.dumps({"n": 1}))
        assert (done.status, await done.json()) == (200, {"n": 1})
        failed = await it.http.post(f"{PUBLIC}/orchestrators/failing?timeout=5")
        assert failed.status == 500
        waiting = await it.http.post(f"{PUBLIC}/orchestrators/waiter/it?timeout=0")
        assert waiting.status == 202
        assert (await it.http.post(f"{PUBLIC}/orchestrators/waiter?timeout=soon")).status == 400


async def test_lists_go_on_by_a_header(tmp_path: Path) -> None:
    async with site(tmp_path) as it:
        for n in range(3):
            await it.host.start("quick", n, f"q-{n}")
        first = await it.http.get(f"{PUBLIC}/instances?top=2&runtimeStatus=Completed,Failed")
        assert [item["instanceId"] for item in await first.json()] == ["q-0", "q-1"]
        headers = {"x-ms-continuation-token": first.headers["x-ms-continuation-token"]}
        rest = await it.http.get(f"{PUBLIC}/instances?top=2", headers=headers)
        assert [item["instanceId"] for item in await rest.json()] == ["q-2"]
        assert rest.headers["x-ms-continuation-token"] == ""


async def test_entities_are_listed_with_their_state_when_asked(tmp_path: Path) -> None:
    async with site(tmp_path) as it:
        url = f"{PUBLIC}/entities/counter/k"
        assert (await it.http.post(url, params={"op": "add"}, json="5")).status == 202
        await it.host.settle()
        listed = await (await it.http.get(f"{PUBLIC}/entities/counter?fetchState=true")).json()
        assert listed[0]["entityId"] == {"name": "counter", "key": "k"}
        assert listed[0]["state"] == 5
        assert "state" not in (await (await it.http.get(f"{PUBLIC}/entities")).json())[0]
