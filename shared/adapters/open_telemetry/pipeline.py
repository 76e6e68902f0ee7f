"""OpenTelemetry's SDK at work: our spans as its own, with the figures that follow from them.

Figures and attributes are named by the semantic conventions; what those do not know begins with `uso.`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opentelemetry import trace
from opentelemetry.metrics import CallbackOptions, Histogram, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricExporter, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanKind, Status, StatusCode, TraceFlags

from shared.ports.telemetry import Kind, Span, SpanContext, Value
from shared.settings import TelemetrySettings

if TYPE_CHECKING:
    from shared.adapters.open_telemetry.collector import Spent

SERVICE = "uso"
"""In Application Insights the role of what is told from here; the host's own rows have the app's name."""
SCOPE = InstrumentationScope("uso")
KINDS = {
    Kind.DOOR: SpanKind.SERVER,
    Kind.EVENT: SpanKind.CONSUMER,
    Kind.STEP: SpanKind.CONSUMER,
    Kind.TIMER: SpanKind.INTERNAL,
    Kind.CALL: SpanKind.CLIENT,
}
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
"""Bounds that the conventions advise for durations."""
WAITS = (0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600)


@dataclass(frozen=True, slots=True)
class Figure:
    """How long spans of a kind take; `by` are the attributes that are told apart, few of each."""

    name: str
    by: tuple[str, ...]
    about: str


FIGURES = {
    Kind.DOOR: Figure(
        "http.server.request.duration",
        ("http.request.method", "http.route", "http.response.status_code"),
        "Requests.",
    ),
    Kind.EVENT: Figure(
        "messaging.process.duration",
        (
            "messaging.system",
            "messaging.destination.name",
            "messaging.destination.subscription.name",
            "cloudevents.event_type",
        ),
        "Events that were heard.",
    ),
    Kind.STEP: Figure("uso.step.duration", ("uso.step", "uso.outcome"), "Steps of plans."),
    Kind.TIMER: Figure("uso.timer.duration", ("uso.timer",), "What timers do."),
    Kind.CALL: Figure("uso.call.duration", ("peer.service", "uso.call"), "Calls of others."),
}


class Pipeline:
    """Takes spans and figures, and sends them from threads of the SDK's."""

    def __init__(self, settings: TelemetrySettings, spent: "Spent") -> None:
        resource = Resource.create({"service.name": SERVICE})
        spans, figures = exporters(settings, resource)
        self._resource = resource
        self._spans = [BatchSpanProcessor(each) for each in spans]
        readers = [PeriodicExportingMetricReader(each) for each in figures]
        self._meters = MeterProvider(readers, resource=resource, shutdown_on_exit=False)
        meter = self._meters.get_meter(SERVICE)
        self._durations = {
            kind: meter.create_histogram(
                figure.name, "s", figure.about, explicit_bucket_boundaries_advisory=SECONDS
            )
            for kind, figure in FIGURES.items()
        }
        self._others: dict[str, Histogram] = {
            "uso.outbox.lag": meter.create_histogram(
                "uso.outbox.lag",
                "s",
                "From an event's commit until it has left.",
                explicit_bucket_boundaries_advisory=WAITS,
            )
        }

        def charges(_: CallbackOptions) -> Iterator[Observation]:
            for (container, operation), units in dict(spent()).items():
                yield Observation(units, {"db.collection.name": container, "db.operation.name": operation})

        meter.create_observable_counter(
            "uso.store.request_charge", [charges], "{request_unit}", "Request units of Cosmos DB."
        )

    def take(self, spans: Sequence[Span]) -> None:
        """Queue spans, and count them in."""
        for span in spans:
            exported = _exported(span, self._resource)
            for processor in self._spans:
                processor.on_end(exported)
            told = {name: span.attributes[name] for name in FIGURES[span.kind].by if name in span.attributes}
            if span.error:
                told["error.type"] = span.error
            self._durations[span.kind].record(span.seconds, told)

    def measure(self, name: str, value: float, attributes: Mapping[str, Value]) -> None:
        """Count a figure in."""
        self._others[name].record(value, attributes)

    def close(self) -> None:
        """Send what is left."""
        for processor in self._spans:
            processor.shutdown()  # type: ignore[no-untyped-call]
        self._meters.shutdown()


def exporters(
    settings: TelemetrySettings, resource: Resource
) -> tuple[list[SpanExporter], list[MetricExporter]]:
    """Make one of each for every place that is set."""
    spans: list[SpanExporter] = []
    figures: list[MetricExporter] = []
    if settings.otel_exporter_otlp_endpoint is not None:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        spans.append(OTLPSpanExporter())  # they read the rest of OTEL_EXPORTER_OTLP_* themselves
        figures.append(OTLPMetricExporter())
    if settings.applicationinsights_connection_string is not None:
        from azure.monitor.opentelemetry.exporter import AzureMonitorMetricExporter, AzureMonitorTraceExporter

        connection = settings.applicationinsights_connection_string.get_secret_value()
        # what cannot be sent is lost, and lies on no disk
        given = {"connection_string": connection, "disable_offline_storage": True}
        # it asks a provider for the resource, and for nothing else
        whose = TracerProvider(resource=resource, shutdown_on_exit=False)
        spans.append(AzureMonitorTraceExporter(tracer_provider=whose, **given))
        figures.append(AzureMonitorMetricExporter(**given))
    return spans, figures


def _exported(span: Span, resource: Resource) -> ReadableSpan:
    # the exporter of Application Insights leaves the first out of what can be asked for
    failure = {"error.type": span.error, "uso.outcome": span.error} if span.error else {}
    links = () if span.kind is Kind.CALL else tuple(Link(_context(context)) for context in span.segment.links)
    return ReadableSpan(
        span.name,
        _context(span.context),
        parent=_context(SpanContext(span.segment.trace_id, span.parent_id)) if span.parent_id else None,
        resource=resource,
        attributes={**span.attributes, **failure},
        links=links,
        kind=KINDS[span.kind],
        status=Status(StatusCode.ERROR if span.error else StatusCode.UNSET),
        start_time=span.started,
        end_time=span.ended,
        instrumentation_scope=SCOPE,
    )


def _context(told: SpanContext) -> trace.SpanContext:
    ids = int(told.trace_id, 16), int(told.span_id, 16)
    return trace.SpanContext(*ids, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))
