"""Full text as databases rank it: Okapi BM25 over stems, without the scout's vocabulary."""

from collections import Counter
from collections.abc import Mapping
from math import log

from shared.domain.scout.vocabulary.stopwords import IGNORED
from shared.domain.scout.words import stem, words

_K, _B = 1.2, 0.75


class FullText:
    """Texts by id."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._terms = {id: Counter(_terms(text)) for id, text in texts.items()}
        self._usual = sum(terms.total() for terms in self._terms.values()) / len(self._terms)
        self._having = Counter(term for terms in self._terms.values() for term in terms)

    def search(self, text: str) -> list[str]:
        """Return the ids of the texts that have any of the words, best first."""
        scores = {id: self._score(set(_terms(text)), terms) for id, terms in self._terms.items()}
        return sorted((id for id, score in scores.items() if score), key=lambda id: (-scores[id], id))

    def _score(self, asked: set[str], terms: Counter[str]) -> float:
        long = _K * (1 - _B + _B * terms.total() / self._usual)
        return sum(
            self._rarity(term) * count * (_K + 1) / (count + long) for term in asked if (count := terms[term])
        )

    def _rarity(self, term: str) -> float:
        having = self._having[term]
        return log(1 + (len(self._terms) - having + 0.5) / (having + 0.5))


def _terms(text: str) -> list[str]:
    return [stem(word) for word in words(text) if word not in IGNORED]
