"""What Microsoft's own exporter sends, in the columns that the alerts, the workbook and the runbook read."""

import os
import re
import tempfile
from pathlib import Path

import pytest

from shared.adapters.open_telemetry.collector import OpenTelemetry
from shared.ports import telemetry
from shared.ports.telemetry import Kind, called, entered, measure
from shared.settings import TelemetrySettings
from tests.harness import running
from tests.peers.insights.peer import KEY, InsightsPeer, running_peer
from tests.street import flowers, opened, ordered
from tools.root import ROOT

RUNBOOK = (ROOT / "docs" / "RUNBOOK.md").read_text(encoding="utf-8")
QUIET = ("APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL", "APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED")
"""No figures about the exporter itself, no settings from afar: nothing but the peer is asked."""


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in QUIET:
        monkeypatch.setenv(name, "true")
    return monkeypatch


def sent_to(connected: pytest.MonkeyPatch, insights: InsightsPeer) -> OpenTelemetry:
    connected.setenv("APPLICATIONINSIGHTS_CONNECTION_STRING", insights.connection)
    made = OpenTelemetry(TelemetrySettings(), lambda: {("orders", "read"): 2.5})
    telemetry.collect(made)
    return made


async def test_spans_are_rows_of_our_own_role_with_the_columns_that_queries_read(
    connected: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    connected.setattr(tempfile, "tempdir", str(tmp_path))
    door = {"http.request.method": "POST", "http.route": "/api/v1/chat"}
    async with running_peer() as insights:
        sending = sent_to(connected, insights)
        with entered(Kind.DOOR, "POST /api/v1/chat", door) as span:
            span.attributes["http.response.status_code"] = 503
            span.error = "unavailable"
            with called("payments capture", {"peer.service": "payments", "uso.call": "capture"}):
                pass
        about = {"uso.step": "capture_order", "uso.order_id": "ord_1"}
        with entered(Kind.STEP, "capture_order", about) as step:
            step.attributes["uso.outcome"] = "done"
        measure("uso.outbox.lag", 301.5)
        await sending.close()
    assert insights.keys == {KEY}
    assert os.listdir(tmp_path) == [], "nothing is put on disk"  # noqa: PTH208
    answered, done = sorted(insights.rows["requests"], key=lambda row: str(row["name"]))
    (asked,) = insights.rows["dependencies"]
    assert {row["cloud_RoleName"] for rows in insights.rows.values() for row in rows} == {"uso"}
    assert (answered["resultCode"], answered["success"]) == ("503", False)
    assert answered["customDimensions"]["uso.outcome"] == "unavailable"
    assert answered["operation_Id"] == asked["operation_Id"] == span.segment.trace_id
    assert asked["operation_ParentId"] == answered["id"]
    assert (asked["target"], asked["customDimensions"]["uso.call"]) == ("payments", "capture")
    assert (done["name"], done["success"]) == ("capture_order", True)
    assert done["customDimensions"] == {**about, "uso.outcome": "done"}
    figures = {row["name"]: row for row in insights.rows["customMetrics"]}
    assert figures["uso.outbox.lag"]["valueMax"] == 301.5
    assert figures["uso.store.request_charge"]["valueSum"] == 2.5


async def test_an_order_is_followed_by_the_queries_of_the_runbook(
    connected: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keys = re.findall(r'customDimensions\["([\w.]+)"\] == "ord_', RUNBOOK)
    assert keys == ["uso.order_id", "cloudevents.event_subject"]
    async with running_peer() as insights:
        connected.setenv("APPLICATIONINSIGHTS_CONNECTION_STRING", insights.connection)
        async with running(tmp_path / "data") as world:
            await opened(world, "rose", flowers("ultra", "ultramarine", 5000, 9))
            deal = await ordered(world, "ultra", hours=30)
    rows = insights.rows["requests"] + insights.rows["dependencies"]
    (story,) = {
        row["operation_Id"] for row in rows for key in keys if row["customDimensions"].get(key) == deal.id
    }
    names = {row["name"] for row in rows if row["operation_Id"] == story}
    assert {"POST /api/v1/orders", "process plans", "reserve_order", "payments capture"} <= names
