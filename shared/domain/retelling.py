"""Whether a text that a language model told again still says the same; else the rules' own counts (rule 8).

What carries a fact must be there letter by letter and in the same order: figures, names, every no, and the
words that say whether something is, was, will or may be. Of the other words none may be missing, and none
be new but those that are friendly or join a sentence.
"""

import re

_ENDS = r"\s.,;:!?()\"\u201c\u201d\u2013\u2014-"
_WORD = re.compile(rf"[^{_ENDS}]+(?:[.,:'\u2019-][^{_ENDS}]+)*")
_STARTS = re.compile(r"(?:^|[.!?:]\s+)$")
_REFUSALS = "not no never cannot without unless nobody nothing none neither nor if"
_MODES = "is are was were be been being has have had do does did"
_LIKELY = "will would can could shall should may might must"
_FIXED = frozenset(f"{_REFUSALS} {_MODES} {_LIKELY}".split())
_JOINING = (
    "a an the and so as at by for from in it its of on to up with about back now then here there all also"
)
_POLITE = (
    "we i am you your our my me us this that these those too very really truly great good lovely wonderful"
    " happy glad just pleased delighted sorry news hello hi hey thank thanks please enjoy everything soon"
)
_FRIENDLY = frozenset(f"{_JOINING} {_POLITE}".split())
_MOST_NEW = 12


def is_faithful(told: str, retold: str) -> bool:
    """Say whether `retold` says what `told` says, and nothing else."""
    before, after = _words(told), _words(retold)
    if len(after) > len(before) + _MOST_NEW or told.count("?") != retold.count("?"):
        return False
    needed, found = set(before) - _FRIENDLY, set(after)
    return _facts(told) == _facts(retold) and needed <= found <= needed | _FRIENDLY


def _words(text: str) -> list[str]:
    return [_plain(word) for word in _WORD.findall(text)]


def _plain(word: str) -> str:
    return word.lower().replace("\u2019", "'")


def _facts(text: str) -> list[str]:
    """Return what must stay as it is, in its order; the capital that begins a sentence may be just that."""
    found = list(_WORD.finditer(text))
    facts = []
    for at, word in enumerate(found):
        begins = _STARTS.search(text[: word.start()]) is not None
        in_a_name = at + 1 < len(found) and found[at + 1][0][0].isupper()
        if _is_fact(word[0], plain_capital=begins and not in_a_name):
            facts.append(word[0])
    return facts


def _is_fact(word: str, *, plain_capital: bool) -> bool:
    plain = _plain(word)
    if plain in _FIXED or "'" in plain or any(not c.isalpha() and c != "-" for c in plain):
        return True
    named = any(c.isupper() for c in (word[1:] if plain_capital else word))
    return named and plain not in _FRIENDLY
