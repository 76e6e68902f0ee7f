import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from host_support import run, write_app

from devhost.errors import AppError, SettingError
from devhost.indexing import Index, index_app
from devhost.loading import loaded_app

App = Callable[..., Path]


@contextmanager
def indexed(folder: Path) -> Iterator[Index]:
    with loaded_app(folder, {}) as module:
        yield index_app(module, folder)


def problems_of(folder: Path) -> str:
    with pytest.raises(AppError) as caught, indexed(folder):
        pass
    return "\n".join(caught.value.problems)


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


GOOD_ROUTE = """
@app.route(route="x")
def fine(req: func.HttpRequest) -> str:
    return ""
"""


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (
            """
            @app.orchestration_trigger(context_name="ctx")
            def plan(ctx):
                yield None
            """,
            'context_name="context"',
        ),
        (
            """
            @app.entity_trigger(context_name="ctx")
            def counter(ctx):
                pass
            """,
            'context_name="context"',
        ),
        (
            """
            @app.orchestration_trigger(context_name="context")
            async def plan(context):
                return 1
            """,
            "write 'def'",
        ),
        (
            """
            @app.route(route="x")
            @app.durable_client_input(client_name="client")
            def start(req: func.HttpRequest, client) -> str:
                return ""
            """,
            "make it 'async def'",
        ),
        (
            """
            @app.route(route="a")
            def twice(req: func.HttpRequest) -> str:
                return ""

            @app.route(route="b")
            def twice(req: func.HttpRequest) -> str:
                return ""
            """,
            "unique",
        ),
        (
            """
            @app.route(route="a")
            def same(req: func.HttpRequest) -> str:
                return ""

            @app.route(route="b")
            def Same(req: func.HttpRequest) -> str:
                return ""
            """,
            "differ only in case",
        ),
        (
            """
            @app.activity_trigger(input_name="x", activity="step")
            def one(x):
                return x

            @app.activity_trigger(input_name="x", activity="STEP")
            def two(x):
                return x
            """,
            "both answer to",
        ),
        (
            """
            @app.route(route="a", trigger_arg_name="request")
            def one(req: func.HttpRequest) -> str:
                return ""
            """,
            "bindings without a parameter: request",
        ),
        (
            """
            @app.route(route="a")
            def one(req: func.HttpRequest, extra: str) -> str:
                return ""
            """,
            "parameters without a binding: extra",
        ),
        (
            """
            @app.route(route="a")
            def one(req: func.TimerRequest) -> str:
                return ""
            """,
            "use azure.functions.HttpRequest",
        ),
        (
            """
            @app.route(route="a")
            def one(req: "Missing") -> str:
                return ""
            """,
            "import the name it uses",
        ),
        (
            """
            @app.route(route="a")
            def one(req: func.HttpRequest, context: str) -> str:
                return ""
            """,
            "azure.functions.Context",
        ),
        (
            """
            @app.route(route="a")
            def one(req: func.HttpRequest) -> dict:
                return {}
            """,
            "does not fit the http output",
        ),
        (
            """
            @app.route(route="a")
            def one(req: func.HttpRequest) -> str | None:
                return None
            """,
            "must be one plain type",
        ),
        (
            """
            @app.route(route="a")
            def one(req: func.HttpRequest) -> func.Out[str]:
                return None
            """,
            "must not be azure.functions.Out",
        ),
        (
            """
            @app.route(route="a")
            @app.service_bus_queue_output(arg_name="out", connection="c", queue_name="q")
            def one(req: func.HttpRequest, out: func.Out) -> str:
                return ""
            """,
            "bare Out annotation",
        ),
        (
            """
            @app.route(route="a")
            @app.service_bus_queue_output(arg_name="out", connection="c", queue_name="q")
            def one(req: func.HttpRequest, out: func.Out[int]) -> str:
                return ""
            """,
            "cannot hold int",
        ),
        (
            """
            @app.route(route="a")
            @app.service_bus_queue_output(arg_name="out", connection="c", queue_name="q")
            def one(req: func.HttpRequest, out: str) -> str:
                return ""
            """,
            "'out' is an output",
        ),
        (
            """
            @app.route(route="a")
            def one(req: func.Out[str]) -> str:
                return ""
            """,
            "'req' is an input",
        ),
        (
            """
            @app.timer_trigger(arg_name="timer", schedule="%NO_SUCH_SETTING%")
            def tick(timer: func.TimerRequest) -> None:
                pass
            """,
            "the setting %NO_SUCH_SETTING% is not set",
        ),
        (
            """
            @app.timer_trigger(arg_name="timer", schedule="every hour")
            def tick(timer: func.TimerRequest) -> None:
                pass
            """,
            "write six",
        ),
        (
            """
            @app.timer_trigger(arg_name="timer", schedule="0 0 25 * * *")
            def tick(timer: func.TimerRequest) -> None:
                pass
            """,
            "not a valid NCRONTAB",
        ),
        (
            """
            @app.route(route="a/{id:whole}")
            def one(req: func.HttpRequest) -> str:
                return ""
            """,
            "is not known",
        ),
        (
            """
            @app.service_bus_queue_trigger(arg_name="m", connection="c", queue_name="q", cardinality="many")
            def take(m: list[func.ServiceBusMessage]) -> None:
                pass
            """,
            "typing.List",
        ),
        (
            """
            @app.timer_trigger(arg_name="timer", schedule="0 0 * * * *")
            @app.retry(strategy="fixed_delay", max_retry_count="3", delay_interval="10s")
            def tick(timer: func.TimerRequest) -> None:
                pass
            """,
            "write it as in '00:00:10'",
        ),
        (
            """
            @app.blob_trigger(arg_name="blob", path="p", connection="c")
            def one(blob: func.InputStream) -> None:
                pass
            """,
            "does not support the trigger 'blobTrigger'",
        ),
        (
            """
            @app.route(route="a")
            @app.cosmos_db_output(arg_name="out", database_name="d", container_name="c", connection="x")
            def one(req: func.HttpRequest, out: func.Out[str]) -> str:
                return ""
            """,
            "does not support the output binding 'cosmosDB'",
        ),
        (
            """
            @app.route(route="a")
            @app.blob_input(arg_name="blob", path="p", connection="c")
            def one(req: func.HttpRequest, blob: str) -> str:
                return ""
            """,
            "does not support the input binding 'blob'",
        ),
    ],
)
def test_what_azure_would_refuse_is_refused_with_words_that_help(app: App, code: str, words: str) -> None:
    assert words in problems_of(app(code))


