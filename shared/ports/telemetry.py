"""What happens, told as spans of one trace per story (W3C Trace Context). Light: every cold start has it.

Every way into the app (a door, an event, a timer's tick, a step of a plan) is `entered`; what it asks of
others is `called`. Ids are made here, so answers and events name their trace whether or not anybody collects.

A story is what began with one message: an order, a wish, a ticket. It keeps where it began and its events
carry that, so whatever goes on with it, weeks later as well, is of the same trace: a door that was given no
trace of its own joins that of the story it moves, everything else is linked with it. One id finds all of a
story, from the chat message to the payout, whoever moved it and however long it waited.
"""

import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from shared.errors import UsoError

Value = str | int | float | bool
MAX_LINKS = 16
_HEADER = re.compile(r"(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?")
_MAX_HEADER = 200


class Kind(StrEnum):
    """What a span is about."""

    DOOR = "door"
    EVENT = "event"
    TIMER = "timer"
    STEP = "step"
    CALL = "call"
    """Of somebody else's service."""


@dataclass(frozen=True, slots=True)
class SpanContext:
    """One span of one trace, as others name it: lower-case hex, 32 and 16 digits, never all zeros."""

    trace_id: str
    span_id: str

    def __str__(self) -> str:
        """Write it down as the header `traceparent`."""
        return f"00-{self.trace_id}-{self.span_id}-01"


def parse(header: str | None) -> SpanContext | None:
    """Read a `traceparent`; None unless it is one: then there is none (Trace Context, section 3.2)."""
    if not header or len(header) > _MAX_HEADER or not (read := _HEADER.fullmatch(header)):
        return None
    version, trace_id, span_id, more = read.groups()
    if (version == "00" and more) or not trace_id.strip("0") or not span_id.strip("0"):
        return None
    return SpanContext(trace_id, span_id)


@dataclass(slots=True, eq=False)
class Span:
    """What took its time. `started` and `ended` are nanoseconds since 1970.

    `error` is the name of what went wrong, never its words: they may be about people.
    """

    segment: "Segment"
    kind: Kind
    name: str
    attributes: dict[str, Value]
    parent_id: str = ""
    id: str = field(default_factory=lambda: os.urandom(8).hex())
    started: int = field(default_factory=time.time_ns)
    ended: int = 0
    error: str = ""
    _clock: int = field(default_factory=time.perf_counter_ns)

    @property
    def context(self) -> SpanContext:
        """Where it is."""
        return SpanContext(self.segment.trace_id, self.id)

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.ended - self.started) / 1e9

    def end(self) -> None:
        """Note that it is over. The wall clock may have been set meanwhile."""
        self.ended = self.started + time.perf_counter_ns() - self._clock


@dataclass(slots=True, eq=False)
class Segment:
    """This process's part of a trace: the span that entered, and those of its calls.

    A `free` one joins the first story that it meets; its spans are handed over when it is over, with the
    trace's id that they have by then.
    """

    trace_id: str
    free: bool = False
    before: SpanContext | None = None
    """Where it would be, had it not joined; without a span's id where nothing was above it."""
    links: list[SpanContext] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    is_over: bool = False

    def meets(self, story: SpanContext, entry: Span) -> None:
        """Join the story, or link it."""
        if self.trace_id == story.trace_id:
            return
        if self.free:
            self.free = False
            self.before = SpanContext(self.trace_id, entry.parent_id)
            if entry.parent_id:
                self.links.append(self.before)
            self.trace_id, entry.parent_id = story.trace_id, story.span_id
        elif story not in self.links and len(self.links) < MAX_LINKS:
            self.links.append(story)

    def leaves(self, entry: Span) -> None:
        """Go back to its own trace, linked with the story that it had joined."""
        before, self.before = self.before, None
        if before is not None:
            others = [link for link in self.links if link != before]
            self.links = [*others, SpanContext(self.trace_id, entry.parent_id)]
            self.trace_id, entry.parent_id = before.trace_id, before.span_id


