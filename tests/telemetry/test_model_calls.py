"""Calls of the language model as spans: what for and how they ended; never what was said."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.adapters.openai_language.parts import language_parts
from shared.adapters.sqlite_store import SqliteStore
from shared.bootstrap import DATA
from shared.domain.intents.second_reading import Sought, SoughtKind
from shared.errors import Unavailable
from shared.ports import telemetry
from shared.ports.language import SentenceReader
from shared.ports.telemetry import Kind, entered
from shared.settings import Settings
from tests.breakers import breakers
from tests.clocks import HandClock
from tests.peers.openai.peer import Fault, OpenAIPeer, running_peer
from tests.telemetry.test_traces import Kept


@pytest.fixture
async def openai() -> AsyncIterator[OpenAIPeer]:
    async with running_peer() as peer:
        yield peer


@pytest.fixture
async def kept() -> AsyncIterator[Kept]:
    collector = Kept()
    telemetry.collect(collector)
    yield collector
    telemetry.stop(collector)


@pytest.fixture
async def reader(openai: OpenAIPeer, kept: Kept, tmp_path: Path) -> AsyncIterator[SentenceReader]:
    clock = HandClock()
    store = SqliteStore(tmp_path / "uso.sqlite", clock)
    settings = Settings.model_validate(
        {"openai_key": openai.token, "openai_url": openai.url, "allow_private_urls": True}
    )
    parts = language_parts(settings, store, clock, breakers(clock), data=DATA / "language")
    assert parts.desk is not None
    assert parts.language.sentences is not None
    yield parts.language.sentences
    await parts.desk.close()
    await store.close()


async def test_a_call_tells_its_use_and_its_end_and_no_words(
    openai: OpenAIPeer, kept: Kept, reader: SentenceReader
) -> None:
    openai.says["IntentForm"] = {"kind": "goods", "thing": "flowers"}
    openai.faults = [Fault(kind="refusal")]
    with entered(Kind.DOOR, "POST /api/v1/chat", {}):
        with pytest.raises(Unavailable):
            await reader.sought("for my nephew", before="")
        sought = await reader.sought("for my nephew", before="")
    assert sought == Sought(kind=SoughtKind.GOODS, thing="flowers")
    _, refused, answered = kept.spans
    assert [(each.name, each.error) for each in (refused, answered)] == [
        ("OpenAI sought", "unavailable"),
        ("OpenAI sought", ""),
    ]
    told = f"{refused.attributes} {answered.attributes}"
    assert "nephew" not in told
    assert openai.token not in told