def test_all_problems_are_told_at_once(app: App) -> None:
    code = """
    @app.route(route="a")
    def one(req: func.HttpRequest, extra: str) -> str:
        return ""

    @app.timer_trigger(arg_name="timer", schedule="nonsense")
    def tick(timer: func.TimerRequest) -> None:
        pass
    """
    told = problems_of(app(code))
    assert "function 'one'" in told
    assert "function 'tick'" in told


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("x = 1\n", "defines no app"),
        ("import azure.functions as func\na = func.FunctionApp()\nb = func.FunctionApp()\n", "2 app objects"),
        (
            "import azure.functions as func\napp = func.FunctionApp()\n\n"
            "@app.function_name('f')\ndef f():\n  pass\n",
            "does not have a trigger",
        ),
    ],
)
def test_a_module_without_one_usable_app_is_refused(tmp_path: Path, source: str, words: str) -> None:
    assert words in problems_of(write_app(tmp_path / "app", "", header=source))


def test_a_folder_without_an_app_is_refused(tmp_path: Path) -> None:
    assert "function_app.py" in problems_of(tmp_path)


@pytest.mark.parametrize("route", ["admin/x", "runtime/y", "devhost"])
async def test_a_route_that_belongs_to_the_host_is_refused(app: App, route: str) -> None:
    code = f"""
    @app.route(route="{route}")
    def one(req: func.HttpRequest) -> str:
        return ""
    """
    folder = app(code, host__json='{"extensions": {"http": {"routePrefix": ""}}}')
    with pytest.raises(AppError, match="belongs to the host"):
        async with run(folder):
            pass


async def test_two_functions_on_one_route_are_warned_of(app: App) -> None:
    code = GOOD_ROUTE + GOOD_ROUTE.replace("fine", "also_fine")
    async with run(app(code)) as running:
        assert "share any method /api/x" in " ".join(running.host.warnings)


