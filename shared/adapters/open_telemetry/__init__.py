"""Spans and figures to an OTLP endpoint or to Application Insights, by OpenTelemetry's own SDK."""
