"""The contract of the embeddings port: one suite for the model of the tests and for OpenAI's.

A model is added to MODELS together with a way to make it.
"""

import contextlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import pytest

from shared.adapters.breakers import Breakers
from shared.adapters.openai_embeddings import OpenAIEmbeddings
from shared.domain.scout.vectors import VectorIndex, quantised
from shared.ports.embeddings import Embedder
from shared.settings import Settings
from tests.clocks import HandClock
from tests.embedders import SenseEmbedder
from tests.peers.openai_embeddings import KEY, running_embeddings


class Making(Protocol):
    """Makes a model that is there for as long as the block lasts."""

    def __call__(self) -> AbstractAsyncContextManager[Embedder]: ...


@contextlib.asynccontextmanager
async def senses() -> AsyncIterator[Embedder]:
    yield SenseEmbedder()


@contextlib.asynccontextmanager
async def openai() -> AsyncIterator[Embedder]:
    async with running_embeddings() as peer:
        settings = Settings(
            openai_key=KEY,  # type: ignore[arg-type]
            openai_url=peer.url,  # type: ignore[arg-type]
            allow_private_urls=True,
            embedding_model="text-embedding-3-small",
            embedding_dimensions=256,
        )
        embedder = OpenAIEmbeddings(settings, Breakers(HandClock(), settings))
        yield embedder
        await embedder.close()


MODELS: list[Making] = [senses, openai]


@pytest.fixture(params=MODELS, ids=lambda make: make.__name__)
async def embedder(request: pytest.FixtureRequest) -> AsyncIterator[Embedder]:
    async with request.param() as made:
        yield made


async def test_every_text_has_its_vector_however_many_there_are(embedder: Embedder) -> None:
    texts = [f"text {number}" for number in range(300)]
    together = await embedder.embed(texts)
    assert len(together) == 300
    for number in (0, 1, 150, 299):
        (alone,) = await embedder.embed([texts[number]])
        assert list(alone) == pytest.approx(list(together[number]), abs=1e-6)


async def test_no_texts_have_no_vectors(embedder: Embedder) -> None:
    assert list(await embedder.embed([])) == []


async def test_the_name_says_how_many_dimensions_there_are(embedder: Embedder) -> None:
    (vector,) = await embedder.embed(["pink flowers"])
    assert embedder.model.endswith(f"@{len(vector)}")


async def test_what_means_the_same_lies_closer_than_what_does_not(embedder: Embedder) -> None:
    index = VectorIndex()
    for text, vector in zip(
        ("a toy train", "a box of diapers"),
        await embedder.embed(["a toy train", "a box of diapers"]),
        strict=True,
    ):
        index.put(text, quantised(vector))
    (asked,) = await embedder.embed(["nappies"])
    assert [key for key, _ in index.nearest(quantised(asked), limit=2)] == ["a box of diapers", "a toy train"]
