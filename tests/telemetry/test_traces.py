"""Spans and their traces by themselves, told to a collector written by hand."""

import asyncio

import pytest

from shared.errors import Conflict, Unavailable
from shared.ports import telemetry
from shared.ports.telemetry import Kind, called, continues, entered, parse, traceparent
from tests.telemetry.kept import Kept

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
GIVEN = f"00-{TRACE}-{SPAN}-01"
STORY = f"00-{'5' * 32}-{'6' * 16}-01"
FORGED = (
    "",
    "nonsense",
    GIVEN.upper(),
    GIVEN[:-1],
    f"{GIVEN}-more",
    f" {GIVEN}",
    f"{GIVEN}\n",
    f"ff-{TRACE}-{SPAN}-01",
    f"00-{'0' * 32}-{SPAN}-01",
    f"00-{TRACE}-{'0' * 16}-01",
    f"00-{TRACE}-{SPAN}-01, {GIVEN}",
    f"01-{TRACE}-{SPAN}-01-{'x' * 8000}",
    "00-" + "a" * 100_000,
    "00-٤bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
)


def test_a_traceparent_is_read_and_written() -> None:
    assert str(parse(GIVEN)) == GIVEN
    assert parse(f"01-{TRACE}-{SPAN}-00-what-comes-later") == parse(GIVEN), "later versions may say more"


@pytest.mark.parametrize("header", FORGED, ids=range(len(FORGED)))
def test_a_forged_or_oversized_traceparent_is_as_good_as_none(header: str) -> None:
    assert parse(header) is None
    with entered(Kind.DOOR, "door", {}, parent=header) as span:
        assert parse(traceparent()) == span.context
        assert not span.parent_id


def test_what_enters_goes_on_with_the_trace_it_is_given(kept: Kept) -> None:
    with entered(Kind.EVENT, "hear", {"a": 1}, parent=GIVEN), called("ask", {}):
        pass
    entry, call = kept.spans
    assert (entry.segment.trace_id, entry.parent_id, entry.attributes) == (TRACE, SPAN, {"a": 1})
    assert (call.context.trace_id, call.parent_id) == (TRACE, entry.id)
    assert entry.ended >= entry.started > 0


def test_a_door_without_a_trace_joins_the_story_with_all_that_it_asked_before(kept: Kept) -> None:
    with entered(Kind.DOOR, "door", {}, joins=True):
        with called("ask", {}):
            pass
        continues(STORY)
        assert traceparent().startswith(f"00-{'5' * 32}-")
        continues(GIVEN)
    door, call = kept.spans
    assert {door.context.trace_id, call.context.trace_id} == {"5" * 32}
    assert door.parent_id == "6" * 16
    assert door.segment.links == [parse(GIVEN)], "a second story is linked, not joined"


def test_who_is_refused_goes_back_to_a_trace_of_their_own(kept: Kept) -> None:
    host = f"00-{TRACE}-{SPAN}-01"
    for parent in (host, None):
        with entered(Kind.DOOR, "door", {}, parent=parent, joins=True) as span:
            own = span.context
            continues(STORY)
            telemetry.moves_nothing()
        assert (span.context, span.parent_id) == (own, SPAN if parent else "")
        assert span.segment.links == [parse(STORY)]


def test_a_door_joins_nothing_once_its_own_trace_is_known_outside(kept: Kept) -> None:
    with entered(Kind.DOOR, "door", {}, joins=True) as span:
        begun = traceparent()
        continues(STORY)
    assert parse(begun) == span.context
    assert span.segment.links == [parse(STORY)]


def test_what_has_a_trace_keeps_it_and_links_the_stories_that_it_moves(kept: Kept) -> None:
    with entered(Kind.TIMER, "tick", {}, parent=GIVEN) as span:
        for n in range(40):
            continues(f"00-{n + 1:032x}-{SPAN}-01")
        continues(GIVEN)
        continues("")
    assert span.context.trace_id == TRACE
    assert len(span.segment.links) == telemetry.MAX_LINKS


def test_an_event_names_its_storys_trace_and_the_nearest_span_of_it() -> None:
    assert traceparent() == ""
    assert traceparent(STORY) == STORY
    with entered(Kind.STEP, "step", {}, parent=GIVEN) as span:
        assert traceparent(STORY) == STORY
        assert traceparent(GIVEN) == traceparent() == str(span.context)


def test_of_an_error_its_name_is_told_and_none_of_its_words(kept: Kept) -> None:
    with pytest.raises(Unavailable), entered(Kind.STEP, "step", {}), called("ask", {}):
        raise Unavailable("jane@example.com did not answer")
    with pytest.raises(Conflict), entered(Kind.STEP, "step", {}):
        raise Conflict("Jane was faster.", code="gone")
    with pytest.raises(KeyError), entered(Kind.STEP, "step", {}):
        raise KeyError("jane")
    assert [span.error for span in kept.spans] == ["unavailable", "unavailable", "gone", "KeyError"]


async def test_tasks_of_one_way_are_told_apart_from_another(kept: Kept) -> None:
    async def ask(name: str) -> None:
        with called(name, {}):
            await asyncio.sleep(0)

    async def way(parent: str, name: str) -> None:
        with entered(Kind.DOOR, name, {}, parent=parent):
            await asyncio.gather(ask(f"{name}1"), ask(f"{name}2"))

    await asyncio.gather(way(GIVEN, "a"), way(STORY, "b"))
    told = {span.name: span.context.trace_id for span in kept.spans}
    assert told == {**dict.fromkeys(("a", "a1", "a2"), TRACE), **dict.fromkeys(("b", "b1", "b2"), "5" * 32)}


async def test_a_task_that_outlives_what_started_it_is_told_too(kept: Kept) -> None:
    over = asyncio.Event()

    async def ask() -> None:
        with called("ask", {}):
            await over.wait()

    with entered(Kind.DOOR, "door", {}, parent=GIVEN):
        task = asyncio.create_task(ask())
        await asyncio.sleep(0)
    assert [span.name for span in kept.spans] == ["door"]
    over.set()
    await task
    assert [span.name for span in kept.spans] == ["door", "ask"]


def test_nothing_is_kept_where_nobody_collects() -> None:
    with entered(Kind.DOOR, "door", {}) as door, called("ask", {}) as ask:
        assert telemetry.current() is door, "the call is no span"
    assert door.segment.spans == []
    assert ask.segment is not door.segment
