"""How the app comes to search by meaning, and that half a choice stops it by name."""

from typing import Any

import pytest

from shared.adapters.cosmos_store.vectors import CosmosVectors
from shared.adapters.openai_embeddings import OpenAIEmbeddings
from shared.bootstrap import bootstrap
from shared.services.meaning import StoredVectors
from tests.settings.conftest import Start, complaint

KEY = "sk-" + "q7Zk" * 4
CHOSEN = {"OPENAI_KEY": KEY, "EMBEDDING_MODEL": "text-embedding-3-small"}
COSMOS = {"COSMOS_ENDPOINT": "https://uso.documents.azure.com/"}


def parts(app: Any) -> tuple[type | None, type | None]:
    """The model and the search of vectors that an app was built with."""
    meaning = app.catalogue._meaning
    return (type(meaning._embedder), type(meaning._vectors)) if meaning else (None, None)


async def test_without_a_model_the_rules_search_alone_and_nothing_is_embedded(start: Start) -> None:
    app = bootstrap(start(OPENAI_KEY=KEY))
    assert parts(app) == (None, None)
    assert app.catalogue_vectors is None
    await app.close()


@pytest.mark.parametrize(
    ("values", "search"),
    [
        (CHOSEN, StoredVectors),
        ({**CHOSEN, **COSMOS}, StoredVectors),
        ({**CHOSEN, **COSMOS, "COSMOS_VECTORS": "true"}, CosmosVectors),
    ],
)
async def test_with_one_the_process_looks_through_the_vectors_or_cosmos_where_it_can(
    start: Start, values: dict[str, str], search: type
) -> None:
    app = bootstrap(start(**values))
    assert parts(app) == (OpenAIEmbeddings, search)
    assert app.catalogue_vectors is not None
    await app.close()


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"EMBEDDING_MODEL": "text-embedding-3-small"}, "USO_OPENAI_KEY"),
        ({**CHOSEN, "COSMOS_VECTORS": "true"}, "USO_COSMOS_ENDPOINT"),
        ({**COSMOS, "COSMOS_VECTORS": "true"}, "USO_EMBEDDING_MODEL"),
        ({**CHOSEN, "EMBEDDING_DIMENSIONS": "8"}, "embedding_dimensions"),
        ({**CHOSEN, "EMBEDDING_MODEL": "text embedding"}, "embedding_model"),
        ({**CHOSEN, "EMBEDDING_FLOOR": "1.5"}, "embedding_floor"),
        ({**CHOSEN, "EMBEDDING_PATIENCE": "PT0S"}, "embedding_patience"),
    ],
)
def test_half_a_choice_stops_the_start_by_name(start: Start, values: dict[str, str], named: str) -> None:
    said = complaint(start, values)
    assert named in said
    assert KEY not in said
