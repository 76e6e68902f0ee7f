"""Text as it was meant: without the tricks, accidental or not, that keep words from being recognised.

Accents, look-alike letters of other scripts, invisible characters, letters that are spaced out, drawn out or
written as digits: none of them may hide a word.
"""

import re
import unicodedata

MAX_READ = 20_000
"""Characters that are looked at."""
_LOOK_ALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0455\u0458\u0501\u043d\u0432\u043c\u0442\u043a"
    "\u03b1\u03b5\u03bf\u03c1\u03c4\u03c5\u03bd\u03b9\u03ba",
    "aeopcyxisjdhbmtkaeoptuvik",
)
"""Cyrillic and Greek letters that look like Latin ones."""
_LEET = str.maketrans("013457@$!", "oieastasi")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_SPACED = re.compile(r"(?<!\w)(?:\w[ ._*-]){2,}\w(?!\w)")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_LETTERS_AND_DIGITS = re.compile(r"[a-z0-9@$!]*[a-z][a-z0-9@$!]*[0-9@$!][a-z0-9@$!]*")
_EMOJI = {
    "\U0001f525": " firemark ",
    "\U0001f692": " fire ",
    "\U0001f4a5": " explosion ",
    "\u2620": " poison ",
    "\U0001fa78": " blood ",
    "\U0001f92e": " vomit ",
}
_QUOTES = str.maketrans(dict.fromkeys("\u2018\u2019\u00b4`", "'"))


def plain(text: str) -> str:
    """Return `text` in lower case and plain letters, with everything in it that a reader would see."""
    shown = text[:MAX_READ].translate(_QUOTES)
    for emoji, word in _EMOJI.items():
        shown = shown.replace(emoji, word)
    shown = _INVISIBLE.sub("", shown)
    letters = unicodedata.normalize("NFKD", shown).casefold()
    letters = "".join(each for each in letters if not unicodedata.combining(each)).translate(_LOOK_ALIKES)
    letters = _SPACED.sub(lambda spaced: re.sub(r"[ ._*-]", "", spaced.group()), letters)
    return _DRAWN_OUT.sub(r"\1\1", letters)


def readings(word: str) -> tuple[str, ...]:
    """What a word may stand for: itself, with digits read as letters, with doubled letters once."""
    found = [word]
    if _LETTERS_AND_DIGITS.fullmatch(word):
        found.append(word.translate(_LEET))
    found += [re.sub(r"([a-z])\1", r"\1", each) for each in list(found)]
    return tuple(dict.fromkeys(found))


def words_of(text: str) -> list[str]:
    """The words of a plain text; digits and marks inside of words stay."""
    return re.findall(r"[a-z0-9@$]+(?:['!][a-z0-9]+)*", text)
