"""Text as it was meant: without the tricks, accidental or not, that keep words from being recognised.

Accents, look-alike letters of other scripts, invisible characters, letters that are spaced out or drawn out:
none of them may hide a word. What is left is lower case, ASCII, single spaces and ends of lines.
"""

import re
import unicodedata
from functools import lru_cache

_MOST = 3
"""How many times longer a text may become when its signs are taken apart."""
_SLACK = 200
_CYRILLIC = (
    "\u0430\u0431\u0432\u0433\u0435\u0437\u0438\u0439\u043a\u043b\u043c\u043d\u043e\u043f"
    "\u0440\u0441\u0442\u0443\u0445\u0455\u0456\u0458\u0501\u051d\u044f\u0475\u04bb\u044c"
)
_GREEK = (
    "\u03b1\u03b2\u03b3\u03b5\u03b7\u03b9\u03ba\u03bc\u03bd\u03bf\u03c0\u03c1\u03c3\u03c4\u03c5\u03c7\u03c9"
)
_SMALL_CAPITALS = (
    "\u1d00\u0299\u1d04\u1d05\u1d07\ua730\u0262\u029c\u026a\u1d0a\u1d0b\u029f"
    "\u1d0d\u0274\u1d0f\u1d18\u0280\ua731\u1d1b\u1d1c\u1d20\u1d21\u028f\u1d22"
)
_STROKED = "\u0131\u0142\u00f8\u0111\u0127\u0167\u0251\u0261\u0259\u025b\u0283\u00e6\u0153\u00f0\u00fe"
_LOOK_ALIKES = {
    letter: latin
    for letters, alphabet in (
        (_CYRILLIC, "abbreeuukamhonpctyxsijdwrvhb"),
        (_GREEK, "abyenikuvonpotuxw"),
        (_SMALL_CAPITALS, "abcdefghijklmnoprstuvwyz"),
        (_STROKED, "ilodhtageesaoop"),
    )
    for letter, latin in zip(letters, alphabet, strict=True)
}
"""What no normal form takes apart."""
_FRAMED = (0x1F130, 0x1F150, 0x1F170, 0x1F1E6)
"""Where the alphabets of squared, circled and regional letters begin."""
_SIGNS = {
    "\U0001f525": "firemark",
    "\U0001f9ef": "fire",
    "\U0001f692": "fire",
    "\U0001f4a5": "explosion",
    "\U0001f4a3": "explosion",
    "\u2620": "poison",
    "\U0001fa78": "blood",
    "\U0001f92e": "vomit",
    "\U0001f915": "injured",
    "\U0001fa79": "injured",
    "\U0001f691": "ambulance",
    "\U0001f3e5": "hospital",
}
_SHOWN = str.maketrans(
    {sign: f" {word} " for sign, word in _SIGNS.items()}
    | dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'")
    | {chr(first + n): chr(ord("a") + n) for first in _FRAMED for n in range(26)}
)
_CODE_POINTS = 0x110000
_NUMBERED = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,6})|([0-9]{1,7}));?")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]+")
_BLANK_LETTERS = "\u115f\u1160\u17b4\u17b5\u3164\uffa0"
_SPACED = re.compile(
    r"(?<![a-z0-9@$])(?:[a-z0-9@$!][^a-z0-9@$]{1,3}){2,}[a-z0-9@$!](?![^a-z0-9\s]{0,2}[a-z0-9@$])"
)
_GAPS = re.compile(r"[^a-z0-9@$!]+")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_REPEATED = re.compile(r"([^a-z0-9\s])\1+|\b(firemark)(?:\s+firemark\b)+")
_SPACE = re.compile(r"\s+")


def plain(text: str) -> str:
    """Return `text` in lower case and plain letters, with everything in it that a reader would see."""
    shown = _NUMBERED.sub(_numbered, text)
    if not shown.isascii():
        shown = unicodedata.normalize("NFKD", shown.translate(_SHOWN)).casefold()
        shown = shown[: _MOST * len(text) + _SLACK]
        shown = _NOT_ASCII.sub(lambda char: _seen_as(char.group()), shown)
    letters = _SPACED.sub(_joined, _CONTROL.sub("", shown.lower()))
    letters = _REPEATED.sub(lambda each: each.group(1) or each.group(2), _DRAWN_OUT.sub(r"\1\1", letters))
    return _SPACE.sub(lambda gap: "\n" if "\n" in gap.group() else " ", letters).strip()


def _numbered(char: re.Match[str]) -> str:
    """A character that HTML writes as its number."""
    number = int(char.group(1), 16) if char.group(1) else int(char.group(2))
    return chr(number) if 0 < number < _CODE_POINTS else " "


def _joined(spaced: re.Match[str]) -> str:
    return _GAPS.sub("", spaced.group())


@lru_cache(maxsize=4096)
def _seen_as(char: str) -> str:
    if char in _BLANK_LETTERS or unicodedata.category(char) in ("Mn", "Me", "Cf", "Cs"):
        return ""
    return _LOOK_ALIKES.get(char, " ")