class Collector(Protocol):
    """Who is told of spans and figures. Never raises, never makes the caller wait."""

    def take(self, spans: Sequence[Span]) -> None:
        """Take spans that have ended. The segment's links are those of the span that entered."""
        ...

    def measure(self, name: str, value: float, attributes: Mapping[str, Value]) -> None:
        """Take a figure that is no span's duration."""
        ...

    async def close(self) -> None:
        """Send what is left, within seconds."""
        ...


_collector: Collector | None = None
"""The process's, as the root logger is."""
_inside: ContextVar[tuple[Span, Span] | None] = ContextVar("inside", default=None)
"""The span that entered, and the innermost one."""


def collect(collector: Collector) -> None:
    """Tell `collector` of everything from now on, instead of who was told before."""
    global _collector
    _collector = collector


def stop(collector: Collector) -> None:
    """Tell `collector` of nothing any more."""
    global _collector
    if _collector is collector:
        _collector = None


def is_collected() -> bool:
    """Say whether anybody wants to know."""
    return _collector is not None


def current() -> Span | None:
    """Return the innermost span, if there is one."""
    inside = _inside.get()
    return inside and inside[1]


@contextmanager
def entered(
    kind: Kind, name: str, attributes: Mapping[str, Value], *, parent: str | None = None, joins: bool = False
) -> Iterator[Span]:
    """Do something that begins here; it goes on with the trace of the traceparent `parent`, if it is one."""
    above = parse(parent)
    segment = Segment(above.trace_id if above else os.urandom(16).hex(), free=joins)
    entry = Span(segment, kind, name, dict(attributes), above.span_id if above else "")
    token = _inside.set((entry, entry))
    try:
        with _timed(entry):
            yield entry
    finally:
        _inside.reset(token)
        segment.spans.insert(0, entry)
        segment.is_over = True
        _hand_over(segment)


@contextmanager
def called(name: str, attributes: Mapping[str, Value]) -> Iterator[Span]:
    """Ask somebody else for something; nothing is kept of it if nobody collects."""
    inside = _inside.get()
    if inside is None or _collector is None:
        yield Span(Segment(""), Kind.CALL, name, {})
        return
    entry, outer = inside
    span = Span(entry.segment, Kind.CALL, name, dict(attributes), outer.id)
    token = _inside.set((entry, span))
    try:
        with _timed(span):
            yield span
    finally:
        _inside.reset(token)
        span.segment.spans.append(span)
        if span.segment.is_over:  # a task that outlived what started it
            _hand_over(span.segment)


def continues(story: str) -> None:
    """Say that what happens here goes on with a story, named by the traceparent that it keeps."""
    context, inside = parse(story), _inside.get()
    if context is not None and inside is not None:
        inside[0].segment.meets(context, inside[0])


def moves_nothing() -> None:
    """Say that what was met is not gone on with after all, as when somebody is refused.

    A stranger must not learn from a trace that there is a story.
    """
    inside = _inside.get()
    if inside is not None:
        inside[0].segment.leaves(inside[0])


def traceparent(story: str = "") -> str:
    """Return what an event or a plan takes along from here: the story's, or this span's; "" outside of any.

    Where the story's trace is this one, it is this span's, which is nearer.
    """
    inside = _inside.get()
    if inside is None:
        return story
    span = inside[1]
    context = parse(story)
    if context is not None and context.trace_id != span.segment.trace_id:
        return story
    span.segment.free = False  # somebody knows its id now
    return str(span.context)


def measure(name: str, value: float, attributes: Mapping[str, Value] | None = None) -> None:
    """Tell a figure that is no span's duration; named and in units as OpenTelemetry has it."""
    if _collector is not None:
        _collector.measure(name, value, attributes or {})


@contextmanager
def _timed(span: Span) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        span.error = span.error or (error.code if isinstance(error, UsoError) else type(error).__name__)
        raise
    finally:
        span.end()


def _hand_over(segment: Segment) -> None:
    spans, segment.spans = segment.spans, []
    if _collector is not None:
        _collector.take(spans)
