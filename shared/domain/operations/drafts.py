"""Drafts of answers that a person sends: a language model's, if they make nothing up (rule 8)."""

import re

from shared.domain.model import Model

MAX_DRAFT = 4000
_FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")
_LINK = re.compile(r"(?i)https?:|www\.|\b[\w-]+\.(?:com|net|org|io|example)\b|@")


class AnswerDraft(Model):
    """A draft for the message of a ticket; nothing is sent."""

    message: int
    text: str
    by_model: bool


def is_sound(draft: str, facts: str) -> bool:
    """Say whether a model's draft may be shown: no figure that is not in the facts, no link, no address."""
    known = set(_FIGURE.findall(facts))
    return 0 < len(draft) <= MAX_DRAFT and not _LINK.search(draft) and set(_FIGURE.findall(draft)) <= known
