"""Guesses what a misspelt word was meant to be, by shared trigrams and then by edit distance."""

from collections import Counter

MIN_LENGTH = 4
MIN_OVERLAP = 0.34
"""Share of common trigrams (Dice) below which two words are not compared further."""
SHORT = 5
"""Words up to this length may differ by one edit only, and not in their first letter."""


class Speller:
    """Knows the words of the catalogue; the trigram table is built when the first unknown word arrives."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._waiting: list[str] = []
        self._by_trigram: dict[str, list[str]] = {}
        self._guessed: dict[str, str | None] = {}

    def learn(self, word: str) -> None:
        """Remember a correctly spelt lower-case word."""
        if word not in self._known:
            self._known.add(word)
            if len(word) >= MIN_LENGTH and not word.isdigit():
                self._waiting.append(word)
                self._guessed.clear()

    def guess(self, word: str) -> str | None:
        """Return the known word that `word` most likely stands for, or None when none is close."""
        if len(word) < MIN_LENGTH or any(c.isdigit() for c in word):
            return None
        self._catch_up()
        if word not in self._guessed:
            if len(self._guessed) > 10_000:
                self._guessed.clear()
            self._guessed[word] = self._closest(word)
        return self._guessed[word]

    def _catch_up(self) -> None:
        for word in self._waiting:
            for trigram in _trigrams(word):
                self._by_trigram.setdefault(trigram, []).append(word)
        self._waiting.clear()

    def _closest(self, word: str) -> str | None:
        own = _trigrams(word)
        common = Counter(known for trigram in own for known in self._by_trigram.get(trigram, ()))
        allowed = 1 if len(word) <= SHORT else 2
        best: tuple[int, float, str] | None = None
        for known, shared in common.items():
            overlap = 2 * shared / (len(own) + len(known))
            if overlap < MIN_OVERLAP or abs(len(known) - len(word)) > allowed:
                continue
            if len(word) <= SHORT and known[0] != word[0]:
                continue
            edits = distance(word, known)
            candidate = (edits, -overlap, known)
            if edits <= allowed and (best is None or candidate < best):
                best = candidate
        return best[2] if best else None


def _trigrams(word: str) -> set[str]:
    padded = f"^{word}$"
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


def distance(one: str, other: str) -> int:
    """Return the edits (insert, delete, replace, swap of neighbours) that turn `one` into `other`."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
