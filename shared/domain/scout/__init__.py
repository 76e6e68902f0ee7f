"""Scout (M1, M6, M20): finds what a sentence asks for in the catalogue, in memory, without a model.

Here: words and their meaning, the inverted index, the ranking formula, alternatives for a recovery.
Not here: reading the catalogue from a store (`shared.services.catalogue`), understanding dates or budgets.
"""

from shared.domain.scout.alternatives import (
    Alternative,
    AlternativeQuery,
    Alternatives,
    Refused,
    alternatives,
)
from shared.domain.scout.index import CatalogueIndex
from shared.domain.scout.models import Hit, RankingWeights, ScoutQuery, ScoutResult, StockLookup

__all__ = [
    "Alternative",
    "AlternativeQuery",
    "Alternatives",
    "CatalogueIndex",
    "Hit",
    "RankingWeights",
    "Refused",
    "ScoutQuery",
    "ScoutResult",
    "StockLookup",
    "alternatives",
]
