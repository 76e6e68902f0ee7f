"""What becomes of spans when the endpoint is there, away, slow or broken, and that nobody waits for it."""

import json
import logging
import subprocess
import sys
from collections import deque
from pathlib import Path

import pytest
from pydantic import ValidationError

from shared.adapters.open_telemetry import collector as adapter
from shared.adapters.open_telemetry.collector import MOST_KEPT, OpenTelemetry
from shared.ports import telemetry
from shared.ports.telemetry import Kind, called, entered
from shared.settings import TelemetrySettings
from tests.harness import running
from tests.peers.otlp.peer import Fault, OtlpPeer
from tools.place import free_port
from tools.root import ROOT

INSIGHTS = "InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=https://127.0.0.1:9/"


def sender(**spent: float) -> OpenTelemetry:
    made = OpenTelemetry(
        TelemetrySettings(), lambda: {("orders", kind): units for kind, units in spent.items()}
    )
    telemetry.collect(made)
    return made


def one_way(name: str = "POST /api/v1/chat") -> None:
    with entered(Kind.DOOR, name, {"http.request.method": "POST"}), called("payments capture", {}):
        pass


async def test_spans_and_request_units_arrive(collector: OtlpPeer) -> None:
    sending = sender(read=2.5, batch=10.5)
    one_way()
    await sending.close()
    assert [span.name for span in collector.spans] == ["POST /api/v1/chat", "payments capture"]
    units = {
        each["db.operation.name"]: each["value"] for each in collector.figures["uso.store.request_charge"]
    }
    assert units == {"read": 2.5, "batch": 10.5}
    assert not telemetry.is_collected()


async def test_what_was_never_told_anything_loads_and_sends_nothing(collector: OtlpPeer) -> None:
    await sender().close()
    assert not collector.asked.is_set()


@pytest.mark.parametrize("fault", ["busy", "broken", "drop", "hang"])
async def test_a_failing_endpoint_costs_the_app_nothing(
    fault: Fault, collector: OtlpPeer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "10")
    monkeypatch.setattr(adapter, "LAST_WORDS", 0.1)
    collector.fault = fault
    async with running(tmp_path / "data") as world:
        assert (await world.nobody().call("GET", "/api/health")).status == 200
        await collector.asked.wait()
        for _ in range(20):  # while the endpoint has not answered what it was sent
            assert (await world.nobody().call("GET", "/api/health")).status == 200
    assert collector.spans == []


async def test_an_endpoint_that_is_away_costs_the_app_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "10")
    monkeypatch.setattr(adapter, "LAST_WORDS", 0.1)
    async with running(tmp_path / "data") as world:
        for _ in range(20):
            assert (await world.nobody().call("GET", "/api/health")).status == 200


def test_what_is_told_before_the_sdk_is_there_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OpenTelemetry, "_load", lambda self: None)  # it takes for ever
    sending = sender()
    try:
        for _ in range(MOST_KEPT + 10):
            one_way()
    finally:
        telemetry.stop(sending)
    kept = sending._kept
    assert isinstance(kept, deque)
    assert len(kept) == MOST_KEPT


async def test_a_fault_of_telemetry_is_logged_and_harms_nobody(
    collector: OtlpPeer, caplog: pytest.LogCaptureFixture
) -> None:
    sending = sender()
    telemetry.measure("uso.unheard_of", 1.0)
    one_way()
    await sending.close()
    assert "telemetry is lost" in caplog.text
    assert len(collector.spans) == 2, "the rest is not"


def _loaded(code: str, **environment: str) -> list[str]:
    """The modules of telemetry that a process has loaded once it has run `code`."""
    tail = "\nimport json, sys\nprint(json.dumps([n for n in sys.modules if n.startswith(%r)]))"
    names = (
        "opentelemetry.sdk",
        "opentelemetry.exporter",
        "azure.monitor",
        "requests",
        "shared.adapters.open_t",
    )
    done = subprocess.run(
        [sys.executable, "-c", code + tail % (names,)],
        cwd=ROOT,
        env={"PATH": "", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return list(json.loads(done.stdout))


SERVE = """
import asyncio, azure.functions as func, function_app
from shared.bootstrap import app
from triggers.routes import ROUTES
from triggers.web.door import Door
door = Door(next(each for each in ROUTES if each.name == "health"), app)
request = func.HttpRequest("GET", "/api/health", headers={}, params={}, route_params={}, body=b"")
assert asyncio.run(door.answer(request)).status_code == 200
"""


def test_without_a_setting_no_request_loads_anything_of_telemetry(tmp_path: Path) -> None:
    durable = set(_loaded("import azure.durable_functions"))
    loaded = set(_loaded(SERVE, USO_DATA_DIR=str(tmp_path))) - durable
    assert {name for name in loaded if not name.startswith("shared.")} == set()
    assert "shared.adapters.open_telemetry.pipeline" not in loaded


def test_with_every_setting_the_import_of_the_app_loads_nothing_more(tmp_path: Path) -> None:
    given = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
        "APPLICATIONINSIGHTS_CONNECTION_STRING": INSIGHTS,
        "USO_DATA_DIR": str(tmp_path),
    }
    assert _loaded("import function_app", **given) == _loaded("import azure.durable_functions")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("APPLICATIONINSIGHTS_CONNECTION_STRING", "IngestionEndpoint=https://x.example"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_is_named(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as stopped:
        TelemetrySettings()
    assert name.lower() in str(stopped.value)
    assert value not in str(stopped.value)


async def test_the_words_of_a_failing_exporter_name_no_header(
    collector: OtlpPeer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20hunter2")
    collector.fault = "broken"
    with caplog.at_level(logging.DEBUG):
        sending = sender()
        one_way()
        await sending.close()
    assert "spans" in caplog.text
    assert "hunter2" not in caplog.text
