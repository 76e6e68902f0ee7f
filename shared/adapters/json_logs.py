"""Log records as JSON, one line each, with the trace that they belong to and what it is about.

Of an exception its type and its places are told, not its words: those may be about people, or secret.
"""

import json
import logging
import traceback
from datetime import UTC, datetime

from shared.ports.telemetry import current


class JsonLines(logging.Formatter):
    """One line per record; the keys of a trace are those of OpenTelemetry's log model."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record down."""
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if code := getattr(record, "code", ""):
            told["code"] = code
        if span := current():
            told |= {"trace_id": span.segment.trace_id, "span_id": span.id, span.kind: span.name}
            told |= {name: value for name, value in span.attributes.items() if name.endswith("_id")}
        if record.exc_info and record.exc_info[0]:
            told["error.type"] = record.exc_info[0].__name__
            told["stack"] = "".join(traceback.format_tb(record.exc_info[2]))
        return json.dumps(told, ensure_ascii=False)


def write_json() -> None:
    """Let all who listen at the root logger, such as the host, be told in JSON."""
    for handler in logging.getLogger().handlers:
        handler.setFormatter(JsonLines())
