"""OpenAI's embeddings when things go wrong: bounded time, one kind of error, nothing told that was asked."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from shared.adapters.breakers import Breakers
from shared.adapters.openai_embeddings import BATCH, RETRIES, OpenAIEmbeddings
from shared.errors import Unavailable
from shared.settings import Settings
from tests.clocks import HandClock
from tests.peers.openai_embeddings import KEY, EmbeddingsPeer, Fault, running_embeddings

ASKED = "a present for Zelda of 12 Elm Street"


@pytest.fixture
async def peer() -> AsyncIterator[EmbeddingsPeer]:
    async with running_embeddings() as peer:
        yield peer


def made(peer: EmbeddingsPeer, clock: HandClock | None = None, **more: Any) -> OpenAIEmbeddings:
    given = {"openai_key": KEY, "openai_url": peer.url, "embedding_model": "text-embedding-3-small", **more}
    settings = Settings(allow_private_urls=True, **given)
    return OpenAIEmbeddings(settings, Breakers(clock or HandClock(), settings))


@pytest.fixture
async def embedder(peer: EmbeddingsPeer) -> AsyncIterator[OpenAIEmbeddings]:
    embedder = made(peer)
    yield embedder
    await embedder.close()


async def test_model_and_dimensions_are_those_of_the_settings(
    peer: EmbeddingsPeer, embedder: OpenAIEmbeddings
) -> None:
    (vector,) = await embedder.embed([ASKED])
    assert (embedder.model, len(vector)) == ("text-embedding-3-small@512", 512)
    (body,) = peer.asked
    assert (body["model"], body["dimensions"], body["input"]) == ("text-embedding-3-small", 512, [ASKED])


async def test_many_texts_go_in_batches(peer: EmbeddingsPeer, embedder: OpenAIEmbeddings) -> None:
    await embedder.embed([f"text {number}" for number in range(BATCH + 1)])
    assert [len(body["input"]) for body in peer.asked] == [BATCH, 1]


@pytest.mark.parametrize("fault", [429, 500, 503, "drop"])
async def test_what_passes_is_tried_again(
    peer: EmbeddingsPeer, embedder: OpenAIEmbeddings, fault: Fault
) -> None:
    peer.faults = [fault]
    assert len(await embedder.embed([ASKED])) == 1
    assert len(peer.asked) == 2


@pytest.mark.parametrize("fault", [429, 500, "drop"])
async def test_what_does_not_pass_ends_after_a_few_tries(
    peer: EmbeddingsPeer, embedder: OpenAIEmbeddings, fault: Fault
) -> None:
    peer.faults = [fault] * 10
    with pytest.raises(Unavailable):
        await embedder.embed([ASKED])
    assert len(peer.asked) == 1 + RETRIES


@pytest.mark.parametrize("fault", [400, 401, 403, 404, "garbage", "shorter", "fewer", "nan", "null"])
async def test_an_answer_that_cannot_be_used_is_not_asked_for_again(
    peer: EmbeddingsPeer, embedder: OpenAIEmbeddings, fault: Fault
) -> None:
    peer.faults = [fault]
    with pytest.raises(Unavailable):
        await embedder.embed([ASKED])
    assert len(peer.asked) == 1


async def test_half_an_answer_is_none(peer: EmbeddingsPeer, embedder: OpenAIEmbeddings) -> None:
    peer.faults = ["cut"] * 10
    with pytest.raises(Unavailable):
        await embedder.embed([ASKED])
    assert len(peer.asked) <= 1 + RETRIES


@pytest.mark.parametrize("fault", ["hang", "wait a minute"])
async def test_nobody_waits_longer_than_the_timeout(peer: EmbeddingsPeer, fault: Fault) -> None:
    """Not for an answer, nor for as long as the service asks to be left alone."""
    embedder = made(peer, embedding_timeout=timedelta(seconds=0.3))
    peer.faults = [fault]
    with pytest.raises(Unavailable):
        await asyncio.wait_for(embedder.embed([ASKED]), 20)
    await embedder.close()


async def test_who_does_not_want_to_wait_any_more_is_let_go(
    peer: EmbeddingsPeer, embedder: OpenAIEmbeddings
) -> None:
    peer.faults = ["hang"]
    asking = asyncio.create_task(embedder.embed([ASKED]))
    await peer.waits.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert len(await embedder.embed([ASKED])) == 1, "and the next one is served"


@pytest.mark.parametrize("fault", [400, 401, 500, "drop", "garbage", "shorter"])
async def test_neither_the_key_nor_the_text_is_told(
    peer: EmbeddingsPeer, embedder: OpenAIEmbeddings, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    peer.faults = [fault] * 10
    with caplog.at_level(logging.DEBUG, "uso"), pytest.raises(Unavailable) as failed:
        await embedder.embed([ASKED])
    said = f"{failed.value!r} {failed.value.detail} {failed.value.__cause__!r} {caplog.text}"
    assert failed.value.__cause__ is None
    assert not any(secret in said for secret in (KEY, "Zelda", peer.url))


async def test_each_event_loop_has_its_own_connections(
    peer: EmbeddingsPeer, embedder: OpenAIEmbeddings
) -> None:
    await embedder.embed([ASKED])
    found: list[int] = []

    async def elsewhere() -> None:
        found.append(len(await embedder.embed([ASKED])))
        await embedder.close()

    thread = threading.Thread(target=lambda: asyncio.run(elsewhere()))
    thread.start()
    await asyncio.to_thread(thread.join)
    assert found == [1]
    assert len(await embedder.embed([ASKED])) == 1, "closing theirs has not closed ours"


async def test_who_fails_again_and_again_is_left_in_peace_for_a_while(peer: EmbeddingsPeer) -> None:
    clock = HandClock()
    embedder = made(peer, clock, breaker_failures=2, embedding_timeout=timedelta(seconds=5))
    peer.faults = [500] * 100
    for _ in range(4):
        with pytest.raises(Unavailable):
            await embedder.embed([ASKED])
    assert len(peer.asked) == 2 * (1 + RETRIES)
    peer.faults = []
    clock.pass_(seconds=31)
    assert len(await embedder.embed([ASKED])) == 1
    await embedder.close()


@pytest.mark.parametrize("fault", [401, 404])
async def test_a_refusal_is_an_answer_and_leaves_nobody_in_peace(peer: EmbeddingsPeer, fault: Fault) -> None:
    embedder = made(peer, breaker_failures=1)
    peer.faults = [fault]
    with pytest.raises(Unavailable):
        await embedder.embed([ASKED])
    assert len(await embedder.embed([ASKED])) == 1
    await embedder.close()