def test_settings_fill_what_the_environment_leaves_open(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FROM_ENVIRONMENT", "environment")
    monkeypatch.delenv("FROM_FILE", raising=False)
    code = """
    values = (os.environ["FROM_ENVIRONMENT"], os.environ["FROM_FILE"], os.environ["SWITCH"], os.getcwd())

    @app.timer_trigger(arg_name="timer", schedule="%FROM_SCHEDULE%")
    def tick(timer: func.TimerRequest) -> None:
        pass
    """
    settings = """{"Values": {"FROM_ENVIRONMENT": "file", "FROM_FILE": "file", "SWITCH": true,
                              "FROM_SCHEDULE": "0 */5 * * * *", "ABSENT": null}}"""
    folder = app(code, local__settings__json=settings)
    before = Path.cwd()
    with loaded_app(folder, {}) as module:
        assert module.values == ("environment", "file", "true", str(folder))
        assert index_app(module, folder).functions[0].trigger.text("schedule") == "0 */5 * * * *"
    assert "FROM_FILE" not in os.environ
    assert Path.cwd() == before


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"local__settings__json": "{"}, "not valid JSON"),
        ({"local__settings__json": "[]"}, "must hold a JSON object"),
        ({"local__settings__json": '{"Values": []}'}, '"Values" must be an object'),
        ({"local__settings__json": '{"Values": {"a": {}}}'}, "nested"),
        ({"host__json": '{"extensions": 1}'}, "must be an object"),
        ({"host__json": '{"extensions": {"http": {"routePrefix": 1}}}'}, "routePrefix"),
        ({"host__json": '{"extensions": {"serviceBus": {"maxConcurrentCalls": 0}}}'}, "maxConcurrentCalls"),
        (
            {"host__json": '{"extensions": {"durableTask": {"maxConcurrentActivityFunctions": "x"}}}'},
            "maxConcurrentActivityFunctions",
        ),
    ],
)
async def test_a_broken_configuration_is_told_with_its_place(
    app: App, files: dict[str, str], words: str
) -> None:
    with pytest.raises(SettingError, match=words):
        async with run(app(GOOD_ROUTE, **files)):
            pass


async def test_one_app_after_another_brings_its_own_modules(app: App) -> None:
    code = """
    from helper import WORD

    @app.route(route="x")
    def say(req: func.HttpRequest) -> str:
        return WORD
    """
    for word in ("first", "second"):
        async with run(app(code, name=word, helper__py=f"WORD = '{word}'")) as running:
            assert await running.get("/api/x") == (200, word)


async def test_the_app_is_told_where_its_host_is(app: App) -> None:
    code = """
    told = (os.environ["DEVHOST_URL"], os.environ.get("DEVHOST_CLOCK_FILE"))

    @app.route(route="x")
    def say(req: func.HttpRequest) -> str:
        return json.dumps(told)
    """
    import json

    async with run(app(code)) as running:
        url, clock_file = json.loads((await running.get("/api/x"))[1])
        assert url == running.host.url
        with open(clock_file) as file:  # noqa: ASYNC230, PTH123
            assert file.read().startswith("2026-05-01T09:00:00")
    async with run(app(code), clock="real", start_at=None) as running:
        assert json.loads((await running.get("/api/x"))[1]) == [running.host.url, None]


async def test_start_at_needs_the_virtual_clock(app: App) -> None:
    with pytest.raises(SettingError, match="--clock virtual"):
        async with run(app(GOOD_ROUTE), clock="real"):
            pass


async def test_a_port_in_use_is_told(app: App) -> None:
    async with run(app(GOOD_ROUTE)) as running:
        port = int(running.host.url.rsplit(":", 1)[1])
        with pytest.raises(SettingError, match="cannot listen"):
            async with run(app(GOOD_ROUTE, name="other"), port=port):
                pass


async def test_two_hosts_do_not_share_a_data_folder(app: App) -> None:
    folder = app(GOOD_ROUTE)
    async with run(folder):
        with pytest.raises(SettingError, match="another host"):
            async with run(folder):
                pass
    async with run(folder):
        pass


async def test_relative_paths_mean_where_the_host_was_started(
    app: App, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app(GOOD_ROUTE, host__json='{"extensions": {"http": {"routePrefix": "here"}}}')
    monkeypatch.chdir(tmp_path)
    async with run(Path("app"), data=Path("kept")) as running:
        assert (await running.get("/here/x"))[0] == 200
    assert names_in(tmp_path) >= {"app", "kept"}
    assert ".data" not in names_in(tmp_path / "app")
