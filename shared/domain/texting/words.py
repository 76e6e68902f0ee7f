"""Words with a meaning of their own: what stops a line, what proves whose it is, what names a question."""

import hashlib
import re
from enum import StrEnum

from shared.domain.ids import ALPHABET, fresh

E164 = r"^\+[1-9][0-9]{6,14}$"
"""A phone number as the ITU writes it (E.164): up to 15 digits, the country's first."""
MAIL_ADDRESS = r"^[^@\s<>]{1,64}@[^@\s<>]{1,189}$"
CODE = "USO-"
"""What a code begins with, so that nobody writes one by chance."""
_CODE_LENGTH, _NAME_LENGTH = 8, 4
_LETTERS = ALPHABET.upper()
_STOP = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit"})
_START = frozenset({"start", "unstop"})
_PLEASANTRIES = frozenset(
    {
        "ok",
        "okay",
        "thanks",
        "thank you",
        "thx",
        "great",
        "perfect",
        "you're welcome",
        "\U0001f44d",
        "\U0001f64f",
    }
)
_CODE = re.compile(rf"\b{CODE}([{_LETTERS}]{{{_CODE_LENGTH}}})\b", re.IGNORECASE)
_NAME = re.compile(rf"#([{_LETTERS}]{{{_NAME_LENGTH}}})\b", re.IGNORECASE)


class Command(StrEnum):
    """A word to the line itself, not to whoever asked something."""

    STOP = "stop"
    START = "start"


def command_of(text: str) -> Command | None:
    """Return the command that `text` is; a sentence that contains such a word is none."""
    word = text.strip().strip(".!\"'").casefold()
    if word in _STOP:
        return Command.STOP
    return Command.START if word in _START else None


def is_pleasantry(text: str) -> bool:
    """Say whether a message only closes a conversation, when nothing is asked any more."""
    return text.strip().strip(".!").strip().casefold().replace("\u2019", "'") in _PLEASANTRIES


def new_code() -> str:
    """Return a code that only its owner knows, e.g. `USO-7K3M9QRT`: 40 bits, and good from one line only."""
    return CODE + fresh("code").rpartition("_")[2][:_CODE_LENGTH].upper()


def code_in(text: str) -> str | None:
    """Return the code that stands in `text`."""
    found = _CODE.search(text)
    return f"{CODE}{found[1].upper()}" if found else None


def name_of(key: str) -> str:
    """The short name of a question, e.g. `7K3M`, by which a reply can say which one it means."""
    digest = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
    return "".join(_LETTERS[digest >> (5 * n) & 31] for n in range(_NAME_LENGTH))


def without_name(text: str) -> tuple[str, str | None]:
    """Split a reply into what it says and the name of the question that it mentions: `#7K3M yes`."""
    found = _NAME.search(text)
    if found is None:
        return text, None
    return " ".join((text[: found.start()] + text[found.end() :]).split()), found[1].upper()
