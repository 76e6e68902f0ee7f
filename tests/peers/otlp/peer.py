"""An OTLP/HTTP collector on loopback: keeps what it is sent, and fails when told to.

It reads OTLP's messages by the classes that `opentelemetry-proto` generates from their schema.
"""

import asyncio
import contextlib
import gzip
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from tests.peers.loopback import on_loopback

Fault = Literal["busy", "broken", "drop", "hang"]
KINDS = {1: "internal", 2: "server", 3: "client", 4: "producer", 5: "consumer"}


@dataclass(frozen=True, slots=True)
class ToldSpan:
    """A span as it came over the wire."""

    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, Any]
    failed: bool
    links: tuple[str, ...]
    """The trace ids that are linked."""
    started: int
    """Nanoseconds since 1970."""
    seconds: float


@dataclass
class OtlpPeer:
    """Where it listens, what came, and what it does instead of taking it."""

    url: str = ""
    fault: Fault | None = None
    spans: list[ToldSpan] = field(default_factory=list)
    figures: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """By name: the attributes of each point that came, with its count or sum as `value`."""
    resource: dict[str, Any] = field(default_factory=dict)
    bodies: list[bytes] = field(default_factory=list)
    """All that came, unpacked, as it was."""
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Somebody came, whatever became of it."""
    _gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.asked.set()
        match self.fault:
            case "busy":
                return web.Response(status=503, headers={"Retry-After": "1"})
            case "broken":
                return web.Response(status=400, text="no")
            case "drop":
                assert request.transport is not None
                request.transport.close()
                return web.Response()
            case "hang":
                await self._gone.wait()
        if request.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.bodies.append(body)
        if request.path == "/v1/traces":
            self._keep_spans(ExportTraceServiceRequest.FromString(body))
        elif request.path == "/v1/metrics":
            self._keep_figures(ExportMetricsServiceRequest.FromString(body))
        else:
            return web.Response(status=404)
        return web.Response(content_type="application/x-protobuf")

    def let_go(self) -> None:
        """Answer those that hang."""
        self._gone.set()

    def _keep_spans(self, sent: ExportTraceServiceRequest) -> None:
        for group in sent.resource_spans:
            self.resource = _attributes(group.resource.attributes)
            for scope in group.scope_spans:
                self.spans += [_span(span) for span in scope.spans]

    def _keep_figures(self, sent: ExportMetricsServiceRequest) -> None:
        for group in sent.resource_metrics:
            for scope in group.scope_metrics:
                for metric in scope.metrics:
                    data = getattr(metric, str(metric.WhichOneof("data")))
                    self.figures[metric.name] = [
                        {
                            **_attributes(point.attributes),
                            "value": getattr(point, "count", 0) or point.as_double,
                        }
                        for point in data.data_points
                    ]


@contextlib.asynccontextmanager
async def running_peer() -> AsyncIterator[OtlpPeer]:
    """Serve a collector."""
    peer = OtlpPeer()
    async with on_loopback(peer.handle, shutdown_timeout=0.1) as url:
        peer.url = url
        try:
            yield peer
        finally:
            peer.let_go()


def _span(span: Any) -> ToldSpan:
    return ToldSpan(
        name=span.name,
        kind=KINDS[span.kind],
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        attributes=_attributes(span.attributes),
        failed=span.status.code == 2,
        links=tuple(link.trace_id.hex() for link in span.links),
        started=span.start_time_unix_nano,
        seconds=(span.end_time_unix_nano - span.start_time_unix_nano) / 1e9,
    )


def _attributes(given: "Any") -> dict[str, Any]:
    return {each.key: _value(each) for each in given}


def _value(given: KeyValue) -> Any:
    value: AnyValue = given.value
    return getattr(value, str(value.WhichOneof("value")))
