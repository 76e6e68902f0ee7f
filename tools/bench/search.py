"""How well searches are answered over the shipped catalogue, and what meaning adds to the rules.

The questions are those of the tests (`judged`). Models are the configured one of OpenAI (USO_OPENAI_KEY and
USO_EMBEDDING_MODEL) and the local ones that are installed (`local_models`).
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shared.adapters.breakers import Breakers
from shared.adapters.clocks import SystemClock
from shared.adapters.openai_embeddings import OpenAIEmbeddings
from shared.bootstrap import bootstrap
from shared.domain.scout import CatalogueIndex, ScoutQuery
from shared.domain.scout.blend import NEAREST
from shared.domain.scout.entries import bundle_key, meaning_of, product_key
from shared.domain.scout.vectors import VectorIndex, quantised
from shared.ports.embeddings import Embedder
from shared.settings import Settings
from tools.bench.figures import Figure, median
from tools.bench.full_text import FullText
from tools.bench.labelled import load
from tools.bench.local_models import available

MANY, DIMENSIONS = 50_000, 512
SHOWN = 10
Engine = Callable[[str], Sequence[str]]
"""A text -> ids, best first."""


def measure() -> list[Figure]:
    """Ask everything of every engine, and look through many vectors."""
    return [*asyncio.run(_compare()), *_scan()]


async def _compare() -> list[Figure]:
    settings = Settings()
    with tempfile.TemporaryDirectory() as folder:
        app = bootstrap(Settings(data_dir=Path(folder), embedding_model=""))
        await app.catalogue.seed()
        index = app.catalogue.index
        await app.close()
    texts = dict(_texts(index))
    engines: dict[str, Engine] = {
        "full text alone": FullText({key[2:]: text for key, text in texts.items()}).search,
        "rules": lambda text: _ids(index, text),
    }
    figures: list[Figure] = []
    embedders: list[Embedder] = [make() for make in available()]
    if settings.embedding_model:
        embedders.append(OpenAIEmbeddings(settings, Breakers(SystemClock(), settings)))
    for embedder in embedders:
        searcher = _ByMeaning(index, embedder, floor=settings.embedding_floor)
        await searcher.prepare(texts, _questions())
        engines[f"rules, {searcher.embedder.model}"] = searcher.search
        figures += searcher.costs()
    return [*(each for name, engine in engines.items() for each in judged(name, engine)), *figures]


def judged(name: str, engine: Engine) -> Iterator[Figure]:
    """Ask an engine all that is judged: two shares of right answers, and one of answers to nonsense."""
    labelled = load("scout/judged.py")
    for part, what in (("JUDGED", "as the catalogue says it"), ("PARAPHRASES", "in other words")):
        places = [
            _place(engine(text), wanted.split())
            for text, wanted, *_ in labelled.rows(getattr(labelled, part))
        ]
        right = sum(place is not None and place < 3 for place in places)
        yield Figure(
            name=f"{name}: {what}",
            ours=100 * right / len(places),
            unit="%",
            better="more",
            note=f"in the first three, {len(places)} questions; first {_first(places)} %",
        )
    asked = labelled.rows(labelled.NOBODY_SELLS)
    answered = sum(bool(engine(text)) for text, *_ in asked)
    yield Figure(name=f"{name}: answers what nobody sells", ours=100 * answered / len(asked), unit="%")


def _place(ids: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((place for place, id in enumerate(ids) if id in wanted), None)


def _first(places: Sequence[int | None]) -> int:
    return round(100 * sum(place == 0 for place in places) / len(places))


def _questions() -> list[str]:
    labelled = load("scout/judged.py")
    parts = (labelled.JUDGED, labelled.PARAPHRASES, labelled.NOBODY_SELLS)
    return [text for part in parts for text, *_ in labelled.rows(part)]


def _texts(index: CatalogueIndex) -> Iterator[tuple[str, str]]:
    yield from ((product_key(id), meaning_of(product)) for id, product in index.products.items())
    yield from ((bundle_key(id), meaning_of(bundle)) for id, bundle in index.bundles.items())


def _ids(index: CatalogueIndex, text: str, nearest: Sequence[str] = ()) -> list[str]:
    found = index.search(ScoutQuery(text=text, limit=SHOWN), nearest=nearest)
    return [hit.id for hit in found.hits]


@dataclass
class _ByMeaning:
    """The catalogue's search with one model."""

    index: CatalogueIndex
    embedder: Embedder
    floor: float
    vectors: VectorIndex = field(default_factory=VectorIndex)
    questions: dict[str, Sequence[int]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    async def prepare(self, texts: dict[str, str], questions: Sequence[str]) -> None:
        """Embed the catalogue at once and the questions one by one, as they come."""
        for key, vector in zip(texts, await self.embedder.embed(list(texts.values())), strict=True):
            self.vectors.put(key, quantised(vector))
        for question in questions:
            began = time.perf_counter()
            (vector,) = await self.embedder.embed([question])
            self.seconds.append(time.perf_counter() - began)
            self.questions[question] = quantised(vector)
        await self.embedder.close()

    def search(self, text: str) -> Sequence[str]:
        """Search as `CatalogueService.search` does."""
        if self.index.search(ScoutQuery(text=text)).understood:
            return _ids(self.index, text)
        near = self.vectors.nearest(self.questions[text], limit=NEAREST)
        return _ids(self.index, text, [key for key, cosine in near if cosine >= self.floor])

    def costs(self) -> list[Figure]:
        """What a question takes."""
        name = self.embedder.model
        return [Figure(name=f"{name}: embed a question", ours=1000 * median(self.seconds), unit="ms")]


def _scan() -> list[Figure]:
    """Look for the nearest in a large catalogue, in this process."""
    draw = random.Random(6)  # noqa: S311 - a bench, not a secret
    vectors = VectorIndex()
    for number in range(MANY):
        vectors.put(f"p:{number}", [(byte % 255) - 127 for byte in draw.randbytes(DIMENSIONS)])
    asked = [[draw.randrange(-127, 128) for _ in range(DIMENSIONS)] for _ in range(9)]
    spans = []
    for vector in asked:
        began = time.perf_counter()
        vectors.nearest(vector, limit=NEAREST)
        spans.append(time.perf_counter() - began)
    return [
        Figure(
            name=f"nearest of {MANY:,} vectors in memory",
            ours=1000 * median(spans),
            unit="ms",
            aim=100,
            note=f"{DIMENSIONS} dimensions, without numpy",
        )
    ]
