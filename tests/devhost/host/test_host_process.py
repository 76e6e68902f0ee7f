"""`python -m devhost` as a person or another program starts it."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from host_support import START

App = Callable[..., Path]
ROOT = Path(__file__).parents[3]

CODE = """
@app.route(route="hello")
def hello(req: func.HttpRequest) -> str:
    return "hello"

@app.route(route="start/{days:int}")
@app.durable_client_input(client_name="client")
async def start(req: func.HttpRequest, client) -> func.HttpResponse:
    return func.HttpResponse(await client.start_new("wait", client_input=int(req.route_params["days"])))

@app.orchestration_trigger(context_name="context")
def wait(context: df.DurableOrchestrationContext):
    for _ in range(context.get_input()):
        yield context.create_timer(context.current_utc_datetime + __import__("datetime").timedelta(days=1))
    return "waited"

@app.timer_trigger(arg_name="timer", schedule="0 0 12 * * *")
def noon(timer: func.TimerRequest) -> None:
    with open("noons", "a") as file:
        file.write(f"{timer.past_due}\\n")
"""


def command(folder: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "devhost", "--app", str(folder), "--port", "0", *more]


@contextmanager
def started(folder: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        command(folder, *more), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        assert line.startswith("devhost ready http://127.0.0.1:"), line
        yield process, line.removeprefix("devhost ready ")
    finally:
        process.kill()
        process.communicate(timeout=20)


def fetch(url: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(url, data, timeout=30) as response:
        text = response.read().decode()
    return json.loads(text) if text[:1] in "{[" else text


VIRTUAL = ("--clock", "virtual", "--start-at", START.isoformat())


def test_it_serves_moves_time_and_leaves_when_asked(app: App) -> None:
    folder = app(CODE)
    with started(folder, *VIRTUAL) as (process, url):
        assert fetch(f"{url}/api/hello") == "hello"
        instance = fetch(f"{url}/api/start/7")
        moved = fetch(f"{url}/devhost/clock", {"advance": "P7D"})
        assert moved == {"now": "2026-05-08T09:00:00Z", "fired": 14}
        status = fetch(f"{url}/runtime/webhooks/durabletask/instances/{instance}")
        assert (status["runtimeStatus"], status["output"]) == ("Completed", "waited")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert (folder / "noons").read_text() == "False\n" * 7
    assert (folder / ".data" / "devhost" / "durable.sqlite").is_file()


@pytest.mark.skipif(os.name != "posix", reason="no kill -9 there")
def test_a_killed_host_loses_nothing(app: App) -> None:
    folder = app(CODE)
    with started(folder, *VIRTUAL) as (process, url):
        instance = fetch(f"{url}/api/start/4")
        fetch(f"{url}/devhost/clock", {"advance": "P2D"})
        process.kill()
    with started(folder, *VIRTUAL) as (_, url):
        assert fetch(f"{url}/devhost/clock")["now"] == "2026-05-03T09:00:00Z"
        fetch(f"{url}/devhost/clock", {"to": "2026-05-05T09:00:00Z"})
        status = fetch(f"{url}/runtime/webhooks/durabletask/instances/{instance}")
        assert status["runtimeStatus"] == "Completed"


def run_to_end(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(arguments), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_an_app_that_cannot_run_is_told_in_plain_words(app: App) -> None:
    folder = app("""
    @app.orchestration_trigger(context_name="ctx")
    def plan(ctx):
        yield None
    """)
    ended = run_to_end(*command(folder))
    assert ended.returncode == 2
    assert 'write context_name="context"' in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


def test_a_wrong_start_is_told(app: App) -> None:
    ended = run_to_end(*command(app(CODE), "--clock", "virtual", "--start-at", "soon"))
    assert ended.returncode == 2
    assert "--start-at" in ended.stderr


def test_the_keys_are_shown_once_they_exist(app: App) -> None:
    folder = app(CODE)
    assert run_to_end(*command(folder, "--show-keys")).returncode == 2
    with started(folder):
        pass
    shown = run_to_end(*command(folder, "--show-keys")).stdout.splitlines()
    names = [line.split("\t")[0] for line in shown]
    assert names == ["master", "default", "system", "hello", "start"]


def test_the_keys_file_is_for_its_owner_only(app: App) -> None:
    folder = app(CODE)
    with started(folder):
        mode = (folder / ".data" / "devhost" / "keys.json").stat().st_mode
    assert os.name != "posix" or mode & 0o077 == 0
