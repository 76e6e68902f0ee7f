"""Application Insights' ingestion on loopback: takes what its exporter sends, and keeps it as rows of tables.

It is written after what the exporter sends and the data model's documentation; no account was asked.
"""

import contextlib
import gzip
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.peers.loopback import on_loopback

KEY = "00000000-0000-0000-0000-000000000000"
TABLES = {"RequestData": "requests", "RemoteDependencyData": "dependencies", "MetricData": "customMetrics"}


@dataclass
class InsightsPeer:
    """Where it listens, and the rows that came, by table; names of columns are those that queries use."""

    connection: str = ""
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        if request.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        sent = json.loads(body)
        for envelope in sent:
            self._keep(envelope)
        return web.json_response({"itemsReceived": len(sent), "itemsAccepted": len(sent), "errors": []})

    def _keep(self, envelope: dict[str, Any]) -> None:
        self.keys.add(envelope["iKey"])
        kind, data, tags = envelope["data"]["baseType"], envelope["data"]["baseData"], envelope["tags"]
        row = {
            "operation_Id": tags.get("ai.operation.id"),
            "operation_ParentId": tags.get("ai.operation.parentId"),
            "cloud_RoleName": tags.get("ai.cloud.role"),
            "customDimensions": data.get("properties", {}),
        }
        for point in data.get("metrics", [{}]):
            names = ("name", "success", "url", "target", "type", "id")
            told = {name: data.get(name, point.get(name)) for name in names}
            told["resultCode"] = data.get("responseCode", data.get("resultCode"))
            told |= {"valueSum": point.get("value"), "valueMax": point.get("max")}
            self.rows.setdefault(TABLES[kind], []).append({**row, **told})


@contextlib.asynccontextmanager
async def running_peer() -> AsyncIterator[InsightsPeer]:
    """Serve it; its connection string leads here and nowhere else."""
    peer = InsightsPeer()
    async with on_loopback(peer.handle) as url:
        peer.connection = f"InstrumentationKey={KEY};IngestionEndpoint={url}/;LiveEndpoint={url}/"
        yield peer
