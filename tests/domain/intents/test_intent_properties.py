"""What must hold for any text at all."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelled import THREADS, load

from shared.domain.conditions import describe, evaluate, leaves, lookups
from shared.domain.intents import CONFIDENT, EntityType, IntentKind, ResolvedIntent, resolve
from shared.domain.replies import understand_decision, understand_reply

ZONES = [ZoneInfo(name) for name in ("America/Chicago", "Pacific/Kiritimati", "Asia/Kathmandu", "UTC")]
WORDS = sorted({word for part in ("work", "measure") for row in load(part) for word in row["text"].split()})
SENTENCES = st.lists(st.sampled_from([*WORDS, ",", "$", "-", '"', "(", "12:"]), max_size=40).map(" ".join)
TEXTS = st.one_of(st.text(max_size=300), SENTENCES)
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
CONTEXTS = st.sampled_from([*THREADS.values()])


@settings(max_examples=400, deadline=None)
@given(text=TEXTS, now=INSTANTS, zone=st.sampled_from(ZONES), thread=CONTEXTS)
def test_any_text_resolves_to_a_sound_intent(text, now, zone, thread):
    intent = resolve(text, now=now, zone=zone, thread=thread)
    assert 0 <= intent.confidence <= 1
    assert (intent.clarifying_question is None) == (intent.confidence >= CONFIDENT)
    assert (intent.timing == "standing") == (intent.kind is IntentKind.STANDING)
    for entity in intent.entities:
        assert 0 <= entity.start < entity.end <= len(text)
    if intent.deadline:
        assert intent.deadline.instant.tzinfo is UTC
        assert intent.deadline.instant.astimezone(zone).date() == intent.deadline.day
        assert intent.deadline.starts is None or intent.deadline.starts <= intent.deadline.instant
    if intent.conditions:
        assert describe(intent.conditions)
        assert sum(1 for _ in leaves(intent.conditions)) >= 1
        lookups(intent.conditions, now, zone)
        assert evaluate(intent.conditions, {}, now=now, zone=zone).leaves


@settings(max_examples=200, deadline=None)
@given(text=TEXTS, now=INSTANTS)
def test_an_intent_survives_storage(text, now):
    intent = resolve(text, now=now, zone=ZONES[0])
    assert ResolvedIntent.model_validate_json(intent.model_dump_json()) == intent


@settings(max_examples=200, deadline=None)
@given(text=SENTENCES, now=INSTANTS)
def test_a_graph_of_needs_points_back_only(text, now):
    seen: set[str] = set()
    for need in resolve(text, now=now, zone=ZONES[0]).needs:
        assert set(need.after) <= seen
        assert need.quantity >= 1
        seen.add(need.id)


@settings(max_examples=300, deadline=None)
@given(text=st.one_of(TEXTS, st.text(alphabet="yesno but i have '!$5.,", max_size=200)))
def test_any_reply_is_understood_or_unclear(text):
    reply = understand_reply(text)
    assert 0 <= reply.frustration <= 100
    assert 0 <= reply.confidence <= 1
    assert reply.item is None or reply.item.strip()
    understand_decision(text)


@pytest.mark.parametrize("row", load("work") + load("measure"), ids=lambda row: row["text"][:40])
def test_entities_are_pieces_of_the_sentence(row):
    intent = resolve(row["text"], now=datetime(2026, 5, 4, 15, tzinfo=UTC), zone=ZONES[0])
    for entity in intent.entities:
        piece = row["text"][entity.start : entity.end]
        assert piece == piece.strip() != ""
        if entity.type is EntityType.COLOUR:
            assert entity.value.split()[0] in piece.lower()


@pytest.mark.parametrize(
    "unit", ["flowers and cake ", "if it's sunny ", "1 ", "add ", "change a to ", "'a", "a week from "]
)
def test_a_text_far_too_long_costs_no_more_than_the_longest_allowed(unit):
    intent = resolve(unit * 100_000, now=datetime(2026, 5, 4, 15, tzinfo=UTC), zone=ZONES[0])
    assert all(entity.end <= 2000 + len(unit) for entity in intent.entities)
